"""A match of cricket so far, and what follows from its runs and wickets: ends, target, result."""

from msgspec import Struct, structs

from scorewire.model.provider_event import Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree
from scorewire.sports.cricket_innings import Innings, closing, shown
from scorewire.sports.cricket_result import OTHER, Target, conclude, follow_on_open, runs_of, target_of
from scorewire.sports.cricket_rules import Rules
from scorewire.sports.lifecycle import Course, implied
from scorewire.sports.tally import Tally, opened


class CricketState(Struct, frozen=True):
    """A match so far. Never changed in place; `detail` is shown as it is.

    Attributes:
        tally: runs of the match, a line an innings. supers: the same of the super overs, by period too.
        said: the result, where it was said or ruled.
    """

    rules: Rules
    course: Course = Course()
    tally: Tally = Tally()
    supers: Tally = Tally()
    innings: dict[int, Innings] = {}
    targets: dict[int, Target] = {}
    said: Tree | None = None
    detail: Tree = {}


def settled(state: CricketState, period: int) -> CricketState:
    """The state with all that follows from the runs and wickets of innings `period`."""
    held, innings, detail = state.rules, state.innings, state.detail
    last, now = held.last, state.course.period
    one = innings.get(period)
    if one is not None:
        tally = state.tally if period <= last else state.supers
        target = target_of(held, period, innings, tally, state.targets) if period >= last else None
        runs = runs_of(tally, period, one.side)
        closed = closing(held, period, one, runs, target)
        if closed != one.closed:
            one = structs.replace(one, closed=closed)
            innings = {**innings, period: one}
        if period <= now:
            detail = _with_innings(held, detail, period, one, runs)
    if now >= last:
        needed = target_of(held, last, innings, state.tally, state.targets)
        if needed is not None and detail.get("target") != needed:
            detail = {**detail, "target": needed}
    elif period == 2 == now and held.innings == 2:
        possible = follow_on_open(held, innings, state.tally)
        detail = tree.put(detail, "possible", "follow_on") if possible else _unless_enforced(detail)
    if state.said is not None or now >= held.innings + 1:
        result = state.said or conclude(held, innings, state.tally, state.supers, state.targets)
        if result is None:
            detail = tree.drop(detail, "result")
        elif detail.get("result") != result:
            detail = {**detail, "result": result}
    if innings is state.innings and detail is state.detail:
        return state
    return CricketState(
        held, state.course, state.tally, state.supers, innings, state.targets, state.said, detail
    )


def _unless_enforced(detail: Tree) -> Tree:
    return tree.drop(detail, "follow_on") if detail.get("follow_on") == "possible" else detail


def _with_innings(held: Rules, detail: Tree, period: int, one: Innings, runs: int) -> Tree:
    entry = shown(held, one, runs)
    if period <= held.last:
        held_entries = detail.get("innings")
        entries = held_entries if isinstance(held_entries, dict) else {}
        if entries.get(str(period)) == entry:
            return detail
        return {**detail, "innings": {**entries, str(period): entry}}
    side = entry.pop("team", None)
    if not isinstance(side, str):
        return detail
    return tree.put(detail, entry, "super_overs", str((period - held.last + 1) // 2), side)


def written(state: CricketState, side: str) -> str:
    """The side's innings as followers write them: `182/4 (18.2)`, `245 & 82/1 (20)`, `310/7d`.

    Overs stand with the innings that is played, and in matches of one innings a side.
    """
    entries = state.detail.get("innings")
    if not isinstance(entries, dict):
        return ""
    held, now = state.rules, str(state.course.period)
    told = []
    for name, one in sorted(entries.items(), key=lambda entry: int(entry[0])):
        if one.get("team") != side:
            continue
        wickets = {"all_out": "", "declared": f"/{one['wickets']}d"}.get(
            one.get("closed", ""), f"/{one['wickets']}"
        )
        overs = f" ({one['overs']})" if held.innings == 1 or (name == now and "closed" not in one) else ""
        told.append(f"{one['runs']}{wickets}{overs}")
    return " & ".join(told)


def reach(state: CricketState, period: int) -> CricketState:
    """The state once a play of a later innings is seen."""
    course = implied(state.course, period)
    return state if course is state.course else begun(state, course, None)


def begun(state: CricketState, course: Course, side: Side | None) -> CricketState:
    """The state at the start of an innings, announced or implied; `side` bats, if that was said."""
    held, period = state.rules, course.period
    one = state.innings.get(period) or Innings()
    if side is not None:
        one = structs.replace(one, side=side, said=True)
    elif not one.said:
        one = structs.replace(one, side=_next_in(state, period))
    detail = tree.drop(state.detail, "review", "reviews", "interval")
    if period > 2:
        detail = _unless_enforced(detail)
    detail = tree.put(detail, one.side, "batting") if one.side else tree.drop(detail, "batting")
    tally = opened(state.tally, period) if period <= held.last else state.tally
    innings = {**state.innings, period: one}
    return CricketState(held, course, tally, state.supers, innings, state.targets, state.said, detail)


def _next_in(state: CricketState, period: int) -> Side | None:
    """Who bats in innings `period`, as far as it can be concluded."""
    if period == 1:
        toss = state.detail.get("toss")
        winner = toss.get("winner") if isinstance(toss, dict) else None
        if not isinstance(toss, dict) or winner not in ("home", "away") or "decision" not in toss:
            return None
        won: Side = "home" if winner == "home" else "away"
        return won if toss["decision"] == "bat" else OTHER[won]
    before = state.innings.get(period - 1)
    if before is None or before.side is None:
        return None
    over_again = period == 3 and state.detail.get("follow_on") == "enforced"
    # Who batted second bats first in the super over.
    super_over = period > state.rules.last and (period - state.rules.last) % 2 == 1
    return before.side if over_again or super_over else OTHER[before.side]
