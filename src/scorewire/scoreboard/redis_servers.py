"""Which Redis: one server, one that Sentinel names, or a Cluster; by URL. Only this file tells them apart.

    redis://HOST:PORT/DB                      one server (rediss:// over TLS)
    redis+sentinel://A:26379,B:26379/NAME     the master that Sentinel knows by NAME
    redis+cluster://A:6379,B:6379             a Cluster, found through any of its nodes

    commands   a client whose every call ends within COMMAND_S
    ears       connections of their own for pub/sub: no timeout on reading, the heartbeat is the listener's

Driver errors never pass: they become `BackendError`, and the URL's password is in none of them.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote

import structlog

from scorewire.errors import BackendError, ConfigError

try:
    from redis.asyncio import Redis, RedisCluster, Sentinel
    from redis.asyncio.cluster import ClusterNode
    from redis.asyncio.connection import AbstractConnection
    from redis.asyncio.retry import Retry
    from redis.asyncio.sentinel import SentinelConnectionPool
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as NoConnection
    from redis.exceptions import RedisClusterException, RedisError
    from redis.exceptions import TimeoutError as TooLate
except ModuleNotFoundError as error:
    raise ConfigError(
        "scoreboard.url", f"needs {error.name}: pip install 'scorewire[distributed]'"
    ) from error

COMMAND_S: Final = 2.0
"""The longest a command may take; a server that is slower is away."""
CONNECT_S: Final = 1.0
SENTINEL_S: Final = 0.5
"""The longest one Sentinel may take; the next is asked then."""

APART: Final = "apart"
"""In the place of a node: games that their nodes refuse. Going in circles after those, the driver closes the
connections of whoever shares the client."""

_log = structlog.get_logger("scorewire.redis")

FAILURES: Final = (RedisError, RedisClusterException, OSError, TimeoutError)
"""Everything that a server or the way to it can do to a call."""

_SETTINGS: Final[dict[str, Any]] = {"protocol": 3, "legacy_responses": False}
_LIFE: Final = ("server", "commandstats")
"""What the server says of itself that tells one life of its data from the next."""
_HASTY: Final[dict[str, Any]] = {
    **_SETTINGS,
    "socket_timeout": COMMAND_S,
    "socket_connect_timeout": CONNECT_S,
}
_PATIENT: Final[dict[str, Any]] = {
    **_SETTINGS,
    "socket_timeout": None,
    "socket_connect_timeout": CONNECT_S,
    "health_check_interval": 0,
}


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors as ours.

    Raises:
        BackendError: to be tried again later.
    """
    try:
        yield
    except BackendError:
        raise
    except FAILURES as error:
        raise as_ours(error) from error
    except Exception as error:
        # The connection's boundary: whatever a driver trips over while servers change, the node goes on.
        _log.error("the driver of Redis failed", exc_info=error)
        raise as_ours(error) from error


def as_ours(error: Exception) -> BackendError:
    """What a driver's error is to us: to be tried again later."""
    return BackendError(f"redis: {type(error).__name__}: {error}"[:200], retryable=True)


def checked(answers: Sequence[Any]) -> Sequence[Any]:
    """The answers of a pipeline that was run without raising, errors among them.

    An error of one command is its own, such as that of a slot that moves or that two nodes send each other
    for; the rest was answered.

    Raises:
        RedisError, OSError: the connection was lost, so the whole trip failed.
    """
    for one in answers:
        if isinstance(one, NoConnection | TooLate | OSError):
            raise one
    return answers


def told_to_end() -> bool:
    """Whether this task was cancelled: the driver has been seen to swallow that while a node stood still, and
    a loop around it must not go on then."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Ear:
    """One connection for pub/sub; whoever holds it reads it and closes it.

    Attributes:
        attended: somebody reads it, and will close it.
        address: the server's, as `host:port`.

    Raises:
        BackendError: of `send` and `read`; the connection is of no more use.
    """

    def __init__(self, client: Redis, connection: AbstractConnection) -> None:
        self.attended = False
        self.address = f"{getattr(connection, 'host', '')}:{getattr(connection, 'port', '')}"
        self._client = client
        self._connection = connection

    async def send(self, commands: Sequence[tuple[str, ...]]) -> None:
        """Send commands in one write; their answers are read like everything else."""
        with translated():
            packed = self._connection.pack_commands(commands)
            await self._connection.send_packed_command(packed, check_health=False)

    async def read(self) -> Any:
        """The next message or answer; waits for as long as it takes."""
        with translated():
            return await self._connection.read_response(
                timeout=float("inf"), disconnect_on_error=False, push_request=True
            )

    async def close(self) -> None:
        """Let the connection go, whatever its state."""
        try:
            await self._connection.disconnect(nowait=True)
        finally:
            await _close(self._client)


class Servers(ABC):
    """One of the three; see the module.

    Attributes:
        sharded: a game is told by sharded pub/sub, at the node that holds it.
        commands: runs commands and pipelines.
    """

    sharded: bool
    commands: Any

    def at(self, place: str) -> Any:
        """A client for the games of one node, or for those APART: trouble with others does not hold it up."""
        del place
        return self.commands

    @abstractmethod
    def place_of(self, channel: str) -> str:
        """The node at which a channel is heard; "" if there is only one.

        Raises:
            BackendError: a cluster whose nodes are not known yet.
        """

    @abstractmethod
    async def open_ear(self, place: str) -> Ear:
        """A new connection for pub/sub to a node."""

    @abstractmethod
    async def refresh(self) -> None:
        """Look again who holds what."""

    async def deserted(self, ear: Ear) -> bool:
        """Whether nobody tells anything any more where an ear listens, though the server there lives."""
        del ear
        return False

    @abstractmethod
    async def lives(self) -> tuple[str, ...]:
        """One word for each node that takes writes: another word means that it may have lost some."""

    async def close(self) -> None:
        """Let every connection go."""
        await _close(self.commands)


class Single(Servers):
    """One server.

    Args:
        client: makes one, with settings.
    """

    sharded = False

    def __init__(self, client: Callable[..., Redis]) -> None:
        self._client = client
        self.commands: Redis = client(**_HASTY, retry=Retry(NoBackoff(), 1))

    def place_of(self, channel: str) -> str:  # noqa: ARG002
        """See `Servers.place_of`."""
        return ""

    async def open_ear(self, place: str) -> Ear:  # noqa: ARG002
        """See `Servers.open_ear`."""
        client = self._client(**_PATIENT, retry=Retry(NoBackoff(), 0))
        return await _ear(client)

    async def refresh(self) -> None:
        """Nothing to look for: it is where it was."""

    async def lives(self) -> tuple[str, ...]:
        """See `Servers.lives`."""
        return (_life(await self.commands.info(*_LIFE)),)


class Watched(Single):
    """The one of several that Sentinel calls the master.

    A new connection asks Sentinel, and an old one goes on for as long as its server lives: one that was
    replaced may live for long, take writes and tell of them until it hears that it is no master any more.
    Then who writes and who listens would each be with another server. So both ask, every second or two.
    """

    async def refresh(self) -> None:
        """Ask Sentinel; connections to another than the master are let go."""
        await self._master()

    async def deserted(self, ear: Ear) -> bool:
        """See `Servers.deserted`; a Sentinel that does not answer has named nobody else."""
        try:
            return await self._master() != ear.address
        except BackendError:
            return False

    async def lives(self) -> tuple[str, ...]:
        """See `Servers.lives`."""
        master = await self._master()
        return tuple(f"{master} {life}" for life in await super().lives())

    async def _master(self) -> str:
        pool = self.commands.connection_pool
        assert isinstance(pool, _Pool), "a client that asks Sentinel"
        with translated():
            host, port = await pool.get_master_address()
        return f"{host}:{port}"


class Clustered(Servers):
    """A Cluster.

    Args:
        hosts: some of its nodes.
        identity: user name and password, and whether over TLS.
    """

    sharded = True

    def __init__(self, hosts: Collection[tuple[str, int]], identity: dict[str, Any]) -> None:
        self._hosts = hosts
        self._identity = identity
        self._lanes: dict[str, RedisCluster] = {}
        self.commands = self._open()

    def _open(self) -> RedisCluster:
        return RedisCluster(
            startup_nodes=[ClusterNode(host, port) for host, port in self._hosts],
            retry=Retry(NoBackoff(), 1),
            **self._identity,
            **_HASTY,
        )

    def at(self, place: str) -> Any:
        """See `Servers.at`: when a node fails, the driver drops a client's connections to all of them."""
        if not place:
            return self.commands
        if place not in self._lanes:
            self._lanes[place] = self._open()
        return self._lanes[place]

    def place_of(self, channel: str) -> str:
        """See `Servers.place_of`."""
        with translated():
            node = self.commands.get_node_from_key(channel)
        if node is None:
            raise BackendError("redis: no node of the cluster holds this game", retryable=True)
        return f"{node.host}:{node.port}"

    async def open_ear(self, place: str) -> Ear:
        """See `Servers.open_ear`."""
        host, _, port = place.rpartition(":")
        client = Redis(host=host, port=int(port), **self._identity, **_PATIENT, retry=Retry(NoBackoff(), 0))
        return await _ear(client)

    async def refresh(self) -> None:
        """See `Servers.refresh`."""
        with translated():
            await self.commands.initialize()
            await self.commands.nodes_manager.initialize()

    async def lives(self) -> tuple[str, ...]:
        """See `Servers.lives`; a primary that has died is still in a client's mind."""
        await self.refresh()
        found = []
        for node in self.commands.get_primaries():
            answer = await self.commands.execute_command("INFO", *_LIFE, target_nodes=[node])
            found.append(f"{node.name} {_life(answer)}")
        return tuple(sorted(found))

    async def close(self) -> None:
        """See `Servers.close`."""
        for client in (self.commands, *self._lanes.values()):
            await _close(client)


def servers_at(url: str) -> Servers:
    """The servers that a URL names; nothing is connected yet.

    Raises:
        ConfigError: it names none.
    """
    # Several hosts are no URL to the standard library, which refuses a bracket behind the first of them.
    scheme, _, rest = url.partition("://")
    place, _, below = rest.partition("/")
    kind, tls = scheme.replace("rediss", "redis"), scheme.startswith("rediss")
    credentials, _, hosts = place.rpartition("@")
    username, _, password = credentials.partition(":")
    identity: dict[str, Any] = {"ssl": True} if tls else {}
    identity |= {"username": unquote(username)} if username else {}
    identity |= {"password": unquote(password)} if password else {}
    path = [part for part in below.split("/") if part]
    try:
        match kind:
            case "redis":
                ((host, port),) = _hosts(hosts, 6379)
                return Single(_to(Redis, host=host, port=port, db=int(path[0]) if path else 0, **identity))
            case "redis+sentinel":
                name, db = path[0], int(path[1]) if len(path) > 1 else 0
                return Watched(_by_sentinel(_hosts(hosts, 26379), name, db=db, **identity))
            case "redis+cluster":
                return Clustered(_hosts(hosts, 6379), identity)
    except (ValueError, IndexError) as error:
        raise ConfigError("scoreboard.url", "names no server; see docs/configuration.md") from error
    raise ConfigError("scoreboard.url", f"{scheme}: is none of redis, redis+sentinel, redis+cluster")


def _hosts(text: str, default_port: int) -> list[tuple[str, int]]:
    found = []
    for one in text.split(","):
        host, _, port = one.rpartition(":") if ":" in one and not one.endswith("]") else (one, "", "")
        if not host:
            raise ValueError(text)
        found.append((host.strip("[]"), int(port) if port else default_port))
    return found


def _to(make: Callable[..., Any], **given: Any) -> Callable[..., Any]:
    return lambda **settings: make(**given, **settings)


def _by_sentinel(hosts: list[tuple[str, int]], name: str, **given: Any) -> Callable[..., Any]:
    def make(**settings: Any) -> Any:
        hasty = {**_SETTINGS, "socket_timeout": SENTINEL_S, "socket_connect_timeout": SENTINEL_S}
        hasty["retry"] = Retry(NoBackoff(), 0)
        sentinel = Sentinel(hosts, sentinel_kwargs=hasty)  # type: ignore[no-untyped-call]
        return sentinel.master_for(name, connection_pool_class=_Pool, **given, **settings)

    return make


class _Pool(SentinelConnectionPool):
    """Asks Sentinels once at a time: the driver swaps entries of its list of them between awaits, and two who
    ask at once may lose one of them for good."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]
        self._asking = asyncio.Lock()

    async def get_master_address(self) -> Any:
        async with self._asking:
            return await super().get_master_address()  # type: ignore[no-untyped-call]


async def _ear(client: Redis) -> Ear:
    try:
        with translated():
            connection = await client.connection_pool.get_connection()  # type: ignore[no-untyped-call]
    except BaseException:
        await _close(client)
        raise
    return Ear(client, connection)


async def _close(client: Redis | RedisCluster) -> None:
    """Close a client; one by Sentinel leaves open those with which it asks."""
    await client.aclose()
    sentinel = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    for asked in sentinel.sentinels if sentinel is not None else ():
        await asked.aclose()


def _life(info: dict[str, Any]) -> str:
    """The server's run, and how often it was emptied in it."""
    emptied = sum(int(info.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("flushall", "flushdb"))
    return f"{info['run_id']} {emptied}"
