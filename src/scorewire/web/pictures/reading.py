"""Claims of a game's rows -> what pictures are made of.

A caller gives what stands: the newest claim of every play that was not taken back, in order of play. Rows
have it as `claim`; who folds them knows which of them count.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from scorewire.model.provider_event import ProviderEvent, Scalar
from scorewire.web.pictures.marks import Outcome
from scorewire.web.pictures.shots import Shot
from scorewire.web.pictures.spray import Batted, Result, from_mlb
from scorewire.web.timeline import moment

SHOTS: Final[Mapping[str, Mapping[str, tuple[Outcome, int]]]] = {
    "soccer": {"GOAL": ("goal", 1), "SHOT": ("missed", 1), "PENALTY_MISSED": ("missed", 1)},
    "basketball": {
        "FG2": ("goal", 2),
        "FG3": ("goal", 3),
        "FG2_MISS": ("missed", 2),
        "FG3_MISS": ("missed", 3),
    },
    "ice_hockey": {
        "GOAL": ("goal", 1),
        "SHOT": ("saved", 1),
        "SHOT_MISSED": ("missed", 1),
        "SHOT_BLOCKED": ("blocked", 1),
    },
}
"""By sport, the types that are shots: what came of them, and what they are worth."""

OUTCOMES: Final[Mapping[Scalar, Outcome]] = {"saved": "saved", "blocked": "blocked"}
"""What the detail `outcome` of a shot in soccer adds; one on the post is counted off target."""

SHOOTOUT: Final = {"soccer": 5}
"""The period of a shoot-out, whose kicks are no shots of the match."""


def shot(sport: str, claim: ProviderEvent) -> Shot | None:
    """The shot that a claim tells; None for what is none, has no place, or was put into the own goal."""
    known = SHOTS.get(sport, {}).get(claim.type)
    if known is None or claim.x is None or claim.y is None or claim.team is None:
        return None
    if claim.detail.get("own_goal") or claim.period == SHOOTOUT.get(sport):
        return None
    outcome, points = known
    if claim.type in ("SHOT", "PENALTY_MISSED") and sport == "soccer":
        outcome = OUTCOMES.get(claim.detail.get("outcome", ""), outcome)
    return Shot(
        side=claim.team,
        period=claim.period or 1,
        x=claim.x,
        y=claim.y,
        outcome=outcome,
        player=claim.player.name if claim.player else "",
        when=moment(sport, claim.period, claim.clock),
        points=points,
    )


def shots(sport: str, claims: Iterable[ProviderEvent]) -> list[Shot]:
    """All shots among the claims, in their order."""
    return [found for claim in claims if (found := shot(sport, claim)) is not None]


BATTED: Final[Mapping[str, Result]] = {
    "SINGLE": "single",
    "DOUBLE": "double",
    "TRIPLE": "triple",
    "HOME_RUN": "home_run",
    "REACHED_ON_ERROR": "error",
}
"""What came of a ball that was put in play; every other play that says where it came down made an out."""

PIXELS: Final = 250.0
"""Of MLB's picture of a ballpark, each way: places in baseball are shares of it."""


def ball(claim: ProviderEvent) -> Batted | None:
    """The ball put in play that a claim tells; None for what is none, or has no place."""
    if claim.x is None or claim.y is None or claim.team is None:
        return None
    right, out = from_mlb(claim.x * PIXELS, claim.y * PIXELS)
    return Batted(
        side=claim.team,
        right=right,
        out=out,
        result=BATTED.get(claim.type, "out"),
        player=claim.player.name if claim.player else "",
        when=moment("baseball", claim.period, claim.clock),
    )


def batted(claims: Iterable[ProviderEvent]) -> list[Batted]:
    """The balls put in play whose place is told, in the order of the claims."""
    return [found for claim in claims if (found := ball(claim)) is not None]
