import pytest

from scorewire.sports import SPORTS
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.momentum import FADE, WEIGHTS, Act, Momentum, momentum, pressure, weight
from scorewire.web.pictures.scales import Course, Period
from unit.web.pictures.drawn import HOSTILE, described, parsed

HALVES = Course([Period(0, "1st half"), Period(45, "2nd half")], 90)


def shown(*acts: Act, teams: Teams = Teams("Reds", "Blues")) -> Momentum:
    return Momentum(teams=teams, course=HALVES, acts=acts, until=90)


def test_what_happened_fades_and_the_other_side_takes_it_away() -> None:
    levels = pressure([Act("home", 0.5, 2.0), Act("away", 2.0, 2.0)], 4)
    assert levels[0] == 1.0
    assert levels[1] == pytest.approx(FADE)
    assert levels[2] < 0
    assert max(abs(level) for level in levels) == 1.0


def test_nothing_presses_nobody() -> None:
    assert pressure([], 3) == [0.0, 0.0, 0.0]
    assert weight("soccer", "PASS") == weight("chess", "GOAL") == 0.0


def test_the_words_tell_who_pressed_and_the_goals() -> None:
    told = described(
        momentum(shown(Act("home", 10, 4.0, scored=True, when="11'"), Act("away", 60, 2.0)), key="m")
    )
    assert "The strongest minute was number 11, of Reds." in told
    assert "Goals: Reds 11'." in told


def test_home_bars_stand_above_the_line_and_away_bars_below() -> None:
    root = parsed(momentum(shown(Act("home", 0, 2.0), Act("away", 30, 2.0)), key="m"))
    bars = {path.get("class"): path.get("d") or "" for path in root.iter("path")}
    zero = 76.0
    assert float(bars["bar home"].split("V")[1].split("H")[0]) < zero
    assert float(bars["bar away"].split("V")[1].split("H")[0]) > zero


def test_hostile_names_and_endless_games_stay_in_their_place() -> None:
    acts = [Act("home" if k % 3 else "away", k, 2.0, scored=not k % 10, when=HOSTILE) for k in range(400)]
    teams = Teams(HOSTILE, HOSTILE)
    parsed(momentum(Momentum(teams=teams, course=HALVES, acts=acts[:200], until=1e6), key="m"))


@pytest.mark.parametrize("sport", WEIGHTS)
def test_what_has_a_weight_is_a_type_of_its_sport(sport: str) -> None:
    assert set(WEIGHTS[sport]) <= set(SPORTS[sport].events)
