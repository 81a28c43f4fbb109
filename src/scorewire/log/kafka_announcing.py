"""What owners decide goes to the topic `game-events`: none of them waits for Kafka, and what is missed comes.

    owner: journal.commit ──► publish ──► backlog ──► thread: produce, acks=all ──► game-events
                                             ▲                     │
    a new owner: take_over ── full states ───┘◄── newest states ───┘ what was not acknowledged

Each game's updates come in order. What waits is bounded: beyond `waiting_max`, and where the brokers did not
acknowledge, only the newest state of each game is kept, and that replaces. An update may come twice; readers
ignore a seq that they have.

What the last owner of a partition had written to the journal and not announced is not remembered anywhere:
the topic is asked for its last record, which says up to when it was complete (`complete-ms`).
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import structlog
from confluent_kafka import murmur2

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.log.kafka_game_events import (
    Backlog,
    Waiting,
    announcement,
    complete_ms,
    read_announcement,
)
from scorewire.log.kafka_places import KafkaPlaces
from scorewire.log.kafka_producer import KafkaProducer
from scorewire.log.kafka_records import UNREADABLE, Record
from scorewire.model.update import Update

WAITING_MAX: Final = 10_000
"""Updates that wait with all their rows, 50 MB at most."""
MARGIN_MS: Final = 60_000
"""How far the clocks of two owners may lie apart, with room."""
DAY_MS: Final = 86_400_000
"""What is made good where the topic holds nothing, or another epoch's."""
RETRY_S: Final = 1.0
"""After brokers that did not acknowledge; the producer has waited for them already."""
TRACES_MAX: Final = 10_000
"""Rows whose trace is remembered until they are acknowledged; a caller that records every call is rare."""
CLOSES_S: Final = 3.0
"""For what waits at shutdown; the next owner makes good the rest."""

Changed = Callable[[int], Awaitable[Iterable[str]]]
"""The games with a row younger than a time in ms, whoever wrote it: `Journal.changed` of a shared journal."""
Newest = Callable[[str], Awaitable[Update | None]]
"""The newest state of a game as an update that replaces: `whole` of the journal's head."""

_log = structlog.get_logger("scorewire.log")


class GameEvents:
    """See the module. Made by `open`, in the loop that publishes; must be closed.

    Attributes:
        failed: updates that the brokers did not acknowledge, whose game's newest state was sent after them.
    """

    def __init__(
        self, *, producer: KafkaProducer, places: KafkaPlaces, topic: str, partitions: int, clock: Clock,
        waiting_max: int,
    ) -> None:  # fmt: skip
        self.failed = 0
        self.partitions = partitions
        self._producer = producer
        self._places = places
        self._topic = topic
        self._clock = clock
        self._backlog = Backlog(waiting_max)
        self._under_way = 0
        self._traces: dict[tuple[str, int], str] = {}
        # Partitions of which all that was written before what waits here is announced, or waits here too.
        self._taken_over: frozenset[int] = frozenset()
        self._loop = asyncio.get_running_loop()
        self._empty = asyncio.Event()
        self._empty.set()
        self._lock = threading.Condition()
        self._closing = False
        # A daemon: what it does not announce its successor will.
        self._thread = threading.Thread(target=self._run, name="scorewire-game-events", daemon=True)

    @classmethod
    async def open(
        cls,
        *,
        brokers: str,
        topic: str,
        partitions: int,
        clock: Clock,
        security: Mapping[str, Any] | None = None,
        waiting_max: int = WAITING_MAX,
    ) -> "GameEvents":
        """Find the topic, and start the thread.

        Args:
            brokers, security: as for KafkaProducer.
            partitions: of the claims; a game's events lie where its claims do.
            waiting_max: updates that wait with all their rows.

        Raises:
            BackendError: the brokers do not answer, or the topic is missing, or has another number.
        """
        held = dict(security or {})
        places = KafkaPlaces(brokers=brokers, security=held, topic=topic, group="scorewire-announcing")
        try:
            found = await places.partitions()
            if not found:
                raise BackendError(f"there is no topic {topic}; run `scorewire topics`", retryable=False)
            if found != partitions:
                detail = f"{topic} has {found} partitions, and the claims have {partitions}: make it anew"
                raise BackendError(detail, retryable=False)
        except BaseException:
            await places.close()
            raise
        one = cls(
            producer=KafkaProducer(brokers, held), places=places, topic=topic, partitions=partitions,
            clock=clock, waiting_max=waiting_max,
        )  # fmt: skip
        one.start()
        return one

    def start(self) -> None:
        """Begin to announce."""
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Updates that the brokers have not acknowledged yet."""
        with self._lock:
            return len(self._backlog) + self._under_way

    @property
    def fault(self) -> str | None:
        """Why nothing is announced any more, though nobody has closed this; None while all is well."""
        return None if self._closing or self._thread.is_alive() else "the thread that announces has ended"

    def partition_of(self, game_id: str) -> int:
        """Where a game's events lie, and its claims."""
        return murmur2(game_id.encode(), self.partitions)

    def publish(self, updates: Sequence[Update]) -> None:
        """Announce updates, which are in order for each game; never waits for the brokers."""
        with self._lock:
            self._backlog.add(updates)
            self._lock.notify_all()
        if updates:
            self._empty.clear()

    def trace(self, traces: Mapping[tuple[str, int], str]) -> None:
        """Of which trace rows are that are announced next, by game and seq; a header of their records."""
        with self._lock:
            self._traces.update(traces)
            while len(self._traces) > TRACES_MAX:
                del self._traces[next(iter(self._traces))]

    async def take_over(self, partition: int, *, epoch: str, changed: Changed, newest: Newest) -> int:
        """Announce what the last owner of a partition may not have, as full states; returns how many games.

        It may run before or beside the new owner; its states wait as other updates do. Until it is done no
        record of the partition promises anything, so that whoever comes next looks back further.

        Args:
            epoch: of the journal.

        Raises:
            BackendError: the brokers or the journal do not answer; to be called again.
        """
        with self._lock:
            self._taken_over -= {partition}
        since_ms = await self._complete_since(partition, epoch)
        games = [one for one in await changed(since_ms) if self.partition_of(one) == partition]
        for game_id in games:
            state = await newest(game_id)
            if state is not None:
                self.publish([state])
        with self._lock:
            self._taken_over |= {partition}
        _log.info("game_events_taken_over", partition=partition, since_ms=since_ms, games=len(games))
        return len(games)

    async def drained(self) -> None:
        """Wait until everything that was published is acknowledged; the caller bounds the time."""
        await self._empty.wait()

    async def close(self) -> None:
        """Announce what waits, for a while, and end the thread."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        await asyncio.to_thread(self._thread.join, CLOSES_S)
        if self._thread.is_alive():
            _log.warning("game_events_left", waiting=self.waiting, detail="their next owner announces them")
        await self._places.close()

    async def _complete_since(self, partition: int, epoch: str) -> int:
        """Everything before this time lies on the topic, as its last record says."""
        day_ms = self._clock.now_ms() - DAY_MS
        found = await self._places.newest(partition)
        if found is None:
            return day_ms
        try:
            last = read_announcement(partition, 0, found.headers() or [], found.value() or b"")
        except UNREADABLE as error:
            _log.error("log_entry_unreadable", partition=partition, offset=found.offset(), detail=str(error))
            return day_ms
        known = last.complete_ms and last.update.epoch == epoch
        return last.complete_ms - MARGIN_MS if known else day_ms

    # The thread's side.

    def _run(self) -> None:
        try:
            while (taken := self._take()) is not None:
                failed = self._produce(*taken)
                with self._lock:
                    self._backlog.give_back(failed)
                    self._under_way = 0
                    with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody waits
                        self._loop.call_soon_threadsafe(self._look_empty)
                    if failed:
                        self._lock.wait_for(lambda: self._closing, RETRY_S)
                        if self._closing:
                            return
        finally:
            self._producer.close()

    def _take(self) -> tuple[dict[str, Waiting], frozenset[int]] | None:
        """What waits, once something does, and which partitions were taken over by then; None at the end."""
        with self._lock:
            self._lock.wait_for(lambda: self._closing or len(self._backlog))
            self._under_way = len(self._backlog)
            games = self._backlog.take()
            return (games, self._taken_over) if games else None

    def _produce(self, games: dict[str, Waiting], taken_over: frozenset[int]) -> dict[str, Waiting]:
        """Send a batch, and wait for its acknowledgements; what of it is to be sent again."""
        complete = complete_ms(games)
        promised = {name: complete if self.partition_of(name) in taken_over else 0 for name in games}
        names = list(games)
        with self._lock:
            traces = (
                {
                    key: self._traces.pop(key, "")
                    for name in names
                    for key in ((name, update.seq) for update in games[name].updates)
                }
                if self._traces
                else {}
            )
        messages: list[tuple[int, str, Record]] = [
            (work, self._topic, announcement(update, promised[name], traces.get((name, update.seq), "")))
            for work, name in enumerate(names)
            for update in games[name].updates
        ]
        delivery = self._producer.produce(messages)
        again: dict[str, Waiting] = {}
        for work, error in delivery.failed.items():
            waiting = games[names[work]]
            self.failed += len(waiting.updates)
            if error.retryable:
                again[names[work]] = waiting
                # Only its newest state is sent again, which is of the trace of its newest row.
                newest = (names[work], max(one.seq for one in waiting.updates))
                self.trace({newest: traces[newest]} if traces.get(newest) else {})
            else:
                _log.error("game_event_refused", game=names[work], detail=str(error))
        if again:
            _log.warning(
                "game_events_fail", games=len(again), detail=str(next(iter(delivery.failed.values())))
            )
        return again

    def _look_empty(self) -> None:
        """In the loop: tell those who wait."""
        if not self.waiting:
            self._empty.set()
