"""Results that were published again: what is believed, what is held, and the last word of every game."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.intake.snapshot import GameSnapshot, Limits, compare
from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import ScoreState
from scorewire.providers import openfootball
from scorewire.providers.openfootball_revisions import OPENFOOTBALL_REVISIONS, decode, is_knock_out
from scorewire.sports import SPORTS
from unit.providers import recorded
from unit.providers.folded import fold, fold_one

Line = dict[str, Any]


def version(ft: list[int] | None = None, ht: list[int] | None = None, status: str | None = None) -> Line:
    return {"date": "2025-03-11", "time": "21:00", "ft": ft, "ht": ht, "status": status}


def lines(*versions: Line, round_name: str = "Matchday 3", file: str = "2024-25/de.1.json") -> bytes:
    """The history of one game: a line for each version but the first, a day apart."""
    head = {"file": file, "round": round_name, "team1": "A", "team2": "B"}
    return b"\n".join(
        msgspec.json.encode(
            {**head, "published_at": f"2025-04-{day:02}T05:00:00+00:00", "before": before, "after": after}
        )
        for day, (before, after) in enumerate(pairwise(versions), 1)
    )


def history(body: bytes) -> list[tuple[ProviderEvent, ScoreState]]:
    """Every claim of one game with what was shown after it."""
    decoded = decode(body)
    desk = Desk(Book(game_id=decoded.game, machines=SPORTS), "epoch")
    decide(desk, decoded.declarations[0], now_ms=1, log_offset=0)
    seen = []
    for number, claim in enumerate(decoded.events, 2):
        verdict = decide(desk, claim, now_ms=number, log_offset=number, kind="dense")
        assert verdict.refusal is None, (verdict.refusal, claim)
        assert desk.shown is not None
        seen.append((claim, desk.shown))
    return seen


def ended(body: bytes) -> tuple[str, int, int, bool]:
    _, last = history(body)[-1]
    return last.status, last.home.score, last.away.score, last.under_check


class TestClasses:
    def test_another_score_is_a_correction(self) -> None:
        body = lines(version([2, 1], [1, 1]), version([2, 2], [1, 1]))
        assert ended(body) == ("corrected", 2, 2, False)

    def test_and_so_is_the_score_it_had_before(self) -> None:
        body = lines(version([2, 1], [1, 1]), version([2, 2], [1, 1]), version([2, 1], [1, 1]))
        assert ended(body) == ("corrected", 2, 1, False)

    @pytest.mark.parametrize("rise", [[1, 4], [5, 1], [4, 4]])
    def test_a_rise_of_three_in_a_knock_out_game_is_held(self, rise: list[int]) -> None:
        body = lines(version([0, 1], [0, 1]), version(rise, [0, 1]), round_name="Finals, Round of 16")
        assert ended(body) == ("final", 0, 1, True)

    @pytest.mark.parametrize(
        ("then", "expected"),
        [
            (version([0, 1], [0, 1]), ("final", 0, 1, False)),
            (version([0, 2], [0, 1]), ("corrected", 0, 2, False)),
            (version([1, 5], [0, 1]), ("final", 0, 1, True)),
            (version([0, 3], status="awarded"), ("awarded", 0, 3, False)),
        ],
    )
    def test_what_may_come_of_it(self, then: Line, expected: tuple[str, int, int, bool]) -> None:
        held = (version([0, 1], [0, 1]), version([1, 4], [0, 1]))
        assert ended(lines(*held, then, round_name="Final")) == expected

    def test_the_same_rise_in_a_league_is_believed(self) -> None:
        assert ended(lines(version([0, 0]), version([1, 4], [0, 3]))) == ("corrected", 1, 4, False)

    def test_a_fall_of_any_size_is_believed(self) -> None:
        body = lines(version([4, 5], [1, 1]), version([2, 1], [1, 1]), round_name="Qualifying, Round 2")
        assert ended(body) == ("corrected", 2, 1, False)

    def test_a_ruling_comes_goes_and_comes_back(self) -> None:
        played, ruled = version([1, 1], [1, 1]), version([0, 2], [1, 1])
        assert ended(lines(played, ruled)) == ("awarded", 0, 2, False)
        assert ended(lines(played, ruled, played)) == ("corrected", 1, 1, False)
        said = version([0, 2], status="awarded")
        assert ended(lines(played, ruled, played, version([0, 2]), said)) == ("awarded", 0, 2, False)

    def test_a_game_is_postponed_twice_and_played(self) -> None:
        off, on = version(status="postponed"), version()
        seen = history(lines(on, off, on, off, on, version([1, 0], [0, 0])))
        assert [(claim.event, state.status) for claim, state in seen] == [
            ("status-postponed", "postponed"),
            ("status-postponed-over", "scheduled"),
            ("status-postponed-2", "postponed"),
            ("status-postponed-2-over", "scheduled"),
            ("result", "scheduled"),
            ("whistle", "break"),
            ("end", "final"),
        ]

    def test_a_cancelled_game_is_played_after_all(self) -> None:
        body = lines(version(), version(status="CANCELLED"), version([1, 4]))
        assert ended(body) == ("final", 1, 4, False)


@pytest.mark.parametrize(
    ("file", "round_name", "knock_out"),
    [
        ("2024-25/de.1.json", "Matchday 14", False),
        ("2024-25/hu.1.json", "Round 10", False),
        ("2025-26/en.3.json", "16. Round", False),
        ("2024-25/es.1.json", "Jornada 4", False),
        ("2025/co.1.json", "Apertura, Matchday 17", False),
        ("2025/copa.l.json", "Group, Matchday 2", False),
        ("2025/copa.l.json", "Qualifying, Round 2", True),
        ("2024-25/uefa.cl.json", "Finals, Round of 16", True),
        ("2024-25/mx.1.json", "Apertura Playoffs, Play-in round 1", True),
        ("2020-21/de.cup.json", "1. Runde", True),
        ("2020-21/de.cup.json", "Third", True),
    ],
)
def test_knock_out_games_are_told_by_file_and_round(file: str, round_name: str, knock_out: bool) -> None:
    assert is_knock_out(file, round_name) is knock_out


def test_the_frame_is_the_newest_published() -> None:
    moved = {**version(), "date": "2025-05-01"}
    decoded = decode(lines(version(), version(status="postponed"), moved))
    assert decoded.declaration is not None
    assert decoded.declaration.start == "2025-05-01T21:00:00Z"
    assert (decoded.declaration.league.id, decoded.declaration.season) == ("de.1", "2024-25")


def test_lines_that_cannot_be_read_are_counted() -> None:
    good = lines(version([1, 0]), version([1, 1]))
    undated = good.replace(b"2025-04-01T05:00:00+00:00", b"in April")
    assert decode(b"\n".join([b"{}", undated, b"", good])).skipped == {
        "unreadable_line": 1,
        "undated_line": 1,
    }
    with pytest.raises(FeedError, match="unreadable_payload"):
        decode(undated)


def published(shared_data: Path) -> dict[str, list[Line]]:
    """The real lines by game, as our ids name it."""
    body = (shared_data / "soccer/openfootball/late_corrections.jsonl").read_bytes()
    found = defaultdict[str, list[Line]](list)
    for line in body.splitlines():
        found[decode(line).game].append(msgspec.json.decode(line))
    return found


def change(line: Line) -> str:
    """The class of a line, told from the line alone."""
    before, after = line["before"], line["after"]
    status = (after["status"] or "").lower()
    if status:
        return status
    if before["status"] and after["ft"] is None:
        return "back on"
    if before["status"]:
        return "played after all"
    below = after["ht"] and any(full < half for full, half in zip(after["ft"], after["ht"], strict=True))
    return "below half-time" if below else "another score"


@pytest.mark.data
class TestRealHistory:
    def test_holds_these_classes(self, shared_data: Path) -> None:
        games = published(shared_data)
        assert len(games) == 68
        assert Counter(change(line) for of_game in games.values() for line in of_game) == {
            "another score": 42,
            "below half-time": 1,
            "postponed": 31,
            "back on": 20,
            "played after all": 11,
            "cancelled": 8,
            "awarded": 6,
            "abandoned": 1,
        }

    def test_every_game_ends_as_it_was_last_published(self, shared_data: Path) -> None:
        recording = recorded.recording(shared_data, "soccer/openfootball/late_corrections.jsonl")
        assert recording.format is OPENFOOTBALL_REVISIONS
        decoded = recording.decode()
        assert decoded.skipped == {}
        recorded_games = fold(decoded)
        for own, of_game in published(shared_data).items():
            game, last = recorded_games[own], of_game[-1]["after"]
            assert (game.refused, game.state.under_check) == ([], False)
            assert game.score == tuple(last["ft"] or (0, 0)), own
            assert game.state.start.startswith(last["date"])
        assert Counter(game.state.status for game in recorded_games.values()) == {
            "corrected": 21,
            "scheduled": 20,
            "final": 11,
            "awarded": 6,
            "cancelled": 5,
            "postponed": 4,
            "abandoned": 1,
        }

    def test_after_every_line_the_score_is_that_of_the_line_or_it_is_held(self, shared_data: Path) -> None:
        outcomes = Counter[str]()
        for of_game in published(shared_data).values():
            for count, line in enumerate(of_game, 1):
                body = b"\n".join(msgspec.json.encode(one) for one in of_game[:count])
                game = fold_one(decode(body))
                if game.state.under_check:
                    outcomes["held"] += 1
                    assert game.score != tuple(line["after"]["ft"])
                    assert game.score in {(0, 1), (1, 0)}, "what was played in 90 minutes"
                else:
                    outcomes[game.state.status] += 1
                    assert game.score == tuple(line["after"]["ft"] or (0, 0)), line
        assert outcomes == {
            "held": 8,
            "corrected": 34,
            "final": 11,
            "awarded": 7,
            "postponed": 31,
            "scheduled": 20,
            "cancelled": 8,
            "abandoned": 1,
        }

    def test_whoever_polls_the_file_comes_to_the_same_end(self, shared_data: Path) -> None:
        """Each version as the season's file was polled, twice, with the differ in between."""
        for own, of_game in published(shared_data).items():
            desk = Desk(Book(game_id="g", machines=SPORTS), "epoch")
            snapshot, now_ms = GameSnapshot(), 1_700_000_000_000
            for version_ in [of_game[0]["before"], *(line["after"] for line in of_game)]:
                decoded = openfootball.decode(season(of_game[0], version_))
                declared = msgspec.structs.replace(decoded.declarations[0], game_id="g", revision=now_ms)
                decide(desk, declared, now_ms=now_ms, log_offset=1)
                for _ in range(2):
                    now_ms += 60_000
                    polled = compare(snapshot, decoded.events, now_ms=now_ms, limits=Limits(), renumber=True)
                    snapshot = polled.after
                    for claim in polled.claims:
                        named = msgspec.structs.replace(claim, provider=openfootball.PROVIDER, game_id="g")
                        verdict = decide(desk, named, now_ms=now_ms, log_offset=1, kind="sparse")
                        assert verdict.refusal is None, (own, claim)
            last = of_game[-1]["after"]
            state = desk.shown
            assert state is not None
            assert (state.home.score, state.away.score) == tuple(last["ft"] or (0, 0)), own
            assert state.status == expected(last, state), own


def season(line: Line, version_: Line) -> bytes:
    """A season's file with one match, as it was published."""
    score = {"ft": version_["ft"], "ht": version_["ht"]} if version_["ft"] else None
    shown = {key: version_[key] for key in ("date", "time", "status")}
    entry = {"round": line["round"], "team1": line["team1"], "team2": line["team2"], "score": score, **shown}
    return msgspec.json.encode({"name": "Cup 2024/25", "matches": [entry]})


def expected(last: Line, state: ScoreState) -> str:
    if last["status"]:
        return str(last["status"]).lower()
    if last["ft"] is None:
        return "scheduled"
    return state.status if state.status in {"final", "corrected"} else "final or corrected"
