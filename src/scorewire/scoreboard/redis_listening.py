"""Subscriptions that follow what is wanted: made, held through whatever happens to servers, and let go.

    want, leave ──► run ── SUBSCRIBE or SSUBSCRIBE ──► an ear for each node ──► heard(channel, data)
                     ▲                                      │
                     └── lost, moved, silent ◄──────────────┘

Pub/sub says each thing at most once and forgets what was said while nobody listened. So `confirmed` is
called each time a subscription holds, the first time and after every loss: what was missed is read then.

A connection is read without a timeout; it is alive as long as it answers a PING every heartbeat, behind
everything that was told before it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from itertools import count
from typing import Any, Final

import structlog

from scorewire.errors import BackendError
from scorewire.scoreboard.redis_servers import COMMAND_S, Ear, Servers, told_to_end
from scorewire.scoreboard.redis_wire import FIXTURES, TABLES

HEARTBEAT_S: Final = 1.0
SILENCE_S: Final = 3.0
"""A connection that has not answered for so long is dead, whatever its socket says."""
RETRY_S: Final = (0.05, 1.0)
"""Between attempts: the first, and the longest after doubling."""
WANT_S: Final = 1.0
"""How long a subscription may take; a failover takes longer, and then whoever waits is told."""

Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]

_log = structlog.get_logger("scorewire.redis")


class _Wanted:
    """One channel: the node at which it was asked for, and whether it is held there."""

    __slots__ = ("confirmed", "place")

    def __init__(self) -> None:
        self.place: str | None = None
        self.confirmed = asyncio.Event()


class Listening:
    """See the module; start `run` in a task.

    Args:
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        heard: given a channel and what was told on it, in order for each channel; must not raise.
        confirmed: told each channel whose subscription holds from now on.

    Attributes:
        losses: connections that were lost.
    """

    def __init__(
        self,
        *,
        servers: Servers,
        spawn: Spawn,
        heard: Callable[[str, bytes], None],
        confirmed: Callable[[str], None],
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.losses = 0
        self._servers = servers
        self._spawn = spawn
        self._heard = heard
        self._confirmed = confirmed
        self._heartbeat_s = heartbeat_s
        self._wanted: dict[str, _Wanted] = {}
        self._leaving: dict[str, str] = {}
        self._ears: dict[str, Ear] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._pings: dict[bytes, asyncio.Event] = {}
        self._numbers = count(1)
        self._stale = asyncio.Event()
        self._moved = True

    @property
    def size(self) -> int:
        """Subscriptions that are wanted."""
        return len(self._wanted)

    def holds(self, channel: str) -> bool:
        """Whether a channel is heard now."""
        wanted = self._wanted.get(channel)
        return wanted is not None and wanted.confirmed.is_set()

    async def want(self, channel: str) -> None:
        """Subscribe; returns when the subscription holds.

        Raises:
            BackendError: it did not within WANT_S; it is tried on.
        """
        wanted = self._wanted.get(channel)
        if wanted is None:
            wanted = self._wanted[channel] = _Wanted()
            self._stale.set()
        try:
            async with asyncio.timeout(WANT_S):
                await wanted.confirmed.wait()
        except TimeoutError:
            raise BackendError("redis: no subscription within time", retryable=True) from None

    def leave(self, channels: Iterable[str]) -> None:
        """Unsubscribe, soon."""
        for channel in channels:
            wanted = self._wanted.pop(channel, None)
            if wanted is not None and wanted.place is not None:
                self._leaving[channel] = wanted.place
                self._stale.set()

    async def run(self) -> None:
        """Keep what is wanted, for ever.

        Cancellation: connections are closed.
        """
        beating = self._spawn(self._beat_on(), "redis heartbeat")
        wait_s, longest_s = RETRY_S
        try:
            while not told_to_end():
                await self._stale.wait()
                self._stale.clear()
                try:
                    await self._arrange()
                    wait_s = RETRY_S[0]
                except (BackendError, TimeoutError) as error:
                    _log.warning("no subscriptions", detail=str(error)[:200], wait_s=wait_s)
                    await asyncio.sleep(wait_s)
                    wait_s = min(2 * wait_s, longest_s)
                    self._moved = True
                    self._stale.set()
        finally:
            beating.cancel()
            for place in list(self._ears):
                self._lose(place)

    # Who listens where.

    async def _arrange(self) -> None:
        if self._moved:
            async with asyncio.timeout(COMMAND_S):
                await self._servers.refresh()
            self._moved = False
        orders: dict[str, list[tuple[str, str]]] = {}
        for channel, place in self._leaving.items():
            if place in self._ears:
                orders.setdefault(place, []).append((f"{self._verb(channel)}UNSUBSCRIBE", channel))
        self._leaving.clear()
        # What cannot be heard now must not keep the games of other nodes from being heard.
        failed: Exception | None = None
        for channel, wanted in self._wanted.items():
            if wanted.place is None:
                try:
                    place = self._servers.place_of(channel)
                except BackendError as error:
                    failed = error
                else:
                    orders.setdefault(place, []).append((f"{self._verb(channel)}SUBSCRIBE", channel))
        for place, commands in orders.items():
            try:
                await self._order(place, commands)
            except (BackendError, TimeoutError) as error:
                failed = error
        if failed is not None:
            raise failed

    async def _order(self, place: str, commands: Sequence[tuple[str, str]]) -> None:
        async with asyncio.timeout(COMMAND_S):
            ear = self._ears.get(place) or await self._open(place)
            for verb, channel in commands:
                found = self._wanted.get(channel)
                if found is not None and not verb.endswith("UNSUBSCRIBE"):
                    found.place = place
            await ear.send(commands)

    def _verb(self, channel: str) -> str:
        return "S" if self._servers.sharded and channel not in (FIXTURES, TABLES) else ""

    async def _open(self, place: str) -> Ear:
        ear = await self._servers.open_ear(place)
        self._ears[place] = ear
        self._readers[place] = self._spawn(self._attend(place, ear), f"redis ear {place}")
        return ear

    async def _attend(self, place: str, ear: Ear) -> None:
        """Read one connection until it ends."""
        ear.attended = True
        try:
            if self._ears.get(place) is not ear:
                return  # lost before this task had its first turn
            while not told_to_end():
                self._take(place, await ear.read())
        except BackendError as error:
            if self._ears.get(place) is ear:
                _log.warning("a subscription's connection is lost", place=place, detail=str(error)[:200])
        finally:
            if self._ears.get(place) is ear:
                del self._readers[place]  # which is this one, and has a connection to close yet
                self._lose(place)
            await ear.close()

    def _lose(self, place: str) -> None:
        """What was heard at this node is heard nowhere now; arrange it anew."""
        ear = self._ears.pop(place)
        reader = self._readers.pop(place, None)
        # A task that is cancelled before its first turn closes nothing.
        if reader is not None and ear.attended:
            reader.cancel()
        self.losses += 1
        self._moved = True
        for wanted in self._wanted.values():
            if wanted.place == place:
                wanted.place = None
                wanted.confirmed.clear()
        self._stale.set()

    def _take(self, place: str, message: Any) -> None:
        if isinstance(message, bytes):
            answered = self._pings.pop(message, None)
            if answered is not None:
                answered.set()
            return
        kind, channel = message[0], message[1].decode()
        match kind:
            case b"message" | b"smessage":
                if channel in self._wanted:
                    self._heard(channel, message[2])
                elif channel not in self._leaving:
                    self._leaving[channel] = place  # an order that was lost with an attempt
                    self._stale.set()
            case b"subscribe" | b"ssubscribe":
                wanted = self._wanted.get(channel)
                if wanted is not None and wanted.place == place:
                    wanted.confirmed.set()
                    self._confirmed(channel)
            case b"sunsubscribe":
                # Asked for, or else the slot has gone to another node.
                wanted = self._wanted.get(channel)
                if wanted is not None and wanted.place == place:
                    wanted.place = None
                    wanted.confirmed.clear()
                    self._moved = True
                    self._stale.set()

    # Whether they live.

    async def _beat_on(self) -> None:
        while not told_to_end():
            await asyncio.sleep(self._heartbeat_s)
            await self.beat()
            await self._follow_the_tellers()

    async def beat(self) -> None:
        """Wait until every connection has given what was told before this; those that do not are lost."""
        pings: dict[str, tuple[Ear, bytes, asyncio.Event]] = {}
        for place, ear in list(self._ears.items()):
            word, answered = b"%d" % next(self._numbers), asyncio.Event()
            self._pings[word] = answered
            pings[place] = (ear, word, answered)
        try:
            async with asyncio.timeout(SILENCE_S):
                for ear, word, _ in pings.values():
                    await self._ping(ear, word)
                for _, _, answered in pings.values():
                    await answered.wait()
        except TimeoutError:
            pass
        for place, (ear, word, answered) in pings.items():
            self._pings.pop(word, None)
            if not answered.is_set() and self._ears.get(place) is ear:
                _log.warning("a subscription's connection is silent", place=place)
                self._lose(place)

    async def _follow_the_tellers(self) -> None:
        """Go where things are told now; a server that was replaced may live on, and say nothing."""
        for place, ear in list(self._ears.items()):
            if await self._servers.deserted(ear) and self._ears.get(place) is ear:
                _log.warning("another server tells now", place=place, left=ear.address)
                self._lose(place)

    async def _ping(self, ear: Ear, word: bytes) -> None:
        # Its reader finds out, or the silence that follows.
        with contextlib.suppress(BackendError):
            await ear.send([("PING", word.decode())])
