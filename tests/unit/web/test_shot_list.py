import msgspec
import pytest

from e2e.matchday import state
from scorewire.web.plays import Plays
from scorewire.web.shot_list import shot_list
from unit.web.played import claim, plays


def told(held: Plays, sport: str) -> dict:  # type: ignore[type-arg]
    return msgspec.json.decode(shot_list(state("g1", sport=sport, seq=held.seq), held))  # type: ignore[no-any-return]


def test_shots_lie_on_the_ground_in_its_unit_both_sides_attacking_the_same_way() -> None:
    held = plays(
        claim("CORNER", event="1", x=1.0, y=0.0),
        claim("GOAL", who="Ada", event="2", x=0.9, y=0.25, period=1, clock="22:10"),
        claim("SHOT", "away", event="3", x=0.9, y=0.25, outcome="saved"),
        claim("GOAL", event="4", x=0.1, y=0.5, own_goal=True),
        claim("SHOT", event="5"),
    )
    answer = told(held, "soccer")
    assert answer["ground"] == {"name": "pitch", "unit": "m", "length": 105.0, "width": 68.0}
    assert (answer["seq"], answer["epoch"]) == (6, "k3v9x2aa")
    first, second = answer["shots"]
    assert first == {
        "seq": 3,
        "type": "GOAL",
        "team": "home",
        "player": {"id": "ada", "name": "Ada"},
        "period": 1,
        "clock": "22:10",
        "outcome": "goal",
        "worth": 1,
        "along": 94.5,
        "across": 17.0,
    }
    assert (second["outcome"], second["along"], second["across"], second["team"]) == (
        "saved",
        94.5,
        17.0,
        "away",
    )


def test_a_three_is_worth_three_in_feet() -> None:
    answer = told(plays(claim("FG3_MISS", x=0.7, y=0.5), sport="basketball"), "basketball")
    assert answer["ground"]["unit"] == "ft"
    assert [(one["worth"], one["outcome"], one["along"]) for one in answer["shots"]] == [(3, "missed", 65.8)]


def test_balls_in_play_are_told_from_home_plate() -> None:
    held = plays(claim("DOUBLE", "away", "Ada", x=125.42 / 250, y=98.27 / 250), sport="baseball")
    (one,) = told(held, "baseball")["shots"]
    assert (one["outcome"], one["right"]) == ("double", pytest.approx(0, abs=0.1))
    assert one["out"] == pytest.approx(249.5, abs=0.1)


def test_a_sport_without_shots_has_none() -> None:
    answer = told(plays(claim("POINT", x=0.5, y=0.5), sport="tennis"), "tennis")
    assert answer["shots"] == []
    assert "ground" not in answer
