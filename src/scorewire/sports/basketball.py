"""Basketball: periods that count down, any number of overtimes, points of one, two and three.

Theory
======

Regulation has `periods` of `period_minutes`; while the score is level after it, overtimes follow, numbered
on (5, 6 ... after four quarters; 3, 4 ... after two halves). A break has the name of what it follows (Q1 END,
OT1 END), but for HT in the middle. The clock counts down to 0:00 and stops for every dead ball, so every
play that carries a clock sets it, and whether it then runs follows from CLOCK_AFTER: fouls, time-outs,
violations and free throws find it stopped; a rebound or a shot from the field finds it running; after a made
basket it runs on, but not late in a period (the last minute of the earlier ones, the last two of the last and
of overtimes; competitions differ). What says nothing of its own (assist, substitution) leaves it as it was,
unless it shows another time than before: then it must have run. CLOCK_START, CLOCK_STOP and CLOCK_SET rule
where a feed sends them.

Feeds stamp technical fouls, free throws and substitutions of the next period before its start. So these do
not imply that a period has begun, while a shot or a rebound of a later period does.

Team fouls are counted by period; at `bonus_fouls` the other side shoots (`detail.bonus`). Offensive and
technical fouls are no team fouls in the NBA; in FIBA's game they are. The NBA's further rule of the second
foul in the last two minutes is not derived: it depends on when the first was called.

A shot reviewed from three points to two, or back, is an amendment of the same event: the fold is made again
and nothing here knows of it. A basket that does not count at all is BASKET_CANCELLED.

Source: NBA Rule 5 (scoring and timing), 11 (goaltending), 12 (fouls, team foul penalty), 13 (replay review);
FIBA Official Basketball Rules art. 8, 16, 18, 20, 41, 49; NCAA men: two halves of 20 minutes.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import rules, tree
from scorewire.sports.game_clock import down, set_to, stopped
from scorewire.sports.lifecycle import (
    IMPOSING,
    LIFECYCLE,
    STATUS_EVENTS,
    Course,
    allows,
    begins,
    decide_play,
    decide_status,
    follow,
    implied,
)
from scorewire.sports.machine import Board, EventSpec, Machine, Refusal, clock_ms
from scorewire.sports.shape import Wanted, check_shape
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "FG2": EventSpec(
        "key",
        "A made field goal of two.",
        team=True,
        points=2,
        correction="BASKET_CANCELLED",
        shows=("assist",),
    ),
    "FG3": EventSpec(
        "key",
        "A made field goal of three.",
        team=True,
        points=3,
        correction="BASKET_CANCELLED",
        shows=("assist",),
    ),
    "FT": EventSpec("key", "A made free throw.", team=True, points=1, correction="BASKET_CANCELLED"),
    "FG2_MISS": EventSpec("play", "A missed shot for two.", team=True),
    "FG3_MISS": EventSpec("play", "A missed shot for three.", team=True),
    "FT_MISS": EventSpec("play", "A missed free throw.", team=True),
    "BASKET_CANCELLED": EventSpec("key", "A basket does not count.", negates=("FG2", "FG3", "FT")),
    "REBOUND": EventSpec("play", "`kind`: offensive, defensive, deadball.", team=True),
    "ASSIST": EventSpec("play", "The pass before a basket.", team=True),
    "TURNOVER": EventSpec("play", "`team` loses the ball.", team=True),
    "STEAL": EventSpec("play", "`team` takes the ball.", team=True),
    "BLOCK": EventSpec("play", "`team` blocks a shot.", team=True),
    "FOUL": EventSpec(
        "play",
        "A foul by `team`; `kind`: personal, shooting, offensive, technical ...",
        team=True,
        shows=("kind",),
    ),
    "VIOLATION": EventSpec("play", "Goaltending, kicked ball, lane, delay of game ..."),
    "TIMEOUT": EventSpec("play", "A time-out, of `team` or official; `left` in detail where known."),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes off; `in` and `in_id` in detail come on.", team=True, shows=("in",)
    ),
    "JUMP_BALL": EventSpec("play", "A jump ball; `team` gains it."),
    "EJECTION": EventSpec("key", "The player must leave the game.", team=True),
    "REVIEW_STARTED": EventSpec("play", "The officials look at a replay of `subject`.", shows=("subject",)),
    "REVIEW_ENDED": EventSpec("play", "The review is over; `decision` says how.", shows=("decision",)),
}

OPEN_PLAY = frozenset(
    {"FG2", "FG3", "FG2_MISS", "FG3_MISS", "REBOUND", "ASSIST", "TURNOVER", "STEAL", "BLOCK", "JUMP_BALL"}
)
"""Can happen only while a period is played, so one of a later period implies that it has started."""

ClockAfter = Literal["runs", "stands", "stands late", "as it was"]
CLOCK_AFTER: Mapping[str, ClockAfter] = {
    "FG2": "stands late",
    "FG3": "stands late",
    "FG2_MISS": "runs",
    "FG3_MISS": "runs",
    "REBOUND": "runs",
    "JUMP_BALL": "runs",
    "FT": "stands",
    "FT_MISS": "stands",
    "FOUL": "stands",
    "VIOLATION": "stands",
    "TIMEOUT": "stands",
    "EJECTION": "stands",
    "REVIEW_STARTED": "stands",
    "REVIEW_ENDED": "stands",
    "CLOCK_START": "runs",
    "CLOCK_STOP": "stands",
}
"""What the clock does after a play; what is not here leaves it as it was."""

NO_TEAM_FOUL = frozenset({"offensive", "technical", "double"})

WANTED: Wanted = {"TIMEOUT": {"left": int}}

RULES: rules.RuleTable = {
    "periods": ("Periods of regulation: 4 quarters (Q1 ...) or 2 halves (H1, H2).", 4),
    "period_minutes": ("Minutes of a period: NBA 12, WNBA and FIBA 10, NCAA men 20.", 12),
    "overtime_minutes": ("Minutes of an overtime.", 5),
    "bonus_fouls": ("Team fouls of a period from which the other side shoots; 0: no bonus.", 5),
    "overtime_bonus_fouls": ("The same in an overtime.", 4),
    "overtime_carries_fouls": ("Fouls of the last period count on in overtime (FIBA).", False),
    "every_foul_counts": ("Offensive and technical fouls are team fouls too (FIBA).", False),
    "timeouts": ("Time-outs a side has in regulation; 0: not counted.", 7),
    "overtime_timeouts": ("Time-outs a side has in each overtime.", 2),
    "basket_stops_clock_s": ("A basket stops the clock in the last seconds of earlier periods.", 60),
    "basket_stops_clock_last_s": ("The same in the last period and in overtime.", 120),
    "forfeit_points": ("Points that a forfeit gives the other side (FIBA 20, NBA 2).", 20),
}

DETAIL: Mapping[str, str] = {
    "fouls": "`{home, away}`: team fouls of this period.",
    "bonus": "`{home: true}`: home shoots free throws for the team fouls of the other side.",
    "timeouts": "`{home, away}`: time-outs left, once one was taken.",
    "possession": "Who has the ball, where a provider says so.",
    "review": "What the officials look at now.",
    "tentative": "`{home, away}`: points in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {"player_already_ejected": "The player has been ejected before."}


class Rules(Struct, frozen=True):
    """The rules of a competition, ready for use."""

    periods: int
    period_s: int
    overtime_s: int
    bonus: int
    overtime_bonus: int
    carries_fouls: bool
    every_foul_counts: bool
    timeouts: int
    overtime_timeouts: int
    stops_s: int
    stops_last_s: int
    forfeit_points: int

    def length_s(self, period: int) -> int:
        """Seconds of a period."""
        return self.period_s if period <= self.periods else self.overtime_s


class BasketballState(Struct, frozen=True):
    """A game so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        fouls_of: the period whose team fouls `detail` counts.
    """

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    fouls_of: int = 0
    ejected: frozenset[str] = frozenset()


def begin(given: Detail) -> BasketballState:
    """The state before the first play."""
    return BasketballState(_rules(given))


def _rules(given: Detail) -> Rules:
    return Rules(
        periods=max(1, rules.whole(RULES, given, "periods")),
        period_s=rules.whole(RULES, given, "period_minutes") * 60,
        overtime_s=rules.whole(RULES, given, "overtime_minutes") * 60,
        bonus=rules.whole(RULES, given, "bonus_fouls"),
        overtime_bonus=rules.whole(RULES, given, "overtime_bonus_fouls"),
        carries_fouls=rules.flag(RULES, given, "overtime_carries_fouls"),
        every_foul_counts=rules.flag(RULES, given, "every_foul_counts"),
        timeouts=rules.whole(RULES, given, "timeouts"),
        overtime_timeouts=rules.whole(RULES, given, "overtime_timeouts"),
        stops_s=rules.whole(RULES, given, "basket_stops_clock_s"),
        stops_last_s=rules.whole(RULES, given, "basket_stops_clock_last_s"),
        forfeit_points=rules.whole(RULES, given, "forfeit_points"),
    )


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the game. Source: NBA Rule 5; FIBA art. 8."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract" or claim.clock is None:
        return refusal
    if "+" in claim.clock:
        return Refusal("unreadable_clock", f"{claim.clock!r}: this clock counts down and knows no added time")
    held = _rules(given)
    length_s = held.length_s(claim.period) if claim.period else max(held.period_s, held.overtime_s)
    reading = clock_ms(claim.clock)
    if reading is not None and reading > length_s * 1000:
        where = f"period {claim.period}" if claim.period else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {claim.clock} in {where}")
    return None


def decide(state: BasketballState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the game so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates:
        return None
    if kind in STATUS_EVENTS:
        return decide_status(state.course, claim)
    refusal = decide_play(state.course, claim, open_play=kind in OPEN_PLAY, scores=spec.points > 0)
    if refusal is not None:
        return refusal
    if kind == "EJECTION" and claim.player is not None and claim.player.id in state.ejected:
        return Refusal("player_already_ejected", f"{claim.player.id} has been ejected before")
    return None


def evolve(state: BasketballState, claim: ProviderEvent, at: int) -> BasketballState:
    """The game after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None:
        return state
    held = state.rules
    course, tally, clock = state.course, state.tally, state.clock
    detail, fouls_of, ejected = state.detail, state.fouls_of, state.ejected
    if kind in OPEN_PLAY and claim.period is not None and claim.period > course.period:
        course = implied(course, claim.period)
        if course is not state.course:
            tally, clock = _start(held, course, tally, clock, at)
            detail, fouls_of = _at_restart(held, course.period, detail, fouls_of)
    side = claim.team
    if side is not None and spec.points:
        tally = scored(tally, side, spec.points, claim.period or course.period or 1)
        if claim.confirmation == "tentative":
            detail = tree.add(detail, spec.points, "tentative", side)
    if kind == "SCORE_SET":
        tally = stated(tally, claim, claim.period or course.period or 1)
    clock = _clock_after(held, course, clock, claim, at)
    if kind in _TOLD:
        detail, fouls_of = _detail_after(held, course, detail, fouls_of, claim)
    if kind == "EJECTION" and claim.player is not None:
        ejected = ejected | {claim.player.id}
    possession = claim.detail.get("possession")
    if possession in {"home", "away"}:
        detail = tree.put(detail, possession, "possession")
    if (
        clock is state.clock
        and detail is state.detail
        and tally is state.tally
        and course is state.course
        and ejected is state.ejected
        and fouls_of == state.fouls_of
    ):
        return state
    return BasketballState(held, course, tally, clock, detail, fouls_of, ejected)


def _evolve_status(state: BasketballState, claim: ProviderEvent, at: int) -> BasketballState:
    held, kind = state.rules, claim.type
    course, tally, clock = state.course, state.tally, state.clock
    detail, fouls_of = state.detail, state.fouls_of
    if kind in IMPOSING and allows(course, kind):
        tally = ruled(tally, claim, forfeit_points=held.forfeit_points, better_stands=False)
    course = follow(course, claim)
    if course is state.course:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    if kind == "PERIOD_START":
        if begins(state.course, course):
            tally, clock = _start(held, course, tally, clock, at)
            clock = _clock_after(held, course, clock, claim, at)
            detail, fouls_of = _at_restart(held, course.period, detail, fouls_of)
    elif kind == "PERIOD_END" and course.period:
        clock = set_to(clock, "0:00", 0, running=False, at=at)
    elif claim.clock is not None:
        clock = _clock_after(held, course, clock, claim, at)
    if course.status != "live":
        clock = stopped(clock)
        if course.status == "ended" or course.status in OVER:
            detail = tree.drop(detail, "review", "possession")
    return BasketballState(held, course, tally, clock, detail, fouls_of, state.ejected)


def _start(
    held: Rules, course: Course, tally: Tally, clock: GameClock | None, at: int
) -> tuple[Tally, GameClock | None]:
    """Tally and clock when a period begins, announced or implied."""
    display, seconds = down(held.length_s(course.period) * 1000, tenths=False)
    return opened(tally, course.period), set_to(clock, display, seconds, running=True, at=at)


def _at_restart(held: Rules, period: int, detail: Tree, fouls_of: int) -> tuple[Tree, int]:
    """What a new period wipes: the review, the team fouls; and what overtime gives."""
    detail = tree.drop(detail, "review")
    overtime = period > held.periods
    if overtime and held.timeouts:
        for side in ("home", "away"):
            detail = tree.put(detail, held.overtime_timeouts, "timeouts", side)
    return _fouls_of(held, period, detail, fouls_of)


def _fouls_of(held: Rules, period: int, detail: Tree, fouls_of: int) -> tuple[Tree, int]:
    if period <= fouls_of:
        return detail, fouls_of  # a foul stamped before the start has opened the count already
    if period > held.periods and held.carries_fouls:
        return detail, period
    return tree.drop(detail, "fouls", "bonus"), period


_CLOCK_EVENTS = frozenset({"CLOCK_START", "CLOCK_STOP", "CLOCK_SET"})


def _clock_after(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, at: int
) -> GameClock | None:
    """The clock after a play; one of another period, or after the end of this one, leaves it alone."""
    kind, text = claim.type, claim.clock
    ruling = kind in _CLOCK_EVENTS
    if not ruling and (course.closed or not course.period or claim.period not in {None, course.period}):
        return clock
    reading = clock_ms(text) if text is not None else None
    if reading is not None and text is not None:
        shown = down(reading, tenths="." in text)
    elif clock is not None:
        shown = clock.display, clock.seconds
    elif kind == "CLOCK_START":
        shown = down(held.length_s(course.period) * 1000, tenths=False)
    else:
        return None
    running = (course.status == "live" or ruling) and _runs(held, course, clock, claim, shown)
    return set_to(clock, *shown, running=running, at=at)


def _runs(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, shown: tuple[str, int]
) -> bool:
    """Whether the clock runs after a play that finds it at `shown`."""
    kind, (display, seconds) = claim.type, shown
    after = CLOCK_AFTER.get(kind, "as it was")
    if after == "stands" or display in _NOTHING_LEFT:
        return False
    if after == "runs":
        return "dead" not in str(claim.detail.get("kind", ""))  # a dead-ball rebound follows a free throw
    if after == "stands late":
        return seconds > (held.stops_last_s if course.period >= held.periods else held.stops_s)
    was_running = clock is not None and clock.running
    if kind == "CLOCK_SET":
        said = claim.detail.get("running")
        return said if isinstance(said, bool) else was_running
    # A clock that shows another time than before has run.
    return was_running or clock is None or clock.display != display


_NOTHING_LEFT = frozenset({"0:00", "0.0"})
_TOLD = frozenset({"FOUL", "TIMEOUT", "REVIEW_STARTED", "REVIEW_ENDED", "BASKET_CANCELLED"})
"""What changes more of the detail than the possession."""


def _detail_after(
    held: Rules, course: Course, detail: Tree, fouls_of: int, claim: ProviderEvent
) -> tuple[Tree, int]:
    """Team fouls and bonus, time-outs left, review."""
    match claim.type:
        case "FOUL":
            if claim.team is not None and _is_team_foul(held, claim):
                period = claim.period or course.period
                detail, fouls_of = _fouls_of(held, period, detail, fouls_of)
                if period >= fouls_of:
                    detail = _fouled(held, period, detail, claim.team)
        case "TIMEOUT":
            if claim.team is not None and held.timeouts:
                detail = _timed_out(held, course.period, detail, claim)
        case "REVIEW_STARTED":
            detail = tree.put(detail, claim.detail.get("subject", "play"), "review")
        case _:
            detail = tree.drop(detail, "review")
    return detail, fouls_of


def _is_team_foul(held: Rules, claim: ProviderEvent) -> bool:
    return held.every_foul_counts or claim.detail.get("kind") not in NO_TEAM_FOUL


def _fouled(held: Rules, period: int, detail: Tree, side: Side) -> Tree:
    detail = tree.add(detail, 1, "fouls", side)
    fouls = detail["fouls"]
    assert isinstance(fouls, dict)
    limit = held.bonus if period <= held.periods or held.carries_fouls else held.overtime_bonus
    if limit and fouls[side] >= limit:
        return tree.put(detail, True, "bonus", "away" if side == "home" else "home")
    return detail


def _timed_out(held: Rules, period: int, detail: Tree, claim: ProviderEvent) -> Tree:
    assert claim.team is not None
    left = detail.get("timeouts")
    full = held.timeouts if period <= held.periods else held.overtime_timeouts
    had = left if isinstance(left, dict) else {"home": full, "away": full}
    said = claim.detail.get("left")
    now = said if type(said) is int else max(0, had.get(claim.team, full) - 1)
    return {**detail, "timeouts": {**had, claim.team: now}}


def label(held: Rules, period: int, *, closed: bool) -> str:
    """The period as boards write it: Q1, `Q1 END`, HT, H2, OT1 ..."""
    if period == 0:
        return ""
    if period > held.periods:
        name = f"OT{period - held.periods}"
    else:
        name = f"{'H' if held.periods == 2 else 'Q'}{period}"
        if closed and period * 2 == held.periods:
            return "HT"
    return f"{name} END" if closed else name


def board(state: BasketballState) -> Board:
    """What the game shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    period = label(state.rules, course.period, closed=course.closed)
    return Board(course.status, period, state.clock, home, away, state.tally.linescore, state.detail)


BASKETBALL: Machine[BasketballState] = Machine(
    sport="basketball",
    events=EVENTS,
    rules=RULES,
    begin=begin,
    check=check,
    decide=decide,
    evolve=evolve,
    board=board,
    detail=DETAIL,
    refusals=REFUSALS,
)
