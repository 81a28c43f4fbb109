"""Shots of one game, told by any number of providers, in one frame: that of the ground.

Each provider's places are brought from its own frame (see frames.py) into the common one, all of a provider's
at once, because a frame that lies still is turned by what its shots of a period say together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scorewire.model.provider_event import ProviderEvent
from scorewire.web.pictures import frames
from scorewire.web.pictures.grounds import Ground
from scorewire.web.pictures.reading import shot
from scorewire.web.pictures.shots import Shot


@dataclass(frozen=True, slots=True)
class Taken:
    """A shot, the claim that tells it, and where on the ground it was taken."""

    claim: ProviderEvent
    shot: Shot
    spot: frames.Spot


def taken(
    sport: str, claims: Sequence[ProviderEvent], ground: Ground, format_of: Callable[[str], str]
) -> list[Taken]:
    """The shots among the claims that have a place, in the order of the claims.

    Args:
        format_of: provider -> the format whose frame its places are in.
    """
    told: dict[str, list[tuple[int, ProviderEvent, Shot]]] = {}
    for number, claim in enumerate(claims):
        found = shot(sport, claim)
        if found is not None:
            told.setdefault(claim.provider, []).append((number, claim, found))
    placed: list[tuple[int, Taken]] = []
    for provider, acts in told.items():
        spots = frames.spots(format_of(provider), ground, [act for _, _, act in acts])
        placed += [
            (number, Taken(claim, act, spot)) for (number, claim, act), spot in zip(acts, spots, strict=True)
        ]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def shared(one: Taken, ground: Ground) -> Shot:
    """The shot with its place as shares of the ground: what a chart of the frame without a name draws."""
    x, y = one.spot.along / ground.length, one.spot.across / ground.width
    return replace(one.shot, x=x, y=y)
