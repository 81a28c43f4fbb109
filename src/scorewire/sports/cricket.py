"""Cricket: innings instead of a clock, runs and wickets, targets, super overs; T20, one day or five.

Theory
======

A period is an innings: 1 and 2, in a match of two innings a side 1 to 4, and after those the innings of super
overs, two to each (3 and 4 are the first after a T20). Innings 1 is INN1, its end INN1 END, a super over SO1.
Home and away are the runs in all innings of the match, the line score has them by innings; super overs stand
apart in `detail`, because their runs are no runs of the match (ICC T20I playing conditions, super over).

A BALL is one delivery: `runs` off the bat and extras by their kinds; a wide or no-ball does not count to the
over. What falls on it is a WICKET of its own, which counts no ball. Who bats is said by the balls; before the
first one it is concluded from the toss, from who batted last, or from the follow-on. `team` of all these is
the side that bats. Penalty runs go to the innings of the side that gets them: the one that it plays, else its
latest, else its next (Law 18.12).

Nobody need say when an innings or the match is over: ten wickets, the last over, the target do (see
cricket_innings.py and cricket_result.py). An innings so ended shows the status *break*, a match *ended*.
PERIOD_END and GAME_END are taken as well and double nothing; `reason` of a PERIOD_END (all_out, declared ...)
tells what the plays cannot. What is derived rests on what was heard so far
and refuses nothing; a ball that comes late counts.

A decision that the third umpire strikes down is WICKET_CANCELLED; a ball scored anew (a boundary that was
none, a short run) is an amendment of the same event, and the fold is made again. A batter who retires hurt is
not out and no wicket; one who retires for another reason and does not come back is a WICKET of the kind
retired_out (Law 25.4).

A forfeited or conceded match keeps its runs: the other side wins, and no score is imposed (Law 16.3).

Source: MCC Laws of Cricket 2017 (3rd edition 2022); ICC T20I, ODI and Test playing conditions.
"""

from collections.abc import Mapping

from msgspec import structs

from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.model.score_state import OVER, Tree
from scorewire.sports import cricket_rules, tree
from scorewire.sports.cricket_innings import ENDED, OVERS, REASONS, RUNS, Innings, bowled, total
from scorewire.sports.cricket_match import CricketState, begun, reach, settled, written
from scorewire.sports.cricket_plays import BATTING, OPEN_PLAY, TOLD
from scorewire.sports.cricket_result import OTHER, OUTCOMES, decides
from scorewire.sports.cricket_rules import RULES, label
from scorewire.sports.lifecycle import (
    IMPOSING,
    LIFECYCLE,
    STATUS_EVENTS,
    allows,
    begins,
    decide_play,
    decide_status,
    follow,
)
from scorewire.sports.machine import Board, EventSpec, Machine, Refusal
from scorewire.sports.shape import Wanted, check_shape
from scorewire.sports.tally import opened, ruled, scored

EVENTS: Mapping[str, EventSpec] = {
    **LIFECYCLE,
    "TOSS": EventSpec(
        "key", "`team` wins the toss and will `decision` bat or field.", team=True, shows=("decision",)
    ),
    "BALL": EventSpec(
        "play",
        "A delivery to `team`, `player` on strike: `runs` off the bat; `wides`, `noballs`, `byes`, `legbyes`,"
        " `penalty`: all runs of that kind; `over` 17.3 is the third ball that counts of the over after 17;"
        " `boundary` 4 or 6; `bowler`, `bowler_id`.",
        team=True,
        shows=("over", "runs", "wides", "noballs", "byes", "legbyes", "penalty", "boundary", "bowler"),
        scores=True,
    ),
    "WICKET": EventSpec(
        "key",
        "`team` loses a wicket: `player` is out; `kind` bowled, caught, run_out ...; `bowler`, `fielder`.",
        team=True,
        correction="WICKET_CANCELLED",
        shows=("kind", "over", "bowler", "fielder"),
    ),
    "WICKET_CANCELLED": EventSpec("key", "A batter given out stays in.", negates=("WICKET",)),
    "PENALTY_RUNS": EventSpec(
        "key", "`team` is given `runs`, 5 where it does not say.", team=True, shows=("runs",)
    ),
    "OVER_END": EventSpec("play", "The over is called; needed only where it had fewer balls than it should."),
    "BATTER_RETIRED": EventSpec(
        "play",
        "`player` goes off not out, `kind` hurt or ill, and may come back.",
        team=True,
        shows=("kind",),
    ),
    "BATTER_RETURNED": EventSpec("play", "`player`, who had retired, bats again.", team=True),
    "BATTER_ABSENT": EventSpec("play", "`player` will not bat in this innings.", team=True),
    "SUBSTITUTION": EventSpec(
        "play", "`player` goes out of the team; `in` and `in_id` come in.", team=True, shows=("in",)
    ),
    "DECLARED": EventSpec("key", "`team` declares its innings closed.", team=True),
    "INNINGS_FORFEITED": EventSpec("key", "`team` does without its innings.", team=True),
    "FOLLOW_ON": EventSpec("key", "`team` has to bat again at once.", team=True),
    "TARGET_SET": EventSpec(
        "key",
        "The side that bats last needs `target` runs to win, in `overs`; `method` D/L, VJD ...",
        shows=("target", "overs", "method"),
    ),
    "OVERS_SET": EventSpec("key", "The innings `period` has `overs` overs.", shows=("overs",)),
    "REVIEW_STARTED": EventSpec(
        "play", "The third umpire looks at it; `team` asked, or nobody but the umpire."
    ),
    "REVIEW_ENDED": EventSpec(
        "play",
        "`decision`: upheld, and the call is changed, or struck_down; `umpires_call` costs no review.",
        shows=("decision",),
    ),
    "INTERVAL": EventSpec(
        "key", "`kind`: drinks, lunch, tea, stumps ...; the next ball ends it.", shows=("kind",)
    ),
    "RESULT": EventSpec(
        "key",
        "The result as the source has it: `outcome` won, tie, draw or no_result, `team` won, `by` wickets,"
        " runs, innings or super_over, `margin`, `method`. It takes the place of what the runs say.",
        shows=("outcome", "by", "margin", "method"),
    ),
}

WANTED: Wanted = {
    "BALL": dict.fromkeys((*RUNS, "boundary"), int),
    "TOSS": {"decision": frozenset({"bat", "field"})},
    "PENALTY_RUNS": {"runs": int},
    "TARGET_SET": {"target": int, "overs": int},
    "OVERS_SET": {"overs": int},
    "REVIEW_ENDED": {"decision": frozenset({"upheld", "struck_down"}), "umpires_call": bool},
    "RESULT": {"outcome": OUTCOMES, "margin": int},
}
_NEEDED: Mapping[str, str] = {"TARGET_SET": "target", "OVERS_SET": "overs", "RESULT": "outcome"}

DETAIL: Mapping[str, str] = {
    "toss": "`{winner: home, decision: bat}`.",
    "batting": "The side that bats, `home` or `away`.",
    "innings": "By number: `{team, runs, wickets, overs: 17.3}`, with `extras`, `quota` (overs, where"
    " changed) and `closed` (all_out, overs, target, declared, forfeited, ended) once there is one.",
    "super_overs": "By number: `{home: {runs, wickets, overs}, away: ...}`.",
    "target": "Runs that win the last innings.",
    "follow_on": "`possible`: the lead is large enough; `enforced`.",
    "review": "Who asked the third umpire, `home`, `away` or `umpire`, while he looks.",
    "reviews": "`{home, away}`: reviews left in this innings, once one was lost.",
    "interval": "`drinks`, `lunch`, `tea`, `stumps` ...",
    "result": "`{outcome, winner, by, margin, method}`: won, tie (`winner` by super_over), draw, no_result.",
    "tentative": "`{home, away}`: runs in the score that the provider has not confirmed.",
}

REFUSALS: Mapping[str, str] = {
    "wrong_batting_side": "The other side bats in this innings.",
    "player_already_out": "The player has been out before in this innings.",
}


def begin(given: Detail) -> CricketState:
    """The state before the first play."""
    return CricketState(cricket_rules.read(given))


def check(given: Detail, claim: ProviderEvent) -> Refusal | None:
    """What a claim can be refused for without knowing the match."""
    refusal = check_shape(EVENTS, WANTED, claim)
    if refusal is not None or claim.action == "retract":
        return refusal
    kind = claim.type
    held = cricket_rules.read(given)
    if claim.period is not None and claim.period > held.periods:
        return Refusal("period_out_of_range", f"this competition has no innings {claim.period}")
    needed = _NEEDED.get(kind)
    if needed is not None and not claim.detail.get(needed):
        return Refusal("wrong_detail", f"{kind} needs `{needed}` in detail")
    if kind == "RESULT" and claim.detail["outcome"] == "won" and claim.team is None:
        return Refusal("team_missing", "RESULT must name the team that won")
    said = claim.detail.get("over" if kind == "BALL" else "overs") if kind in {"BALL", "SCORE_SET"} else None
    if said is not None and (not isinstance(said, str) or not OVERS.match(said)):
        return Refusal("wrong_detail", f"overs of {kind} are written as a text such as 17.3")
    return None


def decide(state: CricketState, claim: ProviderEvent) -> Refusal | None:
    """What contradicts the match so far, at the claim's place in play order."""
    kind = claim.type
    spec = EVENTS.get(kind)
    if claim.action == "retract" or spec is None or spec.negates or spec.level == "touch":
        return None
    course = state.course
    if kind in STATUS_EVENTS:
        return decide_status(course, claim)
    refusal = decide_play(course, claim, open_play=kind in OPEN_PLAY, scores=kind == "BALL")
    if refusal is not None or kind not in BATTING:
        return refusal
    one = state.innings.get(claim.period or course.period)
    if one is None:
        return None
    if one.said and claim.team != one.side:
        return Refusal("wrong_batting_side", f"{one.side} bats in innings {claim.period or course.period}")
    if kind == "WICKET" and claim.player is not None and claim.player.id in one.out:
        return Refusal("player_already_out", f"{claim.player.id} has been out before")
    return None


def evolve(state: CricketState, claim: ProviderEvent, at: int) -> CricketState:  # noqa: ARG001 no clock runs
    """The match after the claim; total, and the same object where nothing changed."""
    if claim.confirmation == "cancelled" or claim.action == "retract":
        return state
    if claim.type == "BALL":
        return _ball(state, claim)
    after = _told(state, claim)
    # What is not a ball is rare, and a feed tells some of it again and again.
    return state if after == state else after


def _told(state: CricketState, claim: ProviderEvent) -> CricketState:
    if claim.type in STATUS_EVENTS:
        return _status(state, claim)
    told = TOLD.get(claim.type)
    return told(state, claim) if told is not None else state


def _ball(state: CricketState, claim: ProviderEvent) -> CricketState:
    period = claim.period or state.course.period or 1
    if period > state.course.period:
        state = reach(state, period)
    held, side, detail, supers = state.rules, claim.team, state.detail, state.supers
    tally = state.tally
    if "review" in detail or "interval" in detail:
        detail = tree.drop(detail, "review", "interval")
    runs, extras = total(claim)
    one = bowled(held, state.innings.get(period) or Innings(), claim, extras)
    if side is not None:
        if runs and period <= held.last:
            tally = scored(tally, side, runs, period)
        elif runs:
            supers = scored(supers, side, runs, period)
        if claim.confirmation == "tentative":
            detail = tree.add(detail, runs, "tentative", side)
        if detail.get("batting") != side and period >= state.course.period:
            detail = {**detail, "batting": side}
    innings = {**state.innings, period: one}
    return settled(
        CricketState(held, state.course, tally, supers, innings, state.targets, state.said, detail), period
    )


def _status(state: CricketState, claim: ProviderEvent) -> CricketState:
    kind, before = claim.type, state.course
    if not allows(before, kind):
        return state
    course = follow(before, claim)
    tally, said = state.tally, _said_by(state, claim)
    if kind == "GAME_VOID" or (kind in IMPOSING and {"home", "away"} <= claim.detail.keys()):
        tally = ruled(tally, claim, forfeit_points=0, better_stands=False)
    if kind == "PERIOD_START" and (begins(before, course) or claim.team is not None):
        state = begun(state, course, claim.team)
    if (course, tally, said) == (before, state.tally, state.said) and state.course is before:
        if kind == "GAME_RESUMED" and "interval" in state.detail:
            return structs.replace(state, detail=tree.drop(state.detail, "interval"))
        return state
    innings, period = state.innings, course.period
    one = innings.get(period)
    if one is not None and kind == "PERIOD_END" and not one.stopped:
        reason = str(claim.detail.get("reason", ENDED))
        stopped = reason if reason in REASONS else ENDED
        innings = {**innings, period: structs.replace(one, stopped=stopped)}
    elif one is not None and kind == "GAME_RESUMED" and before.closed and not course.closed:
        innings = {**innings, period: structs.replace(one, stopped="")}
    detail = state.detail if course.status == "live" else tree.drop(state.detail, "review")
    if kind == "GAME_RESUMED" or course.status == "ended" or course.status in OVER:
        detail = tree.drop(detail, "interval")
    tally = opened(tally, period) if kind == "PERIOD_START" and period <= state.rules.last else tally
    state = CricketState(state.rules, course, tally, state.supers, innings, state.targets, said, detail)
    if said is None and "result" in detail and kind == "GAME_VOID":
        return structs.replace(state, detail=tree.drop(detail, "result"))
    return settled(state, period)


def _said_by(state: CricketState, claim: ProviderEvent) -> Tree | None:
    """The result once an event of the life cycle has settled it; what was said before stays."""
    side = claim.team
    match claim.type:
        case "GAME_VOID":
            return None
        case "GAME_WALKOVER" if side is not None:
            return {"outcome": "won", "winner": side, "by": "walkover"}
        case "GAME_FORFEITED" if side is not None:
            return {"outcome": "won", "winner": OTHER[side], "by": "forfeit"}
        case "GAME_RETIRED" if side is not None:
            return {"outcome": "won", "winner": OTHER[side], "by": "concession"}
        case "GAME_AWARDED" if side is not None:
            return {"outcome": "won", "winner": side, "by": "award"}
        case "GAME_END" | "GAME_FINAL" if state.rules.innings == 2 and "result" not in state.detail:
            return {"outcome": "draw"}
        case "GAME_ABANDONED" if state.said is None and not _is_played_out(state):
            drawn = state.rules.innings == 2 and state.course.period
            return {"outcome": "draw" if drawn else "no_result"}
    return state.said


def _is_played_out(state: CricketState) -> bool:
    """Whether the match was decided by play; an innings that somebody only called over was cut short."""
    last = state.innings.get(state.rules.last)
    return _is_decided(state) and (last is None or last.closed != ENDED)


def _is_decided(state: CricketState) -> bool:
    result = state.detail.get("result")
    return isinstance(result, dict) and decides(state.rules, result)


def board(state: CricketState) -> Board:
    """What the match shows. Sub-dicts are the state's own: treat them as immutable."""
    course, detail = state.course, state.detail
    home, away = state.tally.shown()
    one = state.innings.get(course.period)
    closed = course.closed or (one is not None and one.closed != "")
    status = course.status
    if status in {"live", "break"}:
        if _is_decided(state):
            status = "ended"
        elif closed or "interval" in detail:
            status = "break"
    period = label(state.rules, course.period, closed=closed)
    notes = [written(state, side) for side in ("home", "away")] if state.tally.imposed is None else ["", ""]
    return Board(status, period, None, home, away, state.tally.linescore, detail, "", *notes)


CRICKET: Machine[CricketState] = Machine(
    sport="cricket",
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
