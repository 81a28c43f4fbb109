"""Which partitions this process owns: a member of a consumer group that fetches nothing itself.

    brokers ─► thread: poll ─► assigned ─► the loop starts an owner for each
                   │           revoked ──► the loop stops them ─► release ─► offsets committed ─► given back
                   └──────── done (partition, upto) ◄── owners, after their effects

One thread owns poll, commit and rebalance (confluent-kafka-python PR 2322: poll beside commit can deadlock).
Rebalancing is cooperative: partitions that stay are not interrupted. A partition is given back only when its
owner here has stopped, or `release_s` has passed; a former owner that was only paused is fenced by the
journal.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from scorewire.errors import BackendError
from scorewire.log.kafka_producer import CLIENT_LOG
from scorewire.log.kafka_records import kafka_offset

POLL_S: Final = 0.1
COMMIT_POLLS: Final = 10
"""Polls, a second of them, between two commits of what is done: it is a hint, and never urgent."""
LAG_POLLS: Final = 20
BROKER_S: Final = 2.0
"""How long one question to the brokers may hold up the heartbeat's thread."""
LEAVE_S: Final = 5.0
"""How long brokers that do not answer may hold up who leaves; the client itself would wait for minutes."""

SETTINGS: Final[Mapping[str, Any]] = {
    "partition.assignment.strategy": "cooperative-sticky",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "heartbeat.interval.ms": 1000,
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 1000,
}

_log = structlog.get_logger("scorewire.log")


class KafkaGroup:
    """Membership of one process. Made and used in one loop; `start` it, and `close` it.

    Args:
        group: its name; every owner of the topic's games has the same.
        session_s: how long a member may be silent before its partitions are given to others.
        release_s: how long owners have to stop when partitions are taken from them; below 5 minutes, after
            which the brokers take them anyway.
        leave_s: how long the brokers have to take leave of us.

    Attributes:
        released: told of each partition whose owner here has stopped.
    """

    def __init__(
        self,
        *,
        brokers: str,
        security: Mapping[str, Any],
        topic: str,
        group: str,
        session_s: float = 6.0,
        release_s: float = 10.0,
        leave_s: float = LEAVE_S,
    ) -> None:
        self._leave_s = leave_s
        self.released: Callable[[int], None] = lambda _partition: None
        self._loop = asyncio.get_running_loop()
        self._owned: frozenset[int] = frozenset()
        self._changed: set[asyncio.Future[None]] = set()
        self._doubts: dict[asyncio.Future[frozenset[int]], int] = {}
        self._ended = asyncio.Event()
        self._started = False
        self._closing = False
        self._lag: dict[int, int] = {}
        self._member = _Member(
            settings={
                **SETTINGS,
                **security,
                "bootstrap.servers": brokers,
                "group.id": group,
                "session.timeout.ms": int(session_s * 1000),
                "logger": CLIENT_LOG,
                "log_level": 4,
            },
            topic=topic,
            release_s=release_s,
            owns=lambda owned: self._call(self._own, owned),
            lags=lambda lag: self._call(self._lag_known, lag),
            vouches=lambda number, owned: self._call(self._vouched, number, owned),
            ended=lambda: self._call(self._member_ended),
        )
        self._thread = threading.Thread(target=self._member.run, name="scorewire-group", daemon=True)

    def start(self) -> None:
        """Join the group."""
        self._started = True
        self._thread.start()

    @property
    def owned(self) -> frozenset[int]:
        """The partitions that this process should own now."""
        return self._owned

    @property
    def lag_claims(self) -> int:
        """Claims of the owned partitions that lie on the log and are not done; some seconds old."""
        return sum(self._lag.values())

    async def change(self, known: frozenset[int]) -> frozenset[int]:
        """Wait until `owned` is not what is known; then what it is. Empty for good after `close`.

        Raises:
            BackendError: the thread has ended by itself, so nobody would ever tell what is owned.
        """
        while self._owned == known and not self._ended.is_set():
            waiter: asyncio.Future[None] = self._loop.create_future()
            self._changed.add(waiter)
            try:
                await waiter
            finally:
                self._changed.discard(waiter)
        if self._ended.is_set() and not self._closing:
            raise BackendError("the thread of the group of owners has ended", retryable=False)
        return self._owned

    async def confirm(self, partition: int) -> None:
        """Wait until the brokers say that the partition is ours; for ever if it is not.

        They are asked anew. What `owned` says may be as old as our last sleep: a process that was paused has
        yet to hear that it is no member any more.

        Raises:
            BackendError: nobody asks the brokers any more.
        """
        while not self._ended.is_set():
            doubt: asyncio.Future[frozenset[int]] = self._loop.create_future()
            self._doubts[doubt] = self._member.doubt()
            try:
                owned = await doubt
            finally:
                self._doubts.pop(doubt, None)
            if partition in owned:
                return
            await self.change(owned)
        raise BackendError("this process has left the group of owners", retryable=False)

    def release(self, partition: int) -> None:
        """The owner of a partition that is no longer ours has stopped: another may begin."""
        self._member.release(partition)
        self.released(partition)

    def done(self, partition: int, upto: int) -> None:
        """See `ProviderLog.done`; committed within a second, and before the partition is given back."""
        self._member.done(partition, upto)

    async def close(self) -> None:
        """Commit what is done and leave the group; its owners have stopped, so nobody is waited for.

        Brokers that do not answer are not waited for either: they pass a silent member over.
        """
        self._closing = True
        if not self._started or self._ended.is_set():
            return
        self._member.stop()
        try:
            async with asyncio.timeout(self._leave_s):
                await self._ended.wait()
        except TimeoutError:
            _log.warning("log_group_not_left", detail="the brokers do not answer; they will miss this member")
            self._member_ended()

    def _own(self, owned: frozenset[int]) -> None:
        self._owned = owned
        self._lag = {partition: lag for partition, lag in self._lag.items() if partition in owned}
        self._wake()

    def _lag_known(self, lag: dict[int, int]) -> None:
        self._lag = {partition: one for partition, one in lag.items() if partition in self._owned}

    def _vouched(self, number: int, owned: frozenset[int]) -> None:
        for doubt, since in self._doubts.items():
            if since <= number and not doubt.done():
                doubt.set_result(owned)

    def _member_ended(self) -> None:
        self._ended.set()
        for doubt in self._doubts:
            if not doubt.done():
                doubt.set_result(frozenset())
        self._own(frozenset())

    def _wake(self) -> None:
        for waiter in self._changed:
            if not waiter.done():
                waiter.set_result(None)

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody waits
            self._loop.call_soon_threadsafe(callback, *arguments)


class _Member:
    """The thread's side. `release`, `done`, `doubt` and `stop` may be called from the loop's."""

    def __init__(
        self,
        *,
        settings: dict[str, Any],
        topic: str,
        release_s: float,
        owns: Callable[[frozenset[int]], None],
        lags: Callable[[dict[int, int]], None],
        vouches: Callable[[int, frozenset[int]], None],
        ended: Callable[[], None],
    ) -> None:
        self._consumer = Consumer(settings)
        self._topic = topic
        self._release_s = release_s
        self._owns = owns
        self._lags = lags
        self._vouches = vouches
        self._ended = ended
        self._lock = threading.Condition()
        self._owned: set[int] = set()
        self._leaving: set[int] = set()
        self._done: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._doubts = 0
        self._answered = 0
        self._stopping = False

    def release(self, partition: int) -> None:
        with self._lock:
            self._leaving.discard(partition)
            self._lock.notify_all()

    def done(self, partition: int, upto: int) -> None:
        with self._lock:
            self._done[partition] = max(self._done.get(partition, 0), upto)

    def doubt(self) -> int:
        """Ask the brokers whether we are what we believe; the number of the question."""
        with self._lock:
            self._doubts += 1
            return self._doubts

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._lock.notify_all()

    def run(self) -> None:
        consumer = self._consumer
        try:
            consumer.subscribe(
                [self._topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
            )
            polls, accepted = 0, 0
            while not self._stopping:
                message = consumer.poll(POLL_S)
                if message is not None and (error := message.error()) is not None:
                    _log.warning("log_group", detail=error.str())
                if accepted > self._answered:
                    # What the brokers had to say of our partitions at that time came with this poll.
                    self._answered = accepted
                    self._vouches(accepted, frozenset(self._owned))
                elif self._doubts > self._answered:
                    accepted = self._vouch(consumer)
                polls += 1
                if polls % COMMIT_POLLS == 0:
                    self._commit(consumer, self._owned)
                if polls % LAG_POLLS == 0:
                    self._measure(consumer)
            # Leaving calls _revoked, which commits.
            consumer.close()
        finally:
            self._ended()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign(partitions)
        # Owners read by the journal's position; this consumer is there for its place in the group.
        consumer.pause(partitions)
        self._owned.update(place.partition for place in partitions)
        _log.info("log_partitions_assigned", partitions=_numbers(partitions))
        self._owns(frozenset(self._owned))

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        gone = set(_numbers(partitions))
        with self._lock:
            self._leaving |= gone & self._owned
        self._owned -= gone
        self._owns(frozenset(self._owned))
        with self._lock:
            free = self._lock.wait_for(lambda: self._stopping or not self._leaving & gone, self._release_s)
            if not free:
                _log.error("log_partitions_not_released", partitions=sorted(self._leaving & gone))
            self._leaving -= gone
        self._commit(consumer, gone)
        self._forget(gone)
        consumer.incremental_unassign(partitions)
        _log.info("log_partitions_revoked", partitions=sorted(gone))

    def _lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """We were silent for too long: others own them already, and the journal's fence holds."""
        gone = set(_numbers(partitions))
        self._owned -= gone
        self._forget(gone)
        consumer.incremental_unassign(partitions)
        _log.warning("log_partitions_lost", partitions=sorted(gone))
        self._owns(frozenset(self._owned))

    def _forget(self, gone: Iterable[int]) -> None:
        with self._lock:
            for partition in gone:
                self._done.pop(partition, None)
                self._committed.pop(partition, None)

    def _commit(self, consumer: Consumer, partitions: Iterable[int]) -> None:
        with self._lock:
            news = {
                partition: self._done[partition]
                for partition in partitions
                if self._done.get(partition, 0) > self._committed.get(partition, 0)
            }
        if not news:
            return
        places = [TopicPartition(self._topic, number, kafka_offset(upto)) for number, upto in news.items()]
        try:
            consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            # Tried again with the next; the journal has the position that counts.
            _log.warning("log_offsets_not_committed", detail=error.args[0].str())
            return
        self._committed.update(news)

    def _vouch(self, consumer: Consumer) -> int:
        """Commit what is committed already: brokers take that from a member of the present generation only.

        Returns the number of the newest question that this answers; what was answered before if they did not
        take it, or could not be asked.
        """
        number = self._doubts
        if not self._owned:
            return number
        try:
            self._ask_committed(consumer)
            places = [
                TopicPartition(self._topic, one, kafka_offset(self._committed[one])) for one in self._owned
            ]
            consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            _log.warning("log_membership_not_confirmed", detail=error.args[0].str())
            return self._answered
        return number

    def _measure(self, consumer: Consumer) -> None:
        lag: dict[int, int] = {}
        try:
            self._ask_committed(consumer)
            for number in sorted(self._owned):
                first, last = consumer.get_watermark_offsets(
                    TopicPartition(self._topic, number), timeout=BROKER_S
                )
                with self._lock:
                    done = max(self._done.get(number, 0), self._committed.get(number, 0), first)
                lag[number] = max(last - done, 0)
        except KafkaException as error:
            _log.warning("log_lag_unknown", detail=error.args[0].str())
            return
        self._lags(lag)

    def _ask_committed(self, consumer: Consumer) -> None:
        """How far the last owner of what is new here came, so that not all that ever lay there is lag."""
        new = [number for number in sorted(self._owned) if number not in self._committed]
        if not new:
            return
        places = [TopicPartition(self._topic, number) for number in new]
        for place in consumer.committed(places, timeout=BROKER_S):
            self._committed[place.partition] = max(place.offset, 0)


def _numbers(partitions: Iterable[TopicPartition]) -> list[int]:
    return sorted(place.partition for place in partitions)
