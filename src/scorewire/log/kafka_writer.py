"""The one thread that produces: its batch is whatever waits when the last batch was answered.

reserve in the ledger ─► produce, acks=all ─► answer in the ledger ─► the loop is told, in this order
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scorewire.errors import BackendError, WebhookConflict
from scorewire.log.base import DeadLetter, Receipt, Submission
from scorewire.log.kafka_ledger import Answered, Held, Key, Standing, WebhookLedger
from scorewire.log.kafka_producer import Delivery, KafkaProducer
from scorewire.log.kafka_records import Record, Settled, claim_records, letter_record, settled_record
from scorewire.log.writing import Job, WriterThread

SWEEP_BATCHES = 64
"""Batches between two looks for ids that are too old."""
SWEEP_ROWS_MIN = 500
"""Ids that one look deletes at most, or twice what came since the last, so that it always keeps up."""

Work = Submission | Sequence[DeadLetter] | Settled
"""What a call asks of the writer."""

Outcome = Receipt | WebhookConflict | BackendError | None
"""What it is told; errors as values, since each call has its own."""


KafkaJob = Job[Work, Outcome]


@dataclass(slots=True)
class Finished:
    """A batch on its way back to the loop.

    Attributes:
        claims: highest offset, by partition, of the claims that have become durable.
        letters: highest offset of the dead letters and what became of them.
    """

    jobs: Sequence[KafkaJob]
    outcomes: Sequence[Outcome]
    claims: dict[int, int] = field(default_factory=dict)
    letters: int = 0


class KafkaWriter(WriterThread[Work, Outcome]):
    """Owns the producer, and the ledger's writing side.

    Args:
        deliver: called in the loop for every batch, in order.
        loop, ended: see WriterThread.
    """

    def __init__(
        self,
        *,
        producer: KafkaProducer,
        ledger: WebhookLedger,
        claims_topic: str,
        letters_topic: str,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[Finished], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__(loop=loop, ended=ended)
        self.batches = 0
        self._came = 0
        self._producer = producer
        self._ledger = ledger
        self._claims_topic = claims_topic
        self._letters_topic = letters_topic
        self._deliver = deliver

    def _close(self) -> None:
        self._producer.close()

    def _serve(self, jobs: list[KafkaJob]) -> None:
        self._call(self._deliver, self._written(jobs))

    def _written(self, jobs: Sequence[KafkaJob]) -> Finished:
        batch = _Batch([job.work for job in jobs])
        try:
            batch.standing = self._ledger.reserve([(key, one.digest) for key, _, one in batch.firsts()])
        except BackendError as error:
            batch.failed.update({number: error for _, number, _ in batch.firsts()})
        delivery = self._produce(batch)
        batch.failed.update(delivery.failed)
        self._answer(batch)
        self._sweep(len(batch.firsts()))
        return Finished(
            jobs,
            [batch.outcome(number) for number in range(len(jobs))],
            claims=delivery.upto(self._claims_topic),
            letters=max(delivery.upto(self._letters_topic).values(), default=0),
        )

    def _sweep(self, came: int) -> None:
        self.batches += 1
        self._came += came
        if self.batches % SWEEP_BATCHES == 0:
            with contextlib.suppress(BackendError):  # the next look finds them still
                self._ledger.sweep(max(SWEEP_ROWS_MIN, 2 * self._came))
            self._came = 0

    def _produce(self, batch: "_Batch") -> Delivery:
        """All records of the batch, in the order of its jobs."""
        messages: list[tuple[int, str, Record]] = []
        for number, work in batch.due():
            letters: list[Record]
            if isinstance(work, Submission):
                messages += [(number, self._claims_topic, one) for one in claim_records(work)]
                letters = [letter_record(one) for one in work.refused]
            elif isinstance(work, Settled):
                letters = [settled_record(work.numbers, work.state)]
            else:
                letters = [letter_record(one) for one in work]
            messages += [(number, self._letters_topic, one) for one in letters]
        return self._producer.produce(messages)

    def _answer(self, batch: "_Batch") -> None:
        """Let go of what failed, and store the answers of what is durable."""
        held = [each for each in batch.firsts() if isinstance(batch.standing.get(each[0]), Held)]
        durable = [each for each in held if each[1] not in batch.failed]
        try:
            self._ledger.release([key for key, number, _ in held if number in batch.failed])
            answered = self._ledger.answer([(key, one.status, one.answer) for key, _, one in durable])
        except BackendError as error:
            for _, number, _ in held:
                batch.failed.setdefault(number, error)
            return
        for key, number, _ in durable:
            if key not in answered:
                batch.failed[number] = elsewhere(key)


class _Batch:
    """The works of one round, by their number in it, with what is known of each.

    Attributes:
        standing: what the ledger says of each webhook-id.
        failed: what went wrong with a work.
    """

    def __init__(self, works: Sequence[Work]) -> None:
        self._works = works
        self.standing: dict[Key, Standing] = {}
        self.failed: dict[int, BackendError] = {}
        # The same webhook-id may come several times in one batch; the first is the one that is produced.
        self._first: dict[Key, int] = {}
        for number, work in enumerate(works):
            if isinstance(work, Submission):
                self._first.setdefault(_key(work), number)

    def firsts(self) -> list[tuple[Key, int, Submission]]:
        """The first call of each webhook-id."""
        return [
            (key, number, work)
            for key, number in self._first.items()
            if isinstance(work := self._works[number], Submission)
        ]

    def due(self) -> list[tuple[int, Work]]:
        """What must be produced: calls whose id is ours, and everything else."""
        return [
            (number, work)
            for number, work in enumerate(self._works)
            if not isinstance(work, Submission)
            or (self._first[_key(work)] == number and isinstance(self.standing.get(_key(work)), Held))
        ]

    def outcome(self, number: int) -> Outcome:
        """What the caller of this work is told."""
        work = self._works[number]
        if not isinstance(work, Submission):
            return self.failed.get(number)
        key = _key(work)
        first = self._first[key]
        if first in self.failed:
            return self.failed[first]
        standing = self.standing.get(key)
        if isinstance(standing, Held):
            produced = self._works[first]
            assert isinstance(produced, Submission)
            if work.digest != produced.digest:
                return WebhookConflict(work.webhook_id)
            return Receipt(status=produced.status, answer=produced.answer, repeated=number != first)
        if standing is not None and standing.digest != work.digest:
            return WebhookConflict(work.webhook_id)
        if isinstance(standing, Answered):
            return Receipt(status=standing.status, answer=standing.answer, repeated=True)
        return elsewhere(key)


def elsewhere(key: Key) -> BackendError:
    """Another intake has this call: whoever repeats it is told what that one answered."""
    return BackendError(f"another intake is at the call {key[1]!r}; repeat it", retryable=True)


def _key(call: Submission) -> Key:
    return call.provider, call.webhook_id
