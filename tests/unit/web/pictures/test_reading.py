import pytest

from scorewire.model.provider_event import Detail, Player, ProviderEvent
from scorewire.web.pictures import reading
from scorewire.web.pictures.marks import Outcome


def claim(type_: str, detail: Detail | None = None, **fields: object) -> ProviderEvent:
    given = {"team": "home", "period": 1, "clock": "22:41", "x": 0.9, "y": 0.4} | fields
    return ProviderEvent(
        provider="p",
        game_id="g",
        event="1",
        revision=1,
        type=type_,
        detail=detail or {},
        **given,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("sport", "type_", "detail", "outcome"),
    [
        ("soccer", "GOAL", {}, "goal"),
        ("soccer", "SHOT", {"outcome": "saved"}, "saved"),
        ("soccer", "SHOT", {"outcome": "blocked"}, "blocked"),
        ("soccer", "SHOT", {"outcome": "post"}, "missed"),
        ("soccer", "SHOT", {}, "missed"),
        ("soccer", "PENALTY_MISSED", {"outcome": "saved"}, "saved"),
        ("basketball", "FG3", {}, "goal"),
        ("basketball", "FG2_MISS", {}, "missed"),
        ("ice_hockey", "SHOT", {}, "saved"),
        ("ice_hockey", "SHOT_BLOCKED", {}, "blocked"),
    ],
)
def test_what_came_of_a_shot(sport: str, type_: str, detail: Detail, outcome: Outcome) -> None:
    found = reading.shot(sport, claim(type_, detail))
    assert found is not None
    assert found.outcome == outcome


def test_a_shot_has_who_and_when() -> None:
    (found,) = reading.shots("soccer", [claim("GOAL", player=Player(id="p1", name="Ada")), claim("PASS")])
    assert (found.player, found.when, found.x, found.y) == ("Ada", "23'", 0.9, 0.4)
    three = reading.shot("basketball", claim("FG3_MISS"))
    assert three is not None
    assert three.points == 3


@pytest.mark.parametrize(
    "none",
    [
        claim("GOAL", {"own_goal": True}),
        claim("GOAL", x=None),
        claim("GOAL", team=None),
        claim("GOAL", period=5, clock=None),
        claim("FOUL"),
    ],
)
def test_what_is_no_shot_of_the_match(none: ProviderEvent) -> None:
    assert reading.shot("soccer", none) is None
    assert reading.shot("chess", claim("GOAL")) is None
