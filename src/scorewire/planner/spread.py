"""One goal through the tiers, many times over: when fans have it, as percentiles.

    call ─► intake ─► Kafka ─► owner ─► journal ─┬─► Redis ─► gateway ─► fans of the home region
                                                 └─► (ocean) relay ─► Redis ─► gateway ─► fans of the others
                                                                                  └─► edge ─► fans of an edge

Of each goal the way to the gateways is drawn once for all fans, since all of them wait for the same commit;
of each fan its gateway's turn in Redis, its own turn among the fans of that gateway, and its own last mile.
A delay of which a median and a p99 were measured is taken to be log-normal through both: real ones are never
negative and have a long tail.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

from scorewire.planner.inputs import Given, Inputs, Measured
from scorewire.planner.sizing import Plan

GOALS = 400
FANS = 250
"""Of each goal and tier: 100,000 times to a fan of each tier are drawn."""
TAIL = 1.5
"""p99 ÷ p50 of what only a median was measured of: a relay, an edge, an ocean."""
_Z99 = NormalDist().inv_cdf(0.99)


@dataclass(frozen=True, slots=True)
class Delay:
    """A log-normal delay, by its median and p99, ms."""

    p50_ms: float
    p99_ms: float

    def draw(self, rng: Random) -> float:
        """One of them, ms."""
        if self.p50_ms <= 0:
            return 0.0
        return rng.lognormvariate(math.log(self.p50_ms), self.sigma)

    @property
    def sigma(self) -> float:
        """Of the normal that its logarithm is."""
        return math.log(max(self.p99_ms / self.p50_ms, 1.0)) / _Z99


@dataclass(frozen=True, slots=True)
class Spread:
    """Times of one tier, ms, in order."""

    name: str
    times_ms: tuple[float, ...]

    def at(self, share: float) -> float:
        """The time by which this share of fans has it, ms."""
        return percentile(self.times_ms, share)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def spreads(
    plan: Plan,
    inputs: Inputs,
    *,
    rng: Random,
    goals: int = GOALS,
    fans: int = FANS,
) -> tuple[Spread, ...]:
    """Times until a gateway has written to a fan, tier by tier, and then until the fan's phone has it."""
    wanted, measured, given = inputs.wanted, inputs.measured, inputs.given
    gateways = plan.tier("gateway processes").count
    here = max(1, math.ceil(gateways / wanted.regions))
    watching = wanted.fans * (1 - wanted.polling) * wanted.hottest / gateways
    way = Delay(measured.path_ms, measured.path_p99_ms)
    relay = Delay(measured.region_ms, measured.region_ms * TAIL)
    ocean = Delay(given.ocean_ms, given.ocean_ms * TAIL)
    edge = Delay(measured.edge_ms, measured.edge_ms * TAIL)
    last_mile = Delay(given.last_mile_ms, given.last_mile_p99_ms)
    home: list[float] = []
    other: list[float] = []
    edges: list[float] = []
    phones: list[float] = []
    for _ in range(goals):
        told = way.draw(rng)
        across = told + relay.draw(rng) + ocean.draw(rng)
        for _ in range(fans):
            at_home = told + _turn(rng, here, watching, measured, given)
            elsewhere = across + _turn(rng, here, watching, measured, given)
            home.append(at_home)
            other.append(elsewhere)
            edges.append(elsewhere + edge.draw(rng))
            far = rng.random() >= 1 / wanted.regions
            phones.append((elsewhere if far else at_home) + last_mile.draw(rng))
    return tuple(
        Spread(name, tuple(sorted(times)))
        for name, times in (
            ("written by a gateway of the home region", home),
            ("written by a gateway of another region", other),
            ("written by an edge behind one", edges),
            ("on the phone, all regions", phones),
        )
    )


def _turn(rng: Random, gateways: int, watching: float, measured: Measured, given: Given) -> float:
    """The wait for one's gateway in Redis, and for oneself in the gateway, ms."""
    in_redis = rng.random() * gateways * given.redis_message_us
    in_gateway = rng.random() * watching * measured.delivery_us
    return (in_redis + in_gateway) / 1000
