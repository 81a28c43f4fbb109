"""What each play but the ball changes in a match of cricket; TOLD at the end names them all."""

from collections.abc import Callable, Mapping

from msgspec import structs

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree
from scorewire.sports.cricket_innings import Innings, overs
from scorewire.sports.cricket_match import CricketState, reach, settled
from scorewire.sports.cricket_result import Target, said_result
from scorewire.sports.tally import Tally, scored, stated

OPEN_PLAY = frozenset({"BALL", "WICKET", "OVER_END", "BATTER_RETIRED", "BATTER_RETURNED"})
"""Can happen only while an innings is played, so one of a later innings implies that it has started."""
BATTING = frozenset({"BALL", "WICKET", "BATTER_RETIRED", "BATTER_RETURNED", "BATTER_ABSENT", "DECLARED"})
"""Said of the side that bats."""
PENALTY = 5
"""Runs of a penalty. Source: Law 18.6."""


def _at(state: CricketState, claim: ProviderEvent) -> tuple[int, CricketState, Innings]:
    """The innings that a play belongs to; one of a later innings implies its start."""
    period = claim.period or state.course.period or 1
    if period > state.course.period and claim.type in OPEN_PLAY:
        state = reach(state, period)
    one = state.innings.get(period) or Innings()
    if claim.type in BATTING and not one.said and claim.team is not None:
        one = structs.replace(one, side=claim.team, said=True)
    return period, state, one


def _with(state: CricketState, period: int, one: Innings) -> CricketState:
    return settled(structs.replace(state, innings={**state.innings, period: one}), period)


def _wicket(state: CricketState, claim: ProviderEvent) -> CricketState:
    period, state, one = _at(state, claim)
    who = {claim.player.id} if claim.player is not None else set()
    # Who had retired hurt and is out now is a wicket, and no longer one who is missing.
    one = structs.replace(one, wickets=one.wickets + 1, out=one.out | who, away=one.away - who)
    return _with(state, period, one)


def _over_end(state: CricketState, claim: ProviderEvent) -> CricketState:
    period, state, one = _at(state, claim)
    if not 0 < one.balls < state.rules.balls_per_over:
        return settled(state, period)
    return _with(state, period, structs.replace(one, over=one.over + 1, balls=0))


def _batter(state: CricketState, claim: ProviderEvent) -> CricketState:
    """Somebody who could bat no longer can, or can again."""
    period, state, one = _at(state, claim)
    if claim.type == "BATTER_ABSENT":
        return _with(state, period, structs.replace(one, absent=one.absent + 1))
    who = {claim.player.id} if claim.player is not None else set()
    away = one.away | who if claim.type == "BATTER_RETIRED" else one.away - who
    if one == state.innings.get(period) and away == one.away:
        return state
    return _with(state, period, structs.replace(one, away=away))


def _declared(state: CricketState, claim: ProviderEvent) -> CricketState:
    period, state, one = _at(state, claim)
    return _with(state, period, structs.replace(one, stopped="declared"))


def _forfeited(state: CricketState, claim: ProviderEvent) -> CricketState:
    """Law 15.2: an innings that was never played has been all the same."""
    period = claim.period or min(state.course.period + 1, state.rules.last)
    state = reach(state, period)
    one = structs.replace(state.innings.get(period) or Innings(), side=claim.team, said=True)
    return _with(state, period, structs.replace(one, stopped="forfeited"))


def _follow_on(state: CricketState, claim: ProviderEvent) -> CricketState:
    state = structs.replace(state, detail=tree.put(state.detail, "enforced", "follow_on"))
    one = state.innings.get(3)
    if one is None or one.said or claim.team is None:
        return state
    return _with(state, 3, structs.replace(one, side=claim.team))


def _toss(state: CricketState, claim: ProviderEvent) -> CricketState:
    if claim.team is None:
        return state
    toss: Tree = {"winner": claim.team}
    if claim.detail.get("decision") in ("bat", "field"):
        toss["decision"] = claim.detail["decision"]
    return structs.replace(state, detail=tree.put(state.detail, toss, "toss"))


def _penalty(state: CricketState, claim: ProviderEvent) -> CricketState:
    side = claim.team
    given = claim.detail.get("runs", PENALTY)
    if side is None or type(given) is not int or given <= 0:
        return state
    now, last = claim.period or state.course.period or 1, state.rules.last
    first = 1 if now <= last else now - (now - last - 1) % 2
    one = state.innings.get(now)
    period = now
    if one is not None and one.side not in (None, side):
        batted = [number for number in range(first, now) if number in state.innings]
        own = [number for number in batted if state.innings[number].side == side]
        period = own[-1] if own else min(now + 1, last if now <= last else first + 1)
    elif one is not None:
        state = structs.replace(
            state, innings={**state.innings, now: structs.replace(one, extras=one.extras + given)}
        )
    if now > last:  # runs of a super over are no runs of the match
        return settled(structs.replace(state, supers=scored(state.supers, side, given, period)), period)
    return settled(structs.replace(state, tally=scored(state.tally, side, given, period)), period)


def _target(state: CricketState, claim: ProviderEvent) -> CricketState:
    """TARGET_SET and OVERS_SET."""
    chase = claim.type == "TARGET_SET"
    period = claim.period or (state.rules.last if chase else state.course.period or 1)
    runs, limit = claim.detail.get("target"), claim.detail.get("overs")
    targets = state.targets
    if chase and type(runs) is int and runs > 0:
        targets = {**targets, period: Target(runs, str(claim.detail.get("method", "")))}
        if period == state.rules.last:
            state = structs.replace(state, detail=tree.put(state.detail, runs, "target"))
    one = state.innings.get(period) or Innings()
    if type(limit) is int and limit > 0:
        one = structs.replace(one, quota=0 if limit == state.rules.overs else limit)
    return _with(structs.replace(state, targets=targets), period, one)


def _review(state: CricketState, claim: ProviderEvent) -> CricketState:
    detail, side = state.detail, claim.team
    if claim.type == "REVIEW_STARTED":
        detail = tree.put(detail, side or "umpire", "review")
    else:
        detail = tree.drop(detail, "review")
        lost = claim.detail.get("decision") == "struck_down" and claim.detail.get("umpires_call") is not True
        if lost and side is not None and state.rules.reviews:
            held = detail.get("reviews")
            left = held.get(side, state.rules.reviews) if isinstance(held, dict) else state.rules.reviews
            detail = tree.put(detail, max(0, left - 1), "reviews", side)
    return state if detail is state.detail else structs.replace(state, detail=detail)


def _interval(state: CricketState, claim: ProviderEvent) -> CricketState:
    kind = str(claim.detail.get("kind", "interval"))
    return structs.replace(state, detail=tree.put(state.detail, kind, "interval"))


def _result(state: CricketState, claim: ProviderEvent) -> CricketState:
    return settled(structs.replace(state, said=said_result(claim)), state.course.period)


def _score_set(state: CricketState, claim: ProviderEvent) -> CricketState:
    """A stated score; `wickets` and `overs` are those of the innings that it speaks of."""
    period = min(claim.period or state.course.period or 1, state.rules.last)
    state = structs.replace(state, tally=_stated(state, claim, period))
    one, changes = state.innings.get(period) or Innings(), {}
    wickets, said = claim.detail.get("wickets"), overs(claim.detail.get("overs"))
    if type(wickets) is int and wickets >= 0:
        changes["wickets"] = wickets
    if said is not None:
        changes |= {"over": said[0], "balls": said[1]}
    if changes:
        state = structs.replace(state, innings={**state.innings, period: structs.replace(one, **changes)})
    for number in state.innings:
        state = settled(state, number)
    return state


def _stated(state: CricketState, claim: ProviderEvent, period: int) -> Tally:
    """Without lines, what is new of a side's runs belongs to the innings that it played last."""
    tally = state.tally
    if "lines" in claim.detail:
        return stated(tally, claim, period)
    sides: tuple[Side, Side] = ("home", "away")
    for side in sides:
        own = [number for number, one in state.innings.items() if number <= period and one.side == side]
        detail = {"home": tally.home, "away": tally.away, side: claim.detail.get(side, "")}
        tally = stated(tally, structs.replace(claim, detail=detail), max(own, default=period))
    return tally


TOLD: Mapping[str, Callable[[CricketState, ProviderEvent], CricketState]] = {
    "TOSS": _toss,
    "WICKET": _wicket,
    "PENALTY_RUNS": _penalty,
    "OVER_END": _over_end,
    "BATTER_RETIRED": _batter,
    "BATTER_RETURNED": _batter,
    "BATTER_ABSENT": _batter,
    "DECLARED": _declared,
    "INNINGS_FORFEITED": _forfeited,
    "FOLLOW_ON": _follow_on,
    "TARGET_SET": _target,
    "OVERS_SET": _target,
    "REVIEW_STARTED": _review,
    "REVIEW_ENDED": _review,
    "INTERVAL": _interval,
    "RESULT": _result,
    "SCORE_SET": _score_set,
}
"""What each type changes; those that are not here change nothing."""
