"""One goal through the tiers: times that are drawn have the median and the tail that were measured."""

from random import Random

import msgspec
import pytest

from scorewire.planner.inputs import Given, Inputs, Wanted
from scorewire.planner.reading import reference
from scorewire.planner.sizing import plan
from scorewire.planner.spread import Delay, Spread, percentile, spreads


def of(wanted: Wanted, given: Given | None = None) -> dict[str, Spread]:
    inputs = Inputs(wanted=wanted, measured=reference(), given=given or Given())
    drawn = spreads(plan(inputs), inputs, rng=Random(1), goals=200, fans=50)
    return {one.name: one for one in drawn}


def test_a_delay_has_its_median_and_its_tail() -> None:
    rng = Random(3)
    drawn = sorted(Delay(10, 30).draw(rng) for _ in range(20_000))
    assert percentile(drawn, 0.5) == pytest.approx(10, rel=0.03)
    assert percentile(drawn, 0.99) == pytest.approx(30, rel=0.08)
    assert Delay(0, 0).draw(rng) == 0


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile((1, 2, 3, 4), 0.5) == 2
    assert percentile((1, 2, 3, 4), 1.0) == 4
    assert percentile((1, 2, 3, 4), 0.0) == 1


def test_tiers_come_one_after_the_other() -> None:
    drawn = of(Wanted())
    medians = [one.at(0.5) for one in drawn.values()]
    assert medians == sorted(medians)
    assert drawn["on the phone, all regions"].at(0.99) > drawn["written by an edge behind one"].at(0.99)


def test_the_last_fan_of_a_gateway_waits_for_all_before() -> None:
    few = of(Wanted(fans=1000, regions=1))["written by a gateway of the home region"]
    many = of(Wanted(fans=50_000, regions=1, hottest=1))["written by a gateway of the home region"]
    waits = 50_000 * 0.98 * reference().delivery_us / 1000
    assert few.at(0.5) == pytest.approx(reference().path_ms, rel=0.25)
    assert many.at(0.999) == pytest.approx(waits + reference().path_ms, rel=0.1)


def test_an_ocean_is_between_regions() -> None:
    wide = of(Wanted(), msgspec.structs.replace(Given(), ocean_ms=300))
    near = of(Wanted(), msgspec.structs.replace(Given(), ocean_ms=1))
    name = "written by a gateway of another region"
    assert wide[name].at(0.5) - near[name].at(0.5) == pytest.approx(299, rel=0.1)


def test_the_same_seed_draws_the_same() -> None:
    assert of(Wanted()) == of(Wanted())
