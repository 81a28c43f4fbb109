"""What one play of Sportradar's NBA feed says."""

from typing import Any

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.sportradar_us import SPORTRADAR_NBA
from scorewire.sports import SPORTS

from .sportradar_messages import AWAY, made, message, play


def read(kind: str, **given: Any) -> ProviderEvent:
    (claim,) = SPORTRADAR_NBA.decode(message(play("e1", kind, **given))).events
    return claim


@pytest.mark.parametrize(
    ("kind", "type_", "detail"),
    [
        ("twopointmade", "FG2", {}),
        ("threepointmiss", "FG3_MISS", {}),
        ("freethrowmade", "FT", {}),
        ("personalfoul", "FOUL", {"kind": "personal"}),
        ("shootingfoul", "FOUL", {"kind": "shooting"}),
        ("offensivefoul", "FOUL", {"kind": "offensive"}),
        ("technicalfoul", "FOUL", {"kind": "technical"}),
        ("technicalfoulnonunsportsmanlike", "FOUL", {"kind": "technical"}),
        ("flagranttwo", "FOUL", {"kind": "flagrant_2"}),
        ("teamtimeout", "TIMEOUT", {}),
        ("tvtimeout", "TIMEOUT", {"kind": "tv"}),
        ("kickball", "VIOLATION", {"kind": "kickball"}),
        ("openinbound", "PERIOD_START", {}),
        ("endperiod", "PERIOD_END", {}),
    ],
)
def test_types(kind: str, type_: str, detail: dict[str, object]) -> None:
    claim = read(kind)
    assert (claim.type, claim.team, claim.detail) == (type_, "home", detail)
    assert SPORTS["basketball"].check({}, claim) is None


def test_an_overtime_has_the_number_of_its_sequence() -> None:
    overtime = {"number": 1, "sequence": 5, "type": "overtime"}
    assert read("rebound", period=overtime).period == 5
    assert read("rebound", period={"number": 2, "type": "overtime"}).period == 6


def test_clocks() -> None:
    assert read("rebound").clock == "8:13"
    assert read("rebound", clock_decimal="45.3").clock == "0:45.3"
    assert read("rebound", clock_decimal="", clock="00:00").clock == "0:00.0"
    assert read("rebound", clock_decimal="", clock="soon").clock is None


def test_a_basket_names_its_assist_and_a_miss_its_block_in_one_claim() -> None:
    basket = read("threepointmade", statistics=[made("fieldgoal", "p1"), made("assist", "p2")])
    assert basket.player is not None
    assert (basket.player.id, basket.player.name) == ("sr-p1", "P1")
    assert basket.detail == {"assist": "P2", "assist_id": "sr-p2"}
    miss = read("twopointmiss", statistics=[made("block", "p3"), made("fieldgoal", "p1")])
    assert miss.detail["block_id"] == "sr-p3"
    loss = read("turnover", turnover_type="Lost Ball", statistics=[made("steal", "p3")])
    assert loss.detail == {"kind": "lost_ball", "steal": "P3", "steal_id": "sr-p3"}
    assert loss.player is None


def test_the_score_is_that_after_the_play_and_not_that_of_the_message() -> None:
    claim = read("twopointmade", home_points=2, away_points=0)
    assert claim.score is not None
    assert (claim.score.home, claim.score.away) == (2, 0)


@pytest.mark.parametrize(
    ("x", "area", "along"),
    [(1047.0, "underbasket", 0.9282), (81.0, "underbasket", 0.9282), (81.0, "backcourt", 0.0718)],
)
def test_a_shot_falls_on_the_nearer_basket_unless_from_the_back_court(
    x: float, area: str, along: float
) -> None:
    claim = read("twopointmade", location={"coord_x": x, "coord_y": 300, "action_area": area})
    assert (claim.x, claim.y) == (along, 0.5)


def test_only_shots_have_a_place() -> None:
    assert read("personalfoul", location={"coord_x": 81, "coord_y": 300}).x is None


def test_silent_types_are_skipped_and_unknown_ones_take_back_what_their_id_said() -> None:
    silent = SPORTRADAR_NBA.decode(message(play("e1", "lineupchange")))
    assert (silent.events, silent.skipped) == ((), {"lineupchange": 1})
    unknown = SPORTRADAR_NBA.decode(message(play("e1", "somersault", updated=9)))
    assert unknown.skipped == {"unknown_type": 1}
    assert [(one.event, one.action) for one in unknown.events] == [("e1", "retract")]


def test_teams_of_neither_side_are_nobodys() -> None:
    assert read("teamtimeout", attribution={"id": AWAY}).team == "away"
    assert read("tvtimeout", attribution=None).team is None
