"""Data Volley: its codes on lines made here, and a real match, set by set, against the file's own score."""

from collections import Counter
from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.datavolley import decode, recognise
from unit.providers import recorded
from unit.providers.folded import fold_one

HEAD = """[3DATAVOLLEYSCOUT]
[3MATCH]
01/25/2015;18.30.00;2014/2015;Cup;Final;
[3TEAMS]
ABC;Ábel Club;{home};coach;
XYZ;Xenia;{away};coach;
[3PLAYERS-H]
0;6;16;;;;;;H6;VOVK;ANA;;;
[3PLAYERS-V]
1;3;1;;;;;;V3;LEDINEK;MIA;;;
1;8;5;;;;;;bad id;MUNI;LAURA;;;
[3SCOUT]
"""


def file(*codes: str, home: int = 0, away: int = 0, encoding: str = "utf-8") -> bytes:
    lines = [f"{code};;;;;;;18.31.{number:02};1;" for number, code in enumerate(codes)]
    return (HEAD.format(home=home, away=away) + "\n".join(lines)).encode(encoding)


def told(*codes: str) -> list[ProviderEvent]:
    return [one for one in decode(file(*codes)).events if one.type not in {"PERIOD_START", "CONTACT"}]


@pytest.mark.parametrize(
    ("codes", "team", "detail", "player"),
    [
        (("*06SM#", "a03RM=", "*p01:00"), "home", {"server": "home", "kind": "ace"}, "Ana Vovk"),
        (("*06SM=", "ap00:01"), "away", {"server": "home", "kind": "opponent_error"}, None),
        (("a03SM+", "*06AH#", "*p01:00"), "home", {"server": "away", "kind": "attack"}, "Ana Vovk"),
        (("a03SM+", "*06AH#", "a03BH=", "*p01:00"), "home", {"server": "away", "kind": "attack"}, "Ana Vovk"),
        (("*06AH/", "a03BH#", "ap00:01"), "away", {"kind": "block"}, "Mia Ledinek"),
        (("*06AH+", "a03DH+", "ap00:01"), "away", {}, None),
    ],
)
def test_how_a_point_was_won(
    codes: tuple[str, ...], team: str, detail: dict[str, object], player: str | None
) -> None:
    (point,) = told(*codes)
    assert (point.type, point.team, point.detail) == ("POINT", team, detail)
    assert (point.player.name if point.player else None) == player


def test_other_lines() -> None:
    change, timeout = told("ac03:08", "*T")
    assert (change.type, change.team, change.detail["in"]) == ("SUBSTITUTION", "away", "Laura Muni")
    assert (timeout.type, timeout.team) == ("TIMEOUT", "home")
    assert decode(file("*z3", "*P04>LUp", "*$$&H#", "*?", "what")).skipped == {
        "rotation": 2,
        "point_without_contact": 1,
        "unknown_code": 1,
        "unknown_line": 1,
    }
    assert [one.type for one in told("*p25:00", "**1set")] == ["POINT", "PERIOD_END"]


def test_a_match_whose_sets_come_to_the_stated_ones_is_over() -> None:
    ended = decode(file("*p25:20", "**1set", home=1)).events[-2:]
    assert [one.type for one in ended] == ["GAME_END", "GAME_FINAL"]
    assert decode(file("*p25:20", "**1set", home=3)).events[-1].type == "PERIOD_END"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250"])
def test_either_encoding(encoding: str) -> None:
    decoded = decode(file("*p01:00", encoding=encoding))
    assert decoded.declaration is not None
    assert decoded.declaration.home.name == "Ábel Club"
    assert decoded.declaration.start == "2015-01-25T18:30:00Z"


@pytest.mark.parametrize("body", [b"", b"[3DATAVOLLEYSCOUT]", b"[3TEAMS]\na;b;c\n[3SCOUT]\n", b"\xff" * 50])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)
    assert not recognise(b"PK", "")


@pytest.mark.data
def test_a_real_match_set_by_set(shared_data: Path) -> None:
    path = "volleyball/datavolley/example_data.dvw"
    found = recorded.recording(shared_data, path)
    decoded = found.decode()
    assert (found.format.name, decoded.skipped) == (
        "datavolley",
        {"rotation": 74, "point_without_contact": 68},
    )
    game = fold_one(decoded)
    text = (shared_data / path).read_text(encoding="utf-8", errors="replace")
    stated = [line.split(";")[4] for line in text.split("[3SET]\n")[1].splitlines()[:3]]
    assert [f"{home}-{away}" for home, away in game.lines.values()] == stated == ["25-16", "25-14", "25-22"]
    assert (game.score, game.state.status, game.refused) == ((3, 0), "final", [])
    kinds = Counter(one.detail.get("kind") for one in decoded.events if one.type == "POINT")
    assert kinds == {"attack": 60, "opponent_error": 37, "ace": 17, "block": 9, None: 4}


@pytest.mark.data
def test_every_points_line_is_met_on_the_board(shared_data: Path) -> None:
    """The file states the points after each rally; the machine counts them by itself."""
    decoded = recorded.recording(shared_data, "volleyball/datavolley/example_data.dvw").decode()
    text = (shared_data / "volleyball/datavolley/example_data.dvw").read_text(
        encoding="utf-8", errors="replace"
    )
    lines = text.split("[3SCOUT]")[1].splitlines()
    stated = [line[2:7] for line in lines if line[1:2] == "p" and line[:1] in "*a" and line[4:5] == ":"]
    counted, home, away, period = [], 0, 0, 1
    for one in decoded.events:
        if one.type != "POINT":
            continue
        if one.period != period:
            home = away = 0
            period = one.period or 0
        home, away = home + (one.team == "home"), away + (one.team == "away")
        counted.append(f"{home:02}:{away:02}")
    assert counted == stated
    assert len(counted) == 127
