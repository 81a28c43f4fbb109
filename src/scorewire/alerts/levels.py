"""What a fan can ask to hear of, and which events of each sport are that. Pure tables.

    start   the game begins, or begins later than was said
    goal    what is worth a look in this sport: a goal, a touchdown, a wicket; a quarter or a set where the
            score changes every minute
    end     it is over: the result, or that there will be none
    key     every key event: cards, penalties missed, reviews, periods; `goal` and `end` are among them

A follow holds a set of levels as one number, so that the followers of a moment are found by one index.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Level = Literal["start", "goal", "end", "key"]

BITS: Final[Mapping[Level, int]] = {"start": 1, "goal": 2, "end": 4, "key": 8}
"""Level -> its bit. Stored: a bit never changes its meaning."""

SCORES: Final[Mapping[str, frozenset[str]]] = {
    "soccer": frozenset({"GOAL"}),
    "ice_hockey": frozenset({"GOAL"}),
    "american_football": frozenset(
        {"TOUCHDOWN", "FIELD_GOAL", "SAFETY", "DEFENSIVE_TWO_POINT", "ONE_POINT_SAFETY"}
    ),
    "rugby_union": frozenset({"TRY", "PENALTY_TRY", "PENALTY_GOAL", "DROP_GOAL"}),
    "baseball": frozenset({"HOME_RUN", "RUNS"}),
    "cricket": frozenset({"WICKET"}),
}
"""Sport -> events that are its goals. In the other sports a period's end is."""

QUIET: Final[Mapping[str, frozenset[str]]] = {
    "basketball": frozenset({"FG2", "FG3", "FT"}),
    "handball": frozenset({"GOAL", "SUSPENSION", "SEVEN_METRE_MISSED"}),
    "american_football": frozenset({"EXTRA_POINT", "TWO_POINT"}),
    "rugby_union": frozenset({"CONVERSION"}),
    "ice_hockey": frozenset({"PENALTY"}),
}
"""Sport -> key events that nobody is woken for: there are too many, or they go with the one before."""

NO_RESULT: Final = frozenset({"postponed", "cancelled", "abandoned", "void"})
"""Statuses of a game that has no result, at least for now."""


def bits(levels: Iterable[Level]) -> int:
    """The set of levels as one number."""
    found = 0
    for one in levels:
        found |= BITS[one]
    return found


def hears(levels: int, level: Level) -> bool:
    """Whether who asked for these levels hears a moment of this one; `key` hears all but the start."""
    return bool(levels & BITS[level]) or (level != "start" and bool(levels & BITS["key"]))


def hearing(level: Level) -> int:
    """The bits of which a follow needs one to hear a moment of this level."""
    return BITS[level] | (0 if level == "start" else BITS["key"])
