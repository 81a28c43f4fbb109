"""Rules are data: they come from JSON as they went into it, and name criteria and bonuses that there are."""

import msgspec
import pytest

from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.outing import BONUSES
from scorewire.stats.standings.rules import Rules

ALL = [*COMPETITIONS.values(), *DEFAULTS.values()]


@pytest.mark.parametrize("held", ALL, ids=lambda held: held.id)
def test_go_through_json(held: Rules) -> None:
    assert msgspec.json.decode(msgspec.json.encode(held), type=Rules) == held


@pytest.mark.parametrize("held", ALL, ids=lambda held: held.id)
def test_name_what_there_is(held: Rules) -> None:
    assert set(held.points.bonuses) <= BONUSES.keys()
    names = {view.name for view in held.views}
    assert len(names) == len(held.views)
    for view in held.views:
        used = {view.primary, *view.order, *view.many, *view.at_stake}
        assert used <= CRITERIA.keys()
        assert {name for name in (view.leaders, view.one_per) if name} <= names
        assert all(1 <= zone.first <= zone.last for zone in view.zones)
        assert set(view.play_off_for) <= {zone.name for zone in view.zones}


def test_every_criterion_is_used_by_some_competition() -> None:
    used = {
        name
        for held in ALL
        for view in held.views
        for name in (view.primary, *view.order, *view.many, *view.at_stake)
    }
    assert used == CRITERIA.keys()
