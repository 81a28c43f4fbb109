"""American football: four quarters that count down, six, three, two and one, and plays that never were.

Theory
======

Regulation is four quarters of 15 minutes in two halves; while the score is level after them, overtimes
follow, decided by one of five sets of rules (american_football_rules.py; who has won, in
american_football_overtime.py). The game has ended when the laws say so, whether a provider says it or not:
at the end of a period with a side ahead, or by the score that decides overtime. Such an end refuses no
points, because the score that made it may yet be taken away, and a try may follow time's end.

A touchdown is 6 points and gives a try (`detail.try`): a kick (1), or a play from scrimmage (2), which the
defence may bring back (2) or be caught behind its own line with (1, the one-point safety). A field goal is 3,
a safety 2, for the side that was not caught.

The clock counts down. A play carries the time at which it began; whether the clock runs after it follows
from what happened (CLOCK_AFTER): it stands after incomplete passes, kicks, scores, penalties, time-outs and
changes of possession, and runs after a tackle in bounds.

What lies before the next snap is the *situation*: who has the ball, which down, how far to go, and where.
Providers send it with the play before or as SITUATION; nothing here derives it from yards gained, because
penalties and spots make that a guess. It is shown as long as it is true, and no longer.

Plays that never were. A penalty may nullify a play: PLAY_NULLIFIED takes it back, and TOUCHDOWN_CANCELLED or
SCORE_CANCELLED does if it had points, because then the score changes. The penalty itself is a PENALTY with
`decision` accepted, declined or offsetting, and `no_play`. A review that reverses a touchdown says
TOUCHDOWN_CANCELLED, one that reverses less amends the play; REVIEW_STARTED and REVIEW_ENDED stand beside
it. What is negated is not folded at all, so nothing here has to undo anything.

Source: NFL Rule Book: Rule 4 (timing), 7 (downs), 8 (passes), 11 (scoring), 14 (penalties), 15 (reviews), 16
(overtime); NCAA Football Rules 3 and 8; high schools play quarters of 12 minutes.
"""

import re

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import tree
from scorewire.sports.american_football_events import (
    ANSWERS,
    CLOCK_AFTER,
    DETAIL,
    EVENTS,
    OPEN_PLAY,
    REFUSALS,
    SETTLES,
    TRIES,
    WANTED,
)
from scorewire.sports.american_football_overtime import (
    NOBODY,
    Series,
    decided_at_end,
    decided_by,
    followed,
    other,
)
from scorewire.sports.american_football_rules import OVERTIMES, RULES, Rules, label, rules_of
from scorewire.sports.game_clock import down, set_to, started, stopped
from scorewire.sports.lifecycle import (
    IMPOSING,
    STATUS_EVENTS,
    Course,
    allows,
    begins,
    decide_play,
    decide_status,
    follow,
    implied,
)
from scorewire.sports.machine import Board, Machine, Refusal, clock_ms
from scorewire.sports.shape import check_shape
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

DOWNS = 4
SITUATION = ("down", "togo", "at", "red_zone")
_SPOT = re.compile(r"(?:[A-Z0-9]{1,8} )?\d{1,2}\Z", re.ASCII)
_POINTS_OF_TRIES = frozenset({"TWO_POINT", "DEFENSIVE_TWO_POINT", "ONE_POINT_SAFETY"})


class FootballState(Struct, frozen=True):
    """A game so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        decided: the laws have ended the game, and no provider has said so yet.
    """

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    series: Series = NOBODY
    decided: bool = False
    ejected: frozenset[str] = frozenset()


def begin(given: Detail) -> FootballState:
    """The state before the first play."""
    return FootballState(rules_of(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the game. Source: NFL Rules 4, 7 and 16."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = rules_of(given)
    period = claim.period
    if period is not None:
        if held.last and period > held.last:
            return Refusal("period_out_of_range", f"this competition has no period {period}")
        if _only_tries(held, period, claim):
            return Refusal("only_two_point_tries", f"{claim.type} in period {period}")
    return _check_situation(claim.detail) or _check_clock(held, claim)


def _only_tries(held: Rules, period: int, claim: ProviderEvent) -> bool:
    """Whether points of this kind cannot be made because only two-point tries are played."""
    points = EVENTS[claim.type].points > 0
    return points and 0 < held.two_point_from <= period and claim.type not in _POINTS_OF_TRIES


def _check_situation(detail: Detail) -> Refusal | None:
    number = detail.get("down")
    if number is not None and (type(number) is not int or not 0 < number <= DOWNS):
        return Refusal("wrong_detail", f"down is {number!r}, not 1 to {DOWNS}")
    distance = detail.get("togo")
    if distance is not None and (type(distance) is not int or not 0 <= distance < 100):
        return Refusal("wrong_detail", f"togo is {distance!r}, not yards")
    spot = detail.get("at")
    if spot is not None and not (isinstance(spot, str) and _SPOT.match(spot)):
        return Refusal("wrong_detail", f"at is {spot!r}, not a place such as `NE 35` or `50`")
    return None


def _check_clock(held: Rules, claim: ProviderEvent) -> Refusal | None:
    if claim.clock is None:
        return None
    if "+" in claim.clock:
        return Refusal("unreadable_clock", f"{claim.clock!r}: this clock counts down and knows no added time")
    period = claim.period
    length_s = held.length_s(period) if period else max(held.period_s, held.overtime_s)
    reading = clock_ms(claim.clock)
    if reading is not None and reading > length_s * 1000:
        where = f"period {period}" if period else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {claim.clock} in {where}")
    return None


def decide(state: FootballState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the game so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    course = state.course
    if kind in STATUS_EVENTS:
        return decide_status(course, claim)
    scores = spec.points > 0 and not state.decided
    refusal = decide_play(course, claim, open_play=kind in OPEN_PLAY, scores=scores)
    if refusal is not None:
        return refusal
    if claim.period is None and _only_tries(state.rules, course.period, claim):
        return Refusal("only_two_point_tries", f"{kind} in period {course.period}")
    if kind == "EJECTION" and claim.player is not None and claim.player.id in state.ejected:
        return Refusal("player_already_ejected", f"{claim.player.id} has been ejected before")
    return None


def evolve(state: FootballState, claim: ProviderEvent, at: int) -> FootballState:
    """The game after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None or spec.level == "touch":
        return state
    held = state.rules
    course, tally, clock, detail = state.course, state.tally, state.clock, state.detail
    series, decided, ejected = state.series, state.decided, state.ejected
    open_play = kind in OPEN_PLAY
    if open_play and claim.period is not None and claim.period > course.period:
        course = implied(course, claim.period)
        if course is not state.course:
            tally, clock, detail = _start(state, course, at)
            decided = False
    side = claim.team
    if side is not None and spec.points:
        tally = scored(tally, side, spec.points, claim.period or course.period or 1)
        if claim.confirmation == "tentative":
            detail = tree.add(detail, spec.points, "tentative", side)
    elif kind == "SCORE_SET":
        tally = stated(tally, claim, claim.period or course.period or 1)
    clock = _clock_after(held, course, clock, claim, at)
    detail = _detail_after(held, course, detail, claim)
    if open_play and course.period > held.periods:
        series = followed(held, series, claim, course.period)
        had = state.series.second_had and state.series.period == series.period
        if course.status == "live" and decided_by(
            held, series, claim, had=had, points=spec.points > 0, lead=_lead(tally)
        ):
            course, decided = Course("ended", course.period, True, course.announced), True
    if tally is not state.tally and course.closed:
        course, decided = _settled(held, course, tally, decided=decided)
    if course is not state.course and course.status == "ended":
        clock, detail = stopped(clock), tree.drop(detail, *_ENDED)
    if kind == "EJECTION" and claim.player is not None:
        ejected = ejected | {claim.player.id}
    if (
        course is state.course
        and tally is state.tally
        and clock is state.clock
        and detail is state.detail
        and series is state.series
        and ejected is state.ejected
    ):
        return state
    return FootballState(held, course, tally, clock, detail, series, decided, ejected)


_ENDED = (*SITUATION, "possession", "try", "review")
"""What means nothing once the game has ended."""


def _lead(tally: Tally) -> Side | None:
    if tally.home == tally.away:
        return None
    return "home" if tally.home > tally.away else "away"


def _settled(held: Rules, course: Course, tally: Tally, *, decided: bool) -> tuple[Course, bool]:
    """The course after a period's end, or after the score has changed since: over, or a break."""
    over = decided_at_end(held, course.period, _lead(tally))
    if over and course.status == "break":
        return Course("ended", course.period, True, course.announced), True
    if decided and not over and course.status == "ended" and course.period <= held.periods:
        return Course("break", course.period, True, course.announced), False
    return course, decided


def _evolve_status(state: FootballState, claim: ProviderEvent, at: int) -> FootballState:
    held, kind = state.rules, claim.type
    course, tally, clock, detail = state.course, state.tally, state.clock, state.detail
    decided = state.decided
    if kind in IMPOSING and allows(course, kind):
        tally = ruled(tally, claim, forfeit_points=held.forfeit_points, better_stands=True)
    if decided and kind == "GAME_END":
        decided = False  # said now, and so no longer ours to undo
    course = follow(course, claim)
    if course is state.course and decided == state.decided:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    if kind == "PERIOD_START":
        decided = False
        if begins(state.course, course):
            tally, clock, detail = _start(state, course, at)
            clock = _clock_after(held, course, clock, claim, at)
    elif kind == "PERIOD_END" and course.period and state.course.status != "ended":
        if held.length_s(course.period):
            clock = set_to(clock, "0:00", 0, running=False, at=at)
        detail = _at_end(held, course.period, detail)
        course, decided = _settled(held, course, tally, decided=decided)
    elif claim.clock is not None:
        clock = _clock_after(held, course, clock, claim, at)
        if kind == "GAME_END":
            reading = clock_ms(claim.clock)
            if reading is not None:
                clock = set_to(clock, *down(reading, tenths=False), running=False, at=at)
    if course.status == "live":
        decided = False
        if kind == "GAME_RESUMED" and state.course.status == "interrupted" and _runs_on(claim):
            clock = started(clock, at)
    else:
        clock = stopped(clock)
        if course.status == "ended" or course.status in OVER:
            detail = tree.drop(detail, *_ENDED)
    return FootballState(held, course, tally, clock, detail, state.series, decided, state.ejected)


def _runs_on(claim: ProviderEvent) -> bool:
    return claim.detail.get("running") is True


def _at_end(held: Rules, period: int, detail: Tree) -> Tree:
    """What the end of a half wipes; the ball stays where it is between the quarters of one."""
    if held.stretch(period) == held.stretch(period + 1):
        return detail
    return tree.drop(detail, *SITUATION, "possession")


def _start(state: FootballState, course: Course, at: int) -> tuple[Tally, GameClock | None, Tree]:
    """Tally, clock and detail when a period begins, announced or implied."""
    held, before = state.rules, state.course.period
    detail = tree.drop(state.detail, "review", "try")
    if before and held.stretch(before) != held.stretch(course.period):
        detail = tree.drop(detail, *SITUATION, "possession", "timeouts")
    length_s = held.length_s(course.period)
    tally = opened(state.tally, course.period)
    if not length_s:
        return tally, None, detail
    display, seconds = down(length_s * 1000, tenths=False)
    # A half begins with a kick, which finds the clock standing.
    return tally, set_to(state.clock, display, seconds, running=False, at=at), detail


_CLOCK_EVENTS = frozenset({"CLOCK_START", "CLOCK_STOP", "CLOCK_SET"})


def _clock_after(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, at: int
) -> GameClock | None:
    """The clock after a play; one of another period, or after the end of this one, leaves it alone."""
    kind, text, period = claim.type, claim.clock, course.period
    ruling = kind in _CLOCK_EVENTS
    if not ruling and (course.closed or not period or claim.period not in {None, period}):
        return clock
    reading = clock_ms(text) if text is not None else None
    if reading is not None and text is not None:
        shown = down(reading, tenths="." in text)
    elif clock is not None:
        shown = clock.display, clock.seconds
    elif kind == "CLOCK_START" and held.length_s(period):
        shown = down(held.length_s(period) * 1000, tenths=False)
    else:
        return None
    running = (course.status == "live" or ruling) and shown[1] > 0 and _runs(held, clock, claim)
    return set_to(clock, *shown, running=running, at=at)


def _runs(held: Rules, clock: GameClock | None, claim: ProviderEvent) -> bool:
    """Whether the clock runs after a play."""
    after = CLOCK_AFTER.get(claim.type)
    if after is not None:
        bounds = held.stops_out_of_bounds and claim.detail.get("out_of_bounds") is True
        return after == "runs" and not bounds
    was_running = clock is not None and clock.running
    if claim.type == "CLOCK_SET":
        said = claim.detail.get("running")
        return said if isinstance(said, bool) else was_running
    return was_running


def _detail_after(held: Rules, course: Course, detail: Tree, claim: ProviderEvent) -> Tree:
    """The situation, the try, and what is counted, after a play."""
    kind, side, said = claim.type, claim.team, claim.detail
    if course.status not in OVER and course.status != "ended":
        detail = _situation(detail, claim)
        if kind == "TOUCHDOWN" and side is not None:
            detail = tree.put(detail, side, "try")
        elif "try" in detail and (kind in TRIES or kind == "KICKOFF"):
            detail = tree.drop(detail, "try")
    if kind == "REVIEW_STARTED":
        return tree.put(detail, said.get("subject", "play"), "review")
    if kind in ANSWERS:
        return tree.drop(detail, "review")
    if side is None:
        return detail
    if kind == "TIMEOUT" and held.timeouts:
        return _timed_out(held, course.period, detail, claim, side)
    if kind == "INTERCEPTION":
        return tree.add(detail, 1, "turnovers", other(side))
    if kind == "FUMBLE" and said.get("lost") is True:
        return tree.add(detail, 1, "turnovers", side)
    if kind == "PENALTY" and said.get("decision", "accepted") == "accepted":
        return tree.add(detail, 1, "penalties", side)
    return detail


def _situation(detail: Tree, claim: ProviderEvent) -> Tree:
    """The situation that a play states; else, if it was one that moves the ball, none."""
    said = claim.detail
    if "at" in said or "down" in said:
        changed = False
        for name in SITUATION:
            changed = changed or detail.get(name) != said.get(name)
        if changed:
            detail = {name: value for name, value in detail.items() if name not in SITUATION}
            detail.update((name, said[name]) for name in SITUATION if name in said)
    elif claim.type in SETTLES:
        detail = tree.drop(detail, *SITUATION)
    possession = said.get("possession")
    if possession in {"home", "away"}:
        return tree.put(detail, possession, "possession")
    return tree.drop(detail, "possession") if EVENTS[claim.type].points else detail


def _timed_out(held: Rules, period: int, detail: Tree, claim: ProviderEvent, side: Side) -> Tree:
    full = held.timeouts_in(period)
    left = detail.get("timeouts")
    had = left if isinstance(left, dict) else {"home": full, "away": full}
    said, number = claim.detail.get("left"), claim.detail.get("number")
    if type(said) is int:
        now = said
    else:
        now = max(0, full - number if type(number) is int else had.get(side, full) - 1)
    return {**detail, "timeouts": {**had, side: now}}


def board(state: FootballState) -> Board:
    """What the game shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    period = label(state.rules, course.period, closed=course.closed)
    return Board(course.status, period, state.clock, home, away, state.tally.linescore, state.detail)


AMERICAN_FOOTBALL: Machine[FootballState] = Machine(
    sport="american_football",
    events=EVENTS,
    rules=RULES,
    begin=begin,
    check=check,
    decide=decide,
    evolve=evolve,
    board=board,
    detail=DETAIL,
    refusals=REFUSALS,
    choices={"overtime": OVERTIMES},
)
