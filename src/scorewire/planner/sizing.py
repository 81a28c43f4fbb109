"""The arithmetic of a site: what each tier needs, and which limit binds. Pure.

A gateway process uses one core. It has as many fans as the tightest of its limits allows; each limit is
worked out alone, and the one that asks for the most processes binds. Nothing is rounded in a site's favour.

    fans ─► gateways ◄─ Redis of the region ◄─ relay ◄─ Kafka ◄─ owners ◄─ providers
             └─► what is written, a goal and a second     └─► partitions
"""

import math
from dataclasses import dataclass

from scorewire.planner.inputs import Given, Inputs, Measured, Wanted

GATEWAY_MB = 100
"""Of a gateway process before its first fan; `bench churn` has it."""
OTHER_SHARE = 0.2
"""Of a machine's memory that is left to its system."""
SPARE = 1
"""Of whatever a region has a handful of: one more than it needs."""
POLL_S = 10
"""Between two polls of a fan whom no stream reaches."""
READS_FAN_S = 1 / 60
"""Other reads of a fan, a second: one page a minute."""
UPDATES_AT_GOAL = 3
"""Rows that one goal makes: the goal itself, the clock, a review."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One reason for which so many are needed; `says` is the sentence with its numbers."""

    name: str
    needs: int
    says: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One kind of process or server.

    Attributes:
        count: over all regions.
        limits: what asks for how many, the tightest first.
        notes: what else is to be known of it.
    """

    name: str
    count: int
    limits: tuple[Limit, ...]
    notes: tuple[str, ...] = ()

    @property
    def binds(self) -> Limit:
        """The limit that asks for the most."""
        return self.limits[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a site needs.

    Attributes:
        goal_gb: written by all gateways for one goal of the most followed game.
        goal_gbit_s: the same a second, while it is written.
        steady_gbit_s: written by all gateways when nothing special happens.
        last_fan_s: from the call until the last fan of a gateway's most followed game is written to.
        arriving_s: until all who arrive are in, at the pace of these gateways.
        back_s: the same of those who were cut.
        memory_fan_kb: of a fan, user and kernel.
    """

    tiers: tuple[Tier, ...]
    goal_gb: float
    goal_gbit_s: float
    steady_gbit_s: float
    last_fan_s: float
    arriving_s: float
    back_s: float
    memory_fan_kb: float

    def tier(self, name: str) -> Tier:
        """The tier of a name."""
        return next(one for one in self.tiers if one.name == name)


def plan(inputs: Inputs) -> Plan:
    """Work out a site."""
    wanted, measured, given = inputs.wanted, inputs.measured, inputs.given
    share = _Fan(wanted, measured, given)
    gateways = _gateways(wanted, measured, share)
    machines = _machines(wanted, share, gateways.count)
    hottest = share.streaming * wanted.hottest
    goal_bytes = hottest * share.wire_bytes * UPDATES_AT_GOAL
    last_fan_s = measured.path_p99_ms / 1000 + hottest / gateways.count * share.delivery_us / 1e6
    cores_us = gateways.count * 1e6
    return Plan(
        tiers=(
            gateways,
            machines,
            _redis(wanted, given, gateways.count),
            _relays(wanted, measured),
            _owners(wanted, measured),
            _partitions(wanted, measured, given),
            _apis(wanted, measured),
            _proxies(wanted, given),
        ),
        goal_gb=goal_bytes / 1e9,
        goal_gbit_s=goal_bytes * 8 / 1e9 / max(last_fan_s - measured.path_ms / 1000, 1e-3),
        steady_gbit_s=share.deliveries_s * share.streaming * share.wire_bytes * 8 / 1e9,
        last_fan_s=last_fan_s,
        arriving_s=max(wanted.arriving_s, wanted.arrivals * share.join_us / cores_us),
        back_s=max(wanted.back_s, share.streaming * wanted.cut * measured.return_us / cores_us),
        memory_fan_kb=share.memory_kb,
    )


class _Fan:
    """What one fan costs, over the mix of transports."""

    def __init__(self, wanted: Wanted, measured: Measured, given: Given) -> None:
        self.streaming = wanted.fans * (1 - wanted.polling)
        mix = wanted.websocket
        self.delivery_us = (1 - mix) * measured.delivery_us + mix * measured.delivery_websocket_us
        self.join_us = (1 - mix) * measured.join_us + mix * measured.join_websocket_us
        user_kb = (1 - mix) * measured.fan_kb + mix * measured.fan_websocket_kb
        self.memory_kb = user_kb + measured.fan_kernel_kb
        self.wire_bytes = measured.update_bytes + given.wire_bytes
        self.deliveries_s = wanted.followed * wanted.updates_minute / 60


def _gateways(wanted: Wanted, measured: Measured, fan: _Fan) -> Tier:
    hottest = fan.streaming * wanted.hottest
    spare_s = wanted.goal_s - measured.path_p99_ms / 1000
    at_goal = spare_s * 1e6 / fan.delivery_us
    steady_us = fan.deliveries_s * fan.delivery_us
    arrivals_s = wanted.arrivals / wanted.arriving_s
    returns_s = fan.streaming * wanted.cut / wanted.back_s
    # Those who come back find only the processes that are left.
    left = 1 - wanted.cut
    limits = (
        _limit(
            "descriptors",
            fan.streaming / wanted.descriptors,
            f"{wanted.descriptors:,.0f} open files a process",
        ),
        _limit(
            "a goal in time",
            hottest / at_goal,
            f"{at_goal:,.0f} deliveries of {fan.delivery_us:.1f} µs in {spare_s:.2f} s",
        ),
        _limit(
            "steady updates",
            fan.streaming * steady_us / (wanted.busy * 1e6),
            f"{fan.streaming * fan.deliveries_s / 1e6:,.1f} million deliveries a second",
        ),
        _limit(
            "arrivals",
            arrivals_s * fan.join_us / (wanted.busy * 1e6),
            f"{arrivals_s:,.0f} arrivals a second of {fan.join_us:.0f} µs",
        ),
        _limit(
            "coming back",
            returns_s * measured.return_us / (wanted.busy * 1e6) / left if left else math.inf,
            f"{returns_s:,.0f} a second of {measured.return_us:.0f} µs, to the {left:.0%} that are left",
        ),
    )
    return _tier("gateway processes", limits, (f"one core and {_per(fan.streaming, limits)} fans each",))


def _per(fans: float, limits: tuple[Limit, ...]) -> str:
    return f"{fans / max(one.needs for one in limits):,.0f}"


def _machines(wanted: Wanted, fan: _Fan, gateways: int) -> Tier:
    memory_kb = wanted.memory_gib * (1 - OTHER_SHARE) * 2**20
    bytes_s = wanted.network_gbit * 1e9 / 8 * wanted.busy
    goal_bytes = fan.streaming * wanted.hottest * fan.wire_bytes
    limits = (
        _limit("cores", gateways / wanted.cores, f"{wanted.cores:g} processes on each"),
        _limit(
            "memory",
            (fan.streaming * fan.memory_kb + gateways * GATEWAY_MB * 1024) / memory_kb,
            f"{fan.memory_kb:.1f} KB a fan with the kernel's share, {GATEWAY_MB} MB a process",
        ),
        _limit(
            "network",
            goal_bytes / (bytes_s * wanted.goal_s),
            f"{goal_bytes / 1e9:,.1f} GB within {wanted.goal_s:g} s, at {wanted.network_gbit:g} Gbit/s each",
        ),
    )
    return _tier("gateway machines", limits)


def _redis(wanted: Wanted, given: Given, gateways: int) -> Tier:
    regions = math.ceil(wanted.regions)
    here = math.ceil(gateways / regions)
    # Each followed game has a fan on every gateway, at worst.
    messages_s = wanted.games * wanted.updates_minute / 60 * here
    limits = (
        _limit(
            "messages",
            messages_s * given.redis_message_us / (wanted.busy * 1e6),
            f"{messages_s:,.0f} messages a second to {here:,} gateways",
        ),
        _limit("connections", 2 * here / given.redis_clients, f"two of each of {here:,} gateways"),
        _limit(
            "memory",
            wanted.live_games * given.redis_game_kb / (16 * 2**20),
            f"{wanted.live_games:,.0f} games of {given.redis_game_kb:g} KB, 16 GiB a server",
        ),
    )
    one = _tier("Redis shards a region", limits)
    return Tier(
        name=one.name,
        count=one.count,
        limits=one.limits,
        notes=(f"{regions} regions, each shard with a replica: {2 * one.count * regions} servers",),
    )


def _relays(wanted: Wanted, measured: Measured) -> Tier:
    events_s = wanted.live_games * wanted.updates_minute / 60
    limits = (
        _limit(
            "events",
            events_s / (measured.owner_events_s * wanted.busy),
            f"{events_s:,.0f} events a second; a relay is taken to carry what an owner decides",
        ),
    )
    one = _tier("relays a region", limits)
    others = max(0, math.ceil(wanted.regions) - 1)
    return Tier(
        name=one.name,
        count=one.count + SPARE,
        limits=one.limits,
        notes=(f"in {others} regions; one of them is a spare",),
    )


def _owners(wanted: Wanted, measured: Measured) -> Tier:
    events_s = wanted.live_games * wanted.updates_minute / 60
    limits = (
        _limit(
            "events",
            events_s / (measured.owner_events_s * wanted.busy),
            f"{events_s:,.0f} events a second, {measured.owner_events_s:,.0f} a process",
        ),
        _limit(
            "memory",
            wanted.live_games * measured.game_kb / (4 * 2**20),
            f"{wanted.live_games:,.0f} live games of {measured.game_kb:.0f} KB, 4 GiB a process",
        ),
    )
    one = _tier("processes of owners", limits)
    return Tier(name=one.name, count=one.count + SPARE, limits=one.limits, notes=("one of them is a spare",))


def _partitions(wanted: Wanted, measured: Measured, given: Given) -> Tier:
    events_s = wanted.live_games * wanted.updates_minute / 60
    owners = _owners(wanted, measured).count
    limits = (
        _limit(
            "owners",
            owners * 4,
            f"{owners} owners, and four times as many before their number is in the way",
        ),
        _limit(
            "events",
            events_s * (1 + math.ceil(wanted.regions)) / given.partition_events_s,
            f"{events_s:,.0f} events a second, read by {math.ceil(wanted.regions)} groups",
        ),
    )
    return _tier("partitions of Kafka", limits, ("their number is chosen once",))


def _apis(wanted: Wanted, measured: Measured) -> Tier:
    reads_s = (wanted.fans * wanted.polling / POLL_S) + wanted.fans * READS_FAN_S
    origin_s = reads_s * (1 - measured.cdn_share)
    limits = (
        _limit(
            "reads",
            reads_s * (1 - measured.cdn_share) / (measured.reads_s * wanted.busy),
            f"{reads_s:,.0f} reads a second, of which {origin_s:,.0f} get past the CDN",
        ),
        _limit(
            "reads at a goal",
            origin_s * wanted.spike / (measured.reads_s * wanted.busy),
            f"{wanted.spike:g} times as many",
        ),
    )
    one = _tier("api processes", limits)
    return Tier(
        name=one.name,
        count=max(one.count, math.ceil(wanted.regions) * 2),
        limits=one.limits,
        notes=("two in each region at least",),
    )


def _proxies(wanted: Wanted, given: Given) -> Tier:
    arrivals_s = wanted.arrivals / wanted.arriving_s
    limits = (
        _limit(
            "TLS handshakes",
            arrivals_s * given.handshake_us / (wanted.busy * 1e6),
            f"{arrivals_s:,.0f} new connections a second of {given.handshake_us:g} µs",
        ),
    )
    return _tier("cores of proxies", limits)


def _limit(name: str, needs: float, says: str) -> Limit:
    return Limit(name, max(1, math.ceil(needs - 1e-9)), says)


def _tier(name: str, limits: tuple[Limit, ...], notes: tuple[str, ...] = ()) -> Tier:
    tightest = tuple(sorted(limits, key=lambda one: -one.needs))
    return Tier(name=name, count=tightest[0].needs, limits=tightest, notes=notes)
