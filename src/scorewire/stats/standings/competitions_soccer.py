"""Rules of soccer competitions, as data."""

from typing import Final

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
    leagues=("premier-league", "epl", "en.1", "eng.1"),
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
CHAMPIONS_LEAGUE: Final = Rules(
    id="champions-league",
    name="UEFA Champions League, league phase",
    sport="soccer",
    leagues=("champions-league", "ucl", "uefa.cl", "uefa.champions"),
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
                "conduct",
                "coefficient",
            ),
            zones=_zones(("Round of 16", 1, 8), ("Play-offs", 9, 24)),
        ),
    ),
)
EURO: Final = Rules(
    id="euro",
    name="UEFA European Championship",
    sport="soccer",
    leagues=("euro", "uefa-euro", "uefa.euro"),
    points=THREE,
    grouped=True,
    source="UEFA Euro 2024 Regulations, art. 20 and 21; two who meet last and are equal play a shoot-out,"
    " which the results do not hold",
    views=(
        View(
            name="group",
            by="group",
            order=(*DIRECT, "difference", "scored", "wins", "conduct", "ranking"),
            regroup="head_to_head",
            last_resort="lots",
            zones=_zones(("Round of 16", 1, 2)),
        ),
        View(
            name="best_thirds",
            place=3,
            order=("difference", "scored", "wins", "conduct", "ranking"),
            last_resort="lots",
            zones=_zones(("Round of 16", 1, 4)),
        ),
    ),
)
WORLD_CUP: Final = Rules(
    id="world-cup",
    name="FIFA World Cup, to 2022",
    sport="soccer",
    leagues=("fifa-wc", "world-cup", "worldcup", "fifa.world"),
    points=THREE,
    grouped=True,
    source="FIFA World Cup 2018 Regulations, 32.5 (fair play since 2018)",
    proved="the group tables of 2014",
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
    leagues=("fifa-wc-2026", "world-cup-2026"),
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
    EURO,
    WORLD_CUP,
    WORLD_CUP_2026,
)
