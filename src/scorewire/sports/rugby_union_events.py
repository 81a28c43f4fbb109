"""Every type of rugby union: what it is, and what groups the types form.

Source: World Rugby Laws of the Game 2025, Laws 3, 8, 9, 18, 19 and 20.
"""

from collections.abc import Mapping

from scorewire.sports.lifecycle import LIFECYCLE
from scorewire.sports.machine import EventSpec
from scorewire.sports.shape import Wanted

_TOUCHES = (
    "CARRY",
    "KICK",
    "LINE_BREAK",
    "MAUL",
    "OFFLOAD",
    "PASS",
    "RESTART",
    "RUCK",
    "TACKLE",
    "TACKLE_MISSED",
    "TOUCH",
)

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "TRY": EventSpec("key", "A try.", team=True, points=5, correction="TRY_CANCELLED"),
    "PENALTY_TRY": EventSpec(
        "key",
        "A try that foul play prevented; it is not converted.",
        team=True,
        points=7,
        correction="TRY_CANCELLED",
    ),
    "CONVERSION": EventSpec("key", "A try is converted.", team=True, points=2, correction="KICK_CANCELLED"),
    "PENALTY_GOAL": EventSpec(
        "key", "A penalty kicked over.", team=True, points=3, correction="KICK_CANCELLED"
    ),
    "DROP_GOAL": EventSpec("key", "A drop goal.", team=True, points=3, correction="KICK_CANCELLED"),
    "TRY_CANCELLED": EventSpec("key", "A try does not stand.", negates=("TRY", "PENALTY_TRY")),
    "KICK_CANCELLED": EventSpec(
        "key", "A kick was not good.", negates=("CONVERSION", "PENALTY_GOAL", "DROP_GOAL")
    ),
    "CONVERSION_MISSED": EventSpec("play", "A try is not converted.", team=True),
    "PENALTY_GOAL_MISSED": EventSpec("play", "A penalty kick at goal misses.", team=True),
    "DROP_GOAL_MISSED": EventSpec("play", "A drop kick at goal misses.", team=True),
    "YELLOW_CARD": EventSpec(
        "key",
        "The player is in the bin; with `bunker` the card is reviewed meanwhile.",
        team=True,
        correction="CARD_CANCELLED",
        shows=("bunker",),
    ),
    "SECOND_YELLOW_CARD": EventSpec(
        "key", "A second yellow card: a red one.", team=True, correction="CARD_CANCELLED"
    ),
    "RED_CARD": EventSpec(
        "key",
        "The player is sent off; `permanent`: nobody comes on later; `upgraded`: it was yellow before.",
        team=True,
        correction="CARD_CANCELLED",
        shows=("permanent", "upgraded"),
    ),
    "CARD_CANCELLED": EventSpec(
        "key", "A card is taken back.", negates=("YELLOW_CARD", "SECOND_YELLOW_CARD", "RED_CARD")
    ),
    "BIN_OVER": EventSpec("play", "`player`, or the next in the bin of `team`, may come back.", team=True),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes off; `in` and `in_id` in detail come on.", team=True, shows=("in",)
    ),
    "TEMPORARY_REPLACEMENT": EventSpec(
        "play",
        "`player` goes off for an assessment or treatment; `kind`: head, blood or front_row.",
        team=True,
        shows=("kind", "in"),
    ),
    "TEMPORARY_REPLACEMENT_OVER": EventSpec(
        "play",
        "`player` is back, or with `returned` false does not come back.",
        team=True,
        shows=("returned",),
    ),
    "PENALTY": EventSpec("play", "A penalty for `team`.", team=True),
    "FREE_KICK": EventSpec("play", "A free kick for `team`.", team=True),
    "SCRUM": EventSpec("play", "A scrum with the put-in of `team`.", team=True),
    "LINEOUT": EventSpec("play", "A lineout with the throw of `team`.", team=True),
    "TURNOVER": EventSpec("play", "`team` wins the ball.", team=True),
    "KNOCK_ON": EventSpec("play", "`team` knocks the ball on.", team=True),
    "INJURY": EventSpec("play", "A player is hurt."),
    "REVIEW_STARTED": EventSpec("key", "The TMO looks at `subject`.", shows=("subject",)),
    "REVIEW_ENDED": EventSpec("key", "The review is over; `decision` says how.", shows=("decision",)),
    "SHOOTOUT_GOAL": EventSpec(
        "key", "`team` kicks its goal in the kicking competition; the score stays.", team=True
    ),
    "SHOOTOUT_MISS": EventSpec("key", "`team` misses in the kicking competition.", team=True),
    **{name: EventSpec("touch", "A touch of the ball.") for name in _TOUCHES},
}

TRIES = frozenset({"TRY", "PENALTY_TRY"})
COUNTED_KICKS: Mapping[str, str] = {
    "CONVERSION": "conversions",
    "PENALTY_GOAL": "penalty_goals",
    "DROP_GOAL": "drop_goals",
}
STATS: Mapping[str, str] = {
    "PENALTY": "penalties",
    "FREE_KICK": "free_kicks",
    "SCRUM": "scrums",
    "LINEOUT": "lineouts",
    "TURNOVER": "turnovers",
    "KNOCK_ON": "knock_ons",
}
CARDS: Mapping[str, str] = {"YELLOW_CARD": "yellow", "SECOND_YELLOW_CARD": "red", "RED_CARD": "red"}
SHOOTOUT_KICKS = frozenset({"SHOOTOUT_GOAL", "SHOOTOUT_MISS"})

OPEN_PLAY = (
    TRIES
    | frozenset(COUNTED_KICKS)
    | frozenset({"CONVERSION_MISSED", "PENALTY_GOAL_MISSED", "DROP_GOAL_MISSED"})
    | frozenset(STATS)
)
"""Can happen only while a period is played, so one of a later period implies that it has started. Cards,
replacements and reviews also come in the break, where feeds stamp them with either period."""

AFTER_A_TRY = frozenset({"CONVERSION", "CONVERSION_MISSED", "TRY_CANCELLED"})
"""With these the conversion is no longer to come; so it is with whatever is played on after it."""

ANSWERS: Mapping[str, frozenset[str]] = {
    "TRY_CANCELLED": frozenset({"try"}),
    "KICK_CANCELLED": frozenset({"kick"}),
    "CARD_CANCELLED": frozenset({"foul_play", "identity"}),
}
"""A negating event -> the reviews that it answers; some feeds never close them otherwise."""

WANTED: Wanted = {
    "YELLOW_CARD": {"bunker": bool},
    "RED_CARD": {"permanent": bool, "upgraded": bool},
    "SECOND_YELLOW_CARD": {"permanent": bool},
    "TEMPORARY_REPLACEMENT": {"kind": frozenset({"head", "blood", "front_row"})},
    "TEMPORARY_REPLACEMENT_OVER": {"returned": bool},
    "REVIEW_STARTED": {"subject": frozenset({"try", "kick", "foul_play", "identity"})},
}
