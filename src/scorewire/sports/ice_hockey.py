"""Ice hockey: three periods that count down, sudden death, a shoot-out worth one goal, power plays.

Theory
======

Three periods of 20 minutes; the clock stops at every whistle. While the score is level after them, overtime
decides by the rule `overtime`: `short` is one overtime with fewer skaters and then a shoot-out (NHL and PWHL
season: 5 minutes, three against three), `full` is one full overtime after another (NHL play-offs), `none`
goes straight to the shoot-out or leaves a draw. Whatever its kind, the first goal of an overtime ends the
game: it is derived, and a later GAME_END says nothing new. The game is then `ended`, never `final`.

Overtimes are periods 4, 5 ...; the shoot-out is the period after the last (NHL: 5). Its goals are no goals of
the game: they are counted apart, and once it is decided the winner has one goal more, in the line of that
period.

The clock counts down and shows what is left, or counts up where `clock_up` says so. Stoppages, goals and
penalties find it stopped, a face-off finds it running; what says nothing of its own leaves it as it was,
unless it shows another time than before: then it must have run. Nothing ticks, so a penalty ends with the
first play whose clock is past its end; until then `power_play.until` tells a reader when.

Who is short follows from the penalties (ice_hockey_penalties.py): `skaters` are those on the ice by now, home
first, shown where they are not five against five. In an overtime with fewer skaters nobody has fewer than
that: the other side has one more. A side that has pulled its goalkeeper has one skater more.

A goal counts for `team`; its `strength` is what the provider says. GOAL_CANCELLED takes a goal back after a
coach's challenge or a review: the fold is made again without it, so the penalty that it had ended runs
on, and a game that it had ended goes on.

A forfeit before the start is 1-0. After the start the side at fault has none and the other what it has
scored, at least one.

Source: NHL Rules 2024-25: 16-26 (penalties), 24 (penalty shot), 37-38 (video review, coach's challenge),
77 (game and intermission timing), 78 (goals), 84 (overtime and shoot-out); IIHF Official Rule Book 2023/24,
66 (forfeit), 84; IIHF Sport Regulations (overtime by stage).
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, GameClock, Tree
from scorewire.sports import ice_hockey_clock, ice_hockey_rules, tree
from scorewire.sports import ice_hockey_penalties as penalty_box
from scorewire.sports.game_clock import stopped
from scorewire.sports.ice_hockey_penalties import Penalties
from scorewire.sports.ice_hockey_rules import OVERTIMES, RULES, Rules, label
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
from scorewire.sports.shootout import kicked
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "GOAL": EventSpec(
        "key",
        "A goal; `strength`: even, pp (power play), sh (short-handed), en (empty net), ps (penalty shot).",
        team=True,
        points=1,
        correction="GOAL_CANCELLED",
        shows=("strength", "assist", "assist2"),
    ),
    "GOAL_CANCELLED": EventSpec("key", "A goal does not stand.", negates=("GOAL",)),
    "SHOT": EventSpec("play", "A shot on goal that was saved.", team=True),
    "SHOT_MISSED": EventSpec("play", "A shot that missed the goal.", team=True),
    "SHOT_BLOCKED": EventSpec("play", "A shot of `team` that was blocked.", team=True),
    "FACEOFF": EventSpec("play", "A face-off; `team` wins it."),
    "HIT": EventSpec("play", "A body check by `team`.", team=True),
    "GIVEAWAY": EventSpec("play", "`team` loses the puck.", team=True),
    "TAKEAWAY": EventSpec("play", "`team` takes the puck.", team=True),
    "STOPPAGE": EventSpec("play", "Play stops; `reason`: icing, offside ...", shows=("reason",)),
    "DELAYED_PENALTY": EventSpec("play", "A penalty of `team` is signalled; play goes on.", team=True),
    "PENALTY": EventSpec(
        "key",
        "A penalty against `team`; `kind`: minor, bench_minor, double_minor, major, misconduct,"
        " game_misconduct, match, penalty_shot; without it `minutes` tell.",
        team=True,
        correction="PENALTY_CANCELLED",
        shows=("kind", "minutes", "offence"),
    ),
    "PENALTY_CANCELLED": EventSpec("key", "A penalty does not stand.", negates=("PENALTY",)),
    "PENALTY_ENDED": EventSpec("play", "The oldest penalty that `team` serves is over.", team=True),
    "PENALTY_SHOT": EventSpec("key", "`team` is given a penalty shot.", team=True),
    "PENALTY_SHOT_MISSED": EventSpec("key", "`team` does not score from its penalty shot.", team=True),
    "GOALIE_PULLED": EventSpec("play", "`team` plays a skater more and an empty net.", team=True),
    "GOALIE_RETURNED": EventSpec("play", "The goalkeeper of `team` is back.", team=True),
    "GOALIE_CHANGED": EventSpec(
        "play", "`player` goes off; `in` in detail comes on.", team=True, shows=("in",)
    ),
    "TIMEOUT": EventSpec("play", "A time-out, of `team` or official."),
    "CHALLENGE": EventSpec(
        "key", "The coach of `team`, or the league, challenges the `subject`.", shows=("subject",)
    ),
    "REVIEW_STARTED": EventSpec("play", "The officials review the `subject`.", shows=("subject",)),
    "REVIEW_ENDED": EventSpec(
        "key", "A challenge or review is over; `decision`: stands, overturned.", shows=("decision",)
    ),
    "SHOOTOUT_GOAL": EventSpec("key", "A goal in the shoot-out; the game's score stays.", team=True),
    "SHOOTOUT_MISS": EventSpec("key", "`team` does not score in the shoot-out.", team=True),
}

OPEN_PLAY = frozenset(
    {
        "GOAL",
        "SHOT",
        "SHOT_MISSED",
        "SHOT_BLOCKED",
        "FACEOFF",
        "HIT",
        "GIVEAWAY",
        "TAKEAWAY",
        "DELAYED_PENALTY",
    }
)
"""Can happen only while a period is played, so one of a later period implies that it has started. Penalties
come after the whistle too, and feeds stamp them with either period."""

KICKS = frozenset({"SHOOTOUT_GOAL", "SHOOTOUT_MISS"})
SHOTS = frozenset({"GOAL", "SHOT"})

WANTED: Wanted = {
    "GOAL": {"strength": frozenset({"even", "pp", "sh", "en", "ps"})},
    "PENALTY": {"kind": frozenset(penalty_box.SECONDS), "minutes": int},
    "REVIEW_ENDED": {"decision": frozenset({"stands", "overturned"})},
}

DETAIL: Mapping[str, str] = {
    "shots": "`{home, away}`: shots on goal, goals included.",
    "skaters": "`5v4`: skaters on the ice, home first, where not five against five.",
    "power_play": "`{team, until, period}`: who has one more and the clock at which that ends, at the latest;"
    " `period` where that is in a later one.",
    "empty_net": "`{home: true}`: home plays without its goalkeeper.",
    "shootout": "`{home, away, taken: {home, away}, winner}`; `winner`, once decided, has a goal more.",
    "review": "What is challenged or reviewed now.",
    "timeouts": "`{home, away}`: time-outs left, once one was taken.",
    "tentative": "`{home, away}`: goals in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "goal_in_shootout": "Shots of the shoot-out are SHOOTOUT_GOAL; they do not change the score one by one.",
    "shootout_outside_period": "A shot of the shoot-out outside its period, or where there is none.",
}


class IceHockeyState(Struct, frozen=True):
    """A game so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        penalties: those that leave a side short.
        played: seconds played, as far as plays have told; penalties are served up to there.
    """

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    clock: GameClock | None = None
    detail: Tree = {}
    penalties: Penalties = ()
    played: int = 0


def begin(given: Detail) -> IceHockeyState:
    """The state before the first play."""
    return IceHockeyState(ice_hockey_rules.read(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the game. Source: NHL Rules 77 and 84."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    held = ice_hockey_rules.read(given)
    kind, period = claim.type, claim.period
    if kind in KICKS and (not held.shootout or period not in {None, held.shootout}):
        where = f"belongs to period {held.shootout}" if held.shootout else "has no place in this competition"
        return Refusal("shootout_outside_period", f"{kind} {where}")
    if period is not None:
        if kind == "GOAL" and period == held.shootout:
            return Refusal("goal_in_shootout", "a goal of the shoot-out is a SHOOTOUT_GOAL")
        if held.last and period > held.last:
            return Refusal("period_out_of_range", f"this competition has no period {period}")
    return None if claim.clock is None else _check_clock(held, claim.clock, period)


def _check_clock(held: Rules, text: str, period: int | None) -> Refusal | None:
    if "+" in text:
        return Refusal("unreadable_clock", f"{text!r}: this clock knows no added time")
    if period is not None and period == held.shootout:
        return None  # feeds let the clock stand as they please
    length_s = held.length_s(period) if period else max(held.period_s, held.overtime_s)
    reading = clock_ms(text)
    if reading is not None and reading > length_s * 1000:
        where = f"period {period}" if period else "any period"
        return Refusal("clock_outside_period", f"the clock does not show {text} in {where}")
    return None


def decide(state: IceHockeyState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the game so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates:
        return None
    if kind in STATUS_EVENTS:
        return decide_status(state.course, claim)
    course = state.course
    if kind == "GOAL" and claim.period is None and course.period == state.rules.shootout != 0:
        return Refusal("goal_in_shootout", "a goal while the shoot-out is on names no period")
    scores = spec.points > 0 and not _after_sudden_death(state, claim)
    return decide_play(course, claim, open_play=kind in OPEN_PLAY or kind in KICKS, scores=scores)


def _after_sudden_death(state: IceHockeyState, claim: ProviderEvent) -> bool:
    """Whether a goal comes after the one that ended an overtime.

    It is accepted and not counted: the first may yet be taken away, and then it is the one that counts.
    """
    held, course = state.rules, state.course
    if course.status != "ended" or claim.period not in {None, course.period}:
        return False
    line = state.tally.linescore.get(str(course.period), {})
    return held.periods < course.period != held.shootout and any(line.values())


def evolve(state: IceHockeyState, claim: ProviderEvent, at: int) -> IceHockeyState:
    """The game after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _evolve_status(state, claim, at)
    spec = EVENTS.get(kind)
    if spec is None or spec.level == "touch":
        return state
    if kind == "GOAL" and _after_sudden_death(state, claim):
        return state
    held, course, clock = state.rules, state.course, state.clock
    tally, detail, penalties, played = state.tally, state.detail, state.penalties, state.played
    if kind in OPEN_PLAY or kind in KICKS:
        course = implied(course, held.shootout or None if kind in KICKS else claim.period)
        if course is not state.course:
            tally, clock = _start(held, course, tally, clock, at)
            detail = tree.drop(detail, "review")
    now = ice_hockey_clock.played_by(held, course, claim, played)
    if now > played:
        penalties, played = penalty_box.served(penalties, now - played), now
    clock = ice_hockey_clock.after(held, course, clock, claim, at)
    if kind in _TOLD:
        tally, detail, penalties = _told(
            held, course, claim, tally=tally, detail=detail, penalties=penalties, played=played
        )
        if kind == "GOAL" or kind in KICKS:
            course = _decided(held, course, claim, tally, detail)
            if course.status == "ended":
                clock, detail = stopped(clock), tree.drop(detail, *_WHILE_PLAYED)
    if penalties is not state.penalties or kind in _STRENGTH or course is not state.course:
        detail = _strength(held, course, detail, penalties, played)
    if (
        clock is state.clock
        and detail is state.detail
        and played == state.played
        and tally is state.tally
        and course is state.course
        and penalties == state.penalties
    ):
        return state
    return IceHockeyState(held, course, tally, clock, detail, penalties, played)


def _evolve_status(state: IceHockeyState, claim: ProviderEvent, at: int) -> IceHockeyState:
    held, kind = state.rules, claim.type
    course, tally, clock = state.course, state.tally, state.clock
    detail, penalties, played = state.detail, state.penalties, state.played
    if kind in IMPOSING and allows(course, kind):
        tally = _ruled(held, tally, claim)
    course = follow(course, claim)
    if course is state.course:
        return state if tally is state.tally else structs.replace(state, tally=tally)
    if kind == "PERIOD_START":
        if begins(state.course, course):
            tally, clock = _start(held, course, tally, clock, at)
            clock = ice_hockey_clock.after(held, course, clock, claim, at)
            detail = tree.drop(detail, "review", "empty_net")
    elif kind == "PERIOD_END" and course.period and state.course.status != "ended":
        clock = ice_hockey_clock.at_end(held, course.period, clock, at)
    elif claim.clock is not None:
        clock = ice_hockey_clock.after(held, course, clock, claim, at)
    now = max(
        played, held.start_s(course.period + 1) if kind == "PERIOD_END" else held.start_s(course.period)
    )
    if course.period != held.shootout and now > played:
        penalties, played = penalty_box.served(penalties, now - played), now
    if course.status != "live":
        clock = stopped(clock)
    if course.status == "ended" or course.status in OVER:
        detail = tree.drop(detail, *_WHILE_PLAYED)
    detail = _strength(held, course, detail, penalties, played)
    return IceHockeyState(held, course, tally, clock, detail, penalties, played)


_WHILE_PLAYED = ("review", "power_play", "skaters", "empty_net")
"""What there is nothing to say about once the game has ended."""


def _ruled(held: Rules, tally: Tally, claim: ProviderEvent) -> Tally:
    """The side at fault has none; the other keeps what it has scored. Source: IIHF Rule 66."""
    home_wins = (claim.team == "home") == (claim.type == "GAME_WALKOVER")
    goals = max(held.forfeit_goals, tally.home if home_wins else tally.away)
    return ruled(tally, claim, forfeit_points=goals, better_stands=False)


def _start(
    held: Rules, course: Course, tally: Tally, clock: GameClock | None, at: int
) -> tuple[Tally, GameClock | None]:
    """Tally and clock when a period begins, announced or implied."""
    period = course.period
    if period != held.shootout:
        tally = opened(tally, period)
    return tally, ice_hockey_clock.at_start(held, period, clock, at)


def _decided(held: Rules, course: Course, claim: ProviderEvent, tally: Tally, detail: Tree) -> Course:
    """The course after a goal or a shot of the shoot-out: sudden death ends the game."""
    if course.status in OVER or course.status == "ended":
        return course
    if claim.type == "GOAL":
        late = held.periods < (claim.period or course.period) == course.period != held.shootout
        over = late and tally.home != tally.away
    else:
        shootout = detail.get("shootout")
        over = isinstance(shootout, dict) and "winner" in shootout
    return Course("ended", course.period, True, course.announced) if over else course


_STRENGTH = frozenset({"GOAL", "PENALTY", "PENALTY_ENDED", "GOALIE_PULLED", "GOALIE_RETURNED"})
_REVIEWS = frozenset({"CHALLENGE", "REVIEW_STARTED"})
_TOLD = (
    SHOTS | KICKS | _STRENGTH | _REVIEWS
    | {"SCORE_SET", "TIMEOUT", "REVIEW_ENDED", "GOAL_CANCELLED", "FACEOFF", "GOALIE_CHANGED"}
)  # fmt: skip
"""What changes more than the clock."""


def _told(
    held: Rules,
    course: Course,
    claim: ProviderEvent,
    *,
    tally: Tally,
    detail: Tree,
    penalties: Penalties,
    played: int,
) -> tuple[Tally, Tree, Penalties]:
    """Score, detail and penalties after a play of _TOLD."""
    kind, side = claim.type, claim.team
    if kind == "SCORE_SET":
        return stated(tally, claim, claim.period or course.period or 1), detail, penalties
    if kind in _REVIEWS:
        return tally, tree.put(detail, claim.detail.get("subject", "play"), "review"), penalties
    if kind in {"REVIEW_ENDED", "GOAL_CANCELLED", "FACEOFF"}:
        return tally, tree.drop(detail, "review"), penalties  # no review outlives the next face-off
    if side is None:
        return tally, detail, penalties
    if kind in SHOTS:
        detail = tree.add(detail, 1, "shots", side)
    if kind == "GOAL":
        tally, detail = _goal(course, claim, tally, detail, side)
        if claim.detail.get("strength") != "ps" and claim.period in {None, course.period}:
            penalties = penalty_box.released(penalties, "away" if side == "home" else "home")
    elif kind in KICKS:
        tally, detail = _shootout(held, claim, tally, detail, side)
    elif kind == "PENALTY" and (claim.clock is not None or played > held.start_s(course.period)):
        # Without any clock nobody could tell when it ends.
        seconds = penalty_box.seconds_of(claim.detail)
        at = ice_hockey_clock.played_by(held, course, claim, 0) or played
        penalties = penalty_box.given(penalties, side, at=at, seconds=seconds, now=played)
    elif kind == "PENALTY_ENDED":
        penalties = penalty_box.ended(penalties, side)
    elif kind == "GOALIE_PULLED":
        detail = tree.put(detail, True, "empty_net", side)
    elif kind in {"GOALIE_RETURNED", "GOALIE_CHANGED"}:
        detail = _goalie_back(detail, side)
    elif kind == "TIMEOUT" and held.timeouts:
        detail = _timed_out(held, detail, side)
    return tally, detail, penalties


def _goal(course: Course, claim: ProviderEvent, tally: Tally, detail: Tree, side: Side) -> tuple[Tally, Tree]:
    if claim.confirmation == "tentative":
        detail = tree.add(detail, 1, "tentative", side)
    return scored(tally, side, 1, claim.period or course.period or 1), detail


def _shootout(
    held: Rules, claim: ProviderEvent, tally: Tally, detail: Tree, side: Side
) -> tuple[Tally, Tree]:
    """Score and detail after a shot of the shoot-out: its winner, and nobody else, has a goal for it."""
    before = _winner(detail)
    detail = kicked(detail, side, goal=claim.type == "SHOOTOUT_GOAL", best_of=held.rounds)
    after = _winner(detail)
    period = held.shootout or held.periods + 1
    if before != after:
        if before is not None:
            tally = scored(tally, before, -1, period)
        if after is not None:
            tally = scored(tally, after, 1, period)
    return tally, detail


def _winner(detail: Tree) -> Literal["home", "away"] | None:
    shootout = detail.get("shootout")
    return shootout.get("winner") if isinstance(shootout, dict) else None


def _goalie_back(detail: Tree, side: Side) -> Tree:
    empty = detail.get("empty_net")
    if not isinstance(empty, dict) or side not in empty:
        return detail
    left = tree.drop(empty, side)
    return {**detail, "empty_net": left} if left else tree.drop(detail, "empty_net")


def _timed_out(held: Rules, detail: Tree, side: Side) -> Tree:
    left = detail.get("timeouts")
    had = left if isinstance(left, dict) else {"home": held.timeouts, "away": held.timeouts}
    return {**detail, "timeouts": {**had, side: max(0, had[side] - 1)}}


def _strength(held: Rules, course: Course, detail: Tree, penalties: Penalties, played: int) -> Tree:
    period = course.period
    if not period or period == held.shootout or course.status == "ended" or course.status in OVER:
        return tree.drop(detail, "power_play", "skaters")
    return penalty_box.show(held, period, detail, penalties, played)


def board(state: IceHockeyState) -> Board:
    """What the game shows. Sub-dicts are the state's own: treat them as immutable."""
    course = state.course
    home, away = state.tally.shown()
    period = label(state.rules, course.period, closed=course.closed)
    return Board(course.status, period, state.clock, home, away, state.tally.linescore, state.detail)


ICE_HOCKEY: Machine[IceHockeyState] = Machine(
    sport="ice_hockey",
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
