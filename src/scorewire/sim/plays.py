"""What is played in the simulated games: by sport its periods, its plays and what takes them back. Pure.

Only words of docs/events.md stand here, none of what they are worth: that is the auditor's business
(counting.py), by tables and rules of its own.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scorewire.model.provider_event import Detail, Side

SIDES: tuple[Side, Side] = ("home", "away")


def nothing(rng: random.Random, kind: str) -> Detail:  # noqa: ARG001
    """No details."""
    return {}


def either(rng: random.Random, period: int) -> Side:  # noqa: ARG001
    """Any side may do it."""
    return rng.choice(SIDES)


def batting(rng: random.Random, period: int) -> Side:  # noqa: ARG001
    """The sides bat by turns, home first."""
    return SIDES[(period - 1) % 2]


def visitors_first(rng: random.Random, period: int) -> Side:  # noqa: ARG001
    """The sides bat by turns, the visitors first."""
    return SIDES[period % 2]


@dataclass(frozen=True, slots=True)
class Sport:
    """How a provider of the simulated world tells a game.

    Attributes:
        periods: that are played, and announced unless `sets`.
        kinds: the types that are drawn; one that stands twice is drawn twice as often.
        scoring: those of them that a cancellation may name.
        cancelled: the type that takes a scoring play back.
        detail: what a play of a type says of itself.
        side: who does it in a period.
        sets: the score follows from the points; periods are never said, and plays name none.
        rules: of the competition.
    """

    periods: int
    kinds: tuple[str, ...]
    scoring: tuple[str, ...]
    cancelled: str
    detail: Callable[[random.Random, str], Detail] = nothing
    side: Callable[[random.Random, int], Side] = either
    sets: bool = False
    rules: Detail | None = None


def _ball(rng: random.Random, kind: str) -> Detail:
    if kind != "BALL":
        return {}
    roll = rng.random()
    if roll < 0.1:
        return {"wides": rng.randrange(1, 3)}
    if roll < 0.2:
        return {"runs": rng.randrange(3), "noballs": 1}
    return {"runs": rng.choice((0, 0, 1, 1, 2, 4, 6))}


def _runs(rng: random.Random, kind: str) -> Detail:
    return {"runs": rng.randrange(1, 5)} if kind in {"RUNS", "HOME_RUN"} else {}


PLAYED: Mapping[str, Sport] = {
    "soccer": Sport(
        2,
        ("GOAL", "GOAL", "SHOT", "FOUL", "CORNER", "YELLOW_CARD", "PASS", "OFFSIDE"),
        ("GOAL",),
        "GOAL_CANCELLED",
    ),
    "basketball": Sport(
        4,
        ("FG2", "FG2", "FG3", "FT", "REBOUND", "FOUL", "TURNOVER", "FG2_MISS"),
        ("FG2", "FG3", "FT"),
        "BASKET_CANCELLED",
    ),
    "american_football": Sport(
        4,
        ("TOUCHDOWN", "EXTRA_POINT", "TWO_POINT", "FIELD_GOAL", "SAFETY", "PLAY", "PLAY", "PENALTY"),
        ("TOUCHDOWN", "FIELD_GOAL", "SAFETY", "EXTRA_POINT", "TWO_POINT"),
        "PLAY_NULLIFIED",
    ),
    "ice_hockey": Sport(3, ("GOAL", "SHOT", "SHOT", "HIT", "FACEOFF"), ("GOAL",), "GOAL_CANCELLED"),
    "rugby_union": Sport(
        2,
        ("TRY", "CONVERSION", "PENALTY_GOAL", "DROP_GOAL", "PENALTY_TRY", "SCRUM", "LINEOUT"),
        ("TRY",),
        "TRY_CANCELLED",
    ),
    "handball": Sport(2, ("GOAL", "GOAL", "SHOT", "SAVE"), ("GOAL",), "GOAL_CANCELLED"),
    "cricket": Sport(
        2,
        ("BALL", "BALL", "BALL", "BALL", "BALL", "BALL", "BALL", "WICKET"),
        ("WICKET",),
        "WICKET_CANCELLED",
        detail=_ball,
        side=batting,
        rules={"overs": 20},
    ),
    "baseball": Sport(
        6,
        ("RUNS", "HOME_RUN", "SINGLE", "STRIKEOUT", "PITCH", "PITCH", "WALK"),
        ("RUNS", "HOME_RUN"),
        "RUNS_CANCELLED",
        detail=_runs,
        side=visitors_first,
    ),
    "tennis": Sport(
        3,
        ("POINT",),
        ("POINT",),
        "POINT_CANCELLED",
        sets=True,
        rules={
            "best_of": 3,
            "set_games": 3,
            "tiebreak_at": 3,
            "tiebreak_points": 5,
            "final_tiebreak_at": 3,
            "final_tiebreak_points": 5,
        },
    ),
    "volleyball": Sport(
        5,
        ("POINT",),
        ("POINT",),
        "POINT_CANCELLED",
        sets=True,
        rules={"best_of": 5, "set_points": 9, "last_set_points": 5},
    ),
}
