"""What a competition decides about its table, as data.

A table has one or more views: the whole league, its divisions, the seeds of a conference. Each view ranks
its teams by a `primary` criterion (points, or the share of games won), and separates those that are equal
there by `order`, one criterion after the other. Criteria are names of functions (criteria.CRITERIA).

What happens once a criterion has separated some of the equals, and others are still equal, is where
competitions differ most, and what is got wrong most:

    never         those still equal go on to the next criterion
    head_to_head  they start again at the first of the criteria between the teams, counted among them alone;
                  the criteria about all games come when that separates nobody (UEFA, FIFA 2026)
    always        they start again at the first criterion (La Liga, NBA, MLB)
    one_by_one    only who is best is found; every other team starts again without it (NFL)
"""

from typing import Literal

from msgspec import Struct

from scorewire.stats.standings.result import Decided

Regroup = Literal["never", "head_to_head", "always", "one_by_one"]
LastResort = Literal["share", "lots", "play_off"]
"""What decides when no criterion does. share: nothing, the rank is shared."""


class Zone(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Places that lead somewhere: `{"name": "Relegation", "first": 18, "last": 20}`."""

    name: str
    first: int
    last: int


class Points(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a game gives.

    Attributes:
        late: points of winner and loser where it was decided later than in regulation.
        bonuses: names in outing.BONUSES; each adds a point.
        slam: for a team that has won all its games, once it has met every other.
    """

    win: int = 3
    draw: int = 1
    loss: int = 0
    no_result: int = 0
    late: dict[Decided, tuple[int, int]] = {}
    bonuses: tuple[str, ...] = ()
    slam: int = 0


class View(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One way to set the teams out: a table for each value of `by`, or one for all.

    Attributes:
        by: a property of entrants (`group`, `conference`, `division`); empty: one table.
        primary: the criterion that comes first, for all teams alike.
        order: the criteria for equals; `many` those for three or more, where they differ.
        at_stake: further criteria, only for equals on both sides of the edge of a zone.
        last_resort: what decides after all of them; `play_off` at the edge of a zone only.
        play_off_for: zones at whose edges equals in `primary` play again, whatever else separates them.
        meetings: games that each pair plays; criteria between teams wait until all have been. 0: they do not.
        leaders: a view whose first-placed teams come before all others here (division winners).
        one_per: only the best left of each part of this view may be next (NFL wild cards).
        place: only teams at this place of the first view's tables (best thirds). 0: all.
        without: only teams below this place of the first view's tables (wild cards). 0: all.
        common_min: fewest games of each team against common opponents for these to count.
        qualifiers: how many of a conference play on, for records against them.
    """

    name: str = "table"
    by: str = ""
    primary: str = "points"
    order: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    regroup: Regroup = "never"
    at_stake: tuple[str, ...] = ()
    last_resort: LastResort = "share"
    play_off_for: tuple[str, ...] = ()
    meetings: int = 0
    leaders: str = ""
    one_per: str = ""
    place: int = 0
    without: int = 0
    common_min: int = 0
    qualifiers: int = 0
    zones: tuple[Zone, ...] = ()


class Rules(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The table of a competition.

    Attributes:
        id: the name that configuration uses.
        leagues: league ids that have these rules without being told.
        first_season, last_season: the years in which the seasons begin that have them; 0: no bound.
        overs: of an innings, for the net run rate.
        games_behind: whether rows say how far they are behind the first.
        outside: words in a round's name of games that do not count, case apart.
        grouped: only games of a group count.
        source: the rule book.
        proved: what our tables were compared with; empty: hand-made cases only.
    """

    id: str
    name: str
    sport: str
    leagues: tuple[str, ...] = ()
    first_season: int = 0
    last_season: int = 0
    points: Points = Points()
    views: tuple[View, ...] = (View(),)
    overs: int = 20
    games_behind: bool = False
    outside: tuple[str, ...] = ()
    grouped: bool = False
    source: str = ""
    proved: str = ""


class Entrant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team that plays: `{"id": "buf", "name": "Buffalo", "conference": "AFC", "division": "AFC East"}`.

    Attributes:
        group: where results do not name it.
        coefficient: of the federation, higher is better. ranking: world ranking, 1 is best; 0 unknown.
    """

    id: str
    name: str = ""
    abbr: str = ""
    group: str = ""
    conference: str = ""
    division: str = ""
    coefficient: float = 0.0
    ranking: int = 0


class Deduction(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Points taken from a team: `{"team": "eve", "points": 10, "at_ms": 1700179200000, "reason": "..."}`.

    A reduction on appeal is an entry of its own with negative points, so that a table as of an earlier date
    stays as it was.
    """

    team: str
    points: int
    at_ms: int = 0
    reason: str = ""
