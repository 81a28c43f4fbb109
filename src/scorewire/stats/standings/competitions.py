"""The rules of every competition that we know, the defaults of each sport, and which rules a league has."""

import re
from collections.abc import Mapping
from typing import Final

from scorewire.stats.standings.competitions_america import AMERICA
from scorewire.stats.standings.competitions_soccer import KNOCK_OUT, SOCCER, THREE
from scorewire.stats.standings.rules import Points, Rules, View, Zone

SIX_NATIONS: Final = Rules(
    id="six-nations",
    name="Six Nations",
    sport="rugby_union",
    leagues=("six-nations", "6-nations"),
    points=Points(win=4, draw=2, loss=0, bonuses=("four_tries", "lost_by_seven"), slam=3),
    source="Six Nations Championship Rules since 2017: equals in points, difference and tries share a place",
    views=(View(order=("difference", "tries")),),
)
TOP_14: Final = Rules(
    id="top-14",
    name="Top 14",
    sport="rugby_union",
    leagues=("top-14",),
    points=Points(win=4, draw=2, loss=0, bonuses=("three_tries_more", "lost_by_five")),
    outside=KNOCK_OUT,
    source="LNR, Règlements, points de terrain and bonus",
    views=(View(order=("head_to_head_points", "difference", "tries"), zones=()),),
)
IPL: Final = Rules(
    id="ipl",
    name="Indian Premier League",
    sport="cricket",
    leagues=("ipl", "indian-premier-league", "cricsheet-indian-premier-league"),
    points=Points(win=2, draw=1, loss=0, no_result=1),
    overs=20,
    outside=(*KNOCK_OUT, "eliminator"),
    source="IPL playing conditions, 16.10; ICC men's T20I playing conditions, 16.10.3 (net run rate)",
    proved="the official table of 2022, net run rates included",
    views=(
        View(
            order=("wins", "net_run_rate"),
            last_resort="lots",
            zones=(Zone(name="Play-offs", first=1, last=4),),
        ),
    ),
)
FIVB: Final = Rules(
    id="fivb",
    name="Volleyball (FIVB pools)",
    sport="volleyball",
    leagues=("fivb", "vnl", "volleyball-nations-league"),
    points=Points(win=3, draw=0, loss=0, late={"deciding_set": (2, 1)}),
    outside=KNOCK_OUT,
    source="FIVB, ranking in pools: matches won, points, set ratio, point ratio",
    views=(
        View(
            primary="wins",
            order=("points", "set_ratio", "point_ratio", "head_to_head_points"),
            last_resort="lots",
        ),
    ),
)
HANDBALL: Final = Rules(
    id="handball",
    name="Handball (EHF group phase)",
    sport="handball",
    leagues=("ehf-cl", "ehf-champions-league"),
    points=Points(win=2, draw=1, loss=0),
    outside=KNOCK_OUT,
    source="EHF, regulations of the Champions League group phase",
    views=(
        View(
            order=(
                "head_to_head_points",
                "head_to_head_difference",
                "head_to_head_scored",
                "difference",
                "scored",
            ),
            last_resort="lots",
        ),
    ),
)

COMPETITIONS: Final[Mapping[str, Rules]] = {
    rules.id: rules for rules in (*SOCCER, *AMERICA, SIX_NATIONS, TOP_14, IPL, FIVB, HANDBALL)
}
"""By the name that configuration uses."""


def _default(sport: str, order: tuple[str, ...], points: Points, *, primary: str = "points") -> Rules:
    return Rules(
        id=f"{sport}-default",
        name=f"Any other league: {sport.replace('_', ' ')}",
        sport=sport,
        points=points,
        games_behind=primary == "win_pct",
        outside=KNOCK_OUT,
        source="what most leagues of the sport do",
        views=(View(primary=primary, order=order),),
    )


_LATE: Final = Points(win=3, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)})

DEFAULTS: Final[Mapping[str, Rules]] = {
    "soccer": _default("soccer", ("difference", "scored", "head_to_head_points"), THREE),
    "basketball": _default("basketball", ("head_to_head_pct", "difference"), THREE, primary="win_pct"),
    "american_football": _default(
        "american_football", ("head_to_head_pct", "difference"), THREE, primary="win_pct"
    ),
    "ice_hockey": _default("ice_hockey", ("regulation_wins", "difference", "scored"), _LATE),
    "baseball": _default("baseball", ("head_to_head_pct", "difference"), THREE, primary="win_pct"),
    "rugby_union": _default(
        "rugby_union",
        ("difference", "tries"),
        Points(win=4, draw=2, loss=0, bonuses=("four_tries", "lost_by_seven")),
    ),
    "handball": _default("handball", ("difference", "scored"), Points(win=2, draw=1)),
    "cricket": _default("cricket", ("wins", "net_run_rate"), Points(win=2, draw=1, no_result=1)),
    "tennis": _default("tennis", ("set_ratio", "point_ratio"), Points(win=1, draw=0), primary="wins"),
    "volleyball": _default(
        "volleyball",
        ("points", "set_ratio", "point_ratio"),
        Points(win=3, draw=0, late={"deciding_set": (2, 1)}),
        primary="wins",
    ),
}
"""For leagues that nobody has named rules for, by sport."""

_YEAR: Final = re.compile(r"\d{4}")


def rules_for(
    sport: str, league_id: str, configured: Mapping[str, str | Rules] | None = None, season: str = ""
) -> Rules:
    """The rules of a league: as configured, else those that name the league, else the sport's default.

    Args:
        configured: league id -> the id of rules that we know, or rules of one's own.
        season: `2022`, `2018-19`, `2023/24`: rules that name the league may have changed. Empty: as they are
            now.

    Raises:
        ValueError: the configuration names rules, or the caller a sport, that there is not.
    """
    chosen = (configured or {}).get(league_id)
    if isinstance(chosen, Rules):
        return chosen
    if chosen is not None:
        known = {**COMPETITIONS, **{rules.id: rules for rules in DEFAULTS.values()}}
        if chosen not in known:
            raise ValueError(
                f"league {league_id!r}: there are no rules {chosen!r}; known: {', '.join(known)}"
            )
        return known[chosen]
    named = [one for one in COMPETITIONS.values() if league_id in one.leagues and one.sport == sport]
    if named:
        return next((one for one in named if _in_force(one, season)), named[0])
    if sport not in DEFAULTS:
        raise ValueError(f"there is no table for {sport!r}")
    return DEFAULTS[sport]


def _in_force(rules: Rules, season: str) -> bool:
    """Whether a season, which counts by the year in which it begins, had these rules."""
    found = _YEAR.search(season)
    if found is None:
        return not rules.last_season
    return rules.first_season <= int(found[0]) <= (rules.last_season or 9999)
