"""Rules of one's own: read from plain data, and held to what there is, with words for who wrote them."""

from collections.abc import Iterator, Mapping

import msgspec

from scorewire.stats.standings.criteria import Criterion
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.outing import BONUSES
from scorewire.stats.standings.rules import Rules

DIVISIONS = frozenset({"", "group", "conference", "division"})
"""What a view may part teams by."""


def read_rules(given: object) -> Rules:
    """Rules from what a TOML table or a JSON object decodes to.

    Raises:
        ValueError: a key is unknown or of the wrong kind, or something is named that there is not; in words.
    """
    rules = msgspec.convert(given, Rules)
    check(rules)
    return rules


def check(rules: Rules, criteria: Mapping[str, Criterion] = CRITERIA) -> None:
    """Whether all that the rules name is there.

    Raises:
        ValueError: the first thing that is not.
    """
    for fault in _faults(rules, criteria):
        raise ValueError(f"rules {rules.id!r}: {fault}")


def _faults(rules: Rules, criteria: Mapping[str, Criterion]) -> Iterator[str]:
    for bonus in rules.points.bonuses:
        if bonus not in BONUSES:
            yield f"there is no bonus {bonus!r}; there are {', '.join(sorted(BONUSES))}"
    if not rules.views:
        yield "there must be a view"
    before: set[str] = set()
    for view in rules.views:
        for name in (view.primary, *view.order, *view.many, *view.at_stake):
            if name not in criteria:
                yield f"view {view.name!r}: there is no criterion {name!r}"
        if view.by not in DIVISIONS:
            yield f"view {view.name!r}: teams have no {view.by!r}"
        for other in filter(None, (view.leaders, view.one_per)):
            if other not in before:
                yield f"view {view.name!r}: no view {other!r} comes before it"
        if (view.place or view.without) and not before:
            yield f"view {view.name!r}: `place` and `without` are about a view before it"
        for zone in view.zones:
            if not 1 <= zone.first <= zone.last:
                yield f"view {view.name!r}: zone {zone.name!r} is from {zone.first} to {zone.last}"
        if view.name in before:
            yield f"two views are named {view.name!r}"
        before.add(view.name)
