"""Rules of the North American leagues, as data."""

from typing import Final

from msgspec.structs import replace

from scorewire.stats.standings.competitions_soccer import KNOCK_OUT
from scorewire.stats.standings.rules import Points, Rules, View, Zone

OUTSIDE: Final = (
    *KNOCK_OUT,
    "all-star",
    "wild card",
    "divisional",
    "championship",
    "super bowl",
    "pro bowl",
    "world series",
    "spring training",
    "stanley cup",
    "play-in",
)
"""Words in the names of rounds outside the regular season."""

_RANKS: Final = ("scoring_ranks_conference", "scoring_ranks")

NFL_2002: Final = Rules(
    id="nfl-2002",
    name="NFL, 2002 to 2019",
    sport="american_football",
    leagues=("nfl",),
    last_season=2019,
    outside=OUTSIDE,
    source="NFL, tie-breaking procedures; net touchdowns, which results do not hold, come before the coin",
    proved="the official division ranks and play-off seeds of 2012",
    views=(
        View(
            name="division",
            by="division",
            primary="win_pct",
            order=(
                "head_to_head_pct",
                "division_pct",
                "common_pct",
                "conference_pct",
                "strength_of_victory",
                "strength_of_schedule",
                *_RANKS,
                "net_points_common",
                "net_points",
            ),
            regroup="one_by_one",
            last_resort="lots",
            zones=(Zone(name="Division winner", first=1, last=1),),
        ),
        View(
            name="conference",
            by="conference",
            primary="win_pct",
            order=(
                "head_to_head_sweep",
                "conference_pct",
                "common_pct",
                "strength_of_victory",
                "strength_of_schedule",
                *_RANKS,
                "net_points_conference",
                "net_points",
            ),
            regroup="one_by_one",
            last_resort="lots",
            leaders="division",
            one_per="division",
            common_min=4,
            zones=(
                Zone(name="Division winners", first=1, last=4),
                Zone(name="Wild cards", first=5, last=6),
            ),
        ),
    ),
)
NFL: Final = replace(
    NFL_2002,
    id="nfl",
    name="NFL, since 2020",
    first_season=2020,
    last_season=0,
    proved="",
    views=(
        NFL_2002.views[0],
        replace(
            NFL_2002.views[1],
            zones=(
                Zone(name="Division winners", first=1, last=4),
                Zone(name="Wild cards", first=5, last=7),
            ),
        ),
    ),
)
NBA_2015: Final = Rules(
    id="nba-2015",
    name="NBA, 2015-16 to 2019-20",
    sport="basketball",
    leagues=("nba",),
    last_season=2019,
    games_behind=True,
    outside=OUTSIDE,
    source="NBA, playoff seeding tie-breaks since 2015-16",
    proved="games won and lost of 2018-19, and the play-off seeds, which are not in the file",
    views=(
        View(
            name="division",
            by="division",
            primary="win_pct",
            order=("head_to_head_pct", "division_pct", "conference_pct", "net_points"),
            regroup="always",
            last_resort="lots",
        ),
        View(
            name="conference",
            by="conference",
            primary="win_pct",
            order=(
                "head_to_head_pct",
                "division_leader",
                "division_pct",
                "conference_pct",
                "qualifiers_pct",
                "other_qualifiers_pct",
                "net_points",
            ),
            many=(
                "division_leader",
                "head_to_head_pct",
                "division_pct",
                "conference_pct",
                "qualifiers_pct",
                "net_points",
            ),
            regroup="always",
            last_resort="lots",
            qualifiers=8,
            zones=(Zone(name="Play-offs", first=1, last=8),),
        ),
    ),
)
NBA: Final = replace(
    NBA_2015,
    id="nba",
    name="NBA, since 2020-21",
    first_season=2020,
    last_season=0,
    proved="",
    views=(
        NBA_2015.views[0],
        replace(
            NBA_2015.views[1],
            zones=(
                Zone(name="Play-offs", first=1, last=6),
                Zone(name="Play-in", first=7, last=10),
            ),
        ),
    ),
)
_MLB_ORDER: Final = (
    "head_to_head_pct",
    "intradivision_pct",
    "interdivision_pct",
    "last_half_intraleague_pct",
)
MLB: Final = Rules(
    id="mlb",
    name="MLB, since 2022",
    sport="baseball",
    leagues=("mlb",),
    first_season=2022,
    games_behind=True,
    outside=OUTSIDE,
    source="MLB, tie-breaker rules since 2022",
    views=(
        View(
            name="division",
            by="division",
            primary="win_pct",
            order=_MLB_ORDER,
            regroup="always",
            zones=(Zone(name="Division winner", first=1, last=1),),
        ),
        View(
            name="conference",
            by="conference",
            primary="win_pct",
            order=_MLB_ORDER,
            regroup="always",
            leaders="division",
            zones=(
                Zone(name="Division winners", first=1, last=3),
                Zone(name="Wild cards", first=4, last=6),
            ),
        ),
    ),
)
MLB_2012: Final = Rules(
    id="mlb-2012",
    name="MLB, 2012 to 2021",
    sport="baseball",
    leagues=("mlb",),
    last_season=2021,
    games_behind=True,
    outside=OUTSIDE,
    source="MLB Regulations: equals at the edge of the play-offs met in one game more",
    proved="the official ranks, division winners and wild cards of 2019",
    views=(
        View(
            name="division",
            by="division",
            primary="win_pct",
            last_resort="play_off",
            zones=(Zone(name="Division winner", first=1, last=1),),
        ),
        View(
            name="conference",
            by="conference",
            primary="win_pct",
            leaders="division",
            last_resort="play_off",
            zones=(
                Zone(name="Division winners", first=1, last=3),
                Zone(name="Wild cards", first=4, last=5),
            ),
        ),
    ),
)
_NHL_ORDER: Final = (
    "points_pct",
    "regulation_wins",
    "regulation_and_overtime_wins",
    "wins",
    "head_to_head_even_points",
    "difference",
    "scored",
)
NHL: Final = Rules(
    id="nhl",
    name="NHL",
    sport="ice_hockey",
    leagues=("nhl",),
    points=Points(win=2, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)}),
    outside=OUTSIDE,
    source="NHL, standings tie-breaking procedure since 2019-20",
    views=(
        View(
            name="division",
            by="division",
            order=_NHL_ORDER,
            zones=(Zone(name="Play-offs", first=1, last=3),),
        ),
        View(
            name="wild_card",
            by="conference",
            without=3,
            order=_NHL_ORDER,
            zones=(Zone(name="Wild cards", first=1, last=2),),
        ),
        View(name="league", order=_NHL_ORDER),
    ),
)
PWHL: Final = Rules(
    id="pwhl",
    name="PWHL",
    sport="ice_hockey",
    leagues=("pwhl",),
    points=Points(win=3, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)}),
    outside=OUTSIDE,
    source="PWHL, points and tie-breaks 2024-25",
    proved="the official table of 2024-25",
    views=(
        View(
            order=(
                "regulation_wins",
                "regulation_and_overtime_wins",
                "wins",
                "head_to_head_points",
                "difference",
                "scored",
            ),
            zones=(Zone(name="Play-offs", first=1, last=4),),
        ),
    ),
)

AMERICA: Final = (NFL, NFL_2002, NBA, NBA_2015, MLB, MLB_2012, NHL, PWHL)
