from datetime import date

import pytest

from e2e.matchday import NOW, line, matchday, state
from scorewire.web.front import (
    GAMES_MAX,
    Choice,
    day_strip,
    follows,
    queries,
    read_choice,
    sections,
    start_text,
    today,
)


def test_leagues_with_games_under_way_come_first_and_so_do_those_games() -> None:
    listed = sections([line(one) for one in matchday()], Choice(), NOW)
    assert [section.name for section in listed] == ["World Cup", "NBA", "Premier League", "EuroLeague"]
    assert [row.board.group for row in listed[0].rows] == ["live", "live", "over", "next"]
    assert listed[0].live == 2


def test_a_game_is_listed_once_and_a_page_holds_no_more_than_it_can_follow() -> None:
    games = [state(f"g{n}", status="scheduled") for n in range(GAMES_MAX + 50)]
    listed = sections([*games, *games], Choice(), NOW)
    assert sum(len(section.rows) for section in listed) == GAMES_MAX


def test_results_newest_first_and_fixtures_soonest_first() -> None:
    def starts(status: str) -> list[str]:
        games = [state(f"g{n}", status=status, start=f"2026-11-{n}T10:00:00Z") for n in (12, 14, 13)]
        return [row.state.game_id for row in sections(games, Choice(), NOW)[0].rows]

    assert starts("final") == ["g14", "g13", "g12"]
    assert starts("scheduled") == ["g12", "g13", "g14"]


@pytest.mark.parametrize(
    ("start", "tz", "shown"),
    [
        ("2026-11-21T19:00:00Z", "UTC", ("19:00", "")),
        ("2026-11-21T19:00:00Z", "Europe/Berlin", ("20:00", "")),
        ("2026-11-22T03:30:00Z", "America/New_York", ("22:30", "")),
        ("2026-11-22T03:30:00Z", "UTC", ("03:30", "22 Nov")),
        ("2022-12-18T15:00:00Z", "UTC", ("15:00", "18 Dec 2022")),
        ("2026-11-22", "UTC", ("TBD", "22 Nov")),
        ("2026-11-21", "UTC", ("TBD", "")),
        ("soon", "UTC", ("TBD", "")),
        ("soonTM", "UTC", ("TBD", "")),
    ],
)
def test_starts_in_the_viewers_zone_and_never_a_made_up_midnight(
    start: str, tz: str, shown: tuple[str, str]
) -> None:
    assert start_text(start, tz, NOW) == shown


def test_what_cannot_be_read_of_a_choice_is_left_out() -> None:
    choice = read_choice({"date": "2026-99-01", "tz": "Mars/Olympus", "sport": 'so"ccer', "live": "yes"})
    assert choice == Choice()
    assert read_choice({"tz": "../../etc/passwd"}).tz == "UTC"


def test_a_choice_survives_its_own_address() -> None:
    choice = Choice(day=date(2026, 11, 22), tz="Europe/Berlin", sport="soccer", live=True)
    assert choice.href() == "/?date=2026-11-22&tz=Europe%2FBerlin&sport=soccer&live=1"
    assert choice.href(date=None, tz=None, sport=None, live=None) == "/"


def test_today_is_the_viewers_day() -> None:
    late = NOW + 11 * 3_600_000
    assert today(Choice(tz="UTC"), late) == date(2026, 11, 22)
    assert today(Choice(tz="America/New_York"), late) == date(2026, 11, 21)


def test_the_strip_is_the_week_around_today_with_the_chosen_day() -> None:
    strip = day_strip(Choice(day=date(2026, 12, 24)), NOW)
    assert [day.name for day in strip][:4] == ["Wed", "Thu", "Fri", "Today"]
    assert [day.label for day in strip if day.current] == ["24 Dec"]
    (earlier,) = [day for day in day_strip(Choice(day=date(2022, 12, 18)), NOW) if day.current]
    assert earlier.label == "18 Dec 2022"


def test_the_mix_asks_for_now_today_and_the_newest() -> None:
    asked = [(query.status, query.date) for query in queries(Choice(), NOW)]
    assert asked == [("underway", None), (None, "2026-11-21"), (None, None)]
    (query,) = queries(Choice(day=date(2026, 11, 20), sport="soccer", tz="Asia/Tokyo"), NOW)
    assert (query.date, query.sport, query.tz) == ("2026-11-20", "soccer", "Asia/Tokyo")
    (query,) = queries(Choice(live=True), NOW)
    assert query.status == "underway"


def test_a_list_that_holds_everything_follows_what_will_be_declared() -> None:
    listed = sections([line(one) for one in matchday()], Choice(), NOW)
    everything = (("sport", "basketball"), ("sport", "soccer"))
    assert follows(Choice(), listed, whole=True) == everything
    assert follows(Choice(sport="soccer"), listed, whole=True) == (("sport", "soccer"),)
    assert follows(Choice(sport="soccer", league="nba"), listed, whole=True) == (("league", "nba"),)
    for narrower in (Choice(live=True), Choice(day=date(2026, 11, 21))):
        assert follows(narrower, listed, whole=True) == ()
    assert follows(Choice(), listed, whole=False) == ()
