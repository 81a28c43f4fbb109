"""What wins a match of cricket, and by how much.

The side that bats last wins by wickets when it reaches its target, and by no other way while its innings goes
on; if it ends short of it the other side wins by runs, or the match is tied (Law 16). The target is what the
other side has made and one more, less what the own side has made before; or what was said, when rain has
taken overs away (Duckworth-Lewis-Stern, VJD). Of two innings a side the match is over after the third, when
that side's two together are less than the other's one: an innings and so many runs.

A tie is broken by super overs where the competition has them, as many as it takes. A match of limited overs
that comes to no end has no result; one of two innings is drawn.

What is derived here rests on the plays heard so far, which may not be all, so nothing is refused because of
it, and what a feed says of the result takes its place.

Source: MCC Laws of Cricket 2017 (3rd edition 2022), 16; ICC T20I playing conditions, super over.
"""

from collections.abc import Mapping

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import Tree
from scorewire.sports.cricket_innings import ENDED, Innings
from scorewire.sports.cricket_rules import Rules
from scorewire.sports.tally import Tally

OUTCOMES = frozenset({"won", "tie", "draw", "no_result"})
OTHER: Mapping[Side, Side] = {"home": "away", "away": "home"}


class Target(Struct, frozen=True):
    """A target as it was said: `runs` win; by which method it was revised."""

    runs: int
    method: str = ""


def runs_of(tally: Tally, period: int, side: Side | None) -> int:
    """What `side` made in innings `period`."""
    line = tally.linescore.get(str(period))
    return line[side] if line is not None and side is not None else 0


def target_of(
    held: Rules, period: int, innings: Mapping[int, Innings], tally: Tally, said: Mapping[int, Target]
) -> int | None:
    """The runs that win innings `period`; None where runs alone cannot win it.

    Args:
        tally: of the match, or of the super overs where `period` is one of those.
    """
    stated = said.get(period)
    if stated is not None:
        return stated.runs
    one = innings.get(period)
    side = one.side if one is not None else None
    if side is None or period < held.last:
        return None
    if period > held.last:
        if (period - held.last) % 2:
            return None
        return runs_of(tally, period - 1, OTHER[side]) + 1
    own = runs_of(tally, period, side)
    made = (tally.home, tally.away) if side == "home" else (tally.away, tally.home)
    if not made[1] and all(each.side != OTHER[side] for each in innings.values()):
        return None  # who joins a match in its last innings does not know what has to be made
    return made[1] + 1 - (made[0] - own)


def conclude(
    held: Rules, innings: Mapping[int, Innings], tally: Tally, supers: Tally, said: Mapping[int, Target]
) -> Tree | None:
    """The result that the runs and wickets give; None while there is none."""
    last = innings.get(held.last)
    if last is None or last.side is None:
        return _by_an_innings(held, innings, tally) if held.innings == 2 else None
    target = target_of(held, held.last, innings, tally, said)
    if target is None:
        return None
    runs = runs_of(tally, held.last, last.side)
    stated = said.get(held.last)
    method: Tree = {"method": stated.method} if stated is not None and stated.method else {}
    if runs >= target:
        left = max(0, held.players - 1 - last.wickets)
        return {"outcome": "won", "winner": last.side, "by": "wickets", "margin": left, **method}
    if not _is_complete(held, last):
        return None
    short = target - 1 - runs
    if short:
        return {"outcome": "won", "winner": OTHER[last.side], "by": "runs", "margin": short, **method}
    winner = _super_over(held, innings, supers) if held.super_over else None
    if winner is None:
        return {"outcome": "tie", **method}
    return {"outcome": "tie", "winner": winner, "by": "super_over", **method}


def _is_complete(held: Rules, one: Innings) -> bool:
    """Whether the laws ended an innings; where its overs have no limit, time may have ended it instead."""
    return one.closed != "" and (one.closed != ENDED or held.overs > 0)


def _by_an_innings(held: Rules, innings: Mapping[int, Innings], tally: Tally) -> Tree | None:
    """Law 16.6.3: the third innings is over, and its side's two make less than the other's one."""
    third = innings.get(held.last - 1)
    sides = [innings[period].side for period in (1, 2) if period in innings]
    if third is None or third.side is None or set(sides) != {"home", "away"}:
        return None
    if not _is_complete(held, third):
        return None
    own, other = (tally.home, tally.away) if third.side == "home" else (tally.away, tally.home)
    if own >= other:
        return None
    winner = OTHER[third.side]
    return {"outcome": "won", "winner": winner, "by": "innings", "margin": other - own}


def _super_over(held: Rules, innings: Mapping[int, Innings], supers: Tally) -> Side | None:
    """Who won the newest super over of which both innings have been seen."""
    newest = max(innings)
    second = newest - (newest - held.last) % 2
    chase, first = innings.get(second), innings.get(second - 1)
    if second <= held.last or chase is None or first is None or chase.side is None:
        return None
    other = OTHER[chase.side]
    made, needed = runs_of(supers, second, chase.side), runs_of(supers, second - 1, other)
    if made > needed:
        return chase.side
    return other if chase.closed and made < needed else None


def decides(held: Rules, result: Tree | None) -> bool:
    """Whether the match is over with this result; a tie is not while a super over can follow it."""
    if result is None:
        return False
    return result["outcome"] != "tie" or "winner" in result or not held.super_over


def follow_on_open(held: Rules, innings: Mapping[int, Innings], tally: Tally) -> bool:
    """Whether the side that batted first may make the other bat again. Source: Law 14.1."""
    first, second = innings.get(1), innings.get(2)
    if held.innings < 2 or first is None or second is None or first.side is None or not second.closed:
        return False
    if 3 in innings or first.side == second.side:
        return False
    lead = runs_of(tally, 1, first.side) - runs_of(tally, 2, second.side)
    return lead >= held.follow_on > 0


def said_result(claim: ProviderEvent) -> Tree:
    """What RESULT says."""
    detail = claim.detail
    outcome = detail.get("outcome", "won" if claim.team is not None else "no_result")
    result: Tree = {"outcome": outcome if outcome in OUTCOMES else "no_result"}
    if claim.team is not None:
        result["winner"] = claim.team
    for name in ("by", "margin", "method"):
        if name in detail:
            result[name] = detail[name]
    return result
