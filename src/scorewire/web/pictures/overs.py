"""Claims of a cricket match -> innings over by over, for worm and manhattan."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.web.pictures.drawing import Teams
from scorewire.web.pictures.innings import Innings, Over

RUNS: Final = ("runs", "wides", "noballs", "byes", "legbyes", "penalty")
"""What a BALL adds, all of it to the side that bats."""

BALLS: Final = 6


@dataclass(slots=True)
class _Batting:
    side: Side
    runs: dict[int, int] = field(default_factory=dict)
    wickets: dict[int, int] = field(default_factory=dict)
    last: tuple[int, int] = (0, 0)


def innings(
    claims: Iterable[ProviderEvent], teams: Teams, *, target: int = 0, apart: frozenset[int] = frozenset()
) -> list[Innings]:
    """The innings in order.

    Runs of a penalty count in the over in which they were told. A ball whose over cannot be read counts in
    the one before it.

    Args:
        target: of the last innings, which rain may have changed; 0 where nobody says it.
        apart: periods that are no part of the picture: those of a super over.
    """
    batting: dict[int, _Batting] = {}
    for claim in claims:
        if claim.period is None or claim.team is None or claim.period in apart:
            continue
        if claim.type not in ("BALL", "WICKET", "PENALTY_RUNS"):
            continue
        one = batting.setdefault(claim.period, _Batting(claim.team))
        if claim.team != one.side:
            continue
        over = _over(claim, one)
        if claim.type == "WICKET":
            one.wickets[over] = one.wickets.get(over, 0) + 1
            continue
        added = [claim.detail.get(name) for name in (RUNS if claim.type == "BALL" else ("runs",))]
        one.runs[over] = one.runs.get(over, 0) + sum(runs for runs in added if isinstance(runs, int))
    return [
        _made(batting[period], teams, target if number and number == len(batting) - 1 else 0)
        for number, period in enumerate(sorted(batting))
    ]


def _over(claim: ProviderEvent, one: _Batting) -> int:
    """From 0, of `17.3`; the furthest is kept, for the length of the last over."""
    whole, _, ball = str(claim.detail.get("over", "")).partition(".")
    if not whole.isascii() or not whole.isdecimal() or len(whole) > 3:
        return one.last[0]
    place = (int(whole), int(ball) if ball.isascii() and ball.isdecimal() and len(ball) < 3 else 0)
    one.last = max(one.last, place)
    return place[0]


def _made(one: _Batting, teams: Teams, target: int) -> Innings:
    furthest = max((*one.runs, *one.wickets, one.last[0]))
    overs = [Over(one.runs.get(k, 0), one.wickets.get(k, 0)) for k in range(furthest + 1)]
    return Innings(one.side, teams.name(one.side), overs, min(BALLS, max(0, one.last[1])), target)
