"""One innings: balls, overs and wickets, and when the laws end it.

Runs are not kept here but in the tally, whose lines are the innings; so there is one truth about them.

Balls and overs. A wide and a no-ball are bowled again and do not count (Law 17.3). The over is where the
feed says it is (`17.3` is the third ball that counts of the over after 17), because umpires miscount: an over
of five or seven balls stands (Law 17.5). Where the feed says nothing, the next ball after the sixth opens the
next over.

The end. All out is one fewer than the players, and a batter who is absent or has retired and not come back
leaves a wicket less to fall (Law 25.4, 13.3). An innings also ends with its overs, when the target is reached
in the last innings (Law 12.9, 16.6), by declaration or forfeiture (Law 15); in a super over by two wickets.

Source: MCC Laws of Cricket 2017 (3rd edition 2022), 13, 15, 16, 17, 25; ICC T20I playing conditions.
"""

import re

from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.model.score_state import Tree
from scorewire.sports.cricket_rules import Rules

RUNS = ("runs", "wides", "noballs", "byes", "legbyes", "penalty")
EXTRAS = RUNS[1:]
ENDED = "ended"
"""Why an innings is over, where a feed says no more than that."""
REASONS = frozenset({"all_out", "overs", "declared", "forfeited", ENDED})
OVERS = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\Z", re.ASCII)


class Innings(Struct, frozen=True):
    """An innings so far, but for its runs.

    Attributes:
        side: who bats; `said` if a ball or its start has named the side, else concluded.
        over: whole overs before the one that `balls` counts, which may be complete.
        away: players who have retired and not come back, by id.
        absent: players who never came.
        quota: overs, where they were changed; 0 as the rules have it.
        stopped: why it ended, where that was said: one of REASONS.
        closed: why it is over, as far as is known: all_out, overs, target, or what was said; empty while it
            goes on.
    """

    side: Side | None = None
    said: bool = False
    wickets: int = 0
    over: int = 0
    balls: int = 0
    extras: int = 0
    out: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    absent: int = 0
    quota: int = 0
    stopped: str = ""
    closed: str = ""


def total(claim: ProviderEvent) -> tuple[int, int]:
    """Runs that a ball gives in all, and how many of them are extras; what is no number gives none."""
    detail = claim.detail
    runs = detail.get("runs")
    extras = 0
    if len(detail) > 1 or type(runs) is not int:
        for name in EXTRAS:
            value = detail.get(name)
            if type(value) is int and value > 0:
                extras += value
    return (runs if type(runs) is int and runs > 0 else 0) + extras, extras


def bowled(held: Rules, one: Innings, claim: ProviderEvent, extras: int) -> Innings:
    """The innings after a ball by a bowler to `claim.team`."""
    detail = claim.detail
    over, balls = one.over, one.balls
    said = overs(detail.get("over"))
    if said is not None:
        if said[0] > over:
            over, balls = said[0], 0
    elif balls >= held.balls_per_over:
        over, balls = over + 1, 0
    away = one.away
    if away and claim.player is not None:
        away = away - {claim.player.id}  # who faces a ball is back, even if nobody said so
    if not detail.get("wides") and not detail.get("noballs"):
        balls += 1
    return Innings(
        claim.team or one.side,
        one.said or claim.team is not None,
        one.wickets,
        over,
        balls,
        one.extras + extras,
        one.out,
        away,
        one.absent,
        one.quota,
        one.stopped,
        one.closed,
    )


def overs(text: object) -> tuple[int, int] | None:
    """`17.3` as (17, 3); None if it is not such a text."""
    match = OVERS.match(text) if isinstance(text, str) else None
    return (int(match[1]), int(match[2] or 0)) if match is not None else None


def overs_text(held: Rules, one: Innings) -> str:
    """`17.3`; `18` at the end of an over."""
    if one.balls >= held.balls_per_over:
        return str(one.over + 1)
    return f"{one.over}.{one.balls}" if one.balls else str(one.over)


def closing(held: Rules, period: int, one: Innings, runs: int, target: int | None) -> str:
    """Why the innings is over; empty while it goes on.

    Args:
        target: the runs that win, in an innings that can be won by them.
    """
    if target is not None and runs >= target:
        return "target"
    if period > held.last:
        if one.wickets >= held.super_over_wickets:
            return "all_out"
        limit = 1
    else:
        if one.wickets + len(one.away) + one.absent >= held.players - 1:
            return "all_out"
        limit = one.quota or held.overs
    complete = one.over + (one.balls >= held.balls_per_over)
    return "overs" if limit and complete >= limit else one.stopped


def shown(held: Rules, one: Innings, runs: int) -> Tree:
    """The innings as `detail` shows it."""
    tree: Tree = {"runs": runs, "wickets": one.wickets, "overs": overs_text(held, one)}
    if one.side is not None:
        tree["team"] = one.side
    if one.extras:
        tree["extras"] = one.extras
    if one.closed:
        tree["closed"] = one.closed
    if one.quota:
        tree["quota"] = one.quota
    return tree
