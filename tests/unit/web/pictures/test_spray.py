import json
from math import hypot
from pathlib import Path

import pytest

from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.spray import RESULTS, Batted, Result, from_mlb, spray_chart
from unit.providers.recorded import unpacked
from unit.web.pictures.drawn import HOSTILE, described, parsed, starts

TEAMS = Teams("Reds", "Blues")


def batted(right: float, out: float, result: Result = "single", **fields: str) -> Batted:
    return Batted(side="home", right=right, out=out, result=result, **fields)  # type: ignore[arg-type]


def test_the_words_tell_what_came_of_the_balls_and_where_they_went() -> None:
    balls = [
        batted(-200, 200, "home_run", player="Ada"),
        batted(0, 100, "out"),
        batted(100, 60),
        batted(0, 30),
    ]
    assert described(spray_chart(balls, teams=TEAMS, key="s")) == (
        "A baseball field seen from above, home plate at the bottom. "
        "Reds: 1 home run, 2 singles and 1 out; to the 1 left, 2 centre and 1 right. "
        "Furthest: Ada, 283 feet. Blues: no ball in play."
    )


def test_hits_are_full_and_outs_hollow_and_a_home_run_is_ringed() -> None:
    root = parsed(spray_chart([batted(0, 100, one) for one in RESULTS], teams=TEAMS, key="s"))
    found = {name: len(starts(root, f"m home {name}")) for name in ("goal", "saved", "missed")}
    assert found == {"goal": 1, "saved": 3, "missed": 2}


def test_left_field_is_at_the_left_and_out_is_up() -> None:
    root = parsed(spray_chart([batted(-90, 300), batted(90, 100, "out")], teams=TEAMS, key="s"))
    ((left, high),) = starts(root, "m home saved")
    ((right, low),) = starts(root, "m home missed")
    assert left < 180 < right
    assert high < low


def test_hostile_names_and_balls_out_of_the_park_stay_in_the_picture() -> None:
    far = [batted(5000, 5000, player=HOSTILE, when=HOSTILE), batted(-5000, -5000)]
    root = parsed(spray_chart(far, teams=Teams(HOSTILE, HOSTILE), key="s"))
    assert all(0 < x < 360 and 0 <= y < 330 for x, y in starts(root, "m home saved"))


def test_the_longest_of_games_stays_small() -> None:
    parsed(spray_chart([batted(k, k, "out", player="Giannis") for k in range(100)], teams=TEAMS, key="s"))


@pytest.mark.data
@pytest.mark.parametrize("game", ["718322", "747175"])
def test_flies_of_mlb_came_down_as_far_as_it_says(shared_data: Path, game: str) -> None:
    path = shared_data / f"baseball/mlb_statsapi_facts/{game}_feed_live_facts.json.gz"
    plays = json.loads(unpacked(path))["liveData"]["plays"]["allPlays"]
    hits = [event["hitData"] for play in plays for event in play["playEvents"] if "hitData" in event]
    flies = [hit for hit in hits if hit["trajectory"] == "fly_ball" and "totalDistance" in hit]
    assert len(flies) >= 8
    for hit in flies:
        right, out = from_mlb(hit["coordinates"]["coordX"], hit["coordinates"]["coordY"])
        assert hypot(right, out) == pytest.approx(hit["totalDistance"], abs=25)
        # The fielder's number says the field: 7 is left, 8 centre, 9 right.
        assert {"7": right < 0, "8": abs(right) < out / 2, "9": right > 0}.get(hit.get("location"), True)
