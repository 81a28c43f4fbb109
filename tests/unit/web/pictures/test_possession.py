from pathlib import Path

import pytest

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.possession import drives
from unit.web.pictures.standing import stands

TEAMS = Teams("Reds", "Blues", "RED", "BLU")


def claim(
    type_: str, possession: Side | None = None, at: str = "", team: Side | None = None, period: int = 1
) -> ProviderEvent:
    detail: Detail = {"possession": possession, "at": at} if possession else {}
    return ProviderEvent(
        provider="p", game_id="g", event="1", revision=1, type=type_, period=period, team=team, clock="9:00",
        detail=detail,
    )  # fmt: skip


KICKOFF = claim("KICKOFF", "home", "RED 20")


def test_a_touchdown_ends_at_the_goal_line() -> None:
    (one,) = drives([KICKOFF, claim("PASS", "home", "BLU 30"), claim("TOUCHDOWN", team="home")], TEAMS)
    assert (one.side, one.first, one.last, one.plays, one.result, one.points) == (
        "home", 20.0, 100.0, 2, "Touchdown", 6,
    )  # fmt: skip
    assert one.when == "Q1 9:00"


def test_a_punt_ends_where_the_side_last_had_the_ball_and_gives_it_away() -> None:
    first, second = drives([KICKOFF, claim("RUSH", "home", "50"), claim("PUNT", "away", "BLU 11")], TEAMS)
    assert (first.last, first.result, first.points) == (50.0, "Punt", 0)
    assert (second.side, second.first, second.result) == ("away", 11.0, "")


@pytest.mark.parametrize(
    ("last", "result"),
    [
        (claim("INTERCEPTION", "away", "BLU 40"), "Interception"),
        (claim("FUMBLE", "away", "RED 40"), "Fumble"),
        (claim("RUSH", "away", "RED 40"), "Downs"),
        (claim("FIELD_GOAL_MISS", "away", "BLU 30"), "Missed FG"),
        (claim("PERIOD_END", period=2), "End of half"),
        (claim("SAFETY", team="away"), "Safety"),
    ],
)
def test_how_a_drive_can_end(last: ProviderEvent, result: str) -> None:
    found = drives([KICKOFF, last], TEAMS)
    assert (found[0].result, found[0].points) == (result, 0)


def test_the_other_sides_touchdown_is_no_score_of_the_drive() -> None:
    (one,) = drives([KICKOFF, claim("FUMBLE"), claim("TOUCHDOWN", team="away")], TEAMS)
    assert (one.result, one.points) == ("Fumble", 0)


def test_a_fumble_may_be_told_after_the_play_that_lost_the_ball() -> None:
    first, second = drives([KICKOFF, claim("PASS", "away", "RED 40"), claim("FUMBLE", team="home")], TEAMS)
    assert (first.result, second.side, second.plays) == ("Fumble", "away", 0)


def test_the_end_of_a_quarter_does_not_end_a_drive() -> None:
    (one,) = drives([KICKOFF, claim("PERIOD_END", period=1), claim("RUSH", "home", "RED 30")], TEAMS)
    assert one.last == 30.0


@pytest.mark.data
def test_drives_of_a_recorded_game_bring_its_touchdowns_and_field_goals(shared_data: Path) -> None:
    claims, _ = stands(shared_data, "american_football/nfl_gamecenter/2012092305.json")
    found = drives(claims, Teams("Saints", "Chiefs", "NO", "KC"))
    ends = [(one.side, one.result) for one in found]
    assert [ends.count((side, "Field goal")) for side in ("home", "away")] == [1, 6]
    assert [ends.count((side, "Touchdown")) for side in ("home", "away")] == [3, 1]
    assert ends[-1] == ("away", "Field goal")
    assert ends.count(("away", "Fumble")) == 1
    assert all(0 <= one.first <= 100 and 0 <= one.last <= 100 for one in found)
