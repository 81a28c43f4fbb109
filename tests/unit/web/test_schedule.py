from datetime import date

import pytest

from e2e.matchday import NOW, state
from scorewire.web.schedule import Wanted, query, read_wanted, week

DAY = date(2026, 11, 21)  # a Saturday, as NOW is


def test_a_week_begins_on_monday_in_the_viewers_zone() -> None:
    assert read_wanted({}, "UTC", NOW).monday == date(2026, 11, 16)
    late = NOW + 35 * 3_600_000
    assert read_wanted({}, "UTC", late).day == date(2026, 11, 23)
    assert read_wanted({}, "Pacific/Honolulu", late).day == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["", "soon", "2026-99-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_shown_is_today(text: str) -> None:
    assert read_wanted({"date": text, "sport": 'so"ccer', "league": "", "team": "arg"}, "UTC", NOW) == Wanted(
        day=DAY, tz="UTC", team="arg"
    )


def test_a_choice_survives_its_own_address() -> None:
    wanted = Wanted(day=DAY, tz="Asia/Tokyo", sport="soccer", league="epl")
    assert wanted.href() == "/schedule?date=2026-11-21&sport=soccer&league=epl"
    assert wanted.href(date=None, sport=None, league=None) == "/schedule"
    assert (wanted.step(-1), wanted.step(1)) == ("2026-11-14", "2026-11-28")


def test_the_journal_is_asked_for_the_week_and_a_day_around_it() -> None:
    asked = query(Wanted(day=DAY, tz="Asia/Tokyo", league="epl"), "next")
    assert (asked.date, asked.days, asked.tz) == ("2026-11-15", 9, "Asia/Tokyo")
    assert (asked.league, asked.team, asked.cursor) == ("epl", None, "next")


def test_games_stand_on_their_day_in_the_viewers_zone_and_without_a_time_on_their_own() -> None:
    games = [
        state("late", start="2026-11-21T23:30:00Z", status="scheduled"),
        state("unknown", start="2026-11-21", status="scheduled"),
        state("early", start="2026-11-21T09:00:00Z", status="scheduled"),
        state("early", start="2026-11-21T09:00:00Z", status="scheduled"),
        state("before", start="2026-11-15T20:00:00Z", status="final"),
    ]

    def days(tz: str) -> dict[str, list[str]]:
        shown = week(games, Wanted(day=DAY, tz=tz), NOW)
        assert len(shown) == 7
        return {
            day.iso: [row.state.game_id for league in day.leagues for row in league.rows]
            for day in shown
            if day.leagues
        }

    assert days("UTC") == {"2026-11-21": ["early", "late", "unknown"]}
    assert days("Europe/Berlin") == {"2026-11-21": ["early", "unknown"], "2026-11-22": ["late"]}
    assert days("America/Los_Angeles") == {"2026-11-21": ["early", "late", "unknown"]}
    assert days("Pacific/Kiritimati") == {
        "2026-11-16": ["before"],
        "2026-11-21": ["early", "unknown"],
        "2026-11-22": ["late"],
    }


def test_a_game_without_a_time_says_so_and_a_postponed_one_too() -> None:
    games = [
        state("a", start="2026-11-21", status="scheduled"),
        state("b", status="postponed", start="2026-11-21T10:00:00Z"),
    ]
    (today,) = [day for day in week(games, Wanted(day=DAY, tz="UTC"), NOW) if day.today]
    assert today.name == "Saturday 21 November"
    rows = {row.state.game_id: row for row in today.leagues[0].rows}
    assert rows["a"].clock == "TBD"
    assert rows["b"].board.short == "Postp."
