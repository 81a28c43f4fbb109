from pathlib import Path

import pytest

from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.web.pictures import timing
from scorewire.web.pictures.progression import Step
from unit.web.pictures.standing import stands


def claim(
    type_: str, period: int | None = 1, clock: str | None = None, team: str | None = "home", **detail: object
):  # type: ignore[no-untyped-def]
    given: Detail = detail  # type: ignore[assignment]
    return ProviderEvent(
        provider="p",
        game_id="g",
        event="1",
        revision=1,
        type=type_,
        period=period,
        clock=clock,
        team=team,
        detail=given,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("sport", "period", "clock", "at"),
    [
        ("soccer", 1, "22:30", 22.5),
        ("soccer", 2, "45:00", 45.0),
        ("soccer", 2, "67:30", 67.5),
        ("soccer", 3, "90:00", 90.0),
        ("handball", 2, "45:00", 45.0),
        ("rugby_union", 2, "80:00", 80.0),
        ("basketball", 1, "12:00", 0.0),
        ("basketball", 1, "0:45.0", 11.25),
        ("basketball", 5, "5:00", 48.0),
        ("ice_hockey", 3, "10:00", 50.0),
        ("american_football", 2, "15:00", 15.0),
        ("soccer", 1, None, None),
        ("soccer", 1, "soon", None),
        ("soccer", None, "1:00", None),
    ],
)
def test_clocks_up_and_down_come_to_minutes_of_the_game(
    sport: str, period: int | None, clock: str | None, at: float | None
) -> None:
    assert timing.timed(sport, [claim("FOUL", period, clock)]).at == [at]


def test_added_time_has_room_of_its_own() -> None:
    times = timing.timed(
        "soccer", [claim("GOAL", 1, "45+2:30"), claim("GOAL", 2, "46:00"), claim("GOAL", 1, "45+1")]
    )
    assert times.at == [47.5, 48.5, 46.0]
    assert [period.begins for period in times.course.periods] == [0, 47.5]
    assert times.course.length == 92.5
    assert times.until == 48.5


def test_a_competition_may_have_quarters_of_its_own() -> None:
    assert timing.timed("basketball", [claim("FG2", 2, "10:00")], minutes=10).at == [10.0]


def test_overtimes_come_when_they_are_played() -> None:
    names = [one.name for one in timing.timed("basketball", [claim("FG2", 6, "2:00")]).course.periods]
    assert names == ["Q1", "Q2", "Q3", "Q4", "OT2"]
    assert len(timing.timed("basketball", []).course.periods) == 4


def test_scores_are_counted_with_what_a_type_adds() -> None:
    claims = [
        claim("FG3", 1, "11:00"),
        claim("FOUL", 1, "10:00"),
        claim("FT", 1, "9:00", "away"),
        claim("SCORE_SET", 1, None, None, home=4, away=1),
        claim("FG2", 2, "12:00"),
    ]
    assert timing.steps("basketball", claims, timing.timed("basketball", claims)) == [
        Step(1, 3, 0),
        Step(3, 3, 1),
        Step(3, 4, 1),
        Step(12, 6, 1, 2),
    ]


def test_innings_and_points_are_axes_of_their_own() -> None:
    assert timing.timed("baseball", [claim("RUNS", 5, team="away"), claim("RUNS", 6)]).at == [2.5, 3.0]
    times = timing.timed("volleyball", [claim("POINT"), claim("TIMEOUT"), claim("POINT", 2)])
    assert times.at == [1, 1, 2]
    assert [(one.name, one.begins) for one in times.course.periods] == [("Set 1", 0), ("Set 2", 1)]
    course, steps = timing.points_of_set([claim("POINT"), claim("POINT", team="away"), claim("POINT", 2)], 1)
    assert (course.length, steps[-1]) == (2, Step(2, 1, 1))


@pytest.mark.data
@pytest.mark.parametrize(
    ("sport", "path"),
    [
        ("soccer", "soccer/statsbomb/15986_events.json.gz"),
        ("basketball", "basketball/nba_cdn_live/0022000001_playbyplay.json.gz"),
        ("basketball", "basketball/nba_two_feeds_0021600270/data_nba_com_pbp.json.gz"),
        ("american_football", "american_football/nfl_gamecenter/2012092305.json"),
        ("baseball", "baseball/mlb_statsapi_facts/747175_feed_live_facts.json.gz"),
        ("ice_hockey", "ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz"),
    ],
)
def test_the_lines_of_a_recorded_game_end_at_its_score(shared_data: Path, sport: str, path: str) -> None:
    claims, score = stands(shared_data, path)
    times = timing.timed(sport, claims)
    steps = timing.steps(sport, claims, times)
    assert (steps[-1].home, steps[-1].away) == score
    assert [one.at for one in steps] == sorted(one.at for one in steps)
    assert times.until <= times.course.length


@pytest.mark.data
def test_goals_of_a_recorded_game_are_acts(shared_data: Path) -> None:
    claims, _ = stands(shared_data, "soccer/statsbomb/15986_events.json.gz")
    acts = timing.acts("soccer", claims, timing.timed("soccer", claims))
    assert [one.when for one in acts if one.scored] == ["19'", "45'", "51'", "63'"]
    assert {one.side for one in acts} == {"home", "away"}
