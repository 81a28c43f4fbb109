"""Metrica: its quirks on entries made here, and two real matches, whose kick-offs prove every goal."""

import csv
import gzip
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.metrica import HEADER, decode, recognise
from unit.providers import recorded
from unit.providers.folded import fold_one

FIRST = HEADER + ",End Frame,End Time [s],From,To,Start X,Start Y,End X,End Y\n"


def told(*rows: str) -> list[ProviderEvent]:
    """`Team,Type,Subtype` at ten seconds of the first period, without the start and the end."""
    lines = [f"{row},1,250,10.0,250,10.0,Player1,,0.5,1.02,NaN,NaN" for row in ("Home,PASS,", *rows)]
    return list(decode((FIRST + "\n".join(lines)).encode(), "game.csv").events[2:-3])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Away,SHOT,HEAD-ON TARGET-GOAL", ("GOAL", "away", {})),
        ("Away,SHOT,HEAD-ON TARGET-SAVED", ("SHOT", "away", {"outcome": "saved"})),
        ("Home,BALL OUT,WOODWORK-GOAL", ("GOAL", "away", {"own_goal": True})),
        ("Home,BALL LOST,GOAL KICK-INTERCEPTION", ("TOUCH", "home", {})),
        ("Home,FAULT RECEIVED,", ("FOUL", "away", {})),
        ("Home,CARD,YELLOW", ("YELLOW_CARD", "home", {})),
        ("Home,SET PIECE,CORNER KICK", ("CORNER", "home", {})),
        ("Home,BALL LOST,OFFSIDE", ("OFFSIDE", "home", {})),
    ],
)
def test_types(row: str, expected: tuple[str, str, dict[str, object]]) -> None:
    (event,) = told(row)
    assert (event.type, event.team, event.detail) == expected
    assert (event.clock, event.y) == ("00:00", 1.0)


def test_what_makes_no_claim_is_counted() -> None:
    rows = ("Home,RECOVERY,GOAL", "Home,SET PIECE,KICK OFF", "Home,SET PIECE,", "Home,CARD,", "Home,JUGGLE,")
    assert told(*rows) == []
    lines = "\n".join(f"{row},1,250,10.0,,,,,,,," for row in (*rows, "Home,PASS,", "Home,PASS,,x"))
    skipped = decode((FIRST + lines.replace("x,1", "x,9")).encode()).skipped
    assert skipped == {
        "goal_without_shot": 1,
        "kick_off": 1,
        "unknown_set_piece": 1,
        "unknown_card": 1,
        "unknown_type": 1,
        "unreadable_entry": 1,
    }


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data":[]}', b'{"data":[{}]}', FIRST.encode(), b"Team,Type"])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        decode(body)


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "score", "lines", "skipped"),
    [
        ("sample_game_1_events.csv", (3, 1), {"1": (1, 0), "2": (2, 1)}, {"kick_off": 6}),
        (
            "sample_game_3_events.json.gz",
            (0, 2),
            {"1": (0, 1), "2": (0, 1)},
            {"kick_off": 4, "goal_without_shot": 1},
        ),
    ],
)
def test_real_matches(
    shared_data: Path,
    file: str,
    score: tuple[int, int],
    lines: dict[str, tuple[int, int]],
    skipped: dict[str, int],
) -> None:
    found = recorded.recording(shared_data, f"soccer/metrica/{file}")
    assert (found.format.name, found.decode().skipped) == ("metrica", skipped)
    recorded.assert_dense(found.decode().events)
    game = fold_one(found.decode())
    assert (game.score, game.lines, game.state.status, game.refused) == (score, lines, "final", [])


@pytest.mark.data
def test_after_every_goal_the_other_side_kicks_off(shared_data: Path) -> None:
    """The proof that is in the files themselves: kick-offs beside those that open a half follow the goals."""
    folder = shared_data / "soccer/metrica"
    rows = list(csv.DictReader((folder / "sample_game_1_events.csv").read_text().splitlines()))
    kicked = [
        "home" if row["Team"] == "Home" else "away"
        for before, row in pairwise(rows)
        if row["Subtype"] == "KICK OFF" and before["Period"] == row["Period"]
    ]
    entries = msgspec.json.decode(gzip.decompress((folder / "sample_game_3_events.json.gz").read_bytes()))[
        "data"
    ]
    kicked_json = [
        "home" if one["team"]["id"] == "FIFATMA" else "away"
        for before, one in pairwise(entries)
        if (one["subtypes"] or {}) == {"name": "KICK OFF", "id": 35} and before["period"] == one["period"]
    ]
    for file, kicks in (("sample_game_1_events.csv", kicked), ("sample_game_3_events.json.gz", kicked_json)):
        events = recorded.recording(folder, file).decode().events
        scored = [one.team for one in events if one.type == "GOAL"]
        assert ["home" if one == "away" else "away" for one in kicks] == scored
        assert recognise((folder / file).read_bytes()[:2048], file) or file.endswith(".gz")
