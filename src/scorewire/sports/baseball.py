"""Baseball: half-innings of three outs, no clock, and a game that ends at once when it is decided.

Theory
======

A period is a half-inning: 1 is the top of the first (T1), 2 its bottom (B1), 17 and 18 are the ninth; the
middle of an inning is M1, its end E1. The line score is kept by inning. The visitors bat in the top.

A play tells how many `outs` it made and which `bases` are occupied after it (`13` is first and third);
what it does not tell of the bases stays as it was, except that a home run empties them. Runs are told
apart from the play that brought them, as RUNS, and by their number: who has won, and whether the last hit
counts one run or two, depends on them alone. A home run counts all its runners, whatever was needed; of
another hit that ends the game only those runs count that the provider states (OBR 5.06(b)(4)(A),
7.01(g)(3)).

Nobody need say that a half or the game is over. Three outs end the half, and the status is *break*. A
side that bats last and leads does not bat any more, and has won the moment it leads in the last inning or
a later one; the other side wins when the inning is over; so does who leads by the mercy rule. The status
is then *ended*. A game that was called (rain, darkness) is ended by GAME_END with a `reason`: five
innings make it official, and the umpires and the league know whether they were played. PERIOD_END and
GAME_END are taken as well and double nothing. What is derived rests on what was heard so far and refuses
nothing.

A game can be suspended and go on weeks later, under its first date (OBR 7.02). A forfeit is 9-0; tied
games stay tied (`max_innings`, or GAME_FINAL).

A call that is overturned on replay is CALL_OVERTURNED, or RUNS_CANCELLED for what scored; the new call is
a play of its own. Feeds that write a play anew amend it, and the scorer's change of a hit to an error,
next morning, is an amendment too: the fold is made again, and hits and errors move. An error belongs to
the side in the field and is an ERROR of its own, because one play may have two.

Source: Official Baseball Rules (OBR) 5.06, 5.09, 7.01 to 7.04, 9.03, 9.12; WBSC tie-break and mercy
rules.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from scorewire.model.provider_event import Detail, ProviderEvent, Side
from scorewire.model.score_state import OVER, Tree
from scorewire.sports import baseball_rules
from scorewire.sports.baseball_events import BATTING, ENDS_AT_BAT, EVENTS, HITS, OUTS, WANTED
from scorewire.sports.baseball_rules import RULES, Rules, decided, inning_of, is_bottom, label
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
from scorewire.sports.machine import Board, Machine, Refusal
from scorewire.sports.shape import check_shape
from scorewire.sports.tally import Tally, opened, ruled, scored, stated

DETAIL: Mapping[str, str] = {
    "outs": "Outs of this half-inning, once there is one.",
    "count": "Balls and strikes on the batter, `2-1`, once there is one.",
    "bases": "Which are occupied: `13` is first and third.",
    "batter": "Who is at bat.",
    "pitcher": "Who pitches.",
    "hits": "`{home, away}`: hits of the game.",
    "errors": "`{home, away}`: errors of the game.",
    "review": "Who asked for the replay that is looked at: `home`, `away` or `umpires`.",
    "reason": "Why the game waits, was called or called off: rain, darkness ...",
    "tentative": "`{home, away}`: runs in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {"wrong_batting_side": "The other side bats in this half-inning."}

_PASSING = ("outs", "count", "bases", "batter", "pitcher", "review")
"""What a half-inning takes away with it."""
_AFTER_THIRD_OUT = ("count", "bases", "batter")
_STRIKES = frozenset({"called_strike", "swinging_strike", "foul_tip", "missed_bunt", "strike"})


class BaseballState(Struct, frozen=True):
    """A game so far. Never changed in place; `detail` is shown as it is."""

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    outs: int = 0
    detail: Tree = {}


def begin(given: Detail) -> BaseballState:
    """The state before the first play."""
    return BaseballState(baseball_rules.read(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the game."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract" or claim.period is None:
        return refusal
    held = baseball_rules.read(given)
    if held.max_innings and inning_of(claim.period) > max(held.max_innings, held.innings):
        return Refusal("period_out_of_range", f"this competition has no half-inning {claim.period}")
    if claim.type in BATTING and claim.team != batting(held, claim.period):
        return Refusal("wrong_batting_side", f"{claim.team} is in the field in half-inning {claim.period}")
    return None


def batting(held: Rules, period: int) -> Side:
    """Who bats in a half-inning."""
    return "home" if is_bottom(period) != held.home_bats_first else "away"


def decide(state: BaseballState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the game so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates:
        return None
    if kind in STATUS_EVENTS:
        return decide_status(state.course, claim)
    return decide_play(state.course, claim, open_play=kind in BATTING, scores=spec.points > 0)


def evolve(state: BaseballState, claim: ProviderEvent, at: int) -> BaseballState:  # noqa: ARG001 no clock runs
    """The game after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    kind = claim.type
    if kind in STATUS_EVENTS:
        return _status(state, claim)
    if kind in BATTING:
        return _batting(state, claim)
    if kind == "SCORE_SET":
        return _stated(state, claim)
    if kind not in EVENTS:
        return state
    detail = _told(state, claim)
    return state if detail == state.detail else structs.replace(state, detail=detail)


def _batting(state: BaseballState, claim: ProviderEvent) -> BaseballState:
    period = claim.period or state.course.period or 1
    if period > state.course.period:
        state = _reached(state, period)
    kind, side = claim.type, claim.team
    tally, outs, detail = state.tally, state.outs, dict(state.detail)
    if side is not None:
        if kind in ("RUNS", "HOME_RUN"):
            runs = _whole(claim, "runs", 1)
            tally = scored(tally, side, runs, inning_of(period))
            if claim.confirmation == "tentative":
                _count_up(detail, "tentative", side, runs)
        if kind in HITS:
            _count_up(detail, "hits", side, 1)
    if period == state.course.period:
        outs = min(3, outs + _whole(claim, "outs", OUTS.get(kind, 0)))
        if kind != "RUNS":
            _at_bat(detail, claim)
            if outs:
                detail["outs"] = outs
        if outs == 3 or _is_decided(state.rules, state.course, tally, outs):
            _without(detail, _AFTER_THIRD_OUT)
    if detail == state.detail:
        detail = state.detail
        if tally is state.tally and outs == state.outs:
            return state
    return BaseballState(state.rules, state.course, tally, outs, detail)


def _whole(claim: ProviderEvent, name: str, default: int) -> int:
    value = claim.detail.get(name)
    return value if type(value) is int and value >= 0 else default


def _count_up(detail: Tree, name: str, side: Side, amount: int) -> None:
    held = detail.get(name)
    counts = held if isinstance(held, dict) else {}
    detail[name] = {**counts, side: counts.get(side, 0) + amount}


def _without(detail: Tree, names: tuple[str, ...]) -> None:
    for name in names:
        detail.pop(name, None)


def _at_bat(detail: Tree, claim: ProviderEvent) -> None:
    """Bases, count, and who bats and pitches after a play of this half-inning."""
    kind, said = claim.type, claim.detail
    bases = "" if kind == "HOME_RUN" else said.get("bases")
    if isinstance(bases, str):
        _put(detail, "bases", bases)
    pitcher = said.get("pitcher")
    if isinstance(pitcher, str):
        _put(detail, "pitcher", pitcher)
    if kind in ENDS_AT_BAT:
        _without(detail, ("count", "batter"))
        return
    if kind == "PITCH" and claim.player is not None:
        _put(detail, "batter", claim.player.name or claim.player.id)
    count = _count(detail, claim)
    if count is not None:
        _put(detail, "count", count if count != "0-0" else "")


def _put(detail: Tree, name: str, value: str) -> None:
    if value:
        detail[name] = value
    else:
        detail.pop(name, None)


def _count(detail: Tree, claim: ProviderEvent) -> str | None:
    """Balls and strikes after a play that did not end the turn at bat; None where it says nothing of them."""
    said = claim.detail
    call = str(said.get("call", "")) if claim.type == "PITCH" else ""
    if not call and "balls" not in said and "strikes" not in said:
        return None
    had = str(detail.get("count", "0-0")).partition("-")
    balls, strikes = int(had[0]), int(had[2])
    if call == "ball":
        balls = min(4, balls + 1)
    elif call in _STRIKES or (call == "foul" and strikes < 2):
        strikes = min(3, strikes + 1)
    return f"{_whole(claim, 'balls', balls)}-{_whole(claim, 'strikes', strikes)}"


def _reached(state: BaseballState, period: int) -> BaseballState:
    """The state once a play of a later half-inning is seen."""
    course = implied(state.course, period)
    return state if course is state.course else _begun(state, course)


def _begun(state: BaseballState, course: Course) -> BaseballState:
    """The state at the start of a half-inning, announced or implied."""
    held, detail = state.rules, dict(state.detail)
    _without(detail, (*_PASSING, "reason"))
    if held.has_runner(course.period):
        detail["bases"] = "2"
    return BaseballState(held, course, opened(state.tally, inning_of(course.period)), 0, detail)


def _stated(state: BaseballState, claim: ProviderEvent) -> BaseballState:
    """After SCORE_SET; `outs`, `balls`, `strikes` and `bases` may come with it."""
    if claim.period is not None and claim.period > state.course.period:
        state = _reached(state, claim.period)
    tally = stated(state.tally, claim, inning_of(claim.period or state.course.period or 1))
    detail, outs = dict(state.detail), min(3, _whole(claim, "outs", state.outs))
    if outs:
        detail["outs"] = outs
    else:
        detail.pop("outs", None)
    _at_bat(detail, claim)
    if detail == state.detail:
        detail = state.detail
        if tally is state.tally and outs == state.outs:
            return state
    return BaseballState(state.rules, state.course, tally, outs, detail)


def _told(state: BaseballState, claim: ProviderEvent) -> Tree:
    """The detail after a play that neither bats nor scores."""
    detail, side = dict(state.detail), claim.team
    match claim.type:
        case "ERROR" if side is not None:
            _count_up(detail, "errors", side, 1)
        case "REVIEW_STARTED":
            detail["review"] = side or "umpires"
        case "REVIEW_ENDED":
            detail.pop("review", None)
        case "SUBSTITUTION" if claim.detail.get("kind") == "pitcher" and claim.period in {
            None,
            state.course.period,
        }:
            detail["pitcher"] = str(claim.detail.get("in", ""))
            if not detail["pitcher"]:
                del detail["pitcher"]
    return detail


def _status(state: BaseballState, claim: ProviderEvent) -> BaseballState:
    kind, before, tally = claim.type, state.course, state.tally
    if not allows(before, kind):
        return state
    if kind in IMPOSING:
        tally = ruled(tally, claim, forfeit_points=state.rules.forfeit_points, better_stands=False)
    course = follow(before, claim)
    if kind == "PERIOD_START" and begins(before, course):
        state = _begun(state, course)
        tally = state.tally
    detail = dict(state.detail)
    if course.closed and not before.closed:
        _without(detail, (*_AFTER_THIRD_OUT, "review"))
    if course.status == "ended" or course.status in OVER:
        _without(detail, _PASSING)
    reason = claim.detail.get("reason")
    if isinstance(reason, str) and reason:
        detail["reason"] = reason
    elif kind in {"GAME_RESUMED", "PERIOD_START", "PRE_GAME"}:
        detail.pop("reason", None)
    if detail == state.detail:
        detail = state.detail
        if course is state.course and tally is state.tally:
            return state
    return BaseballState(state.rules, course, tally, state.outs, detail)


def _is_decided(held: Rules, course: Course, tally: Tally, outs: int) -> bool:
    over = course.closed or outs == 3
    return decided(held, course.period, over=over, home=tally.home, away=tally.away)


def board(state: BaseballState) -> Board:
    """What the game shows. Sub-dicts are the state's own: treat them as immutable."""
    course, tally = state.course, state.tally
    over = course.closed or state.outs == 3
    status = course.status
    if status in {"live", "break"}:
        if _is_decided(state.rules, course, tally, state.outs):
            status = "ended"
        elif over:
            status = "break"
    home, away = tally.shown()
    return Board(status, label(course.period, over=over), None, home, away, tally.linescore, state.detail)


BASEBALL: Machine[BaseballState] = Machine(
    sport="baseball",
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
