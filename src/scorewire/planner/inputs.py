"""Every number that a plan is made of: what is wanted, and what machines do. Pure.

`Wanted` is decided by whoever plans. `Measured` comes out of reports of `scorewire bench`, and so is of the
machine on which they ran; `sources` says of each which one. A few prices that no benchmark of ours measures
are given, with where they come from: they stand in GIVEN.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site is for, and of what machines it is made. WORDS has unit and meaning of each."""

    fans: Positive = 50e6
    games: Positive = 500
    live: Positive = 40
    hottest: Share = 0.5
    followed: Positive = 1.5
    updates_minute: Positive = 4
    websocket: Share = 0.1
    polling: Share = 0.02
    regions: Positive = 3
    goal_s: Positive = 1.0
    busy: Share = 0.6
    descriptors: Positive = 50_000
    cores: Positive = 16
    memory_gib: Positive = 64
    network_gbit: Positive = 25
    arriving: Positive = 2
    arriving_s: Positive = 60
    cut: Share = 1 / 3
    back_s: Positive = 4
    spike: Positive = 50

    @property
    def live_games(self) -> float:
        """Games under way, followed or not."""
        return self.games * self.live

    @property
    def arrivals(self) -> float:
        """Fans who arrive within `arriving_s`."""
        return self.fans * self.arriving


class Measured(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one core does, and what one fan costs. WORDS has unit and meaning of each.

    Attributes:
        sources: field -> which command found it, on which commit.
    """

    delivery_us: Positive
    delivery_websocket_us: Positive
    kernel_us: Positive
    update_bytes: Positive
    join_us: Positive
    join_websocket_us: Positive
    return_us: Positive
    state_bytes: Positive
    fan_kb: Positive
    fan_websocket_kb: Positive
    fan_kernel_kb: Positive
    path_ms: Positive
    path_p99_ms: Positive
    region_ms: Positive
    edge_ms: Positive
    owner_events_s: Positive
    game_kb: Positive
    reads_s: Positive
    cdn_share: Share
    sources: dict[str, str] = {}


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What no benchmark of ours measures. WORDS has unit, meaning and source of each."""

    redis_message_us: Positive = 2.0
    redis_clients: Positive = 10_000
    redis_game_kb: Positive = 25
    partition_events_s: Positive = 5_000
    handshake_us: Positive = 400
    wire_bytes: Positive = 110
    ocean_ms: Positive = 80
    last_mile_ms: Positive = 45
    last_mile_p99_ms: Positive = 400


WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "fans": ("", "fans at once"),
    "games": ("", "games that fans follow at once"),
    "live": ("", "games under way for each that is followed"),
    "hottest": ("share", "of all fans, those who follow the most followed game"),
    "followed": ("", "games that a fan follows"),
    "updates_minute": ("/min", "updates of a game"),
    "websocket": ("share", "of fans, those on WebSocket; the others are on SSE"),
    "polling": ("share", "of fans, those who poll every 10 s because neither gets through"),
    "regions": ("", "regions, the home region too"),
    "goal_s": ("s", "from the provider's call until a gateway has written to its last fan"),
    "busy": ("share", "of a core that may be in use when all is as planned"),
    "descriptors": ("", "open files that one process may have"),
    "cores": ("", "cores of a machine; one gateway process on each"),
    "memory_gib": ("GiB", "memory of a machine"),
    "network_gbit": ("Gbit/s", "network of a machine"),
    "arriving": ("", "arrivals before kick-off for each fan who stays"),
    "arriving_s": ("s", "within which they arrive"),
    "cut": ("share", "of all fans, those who are cut at once and come back: a region is lost"),
    "back_s": ("s", "over which they come back: `retry` is 1 to 5 s, at random"),
    "spike": ("", "times the usual reads, at a goal"),
    "delivery_us": ("µs", "CPU of one delivery, SSE"),
    "delivery_websocket_us": ("µs", "CPU of one delivery, WebSocket"),
    "kernel_us": ("µs", "of which a C program needs as much, that only sends"),
    "update_bytes": ("B", "of one update as it is written to a socket"),
    "join_us": ("µs", "CPU of one arrival, SSE, full state included"),
    "join_websocket_us": ("µs", "CPU of one arrival, WebSocket"),
    "return_us": ("µs", "CPU of one fan who comes back with a cursor"),
    "state_bytes": ("B", "given to a fan who comes back"),
    "fan_kb": ("KB", "user memory of a fan, SSE"),
    "fan_websocket_kb": ("KB", "user memory of a fan, WebSocket"),
    "fan_kernel_kb": ("KB", "kernel memory of a fan's socket"),
    "path_ms": ("ms", "from the call to a fan, over Kafka, PostgreSQL and Redis, p50"),
    "path_p99_ms": ("ms", "the same, p99"),
    "region_ms": ("ms", "more to another region's fan: relay and second Redis, without the way there, p50"),
    "edge_ms": ("ms", "more to an edge's fan, without the way there, p50"),
    "owner_events_s": ("/s", "events that one process of owners decides"),
    "game_kb": ("KB", "memory of a live game"),
    "reads_s": ("/s", "reads of /score that one core answers"),
    "cdn_share": ("share", "of reads that a CDN answers in a spike"),
    "redis_message_us": ("µs", "CPU of Redis for one message to one subscriber"),
    "redis_clients": ("", "connections of one Redis server; its default `maxclients`"),
    "redis_game_kb": ("KB", "memory of Redis for a full game (docs/redis.md)"),
    "partition_events_s": ("/s", "events that one partition of Kafka takes and gives (far below its limit)"),
    "handshake_us": ("µs", "CPU of a proxy for a new TLS connection (P-256, no resumption)"),
    "wire_bytes": ("B", "of TCP/IP and TLS around one update (40 + 22, and as much for its ACK)"),
    "ocean_ms": ("ms", "from the home region to another one (half a round trip of 160 ms)"),
    "last_mile_ms": ("ms", "from a gateway to a phone, p50"),
    "last_mile_p99_ms": ("ms", "the same, p99"),
}
"""Field -> unit and meaning."""


class Inputs(Struct, frozen=True, kw_only=True):
    """All that goes into a plan."""

    wanted: Wanted
    measured: Measured
    given: Given


def rows(inputs: Wanted | Measured | Given) -> list[tuple[str, str, str, str]]:
    """Every input as name, value with unit, meaning, source; for tables."""
    sources = inputs.sources if isinstance(inputs, Measured) else {}
    origin = "wanted" if isinstance(inputs, Wanted) else "given"
    found = []
    for name in inputs.__struct_fields__:
        if name == "sources":
            continue
        unit, meaning = WORDS[name]
        value = getattr(inputs, name)
        found.append((name, f"{amount(value)} {unit}".strip(), meaning, sources.get(name, origin)))
    return found


def amount(value: float) -> str:
    """A number for people: three digits, thousands in groups. `50,000,000`, `10.2`, `0.33`."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits) if digits > 0 else round(value):,.0f}"
    return f"{value:.3g}"
