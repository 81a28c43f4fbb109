"""What varies by competition in rugby union, and the times and points that follow from it.

Source: World Rugby Laws of the Game 2025, Laws 3, 5, 8 and 9, and their history of scoring values; Laws
of sevens (halves of 7 minutes, 7 players, 2 minutes in the bin).
"""

from collections.abc import Mapping

from msgspec import Struct

from scorewire.model.provider_event import Detail
from scorewire.sports import rules

SUDDEN_DEATH = 5
KICKING = 6

RULES: rules.RuleTable = {
    "half_minutes": ("Minutes of a half (sevens 7).", 40),
    "extra_time": ("Whether extra time and sudden death may be played.", True),
    "extra_time_minutes": ("Minutes of each half of extra time, and of sudden death.", 10),
    "kicking_competition": ("Whether a kicking competition may decide.", True),
    "kicking_competition_kicks": ("Kicks a side before it is kick against kick.", 5),
    "try_points": ("Points of a try (4 before 1992, 3 before 1971).", 5),
    "penalty_try_points": ("Points of a penalty try (5, and converted, before 2017).", 7),
    "conversion_points": ("Points of a conversion.", 2),
    "penalty_goal_points": ("Points of a penalty goal.", 3),
    "drop_goal_points": ("Points of a drop goal.", 3),
    "yellow_card_minutes": ("Minutes in the bin (sevens 2).", 10),
    "red_card_minutes": ("Minutes until another player comes on; 0: never.", 20),
    "players": ("Players a side (sevens 7).", 15),
    "overrun_minutes_max": ("A clock further past its period's end is refused.", 20),
    "forfeit_points": ("Points that a forfeit or walkover gives the other side.", 28),
}

POINT_RULES: Mapping[str, str] = {
    "TRY": "try_points",
    "PENALTY_TRY": "penalty_try_points",
    "CONVERSION": "conversion_points",
    "PENALTY_GOAL": "penalty_goal_points",
    "DROP_GOAL": "drop_goal_points",
}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use; `starts_s` and `ends_s` are indexed by the period."""

    periods: frozenset[int]
    starts_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    overrun_s: int
    kicks: int
    points: Mapping[str, int]
    yellow_minutes: int
    red_minutes: int
    players: int
    forfeit_points: int


def rules_of(given: Detail) -> Rules:
    """The rules of a declaration."""
    half = rules.whole(RULES, given, "half_minutes") * 60
    extra = rules.whole(RULES, given, "extra_time_minutes") * 60
    periods = {1, 2}
    if rules.flag(RULES, given, "extra_time"):
        periods |= {3, 4, SUDDEN_DEATH}
    if rules.flag(RULES, given, "kicking_competition"):
        periods.add(KICKING)
    full = 2 * half
    ends = (0, half, full, full + extra, full + 2 * extra, full + 3 * extra)
    return Rules(
        frozenset(periods),
        (0, 0, *ends[1:]),
        (*ends, ends[-1]),
        rules.whole(RULES, given, "overrun_minutes_max") * 60,
        rules.whole(RULES, given, "kicking_competition_kicks"),
        {kind: rules.whole(RULES, given, rule) for kind, rule in POINT_RULES.items()},
        rules.whole(RULES, given, "yellow_card_minutes"),
        rules.whole(RULES, given, "red_card_minutes"),
        rules.whole(RULES, given, "players"),
        rules.whole(RULES, given, "forfeit_points"),
    )
