"""Who is above whom: criteria in order, groups of equals, and what no criterion separates.

`ranked` gives tiers: lists of teams that nothing separates, best tier first. A tier of one is the rule.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from scorewire.stats.standings.criteria import Criterion, Value
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.race import Race
from scorewire.stats.standings.rules import View

Tiers = list[list[str]]
DIRECT: Final = "head_to_head"
"""How the names of criteria begin that count games among the equals only."""


def ranked(race: Race, teams: Sequence[str], criteria: Mapping[str, Criterion] = CRITERIA) -> Tiers:
    """The teams in tiers, by `race.view`; the order of `teams` does not matter.

    Args:
        criteria: what names stand for.
    """
    view = race.view
    leaders = [team for team in teams if view.leaders and race.leads(team, view.leaders)]
    rest = [team for team in teams if team not in leaders]
    tiers: Tiers = []
    for some in (leaders, rest):
        for equal in _split(race, criteria[view.primary], sorted(some)) if some else ():
            tiers += _separated(race, equal, criteria)
    return _at_stake(race, tiers, criteria)


def edges(view: View) -> set[int]:
    """Places below which something else begins: 17, where relegation begins at 18."""
    return {edge for zone in view.zones for edge in (zone.first - 1, zone.last) if edge > 0}


def crosses(view: View, first: int, count: int) -> bool:
    """Whether `count` teams from place `first` on stand on both sides of an edge of a zone."""
    return any(first <= edge < first + count - 1 for edge in edges(view))


def _split(race: Race, criterion: Criterion, tied: Sequence[str]) -> Tiers:
    """The equals by what one criterion says of them, best first; one tier where it cannot be applied."""
    return _by_value(race, criterion, tied, tuple(tied)) or [list(tied)]


def _by_value(race: Race, criterion: Criterion, tied: Sequence[str], context: tuple[str, ...]) -> Tiers:
    """The equals by value, best first; nothing where the criterion cannot be applied.

    Args:
        context: the teams among whose games a criterion between teams counts.
    """
    values: dict[str, Value] = {team: criterion(race, team, context) for team in tied}
    if any(value is None for value in values.values()):
        return []
    kinds = sorted(set(values.values()), reverse=True)
    return [[team for team in tied if values[team] == kind] for kind in kinds]


def _order(view: View, count: int) -> tuple[str, ...]:
    return view.many if view.many and count > 2 else view.order


def _separated(race: Race, tied: list[str], criteria: Mapping[str, Criterion]) -> Tiers:
    """Teams that are equal in `primary`, in tiers."""
    if len(tied) == 1:
        return [tied]
    match race.view.regroup:
        case "one_by_one":
            return _one_by_one(race, tied, criteria)
        case "always":
            return _always(race, tied, criteria)
        case "head_to_head":
            return _regrouped(race, tied, criteria)
        case _:
            return _never(race, tied, race.view.order, criteria)


def _never(race: Race, tied: list[str], order: Sequence[str], criteria: Mapping[str, Criterion]) -> Tiers:
    """One criterion after the other, each among those whom the ones before left equal.

    Criteria between teams that follow one another count games among all who were equal before the first of
    them: two who are equal in points of three are told apart by goals of the games of all three.
    """
    tiers: list[tuple[list[str], tuple[str, ...]]] = [(tied, tuple(tied))]
    for name in order:
        after: list[tuple[list[str], tuple[str, ...]]] = []
        direct = name.startswith(DIRECT)
        for tier, context in tiers:
            parts = _by_value(race, criteria[name], tier, context) if len(tier) > 1 else []
            if not parts:
                after.append((tier, context))
            after += [(equal, context if direct else tuple(equal)) for equal in parts]
        tiers = after
    return [tier for tier, _ in tiers]


def _always(race: Race, tied: list[str], criteria: Mapping[str, Criterion]) -> Tiers:
    """As soon as some are separated, those still equal start again among themselves."""
    for name in _order(race.view, len(tied)):
        tiers = _split(race, criteria[name], tied)
        if len(tiers) > 1:
            return [done for tier in tiers for done in _separated(race, tier, criteria)]
    return [tied]


def _regrouped(race: Race, tied: list[str], criteria: Mapping[str, Criterion]) -> Tiers:
    """Head to head until nobody is separated by it any more; then all games."""
    direct = [name for name in race.view.order if name.startswith(DIRECT)]
    overall = [name for name in race.view.order if not name.startswith(DIRECT)]
    tiers = _never(race, tied, direct, criteria)
    if len(tiers) == 1:
        return _never(race, tied, overall, criteria)
    return [done for tier in tiers for done in _separated(race, tier, criteria)]


def _one_by_one(race: Race, tied: list[str], criteria: Mapping[str, Criterion]) -> Tiers:
    tiers, left = [], list(tied)
    while left:
        best = _best(race, _eligible(race, left), criteria)
        tiers.append(best)
        left = [team for team in left if team not in best]
    return tiers


def _eligible(race: Race, left: list[str]) -> list[str]:
    """Of each division only the best of those left may be next, where the view says so."""
    if not race.view.one_per:
        return left
    first: list[str] = []
    for part in race.views[race.view.one_per]:
        first += [team for team in part if team in left][:1]
    return first or left


def _best(race: Race, tied: list[str], criteria: Mapping[str, Criterion]) -> list[str]:
    """Who is left when all but the best have gone; they start again as soon as one has gone."""
    for name in _order(race.view, len(tied)):
        tiers = _split(race, criteria[name], tied)
        if len(tiers) > 1:
            return _best(race, tiers[0], criteria)
    return tied


def _at_stake(race: Race, tiers: Tiers, criteria: Mapping[str, Criterion]) -> Tiers:
    """Further criteria for those who are still equal on both sides of the edge of a zone."""
    if not race.view.at_stake:
        return tiers
    decided: Tiers = []
    place = 1
    for tier in tiers:
        if len(tier) > 1 and crosses(race.view, place, len(tier)):
            decided += _never(race, tier, race.view.at_stake, criteria)
        else:
            decided.append(tier)
        place += len(tier)
    return decided
