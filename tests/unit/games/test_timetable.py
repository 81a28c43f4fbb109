"""A playback goes by the time that is worth most, never steps back, and waits for nobody's half-time."""

import pytest

from scorewire.games.timetable import BEFORE_MS, EVEN_MS, GAP_MAX_MS, Stamp, clock_s, timetable

NOW = 1_800_000_000_000
MINUTE = 60_000


def row(
    ts: int = NOW, said_ms: int = 0, period: int | None = 1, clock: str | None = None, *, claimed: bool = True
) -> Stamp:
    return Stamp(ts, said_ms, claimed, period, clock_s(clock))


DECLARED = row(period=None, claimed=False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("22:41", 1361),
        ("45+2:10", 2830),
        ("90:00+3:03", 5583),
        ("90+4", 5640),
        ("0:45.3", 45),
        ("", None),
        (None, None),
    ],
)
def test_clocks_as_sports_write_them(text: str | None, seconds: int | None) -> None:
    assert clock_s(text) == seconds


def test_the_providers_time_goes_first() -> None:
    rows = [DECLARED, *(row(NOW, NOW + at * 7_000, clock=f"0:{at:02}") for at in range(5))]
    found = timetable(rows)
    assert found.guide == "provider"
    assert list(found.cut)[1:] == [at * 7_000 for at in range(5)]


def test_ours_where_the_provider_tells_none() -> None:
    found = timetable([DECLARED, *(row(NOW + at * 7_000, clock=f"0:{at:02}") for at in range(5))])
    assert (found.guide, found.cut[-1] - found.cut[1]) == ("rows", 28_000)


@pytest.mark.parametrize("down", [False, True])
def test_the_games_clock_where_a_recording_was_posted_at_once(down: bool) -> None:
    """A clock that stands still in ts and, at sixty times the pace, in the provider's time too."""
    minutes = range(12, 0, -2) if down else range(0, 12, 2)
    first = [row(NOW + at, NOW + at * 2_000, 1, f"{minute}:00") for at, minute in enumerate(minutes)]
    again = [row(NOW + at, NOW + at * 2_000, 2, f"{minute}:00") for at, minute in enumerate(minutes, 6)]
    found = timetable([DECLARED, *first, *again])
    assert found.guide == "game"
    assert found.real[-1] == 20 * MINUTE, "ten minutes of each period, and nothing between them"
    assert found.cut[-1] == 10 * GAP_MAX_MS


def test_every_row_the_same_where_nothing_tells_a_time() -> None:
    found = timetable([row(clock=None) for _ in range(4)])
    assert found.guide == "even"
    assert list(found.cut) == [0, EVEN_MS, 2 * EVEN_MS, 3 * EVEN_MS]


def test_a_break_is_cut_and_days_before_the_game_too() -> None:
    day = 86_400_000
    rows = [
        row(NOW, period=None, claimed=False),
        row(NOW + 3 * day, period=None),
        row(NOW + 5 * day, period=1),
        row(NOW + 5 * day + 10_000),
        row(NOW + 5 * day + 20 * MINUTE, period=2),
        row(NOW + 5 * day + 20 * MINUTE + 9_000, period=2),
    ]
    found = timetable(rows)
    assert found.guide == "rows"
    start = 2 * BEFORE_MS
    assert list(found.cut) == [
        0, BEFORE_MS, start, start + 10_000, start + 10_000 + GAP_MAX_MS, start + 19_000 + GAP_MAX_MS,
    ]  # fmt: skip
    assert found.real[-1] == start + 20 * MINUTE + 9_000


def test_what_is_told_late_is_due_at_once() -> None:
    said = [NOW, NOW + 20_000, NOW + 5_000, NOW + 30_000, 0]
    found = timetable([row(said_ms=one, claimed=one > 0) for one in said])
    assert (found.guide, list(found.cut)) == ("provider", [0, 20_000, 20_000, 30_000, 30_000])


def test_no_rows() -> None:
    assert timetable([]).cut == []
