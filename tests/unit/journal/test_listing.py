"""Days, cursors, and the work that lists take in a file with 10,000 games stored."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.journal.listing import day_ms, not_over, query, read_cursor, write_cursor
from scorewire.journal.records import GamesQuery


@pytest.mark.parametrize(
    ("day", "tz", "hours"),
    [
        ("2022-12-18", "UTC", 24),
        ("2023-03-26", "Europe/Berlin", 23),
        ("2023-10-29", "Europe/Berlin", 25),
        ("2023-04-28", "Africa/Cairo", 23),
    ],
)
def test_days_of_a_time_zone(day, tz, hours):
    first, end = day_ms(day, tz)
    assert end - first == hours * 3_600_000
    begun = datetime.fromtimestamp(first / 1000, ZoneInfo(tz))
    assert begun.date().isoformat() == day


@given(
    st.tuples(
        st.integers(0, 1),
        st.integers(-(2**53), 2**53),
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}\Z"),
    )
)
def test_cursors_read_back_and_need_no_escaping(position):
    text = write_cursor(position)
    assert read_cursor(text) == position
    assert text.replace("-", "").replace("_", "").isalnum()


FIXED = {
    "all": {},
    "underway": {"status": "underway"},
    "final": {"status": "final"},
    "sport": {"sport": "soccer"},
    "league": {"league": "nba"},
    "sport and status": {"sport": "soccer", "status": "final"},
}


async def test_lists_walk_no_table(plan):
    """Bounded work: in order from an index, or a sort of one day's or one team's games.

    The planner has no statistics (nothing runs ANALYZE), so its plan is the same with 10,000 games stored.
    """
    cursor = write_cursor((0, 1_671_375_600_000, "game-9"))

    for name, asked in FIXED.items():
        for place in (None, cursor):
            steps = await plan(query(GamesQuery(**asked, cursor=place)).limit(51))
            assert not [step for step in steps if "TEMP B-TREE" in step], (name, steps)
            # Walking the index of the order is right where everything is wanted, from its end.
            walked = [step for step in steps if step.startswith("SCAN")]
            assert walked in ([], ["SCAN games USING COVERING INDEX games_in_order"]), (name, steps)
            assert walked == [] or name == "all"
    for asked in ({"team": "t3"}, {"date": "2022-12-18"}, {"team": "t3", "league": "nba"}):
        steps = await plan(query(GamesQuery(**asked)).limit(51))
        assert not [step for step in steps if step.startswith("SCAN")], (asked, steps)
    for kind in ("team", "league", "sport"):
        steps = await plan(not_over(kind, "t3", 100))
        assert not [step for step in steps if step.startswith("SCAN")], (kind, steps)
