"""One process's share of `game-events`: it carries partitions of it, in order, to the region's Redis.

    group ──► partitions ──► a task for each: read ──► outbox ──► Redis
                                                          └── once shown: the offset is committed

Who keeps tables of leagues is given game events the same way, and is an outbox to the relay.

A relay begins where the last one of its group had shown everything. Where that place is not known, or no
longer on the topic, it begins a little before the newest record, and the region is compared with home: games
that are behind come from there, as rows where they are to be had, else whole. The outbox compares besides
when Redis may have lost something.

Two relays that carry one partition for a while, as when one of them slept, do no harm: Redis takes no seq
twice and none that is older than what it has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import structlog

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.log.kafka_game_events import Announced
from scorewire.log.kafka_group import KafkaGroup
from scorewire.log.kafka_places import KafkaPlaces
from scorewire.log.kafka_reader import KafkaReader
from scorewire.model.update import Update
from scorewire.scoreboard.redis_listening import Spawn

BATCH_MAX: Final = 500
IDLE_S: Final = 1.0
OVERLAP_MS: Final = 60_000
"""How much of the topic is read again by who begins anew: home's answers may be this old."""
SHOWS_S: Final = 0.5
"""How long a partition waits for all that was published: a node of a Cluster that is away holds up its own
games only, and the offsets of all."""
WAITING_MAX: Final = 5_000
"""Updates that wait for Redis before no more are read."""
WATCH_S: Final = 1.0
RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 5.0

Done = TypeVar("Done")


class Receiver(Protocol):
    """Where updates are carried; `redis_outbox.Outbox` says it in full.

    Attributes:
        waiting: updates that have not arrived for good.
    """

    @property
    def waiting(self) -> int: ...

    async def publish(self, updates: Sequence[Update]) -> object:
        """Take updates, in order for each game, without waiting for them to arrive."""
        ...

    async def drained(self) -> None:
        """Wait until all of them have."""
        ...

    def look_again(self) -> None:
        """Something was missed: compare with what is true."""
        ...


class Home(Protocol):
    """Whom the relay asks of which epoch games are."""

    async def epoch(self) -> str:
        """The home region's now."""
        ...


_log = structlog.get_logger("scorewire.regions")


@dataclass(slots=True)
class Carried:
    """A partition that this process carries.

    Attributes:
        task: does it.
        after: up to here it was given to the outbox.
        last: the end of the partition, when last asked.
        level_s: when all of it was last known to be shown, monotonic.
    """

    level_s: float
    task: "asyncio.Task[None] | None" = None
    after: int = 0
    last: int = 0


class Relay:
    """Start `run` in a task, and the outbox's besides.

    Args:
        group: of the region's relays; started and closed here.
        reader: of the topic; started and closed here.
        places: asked with the group's name; closed by whoever made it.
        outbox: on the region's Redis, with home's rows, heads and games; or another receiver.
        spawn: starts a coroutine under a name, in the process's TaskGroup.

    Attributes:
        skipped: updates that were left out, for they are of an epoch that home has no more.
        lost: records that were deleted, or could not be read, before they were carried.
    """

    def __init__(
        self,
        *,
        group: KafkaGroup,
        reader: KafkaReader[Announced],
        places: KafkaPlaces,
        outbox: Receiver,
        home: Home,
        clock: Clock,
        spawn: Spawn,
    ) -> None:
        self.skipped = 0
        self.lost = 0
        self._group = group
        self._reader = reader
        self._places = places
        self._outbox = outbox
        self._home = home
        self._clock = clock
        self._spawn = spawn
        self._carried: dict[int, Carried] = {}
        # When the brokers last said where the topic ends.
        self._answered_s = clock.monotonic_s()

    @property
    def partitions(self) -> int:
        """How many this process carries."""
        return len(self._carried)

    @property
    def lag(self) -> int:
        """Updates on the topic that were not read yet, a second ago."""
        return sum(max(0, one.last - one.after) for one in self._carried.values())

    @property
    def behind_s(self) -> float:
        """For how long what is shown here may lack something; a second or two while all is well.

        Of who carries nothing, for how long the brokers have not answered: whoever is cut off loses its
        partitions, and nobody tells it whether others have them.
        """
        level_s = min((one.level_s for one in self._carried.values()), default=self._answered_s)
        return max(0.0, self._clock.monotonic_s() - level_s)

    async def run(self) -> None:
        """Carry what the group gives, for ever.

        Raises:
            BackendError: Kafka's client has failed for good.
        Cancellation: nothing is carried any more, and what was shown is committed.
        """
        self._reader.start()
        self._group.start()
        watching = self._spawn(self._watch(), "relay watch")
        try:
            await self._follow()
        finally:
            watching.cancel()
            await self._stop(list(self._carried))
            await self._group.close()
            await self._reader.close()

    async def _follow(self) -> None:
        known: frozenset[int] = frozenset()
        while True:
            owned = await self._group.change(known)
            gone = sorted(known - owned)
            await self._stop(gone)
            for partition in gone:
                self._reader.leave(partition)
                self._group.release(partition)
            for partition in sorted(owned - known):
                # Until the brokers were last heard another had it, or nobody could.
                carried = self._carried[partition] = Carried(self._answered_s)
                carried.task = self._spawn(self._carry(partition, carried), f"relay {partition}")
            known = owned

    async def _stop(self, partitions: Sequence[int]) -> None:
        tasks = [self._carried.pop(partition).task for partition in partitions]
        live = [task for task in tasks if task is not None]
        for task in live:
            task.cancel()
        if live:
            await asyncio.wait(live)

    # One partition.

    async def _carry(self, partition: int, carried: Carried) -> None:
        carried.after, end = await self._insist(lambda: self._begin(partition))
        epoch = await self._home_epoch() if carried.after < end else ""
        while True:
            # A reader whose thread has died says so when it is read.
            await self._reader.wait(partition, carried.after, IDLE_S)
            entries = await self._insist(lambda: self._reader.read(partition, carried.after, BATCH_MAX))
            if not entries:
                continue
            updates = [entry.update for entry in entries]
            if epoch and carried.after < end:
                updates = self._of_epoch(epoch, updates)
            await self._outbox.publish(updates)
            self._miss(partition, entries[-1].offset - carried.after - len(entries))
            carried.after = entries[-1].offset
            await self._settle(partition, carried.after)
            for entry in entries:
                if entry.traceparent:
                    _log.info(
                        "game_event_carried", partition=partition, game_id=entry.update.game_id,
                        seq=entry.update.seq, traceparent=entry.traceparent,
                    )  # fmt: skip

    async def _begin(self, partition: int) -> tuple[int, int]:
        """Where to go on, and where the partition ends now."""
        committed = await self._places.committed(partition)
        bounds = (await self._places.bounds([partition]))[partition]
        if committed is not None and bounds.first <= committed <= bounds.last:
            return committed, bounds.last
        place = await self._places.at(partition, self._clock.now_ms() - OVERLAP_MS)
        # Asked before the comparison, so that nothing falls between the two.
        self._outbox.look_again()
        _log.warning(
            "relay_begins_anew", partition=partition, committed=committed, first=bounds.first, after=place,
            detail="what came before is read from the home region",
        )  # fmt: skip
        return place, bounds.last

    async def _home_epoch(self) -> str:
        """Of which epoch home is; "" if that cannot be told.

        Only who catches up asks: the order on the topic is the order of epochs, but what home has told
        meanwhile must not be replaced by what lies before it on the topic.
        """
        try:
            return await self._home.epoch()
        except BackendError as error:
            _log.warning("home cannot be asked for its epoch", detail=str(error))
            return ""

    def _of_epoch(self, epoch: str, updates: Sequence[Update]) -> list[Update]:
        kept = [update for update in updates if update.epoch == epoch]
        self.skipped += len(updates) - len(kept)
        return kept

    def _miss(self, partition: int, count: int) -> None:
        if count:
            self.lost += count
            _log.error("relay_records_lost", partition=partition, count=count)
            self._outbox.look_again()

    async def _settle(self, partition: int, after: int) -> None:
        """Commit what is shown, unless something that is away would hold up the rest."""
        try:
            async with asyncio.timeout(SHOWS_S):
                await self._outbox.drained()
        except TimeoutError:
            if self._outbox.waiting <= WAITING_MAX:
                return
            await self._outbox.drained()
        self._group.done(partition, after)

    async def _watch(self) -> None:
        """Note when all is shown, for ever."""
        while True:
            await asyncio.sleep(WATCH_S)
            asked_s = self._clock.monotonic_s()
            try:
                bounds = await self._places.bounds(list(self._carried))
                if not bounds:
                    await self._places.partitions()
            except BackendError as error:
                _log.warning("the end of the topic is not known", detail=str(error))
                continue
            self._answered_s = asked_s
            for partition, (_, last) in bounds.items():
                carried = self._carried.get(partition)
                if carried is not None:
                    carried.last = last
                    if carried.after >= last and not self._outbox.waiting:
                        carried.level_s = asked_s

    async def _insist(self, act: Callable[[], Awaitable[Done]]) -> Done:
        """Repeat until it succeeds: nothing is skipped."""
        wait_s = RETRY_FIRST_S
        while True:
            try:
                return await act()
            except BackendError as error:
                if not error.retryable:
                    raise
                _log.warning("the topic cannot be read; trying again", detail=str(error), wait_s=wait_s)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, RETRY_MAX_S)
