"""What the page of a playback shows of a course, and what it does not tell yet."""

import re

import msgspec
import pytest

from e2e.matchday import state
from scorewire.model.score_state import GameClock, ScoreState
from scorewire.web.playback import (
    MARKS_MAX,
    Course,
    bar_of,
    clocked,
    data_of,
    periods,
    read_course,
    stops,
    where,
    words_of,
)

GOALS = ({"home": 1}, {"home": 1, "away": 1})
ROWS: list[dict[str, object]] = [
    {"type": "GAME_SCHEDULED", "level": "key"},
    {"type": "PERIOD_START", "level": "key", "period": 1, "clock": "0:00"},
    {"type": "SHOT", "level": "play", "team": "away", "period": 1, "clock": "12:10"},
    {"type": "GOAL", "level": "key", "team": "home", "player": "Ada Early", "period": 1, "clock": "22:41"}
    | GOALS[0],
    {"type": "PERIOD_END", "level": "key", "period": 1, "clock": "45+2:10"} | GOALS[0],
    {"type": "PERIOD_START", "level": "key", "period": 2, "clock": "45:00"} | GOALS[0],
    {"type": "GOAL", "level": "key", "team": "away", "player": "Bob Later", "period": 2, "clock": "60:00"}
    | GOALS[1],
]


def course(rows: list[dict[str, object]] = ROWS) -> Course:
    moments = [
        {"seq": seq, "ts": 1, "at": (seq - 1) * 10_000, "home": 0, "away": 0, **row}
        for seq, row in enumerate(rows, 1)
    ]
    body = {"game_id": "g", "epoch": "e", "seq": len(rows), "guide": "provider", "length": 60_000}
    return read_course(msgspec.json.encode({**body, "moments": moments}))


def at(seq: int, **given: object) -> ScoreState:
    return state("g", seq=seq, **given)


def test_the_rows_that_matter_before_and_after() -> None:
    before, after = stops(at(5), course())
    assert before is not None
    assert after is not None
    assert (before.seq, before.words) == (4, "23' Goal, Ada Early, 1–0")
    assert (after.seq, after.words) == (6, ""), "what comes is not told"
    assert stops(at(1), course())[0] is None
    assert stops(at(7), course())[1] is None
    assert [one and one.seq for one in stops(at(3), course())] == [2, 4]


def test_where_one_is_in_words() -> None:
    assert where(at(1), course()) == "Argentina 0, France 0"
    assert where(at(4), course()) == "23', Argentina 0, France 0"
    assert words_of("soccer", course().moments[5]) == "46' Start of 2nd half, 1–0"


@pytest.mark.parametrize("seq", range(1, 8))
def test_the_bar_holds_nothing_of_what_comes(seq: int) -> None:
    drawn = bar_of(at(seq), course())
    seqs = [int(found) for found in re.findall(r"replay\?seq=(\d+)", drawn)]
    assert all(found <= seq for found in seqs)
    assert ("Ada Early" in drawn) == (seq >= 4)
    assert ("Bob Later" in drawn) == (seq >= 7)
    assert ("2nd half" in drawn) == (seq >= 6)


def test_a_running_clock_stands_where_the_newest_row_is() -> None:
    set_early = GameClock(display="0:00", seconds=0, running=True, at=1)
    moved = clocked(at(4, clock=set_early), course()).clock
    assert isinstance(moved, GameClock)
    assert (moved.display, moved.seconds) == ("22:41", 1361)
    added = clocked(at(5, clock=set_early), course()).clock
    assert isinstance(added, GameClock)
    assert added.seconds == 47 * 60 + 10
    stopped = GameClock(display="0:00", seconds=0, running=False)
    assert clocked(at(4, clock=stopped), course()).clock is stopped


def test_periods_and_their_names() -> None:
    assert periods("soccer", course().moments) == [(10_000, "1st half"), (50_000, "2nd half")]
    quarters = [{"type": "PERIOD_START", "level": "key", "period": number} for number in range(1, 6)]
    assert [name for _, name in periods("basketball", course(quarters).moments)] == [
        "Q1",
        "Q2",
        "Q3",
        "Q4",
        "OT",
    ]


def test_baskets_are_not_marked_one_by_one() -> None:
    many: list[dict[str, object]] = [
        {"type": "FG2", "level": "key", "team": "home", "period": 1} for _ in range(MARKS_MAX + 1)
    ]
    game = state("g", sport="basketball", seq=MARKS_MAX + 1)
    assert "<a " not in bar_of(game, course(many))
    assert data_of(game, course(many))["marked"] is False
    assert "<a " in bar_of(msgspec.structs.replace(game, seq=3), course(many[:5]))


def test_what_the_script_is_given() -> None:
    data = data_of(at(1), course())
    assert data["rows"][3] == [4, 30_000, 1, 0, True, "GOAL", "home", "Ada Early", 1, "22:41"]  # type: ignore[index]
    assert data["periods"] == [[10_000, "1st half", 2], [50_000, "2nd half", 6]]
    assert data["length"] == 60_000
