"""A look at Redis before a node is started on it; it writes nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from scorewire.scoreboard.redis_servers import Clustered, Servers, servers_at, translated

VERSION_MIN: Final = (7,)
"""Sharded pub/sub. Source: redis.io/docs, SSUBSCRIBE."""
SLOTS: Final = 16_384
_ABOUT: Final = ("server", "memory", "replication", "cluster")


class Checkup(Struct, frozen=True, kw_only=True):
    """What one server that takes writes says of itself.

    Attributes:
        version: `7.0.15`.
        policy: what it evicts at its limit, `noeviction`; only where `memory_max` is not 0.
        memory, memory_max: bytes.
        ahead_ms: its clock's distance from ours, positive where it is ahead; as exact as a round trip.
        troubles: for which nothing can be shown there, in words.
    """

    version: str
    policy: str
    memory: int
    memory_max: int
    ahead_ms: float
    troubles: tuple[str, ...] = ()

    @property
    def modern(self) -> bool:
        """Whether it knows all that we ask of it."""
        return tuple(int(part) for part in self.version.split(".")[:1] if part.isdigit()) >= VERSION_MIN


async def look(url: str, now_ms: Callable[[], int]) -> list[Checkup]:
    """Ask the server, the master that Sentinel names, or every primary of a Cluster.

    Raises:
        BackendError: one cannot be reached, or refuses.
        ConfigError: not a URL of such servers.
    """
    servers = servers_at(url)
    try:
        with translated():
            await servers.refresh()
            return [await _one(servers, named, now_ms) for named in _nodes(servers)]
    finally:
        await servers.close()


def _nodes(servers: Servers) -> Iterator[dict[str, Any]]:
    """How the driver is told which node a question is for."""
    if isinstance(servers, Clustered):
        yield from ({"target_nodes": [node]} for node in servers.commands.get_primaries())
    else:
        yield {}


async def _one(servers: Servers, named: dict[str, Any], now_ms: Callable[[], int]) -> Checkup:
    asked_ms = now_ms()
    info = await servers.commands.execute_command("INFO", *_ABOUT, **named)
    middle_ms = (asked_ms + now_ms()) / 2
    troubles = []
    if info.get("role") != "master":
        troubles.append("a replica, which takes no writes")
    if bool(info.get("cluster_enabled")) != servers.sharded:
        troubles.append(
            "no Cluster" if servers.sharded else "a node of a Cluster: redis+cluster:// names those"
        )
    elif servers.sharded:
        state: Mapping[str, str] = await servers.commands.execute_command("CLUSTER INFO", **named)
        if state.get("cluster_state") != "ok":
            troubles.append(f"the Cluster's state is {state.get('cluster_state')}")
        elif (served := int(state.get("cluster_slots_ok", 0))) < SLOTS:
            troubles.append(f"{SLOTS - served} slots of the Cluster are served by nobody")
    return Checkup(
        version=str(info["redis_version"]),
        policy=str(info.get("maxmemory_policy", "")),
        memory=int(info.get("used_memory", 0)),
        memory_max=int(info.get("maxmemory", 0)),
        ahead_ms=int(info["server_time_usec"]) / 1000 - middle_ms,
        troubles=tuple(troubles),
    )
