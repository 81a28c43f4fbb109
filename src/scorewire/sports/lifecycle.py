"""The life cycle that all sports share: one table from status and event to status.

Theory
======

A game is *scheduled*; line-ups come out and it is *pre*; then it is *live* and at *break* by turns, is
*ended* when the last whistle has gone and *final* when the result is confirmed:

    scheduled -> pre -> live <-> break -> ended -> final

*ended* is not the end: extra time may follow it, and a whistle can be undone. *final* is: it lies in
`score_state.OVER`, and what is over comes back by a correction only, never by a plain event. (After final,
a correction that changes the score makes the status *corrected*; games/ sets that, no event does.)

Side exits. Before the start a game may be *postponed* (back with a new date), *cancelled* or given as a
*walkover*. On its way it may be *delayed*, *interrupted* (minutes) or *suspended* (hours, days); GAME_RESUMED
brings it back to where it stood, which is read off its place and not remembered: inside a period it is live,
after one at break, before the first pre. Or it is *abandoned*, or a side has *retired*.

A stated score. Who sends no plays but only scores (result lists, snapshots of scoreboards), and an editor who
puts a wrong score right, say SCORE_SET. It stands at its place among the plays like any other: those before
it no longer count for the score, those after it do; taken back, the plays count again. It may come after the
end, and then corrects the result.

Rulings. The organiser may award a game, declare it forfeited or void, from nearly everywhere, weeks after
final too. A ruling leads from one over status to another, so nothing ever leaves OVER.

What is refused. A claim is refused when it contradicts something that we know (`illegal_transition`: a period
cannot start after final), never because something is missing that we may not have heard yet: feeds arrive
shuffled, and a first half whose start comes last must end in the same state. So a period may end that was
never seen to start, and a play that names a later period implies that the period has started. Only a play
that names no period at all has nowhere to stand before the start (`game_not_started`).

A period's start is `announced` when PERIOD_START says so; a period that a play implied may be announced
later, once.

Source: IFAB Laws of the Game, Law 7; NBA Rule 5; status lists of public feeds, compared.
"""

from collections.abc import Mapping
from typing import Final, Literal, cast

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import OVER, Status
from scorewire.sports.machine import ANYTHING, EventSpec, Refusal

AS_IT_STOOD: Final = "as it stood"
Next = Status | Literal["as it stood"]
Row = Mapping[str, Next]

_PLAYED: Row = {
    "PERIOD_START": "live",
    "PERIOD_END": "break",
    "GAME_END": "ended",
    "GAME_FINAL": "final",
}
_STOPPED: Row = {
    "GAME_DELAYED": "delayed",
    "GAME_INTERRUPTED": "interrupted",
    "GAME_SUSPENDED": "suspended",
    "GAME_ABANDONED": "abandoned",
    "GAME_RETIRED": "retired",
}
_NOT_PLAYED: Row = {
    "GAME_POSTPONED": "postponed",
    "GAME_CANCELLED": "cancelled",
    "GAME_WALKOVER": "walkover",
}
_RULED: Row = {
    "GAME_AWARDED": "awarded",
    "GAME_FORFEITED": "forfeited",
    "GAME_VOID": "void",
}

TRANSITIONS: Mapping[Status, Row] = {
    "scheduled": {"PRE_GAME": "pre", **_PLAYED, **_STOPPED, **_NOT_PLAYED, **_RULED, "GAME_RESUMED": "pre"},
    "pre": {"PRE_GAME": "pre", **_PLAYED, **_STOPPED, **_NOT_PLAYED, **_RULED, "GAME_RESUMED": "pre"},
    # Some feeds call a game cancelled that was abandoned on its way, and say nothing more of it.
    "live": {**_PLAYED, **_STOPPED, **_RULED, "GAME_CANCELLED": "cancelled", "GAME_RESUMED": "live"},
    # A whistle can be undone: the review after it found a penalty, the second half-time is called off.
    "break": {**_PLAYED, **_STOPPED, **_RULED, "GAME_CANCELLED": "cancelled", "GAME_RESUMED": "live"},
    "delayed": {
        "PRE_GAME": "pre",
        **_PLAYED,
        **_STOPPED,
        **_NOT_PLAYED,
        **_RULED,
        "GAME_RESUMED": AS_IT_STOOD,
    },
    "interrupted": {
        **_PLAYED,
        **_STOPPED,
        **_RULED,
        "GAME_CANCELLED": "cancelled",
        "GAME_RESUMED": AS_IT_STOOD,
    },
    "suspended": {
        **_PLAYED,
        **_STOPPED,
        **_RULED,
        "GAME_CANCELLED": "cancelled",
        "GAME_RESUMED": AS_IT_STOOD,
    },
    "postponed": {
        "PRE_GAME": "pre",
        "PERIOD_START": "live",
        "GAME_DELAYED": "delayed",
        **_NOT_PLAYED,
        **_RULED,
        "GAME_RESUMED": "scheduled",
    },
    # Extra time may follow the whistle, and some feeds end the period after they have ended the game. The end
    # may come twice: the second is that of the extra time that we have not heard of yet.
    "ended": {
        "PERIOD_START": "live",
        "PERIOD_END": "ended",
        "GAME_END": "ended",
        "GAME_FINAL": "final",
        "GAME_ABANDONED": "abandoned",
        **_RULED,
        "GAME_RESUMED": "live",
    },
    # Confirmed twice, under two names: one of them may be taken back, and the result stays confirmed.
    "final": {"GAME_FINAL": "final", **_RULED},
    "corrected": {"GAME_FINAL": "corrected", **_RULED},
    "abandoned": _RULED,
    "retired": _RULED,
    "cancelled": _RULED,
    "walkover": _RULED,
    "forfeited": _RULED,
    "awarded": _RULED,
    "void": {},
}
"""Status, event, next status. What is not here is `illegal_transition`."""

BEFORE_THE_START: frozenset[str] = frozenset({"PRE_GAME", "GAME_POSTPONED", "GAME_WALKOVER"})
"""Cannot be once a period has begun, whatever the status: a delayed second half is not postponed."""

LIFECYCLE: Mapping[str, EventSpec] = {
    "PRE_GAME": EventSpec("key", "The teams are out or the line-ups known; the start is near."),
    "PERIOD_START": EventSpec("key", "The period that it names begins."),
    "PERIOD_END": EventSpec("key", "The period ends; without a number, the one that is being played."),
    "GAME_END": EventSpec("key", "The game is over, the result not yet confirmed."),
    "GAME_FINAL": EventSpec("key", "The result is confirmed."),
    "GAME_DELAYED": EventSpec("key", "The start, or the restart, waits."),
    "GAME_INTERRUPTED": EventSpec("key", "Play has stopped for minutes: lights, weather, crowd."),
    "GAME_SUSPENDED": EventSpec("key", "Play has stopped for hours or days."),
    "GAME_RESUMED": EventSpec(
        "key", "Back to where the game stood; at a break or after the end, the whistle is undone."
    ),
    "GAME_POSTPONED": EventSpec("key", "It will be played on another date."),
    "GAME_CANCELLED": EventSpec("key", "It will not be played."),
    "GAME_ABANDONED": EventSpec("key", "Play has stopped for good before the end."),
    "GAME_AWARDED": EventSpec(
        "key", "The organiser sets the result: `home` and `away` in detail.", shows=("home", "away")
    ),
    "GAME_FORFEITED": EventSpec(
        "key",
        "`team` loses by forfeit, by the competition's score or by `home` and `away` in detail.",
        team=True,
        shows=("home", "away"),
    ),
    "GAME_WALKOVER": EventSpec("key", "`team` wins because the other did not play.", team=True),
    "GAME_VOID": EventSpec("key", "The game counts for nothing."),
    "GAME_RETIRED": EventSpec("key", "`team` has given up.", team=True),
    "CLOCK_START": EventSpec("play", "The clock runs, from `clock` where given."),
    "CLOCK_STOP": EventSpec("play", "The clock stands, at `clock` where given."),
    "CLOCK_SET": EventSpec("play", "The clock is set to `clock`, and runs or stands as before."),
    "SCORE_SET": EventSpec(
        "key",
        "The score is this now, whatever was heard before: `home` and `away` in detail, and `lines` by period"
        " (`1-0 0-2`) where known. What is played later adds to it.",
        shows=("home", "away"),
    ),
    "PLAY_CANCELLED": EventSpec(
        "key",
        "The play named in detail `event`, of whatever type, does not count while this stands. The desk names"
        " a play of any provider, with detail `provider` where two use the same name.",
        negates=ANYTHING,
    ),
    "CONFLICT_SETTLED": EventSpec(
        "play",
        "The desk's word on a claim that two providers do not agree on: `provider` and `event` in detail, and"
        " `adopt`, whether it counts.",
    ),
    "FEED_LOST": EventSpec(
        "touch", "The provider's feed of this game has broken off; says nothing of the game."
    ),
    "FEED_BACK": EventSpec("touch", "The provider's feed of this game is back."),
    "LINEUP": EventSpec(
        "play", "Who plays for `team`: detail maps a player's id to `10|Name|Position|starter`.", team=True
    ),
}

STATUS_EVENTS: frozenset[str] = frozenset(name for row in TRANSITIONS.values() for name in row)
IMPOSING: frozenset[str] = frozenset({"GAME_AWARDED", "GAME_FORFEITED", "GAME_WALKOVER", "GAME_VOID"})
"""Set a score, or (GAME_VOID) take away one that was set."""

REFUSALS: Mapping[str, str] = {
    "unknown_event_type": "The sport's table has no such type.",
    "team_missing": "The type needs `team`.",
    "unreadable_clock": "The clock is not one such as `22:41`, `45+2:10` or `0:45.3`.",
    "clock_missing": "CLOCK_SET needs `clock`.",
    "clock_outside_period": "The clock cannot show this in the period.",
    "period_missing": "PERIOD_START needs `period`.",
    "period_out_of_range": "The competition has no such period.",
    "negative_score": "A score is below zero.",
    "wrong_detail": "A value in `detail` is missing or of the wrong kind.",
    "target_missing": "What takes a play back must name `team`, or the play in `detail.event`.",
    "illegal_transition": "The game's status does not allow it; what is over stays over.",
    "period_already_started": "This period's start has been announced.",
    "period_already_ended": "This period has ended.",
    "period_out_of_order": "A later period has begun.",
    "game_not_started": "A play that names no period, before the first; or any play of a postponed game.",
    "game_ended": "Points after the end of the game.",
    "game_over": "A play after the result was confirmed, or the game called off.",
}
"""Rule names that every sport may answer with."""


class Course(Struct, frozen=True):
    """Where a game stands in its life.

    Attributes:
        status: a key of TRANSITIONS.
        period: the newest period that has begun; 0 before the first.
        closed: that period has ended.
        announced: the newest period whose start was said and not only implied.
    """

    status: Status = "scheduled"
    period: int = 0
    closed: bool = False
    announced: int = 0


def decide_status(course: Course, claim: ProviderEvent) -> Refusal | None:
    """Whether an event of STATUS_EVENTS contradicts what is known."""
    kind = claim.type
    if not allows(course, kind):
        return Refusal("illegal_transition", f"{kind} cannot follow while the game is {course.status}")
    period = claim.period
    if period is None or kind not in {"PERIOD_START", "PERIOD_END"}:
        return None
    if period < course.period:
        return Refusal("period_out_of_order", f"period {course.period} has begun, {period} is behind it")
    if kind == "PERIOD_START" and period == course.announced:
        return Refusal("period_already_started", f"period {period} has started before")
    if kind == "PERIOD_END" and period == course.period and course.status == "break":
        return Refusal("period_already_ended", f"period {period} has ended before")
    return None


def decide_play(course: Course, claim: ProviderEvent, *, open_play: bool, scores: bool) -> Refusal | None:
    """Whether a play contradicts where the game stands.

    Args:
        open_play: it can happen only while a period is played (a shot; not a card or a substitution).
        scores: it adds points.
    """
    if claim.type == "SCORE_SET":
        return None
    if course.status in OVER:
        return Refusal("game_over", f"{claim.type} after the game became {course.status}")
    if not (open_play or scores):
        return None
    if course.status == "postponed" or (course.period == 0 and claim.period is None):
        return Refusal("game_not_started", f"{claim.type} before the game has started")
    if scores and course.status == "ended" and (claim.period or 0) <= course.period:
        return Refusal("game_ended", f"{claim.type} after the end of the game")
    return None


def allows(course: Course, kind: str) -> bool:
    """Whether the table has a way on from here for an event of STATUS_EVENTS."""
    return _next(course, kind) is not None


def follow(course: Course, claim: ProviderEvent) -> Course:
    """The course after an event of STATUS_EVENTS; what the table does not allow changes nothing."""
    after = _next(course, claim.type)
    if after is None:
        return course
    period, closed, announced = course.period, course.closed, course.announced
    match claim.type:
        case "PERIOD_START":
            period, closed = max(period, claim.period or 1), False
            announced = period
        case "PERIOD_END":
            period, closed = max(period, claim.period or 0), True
        case "GAME_END" | "GAME_FINAL":
            closed = True
        case "GAME_RESUMED" if after == AS_IT_STOOD:
            after = _as_it_stood(course)
        case "GAME_RESUMED" if after == "live":
            closed = False
    moved = Course(cast(Status, after), period, closed, announced)
    return course if moved == course else moved


def begins(before: Course, after: Course) -> bool:
    """Whether a period begins between the two, rather than one that a play implied being announced."""
    return not after.closed and (before.closed or after.period > before.period)


def implied(course: Course, period: int | None) -> Course:
    """The course once a play of `period` is seen in open play: a later period must have started."""
    if period is None or period <= course.period or course.status in OVER or course.status == "postponed":
        return course
    return Course("live", period, False, course.announced)


def label_of(names: Mapping[int, tuple[str, str]], course: Course, *, halves: int) -> str:
    """The period as boards write it; one that was decided in a first half is at its end, not at its break.

    Args:
        names: period -> its label while it is played, and once it has ended.
        halves: how many periods come in pairs.
    """
    period = min(course.period, max(names))
    if course.closed and course.status in {"ended", "final"} and period < halves:
        period += period % 2
    return names[period][course.closed]


def _next(course: Course, kind: str) -> Next | None:
    if kind in BEFORE_THE_START and course.period:
        return None
    return TRANSITIONS[course.status].get(kind)


def _as_it_stood(course: Course) -> Status:
    if course.period == 0:
        return "pre"
    return "break" if course.closed else "live"
