"""The log of the distributed profile: Kafka's topics, and the ledger of webhook-ids beside them."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from confluent_kafka import KafkaException, murmur2
from confluent_kafka.admin import AdminClient

from scorewire.errors import BackendError, ConfigError, WebhookConflict
from scorewire.log.base import DeadLetter, LogEntry, ProviderLog, Receipt, Submission
from scorewire.log.kafka_ends import KafkaEnds
from scorewire.log.kafka_group import KafkaGroup
from scorewire.log.kafka_ledger import Answered, Key, WebhookLedger
from scorewire.log.kafka_letters import LetterBook
from scorewire.log.kafka_producer import CLIENT_LOG, KafkaProducer
from scorewire.log.kafka_reader import KafkaReader
from scorewire.log.kafka_records import Buried, Headers, Settled, port_offset, read_buried, read_claim
from scorewire.log.kafka_writer import Finished, KafkaJob, KafkaWriter, Outcome, Work

ANSWERS_MAX: Final = 10_000
"""Answers in memory: a feed that repeats a call does so within seconds."""
LETTERS_MAX: Final = 100_000
"""Dead letters in memory, where they are asked for; the topic has the others."""
LETTERS_BYTES_MAX: Final = 128 * 1024 * 1024
LETTERS_READ: Final = 1_000
OPEN_S: Final = 15.0


class KafkaLog(ProviderLog):
    """Every partition of the claims, for intakes, owners and operators. Made by `open`; must be closed.

    Attributes:
        claims: made durable by this process.

    Guarantees, where they are not the port's to the letter (ADR 8):
        - A call is acknowledged when its claims have acks=all and its answer is in the ledger. Of one that
          was not acknowledged some claims may lie on the log, and lie there again when it is repeated.
        - The order in which `append` returned holds for the calls of one process; of two, the brokers'.
        - Dead letters are one topic of one partition, folded in memory by whoever asks, to its end of then.
        - The end of a partition is as old as the last fetch; what this process has appended is always seen,
          and what others have once `ends` was asked.
    """

    shared = True

    def __init__(
        self,
        *,
        brokers: str,
        security: Mapping[str, Any],
        claims_topic: str,
        letters_topic: str,
        partitions: int,
        ledger: WebhookLedger,
        queue_max: int,
        group: KafkaGroup | None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.partitions = partitions
        self.group = group
        self.claims = 0
        self._claims_topic = claims_topic
        self._letters_topic = letters_topic
        self._ends = KafkaEnds(brokers, security)
        self._ledger = ledger
        self._room = asyncio.Semaphore(queue_max)
        self._asker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scorewire-ledger")
        self._answers: OrderedDict[Key, Answered] = OrderedDict()
        self._pending: set[asyncio.Future[Outcome]] = set()
        self._ended = asyncio.Event()
        self._closing = False
        self._broken = False
        self._writer = KafkaWriter(
            producer=KafkaProducer(brokers, security),
            ledger=ledger,
            claims_topic=claims_topic,
            letters_topic=letters_topic,
            loop=loop,
            deliver=self._deliver,
            ended=self._writer_ended,
        )
        self._claims: KafkaReader[LogEntry] = KafkaReader(
            brokers=brokers, security=security, topic=claims_topic, decode=read_claim, loop=loop
        )
        self._buried: KafkaReader[tuple[int, Buried]] = KafkaReader(
            brokers=brokers, security=security, topic=letters_topic, decode=_numbered, loop=loop
        )
        if group is not None:
            group.released = self._claims.leave
        self._book = LetterBook(letters_max=LETTERS_MAX, bytes_max=LETTERS_BYTES_MAX)
        self._folding = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        *,
        brokers: str,
        claims_topic: str,
        letters_topic: str,
        ledger: WebhookLedger,
        queue_max: int,
        security: Mapping[str, Any] | None = None,
        group: KafkaGroup | None = None,
    ) -> "KafkaLog":
        """Find the topics, and start the threads.

        Args:
            brokers: `host:port`, several divided by commas.
            ledger: prepared; closed with the log, or when it cannot be opened.
            queue_max: calls that wait to be written; more make `append` wait.
            security: further settings of librdkafka: TLS, SASL.
            group: whose offsets `done` commits; closed with the log. None where no games are owned.
        Raises:
            BackendError: the brokers do not answer, or a topic is missing.
        """
        held = dict(security or {})
        try:
            counts = await asyncio.to_thread(_count_partitions, brokers, held)
            for topic in (claims_topic, letters_topic):
                if topic not in counts:
                    raise BackendError(f"there is no topic {topic}; run `scorewire topics`", retryable=False)
            log = cls(
                brokers=brokers,
                security=held,
                claims_topic=claims_topic,
                letters_topic=letters_topic,
                partitions=counts[claims_topic],
                ledger=ledger,
                queue_max=queue_max,
                group=group,
            )
        except KafkaException as error:  # settings that the client will not have
            ledger.close()
            raise ConfigError("log.client", str(error.args[0].str())) from error
        except BaseException:
            ledger.close()
            raise
        log._writer.start()
        log._claims.start()
        log._buried.start()
        return log

    @property
    def batches(self) -> int:
        """Rounds of the writer since `open`; each is two commits of the ledger and one wait for Kafka."""
        return self._writer.batches

    @property
    def fault(self) -> str | None:
        """Why nothing can be written any more; None while it can, or may soon."""
        return "the log's writer has ended" if self._broken else None

    def partition_of(self, game_id: str) -> int:
        """See `ProviderLog.partition_of`: as the Java clients compute it, and librdkafka when told to."""
        return murmur2(game_id.encode(), self.partitions)

    async def append(self, submission: Submission) -> Receipt:
        """See `ProviderLog.append`."""
        outcome = await self._write(submission)
        assert isinstance(outcome, Receipt)
        return outcome

    async def recall(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        """See `ProviderLog.recall`."""
        found = self.recall_at_hand(provider, webhook_id, digest)
        if found is not None:
            return found
        if self._closing:
            raise BackendError("the log is closed", retryable=False)
        loop = asyncio.get_running_loop()
        held = await loop.run_in_executor(self._asker, self._ledger.recall, (provider, webhook_id))
        return None if held is None else _repeated(webhook_id, digest, held)

    def recall_at_hand(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        """See `ProviderLog.recall_at_hand`."""
        held = self._answers.get((provider, webhook_id))
        return None if held is None else _repeated(webhook_id, digest, held)

    async def read(self, partition: int, after: int, limit: int) -> Sequence[LogEntry]:
        """See `ProviderLog.read`."""
        return await self._claims.read(partition, after, limit)

    async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """See `ProviderLog.ends`."""
        found = await self._ends.of(self._claims_topic, partitions)
        for partition, end in found.items():
            self._claims.expect(partition, end)
        return found

    async def wait(self, partition: int, after: int, timeout_s: float) -> bool:
        """See `ProviderLog.wait`; False at once when the log is closed."""
        return await self._claims.wait(partition, after, timeout_s)

    def done(self, partition: int, upto: int) -> None:
        """See `ProviderLog.done`; the group commits it, if there is one."""
        if self.group is not None:
            self.group.done(partition, upto)

    async def bury(self, letters: Sequence[DeadLetter]) -> None:
        """See `ProviderLog.bury`."""
        if letters:
            await self._write(tuple(letters))

    async def dead_letters(
        self, *, state: str = "open", game_id: str = "", rule: str = "", since_ms: int = 0, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """See `ProviderLog.dead_letters`; of the newest LETTERS_MAX."""
        book = await self._fold()
        return book.find(state=state, game_id=game_id, rule=rule, since_ms=since_ms, limit=limit)

    async def dead_letter(self, number: int) -> DeadLetter | None:
        """See `ProviderLog.dead_letter`; of the newest LETTERS_MAX."""
        return (await self._fold()).get(number)

    async def settle(self, numbers: Sequence[int], state: str) -> None:
        """See `ProviderLog.settle`."""
        if numbers:
            await self._write(Settled(numbers=tuple(numbers), state=state))

    async def close(self) -> None:
        """See `ProviderLog.close`."""
        if not self._closing:
            self._closing = True
            self._writer.stop()
        await self._ended.wait()
        await self._claims.close()
        await self._buried.close()
        if self.group is not None:
            await self.group.close()
        await asyncio.to_thread(self._asker.shutdown)
        await asyncio.to_thread(self._ledger.close)

    async def _fold(self) -> LetterBook:
        """The dead letters as of now."""
        async with self._folding:
            for partition, end in (await self._ends.of(self._letters_topic, [0])).items():
                self._buried.expect(partition, end)
            while found := await self._buried.read(0, self._book.folded, LETTERS_READ):
                for offset, buried in found:
                    self._book.fold(offset, buried)
            return self._book

    async def _write(self, work: Work) -> Outcome:
        """Queue a work and wait until it is durable.

        Raises:
            WebhookConflict, BackendError: as the writer says.
        """
        await self._room.acquire()
        if self._closing:
            self._room.release()
            detail = "the log's writer has ended" if self._broken else "the log is closed"
            raise BackendError(detail, retryable=False)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pending.add(done)
        self._writer.put(KafkaJob(work, done))
        outcome = await done
        # New ones: an exception object that is raised twice would grow two tracebacks.
        if isinstance(outcome, WebhookConflict):
            assert isinstance(work, Submission)
            raise WebhookConflict(work.webhook_id)
        if isinstance(outcome, BackendError):
            raise BackendError(str(outcome), retryable=outcome.retryable)
        return outcome

    def _deliver(self, finished: Finished) -> None:
        """In the loop: answer those who waited, in order, after what they wrote can be read."""
        for partition, offset in finished.claims.items():
            self._claims.expect(partition, offset)
        self._buried.expect(0, finished.letters)
        for job, outcome in zip(finished.jobs, finished.outcomes, strict=True):
            if isinstance(job.work, Submission) and isinstance(outcome, Receipt):
                self.claims += 0 if outcome.repeated else len(job.work.claims)
                key = (job.work.provider, job.work.webhook_id)
                self._answers[key] = Answered(job.work.digest, outcome.status, outcome.answer)
            # Room is given back here and not by the caller: one who gave up still has a job in the queue.
            self._room.release()
            self._pending.discard(job.done)
            if not job.done.done():
                job.done.set_result(outcome)
        while len(self._answers) > ANSWERS_MAX:
            self._answers.popitem(last=False)

    def _writer_ended(self) -> None:
        """In the loop: nobody may wait for a thread that is gone, whatever made it go."""
        self._broken = not self._closing
        self._closing = True
        for done in self._pending:
            self._room.release()
            if not done.done():
                done.set_result(BackendError("the log's writer has ended", retryable=False))
        self._pending.clear()
        self._ended.set()


def _numbered(_partition: int, offset: int, _headers: Headers, value: bytes) -> tuple[int, Buried]:
    """An entry of the topic of dead letters, with its number."""
    return port_offset(offset), read_buried(value)


def _repeated(webhook_id: str, digest: bytes, held: Answered) -> Receipt:
    if held.digest != digest:
        raise WebhookConflict(webhook_id)
    return Receipt(status=held.status, answer=held.answer, repeated=True)


def _count_partitions(brokers: str, security: Mapping[str, Any]) -> dict[str, int]:
    settings: dict[str, Any] = {
        **security,
        "bootstrap.servers": brokers,
        "logger": CLIENT_LOG,
        "log_level": 4,
    }
    admin = AdminClient(settings)
    try:
        topics = admin.list_topics(timeout=OPEN_S).topics
    except KafkaException as error:
        raise BackendError(f"the brokers at {brokers}: {error.args[0].str()}", retryable=True) from error
    return {name: len(topic.partitions) for name, topic in topics.items()}
