"""Rules of soccer competitions, as data."""

from typing import Final

from msgspec.structs import replace

from scorewire.stats.standings.rules import Points, Rules, View, Zone

KNOCK_OUT: Final = (
    "final",
    "play-off",
    "playoff",
    "knock",
    "round of",
    "third place",
    "qualif",
    "preseason",
    "pre-season",
    "friendly",
)
"""Words in the names of rounds whose games no league table counts."""

DIRECT: Final = ("head_to_head_points", "head_to_head_difference", "head_to_head_scored")
THREE: Final = Points(win=3, draw=1, loss=0)


def _zones(*places: tuple[str, int, int]) -> tuple[Zone, ...]:
    return tuple(Zone(name=name, first=first, last=last) for name, first, last in places)


PREMIER_LEAGUE: Final = Rules(
    id="premier-league",
    name="Premier League",
    sport="soccer",
    leagues=("premier-league", "english-premier-league", "epl", "eng-pl", "en.1", "eng.1"),
    points=THREE,
    outside=KNOCK_OUT,
    source="Premier League Handbook 2024/25, C.17",
    proved="the official tables of 2023-24 and 2024-25, deductions included",
    views=(
        View(
            order=("difference", "scored"),
            at_stake=("head_to_head_points", "head_to_head_away_scored"),
            last_resort="play_off",
            zones=_zones(("Champions League", 1, 4), ("Europa League", 5, 5), ("Relegation", 18, 20)),
        ),
    ),
)
LA_LIGA: Final = Rules(
    id="la-liga",
    name="La Liga",
    sport="soccer",
    leagues=("la-liga", "laliga", "es.1", "esp.1"),
    points=THREE,
    outside=KNOCK_OUT,
    source="RFEF, Reglamento General, art. 201",
    views=(
        View(
            order=(*DIRECT[:2], "difference", "scored", "conduct"),
            regroup="always",
            meetings=2,
            last_resort="play_off",
            zones=_zones(("Champions League", 1, 4), ("Europa League", 5, 5), ("Relegation", 18, 20)),
        ),
    ),
)
SERIE_A: Final = Rules(
    id="serie-a",
    name="Serie A",
    sport="soccer",
    leagues=("serie-a", "it.1", "ita.1"),
    points=THREE,
    outside=KNOCK_OUT,
    source="FIGC, NOIF art. 51 as changed in 2022; Lega Serie A, Comunicati",
    views=(
        View(
            order=(*DIRECT[:2], "difference", "scored"),
            last_resort="lots",
            play_off_for=("Champions", "Relegation"),
            zones=_zones(
                ("Champions", 1, 1),
                ("Champions League", 2, 4),
                ("Europa League", 5, 5),
                ("Relegation", 18, 20),
            ),
        ),
    ),
)
BUNDESLIGA: Final = Rules(
    id="bundesliga",
    name="Bundesliga",
    sport="soccer",
    leagues=("bundesliga", "de.1", "ger.1"),
    points=THREE,
    outside=(*KNOCK_OUT, "relegation"),
    source="DFL, Spielordnung § 2",
    views=(
        View(
            order=(
                "difference",
                "scored",
                "head_to_head_difference",
                "head_to_head_away_scored",
                "away_scored",
            ),
            last_resort="play_off",
            zones=_zones(
                ("Champions League", 1, 4),
                ("Europa League", 5, 5),
                ("Relegation play-off", 16, 16),
                ("Relegation", 17, 18),
            ),
        ),
    ),
)
UEFA_CL: Final = (
    "champions-league",
    "uefa-champions-league",
    "uefa-cl",
    "ucl",
    "uefa.cl",
    "uefa.champions",
)
CHAMPIONS_LEAGUE: Final = Rules(
    id="champions-league",
    name="UEFA Champions League, league phase",
    sport="soccer",
    leagues=UEFA_CL,
    first_season=2024,
    points=THREE,
    outside=KNOCK_OUT,
    source="UEFA Champions League Regulations 2024/25, art. 18",
    views=(
        View(
            order=(
                "difference",
                "scored",
                "away_scored",
                "wins",
                "away_wins",
                "opponents_points",
                "opponents_difference",
                "opponents_scored",
                "disciplinary",
                "coefficient",
            ),
            zones=_zones(("Round of 16", 1, 8), ("Play-offs", 9, 24)),
        ),
    ),
)
_CL_GROUPS: Final = (
    "difference",
    "scored",
    "away_scored",
    "wins",
    "away_wins",
    "disciplinary",
    "coefficient",
)
CHAMPIONS_LEAGUE_2003: Final = Rules(
    id="champions-league-2003",
    name="UEFA Champions League, groups to 2020/21",
    sport="soccer",
    leagues=UEFA_CL,
    last_season=2020,
    points=THREE,
    grouped=True,
    outside=KNOCK_OUT,
    source="UEFA Champions League Regulations 2018/19, art. 17",
    proved="who played the round of 16 of 2017/18 and 2018/19",
    views=(
        View(
            name="group",
            by="group",
            order=(*DIRECT, "head_to_head_away_scored", *_CL_GROUPS),
            regroup="head_to_head",
            zones=_zones(("Round of 16", 1, 2), ("Europa League", 3, 3)),
        ),
    ),
)
CHAMPIONS_LEAGUE_2021: Final = replace(
    CHAMPIONS_LEAGUE_2003,
    id="champions-league-2021",
    name="UEFA Champions League, groups from 2021/22 to 2023/24",
    first_season=2021,
    last_season=2023,
    source="UEFA Champions League Regulations 2021/22, art. 17: without away goals between the teams",
    proved="",
    views=(replace(CHAMPIONS_LEAGUE_2003.views[0], order=(*DIRECT, *_CL_GROUPS)),),
)
EURO: Final = Rules(
    id="euro",
    name="UEFA European Championship",
    sport="soccer",
    leagues=("euro", "uefa-euro", "uefa.euro"),
    points=THREE,
    grouped=True,
    proved="who played the round of 16 of 2024, best thirds included",
    source="UEFA Euro 2024 Regulations, art. 20 and 21; two who meet last and are equal play a shoot-out,"
    " which the results do not hold",
    views=(
        View(
            name="group",
            by="group",
            order=(*DIRECT, "difference", "scored", "wins", "disciplinary", "ranking"),
            regroup="head_to_head",
            last_resort="lots",
            zones=_zones(("Round of 16", 1, 2)),
        ),
        View(
            name="best_thirds",
            place=3,
            order=("difference", "scored", "wins", "disciplinary", "ranking"),
            last_resort="lots",
            zones=_zones(("Round of 16", 1, 4)),
        ),
    ),
)
FIFA_WC: Final = ("fifa-wc", "world-cup", "worldcup", "fifa.world")
WORLD_CUP: Final = Rules(
    id="world-cup",
    name="FIFA World Cup, to 2022",
    sport="soccer",
    leagues=(*FIFA_WC, "fifa-wwc", "women-s-world-cup"),
    last_season=2022,
    points=THREE,
    grouped=True,
    source="FIFA World Cup 2018 Regulations, 32.5 (fair play since 2018)",
    proved="the group tables of 2014, and who went on in 2022",
    views=(
        View(
            name="group",
            by="group",
            order=("difference", "scored", *DIRECT, "conduct"),
            last_resort="lots",
            zones=_zones(("Round of 16", 1, 2)),
        ),
    ),
)
WORLD_CUP_2026: Final = Rules(
    id="world-cup-2026",
    name="FIFA World Cup 2026",
    sport="soccer",
    leagues=FIFA_WC,
    first_season=2023,
    points=THREE,
    grouped=True,
    source="FIFA World Cup 2026 Regulations, art. 13",
    views=(
        View(
            name="group",
            by="group",
            order=(*DIRECT, "difference", "scored", "conduct", "ranking"),
            regroup="head_to_head",
            zones=_zones(("Round of 32", 1, 2)),
        ),
        View(
            name="best_thirds",
            place=3,
            order=("difference", "scored", "conduct", "ranking"),
            zones=_zones(("Round of 32", 1, 8)),
        ),
    ),
)

SOCCER: Final = (
    PREMIER_LEAGUE,
    LA_LIGA,
    SERIE_A,
    BUNDESLIGA,
    CHAMPIONS_LEAGUE,
    CHAMPIONS_LEAGUE_2003,
    CHAMPIONS_LEAGUE_2021,
    EURO,
    WORLD_CUP,
    WORLD_CUP_2026,
)
