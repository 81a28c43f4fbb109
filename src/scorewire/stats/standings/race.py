"""Everything that a criterion may ask about a competition: records, meetings, divisions, places.

Made once for a table and kept while it is ranked, so that what several criteria ask is summed once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scorewire.stats.standings.outing import Outing, Record, total
from scorewire.stats.standings.rules import Entrant, Rules, View

Chosen = Callable[[Outing], bool]


@dataclass(slots=True)
class Race:
    """A competition at one moment.

    Attributes:
        entrants: every team that has a row.
        played: the outings of each, in order of time.
        records: the sum of each team's outings.
        deducted: points taken away, by team.
        views: by name, the tables already ranked: each the teams of one part, best first.
        view: the one that is being ranked.
    """

    rules: Rules
    entrants: Mapping[str, Entrant]
    played: Mapping[str, Sequence[Outing]]
    records: Mapping[str, Record]
    deducted: Mapping[str, int]
    views: dict[str, list[list[str]]] = field(default_factory=dict)
    view: View = field(default_factory=View)
    _between: dict[tuple[str, tuple[str, ...]], Record] = field(default_factory=dict)

    def points(self, team: str) -> int:
        """Points after deductions, and with what a slam gives."""
        record, slam = self.records[team], self.rules.points.slam
        points = record.points - self.deducted.get(team, 0)
        if slam and len(record.opponents) == len(self.entrants) - 1 > 0 and record.won == record.played:
            points += slam
        return points

    def total(self, team: str, chosen: Chosen) -> Record:
        """The sum of the outings that are chosen."""
        return total((one for one in self.played[team] if chosen(one)), self.rules.overs)

    def between(self, team: str, tied: Collection[str]) -> Record:
        """The team's record against the others of `tied`."""
        key = team, tuple(sorted(tied))
        held = self._between.get(key)
        if held is None:
            held = self._between[key] = self.total(team, lambda one: one.other.id in tied)
        return held

    def all_met(self, tied: Collection[str], games: int) -> bool:
        """Whether each pair of `tied` has played at least `games` against each other."""
        for team in tied:
            met = [one.other.id for one in self.played[team]]
            if any(met.count(other) < games for other in tied if other != team):
                return False
        return True

    def same(self, team: str, other: str, what: str) -> bool:
        """Whether two teams are of one conference (or division, or group)."""
        mine, theirs = self.entrants.get(team), self.entrants.get(other)
        if mine is None or theirs is None:
            return False
        return bool(getattr(mine, what) == getattr(theirs, what))

    def leads(self, team: str, view: str) -> bool:
        """Whether the team is first of its part of a view that has been ranked."""
        return any(part and part[0] == team for part in self.views.get(view, ()))
