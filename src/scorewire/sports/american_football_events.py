"""The events of American football: what scores, what is a play from scrimmage, what stops the clock.

The situation of the next snap travels in `detail` of any play: `down` and `togo`, `at` (where the ball lies,
`NE 35`, or `50`), `possession` and `red_zone`. It says how things stand after the play, as a score would. A
play that says nothing of it ends the situation that was known.

`team` is the side that acts: the offence for a rush, a pass or a sack, the kicking side for a kick, the side
that is credited for points, the side that takes the ball for INTERCEPTION, the one that loses it for FUMBLE
and TURNOVER_ON_DOWNS.
"""

from collections.abc import Mapping
from typing import Literal

from scorewire.sports.lifecycle import LIFECYCLE
from scorewire.sports.machine import EventSpec
from scorewire.sports.shape import Wanted

_FROM_SCRIMMAGE = ("RUSH", "PASS", "PASS_INCOMPLETE", "SACK", "KNEEL", "SPIKE", "PUNT", "FIELD_GOAL_MISS")
_TURNOVERS = ("INTERCEPTION", "FUMBLE", "TURNOVER_ON_DOWNS")
_MISSED_TRIES = ("EXTRA_POINT_MISS", "TWO_POINT_MISS")
_OTHER_SCORES = (
    "EXTRA_POINT",
    "TWO_POINT",
    "FIELD_GOAL",
    "SAFETY",
    "DEFENSIVE_TWO_POINT",
    "ONE_POINT_SAFETY",
)
_PLAYS = ("KICKOFF", *_FROM_SCRIMMAGE, *_TURNOVERS, *_MISSED_TRIES, "PLAY")
_PLAY_SHOWS = ("yards",)


def _score(points: int, meaning: str, *shows: str) -> EventSpec:
    return EventSpec("key", meaning, team=True, points=points, correction="SCORE_CANCELLED", shows=shows)


def _play(meaning: str, *shows: str) -> EventSpec:
    return EventSpec("play", meaning, team=True, shows=shows or _PLAY_SHOWS)


EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "TOUCHDOWN": EventSpec(
        "key",
        "Six points; `kind`: rush, pass, return, fumble; `yards`.",
        team=True,
        points=6,
        correction="TOUCHDOWN_CANCELLED",
        shows=("kind", "yards"),
    ),
    "EXTRA_POINT": _score(1, "A kick after a touchdown that is good."),
    "TWO_POINT": _score(2, "A try for two that succeeds.", "kind"),
    "FIELD_GOAL": _score(3, "A field goal of `yards`.", "yards"),
    "SAFETY": _score(2, "`team` is given two points; the other side was stopped behind its own goal line."),
    "DEFENSIVE_TWO_POINT": _score(2, "The defence brings a try back to the other end."),
    "ONE_POINT_SAFETY": _score(1, "A safety during a try, for `team`."),
    "EXTRA_POINT_MISS": _play("A kick after a touchdown that is not good.", "kind"),
    "TWO_POINT_MISS": _play("A try for two that fails.", "kind"),
    "FIELD_GOAL_MISS": _play("A field goal that is not good; `kind`: blocked, wide ...", "yards"),
    "TOUCHDOWN_CANCELLED": EventSpec(
        "key",
        "A touchdown does not count; `reason`: review, penalty.",
        negates=("TOUCHDOWN",),
        shows=("reason",),
    ),
    "SCORE_CANCELLED": EventSpec(
        "key",
        "A score of another kind does not count; `reason`: review, penalty.",
        negates=_OTHER_SCORES,
        shows=("reason",),
    ),
    "PLAY_NULLIFIED": EventSpec(
        "play",
        "No play: a penalty takes the play back, and the down is played again.",
        negates=("TOUCHDOWN", *_OTHER_SCORES, *_PLAYS),
        shows=("reason",),
    ),
    "KICKOFF": _play("A kick-off or free kick by `team`; `yards` of the return."),
    "PUNT": _play("A punt; `yards` of the kick."),
    "RUSH": _play("A run from scrimmage."),
    "PASS": _play("A completed pass by `player`; `to` in detail catches it.", "yards", "to"),
    "PASS_INCOMPLETE": _play("A pass that nobody caught."),
    "SACK": _play("The passer of `team` is brought down; `by` in detail."),
    "KNEEL": _play("The ball is downed to let time pass."),
    "SPIKE": _play("The ball is thrown down to stop the clock."),
    "INTERCEPTION": _play("`team` catches a pass of the other side."),
    "FUMBLE": _play("`team` loses the ball on the run; `lost`: the other side has it.", "lost"),
    "TURNOVER_ON_DOWNS": _play("`team` has used up its downs."),
    "PLAY": EventSpec("play", "Any other play."),
    "PENALTY": EventSpec(
        "play",
        "A foul by `team`: `kind`, `yards`, `decision` (accepted, declined, offsetting), `no_play`.",
        team=True,
        shows=("kind", "yards", "decision"),
    ),
    "TIMEOUT": EventSpec(
        "play",
        "A time-out, of `team` or official; `number` (its first, second ...) or `left` where known.",
        shows=("number",),
    ),
    "TWO_MINUTE_WARNING": EventSpec("play", "The automatic time-out before the end of a half."),
    "REVIEW_STARTED": EventSpec(
        "play",
        "A replay of `subject` is looked at; `team` has challenged, else the booth.",
        shows=("subject",),
    ),
    "REVIEW_ENDED": EventSpec(
        "play", "The review is over; `decision`: upheld or reversed.", shows=("decision",)
    ),
    "INJURY": EventSpec("play", "`player` is hurt.", team=True),
    "EJECTION": EventSpec("key", "The player must leave the game.", team=True),
    "COIN_TOSS": EventSpec("play", "`team` has won the toss; `choice` in detail.", shows=("choice",)),
    "SITUATION": EventSpec(
        "play",
        "Where the next snap is taken, for feeds that say so apart: `down`, `togo`, `at`, `possession`.",
    ),
}

SCRIMMAGE = frozenset({*_FROM_SCRIMMAGE, "FIELD_GOAL"})
"""Played by the side in possession."""

TRIES = frozenset(
    {
        "EXTRA_POINT",
        "TWO_POINT",
        "DEFENSIVE_TWO_POINT",
        "ONE_POINT_SAFETY",
        "EXTRA_POINT_MISS",
        "TWO_POINT_MISS",
    }
)
"""End the try that follows a touchdown."""

ANSWERS = frozenset({"REVIEW_ENDED", "TOUCHDOWN_CANCELLED", "SCORE_CANCELLED"})
"""Close the review that is open."""

OPEN_PLAY = frozenset({"TOUCHDOWN", *_OTHER_SCORES, *_PLAYS})
"""Can happen only while a period is played, so one of a later period implies that it has started."""

SETTLES = OPEN_PLAY - {"FUMBLE", "TURNOVER_ON_DOWNS"}
"""After these the ball lies elsewhere: what was known of the situation is over."""

ClockAfter = Literal["runs", "stands"]
CLOCK_AFTER: Mapping[str, ClockAfter] = {
    "RUSH": "runs",
    "PASS": "runs",
    "SACK": "runs",
    "KNEEL": "runs",
    "CLOCK_START": "runs",
    "CLOCK_STOP": "stands",
    **dict.fromkeys(
        (
            "TOUCHDOWN",
            *_OTHER_SCORES,
            *_MISSED_TRIES,
            "KICKOFF",
            "PUNT",
            "PASS_INCOMPLETE",
            "SPIKE",
            "FIELD_GOAL_MISS",
            "INTERCEPTION",
            "TURNOVER_ON_DOWNS",
            "PENALTY",
            "TIMEOUT",
            "TWO_MINUTE_WARNING",
            "REVIEW_STARTED",
            "REVIEW_ENDED",
            "INJURY",
            "EJECTION",
        ),
        "stands",
    ),
}
"""What the clock does after a play; what is not here leaves it as it was."""

WANTED: Wanted = {
    "TIMEOUT": {"left": int, "number": int},
    "FUMBLE": {"lost": bool},
    "PENALTY": {
        "decision": frozenset({"accepted", "declined", "offsetting"}),
        "no_play": bool,
        "yards": int,
    },
    "REVIEW_ENDED": {"decision": frozenset({"upheld", "reversed"})},
}

DETAIL: Mapping[str, str] = {
    "possession": "Who has the ball.",
    "down": "The next down, 1 to 4; absent before kick-offs and tries.",
    "togo": "Yards to go for a first down, or to the goal line.",
    "at": "Where the ball lies: `NE 35`, or `50`.",
    "red_zone": "`true`: within 20 yards of the goal line, where a provider says so.",
    "try": "The side whose try after a touchdown is still to come.",
    "timeouts": "`{home, away}`: time-outs left in this half or overtime, once one was taken.",
    "turnovers": "`{home, away}`: balls lost by interception or fumble.",
    "penalties": "`{home, away}`: penalties that were accepted.",
    "review": "What the officials look at now.",
    "tentative": "`{home, away}`: points in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "only_two_point_tries": "From this overtime on the sides play two-point tries and nothing else.",
    "player_already_ejected": "The player has been ejected before.",
}
