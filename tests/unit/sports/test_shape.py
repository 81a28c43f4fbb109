"""What is refused at the door in every sport."""

import msgspec
import pytest

from scorewire.model.provider_event import SideScore
from scorewire.sports import SPORTS
from scorewire.sports.shape import check_shape
from unit.sports.plays import claim, misshapen

CASES = [
    (claim("NO_SUCH_TYPE"), "unknown_event_type"),
    (claim(""), "unknown_event_type"),
    (claim("LINEUP"), "team_missing"),
    (claim("GAME_FORFEITED"), "team_missing"),
    (claim("LINEUP", "home", clock="noon"), "unreadable_clock"),
    (claim("LINEUP", "home", clock="12:60"), "unreadable_clock"),
    (claim("LINEUP", "home", clock="-1:00"), "unreadable_clock"),
    (claim("PERIOD_START"), "period_missing"),
    (claim("PERIOD_END"), None),
    (claim("CLOCK_SET"), "clock_missing"),
    (claim("CLOCK_START"), None),
    (claim("GAME_AWARDED"), "wrong_detail"),
    (claim("GAME_AWARDED", detail={"home": -1, "away": 0}), "negative_score"),
    (claim("GAME_VOID"), None),
    (claim("LINEUP", "home", detail={"p1": "10|A|B|starter"}), None),
    (claim("LINEUP", "home", detail={"of_no_interest": 1}), None),
    (claim("PLAY_CANCELLED", "home"), "target_missing"),
    (claim("PLAY_CANCELLED", detail={"event": "e1"}), None),
    (claim("FEED_LOST"), None),
    (claim("NO_SUCH_TYPE", action="retract"), None),
    (claim("", action="retract", clock="noon"), None),
]


@pytest.mark.parametrize("sport", SPORTS)
@pytest.mark.parametrize(("one", "rule"), CASES, ids=[f"{one.type}-{rule}" for one, rule in CASES])
def test_shape(sport: str, one: object, rule: str | None) -> None:
    assert misshapen(SPORTS[sport], one) == rule


@pytest.mark.parametrize(("home", "away"), [(-1, 0), (0, -1)])
def test_a_negative_score_is_refused_where_the_decoder_did_not(home: int, away: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"home": home, "away": away}, SideScore)
    assert (
        misshapen(SPORTS["soccer"], claim("FOUL", "home", score=SideScore(home=home, away=away)))
        == "negative_score"
    )


@pytest.mark.parametrize(
    ("kind", "sport"),
    [
        ("GOAL_CANCELLED", "soccer"),
        ("PENALTY_CANCELLED", "soccer"),
        ("CARD_CANCELLED", "soccer"),
        ("BASKET_CANCELLED", "basketball"),
    ],
)
def test_what_takes_a_play_back_says_which(kind: str, sport: str) -> None:
    machine = SPORTS[sport]
    assert misshapen(machine, claim(kind)) == "target_missing"
    assert misshapen(machine, claim(kind, "home")) is None
    assert misshapen(machine, claim(kind, detail={"event": "e1"})) is None


WANTED = {"FOUL": {"count": int, "sure": bool, "kind": frozenset({"hard", "soft"})}}


@pytest.mark.parametrize(
    ("detail", "rule"),
    [
        ({}, None),
        ({"count": 2, "sure": False, "kind": "soft", "else": "x"}, None),
        ({"count": True}, "wrong_detail"),
        ({"count": 2.0}, "wrong_detail"),
        ({"count": -1}, "wrong_detail"),
        ({"sure": 1}, "wrong_detail"),
        ({"kind": "bad"}, "wrong_detail"),
        ({"kind": ""}, "wrong_detail"),
    ],
)
def test_details_of_the_right_kind(detail: dict[str, object], rule: str | None) -> None:
    refusal = check_shape(SPORTS["soccer"].events, WANTED, claim("FOUL", "home", detail=detail))
    assert (refusal.rule if refusal else None) == rule
