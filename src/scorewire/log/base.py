"""PORT: the ordered, durable log of what providers claim.

Guarantees of every adapter:
    - `append` returns only when the claims are durable (SQLite: after an fsync with synchronous=FULL;
      Kafka: acks=all). The webhook-id and its answer become durable in the same commit.
    - A webhook-id that was seen in the last 24 hours gets its first answer and adds nothing; with another
      body it raises WebhookConflict.
    - All claims of one game lie in one partition, in the order in which `append` returned.
    - Positions of one partition only grow; they need not be dense.
    - Reading is at least once: a reader that was not told a position (`seek`) may see it again.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from msgspec import Struct

from scorewire.model.provider_event import Claim


class DeadLetter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was refused, whole, with its reason.

    Attributes:
        number: given by the store, from 1; 0 before it is stored.
        payload: the bytes that were refused (one CloudEvent, or a whole unreadable body).
        position: `partition:offset` of the claim that an owner refused; empty for intake's refusals.
            Unique where present: the same refusal is stored once however often it is decided again.
        state: `open`, `replayed` or `dropped`.
    """

    number: int = 0
    ts: int
    provider: str
    game_id: str = ""
    rule: str
    detail: str
    payload: bytes
    webhook_id: str = ""
    position: str = ""
    state: str = "open"


class Submission(Struct, frozen=True, kw_only=True):
    """One authenticated call, ready to be made durable: all of it or nothing.

    Attributes:
        digest: SHA-256 of the body, to tell a repeated call from a reused id.
        received_ms: when the call came in; ordering waits by this time, not by the owner's clock.
        status, answer: what the caller is told, stored with the id.
        refused: what intake refused of it, stored in the same commit.
        traceparent: W3C trace context of the call; travels with its claims where the log leaves the process.
    """

    provider: str
    webhook_id: str
    digest: bytes
    received_ms: int
    claims: tuple[Claim, ...]
    status: int
    answer: bytes
    refused: tuple[DeadLetter, ...] = ()
    traceparent: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """What the caller is told; `repeated` if it is the first call's answer again."""

    status: int
    answer: bytes
    repeated: bool


class LogEntry(Struct, frozen=True, kw_only=True):
    """One claim as it lies on the log.

    Attributes:
        offset: from 1 in its partition.
        traceparent: as it was submitted; empty in the embedded profile, which has one process to look into.
    """

    partition: int
    offset: int
    received_ms: int
    webhook_id: str
    claim: Claim
    traceparent: str = ""


class ProviderLog(ABC):
    """See the module's docstring for what every adapter guarantees.

    Attributes:
        shared: whether other processes write to it too.
    """

    shared: bool = False

    @abstractmethod
    async def append(self, submission: Submission) -> Receipt:
        """Make a call durable, then answer it.

        Blocking policy: waits while the bounded queue to the disk is full, so the source slows down.

        Raises:
            WebhookConflict: the id was used for another body.
            BackendError: nothing was acknowledged; retryable if the disk or broker may come back.
        Cancellation: the call may still become durable; the caller repeats it under the same id.
        """

    @abstractmethod
    async def recall(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        """The stored answer of an earlier call, before any work is done on a repeated one.

        Raises:
            WebhookConflict: the id was used for another body.
        """

    def recall_at_hand(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:  # noqa: ARG002
        """`recall`, as far as it can be told without waiting; None says nothing, and `append` finds out.

        Raises:
            WebhookConflict: see `recall`.
        """
        return None

    @abstractmethod
    def partition_of(self, game_id: str) -> int:
        """Where the claims of a game lie; the same in every process, for as long as the log exists."""

    @abstractmethod
    async def read(self, partition: int, after: int, limit: int) -> Sequence[LogEntry]:
        """At most `limit` entries of a partition with offset > `after`, in order; empty at the end."""

    @abstractmethod
    async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """By partition, an offset at or above every claim that is durable now, whoever wrote it.

        `read` tells of nothing less from now on.

        Raises:
            BackendError: the brokers do not answer.
        """

    @abstractmethod
    async def wait(self, partition: int, after: int, timeout_s: float) -> bool:
        """Wait until something lies after `after`; False if nothing came within `timeout_s`."""

    def done(self, partition: int, upto: int) -> None:  # noqa: B027 (a hint that an adapter may ignore)
        """Take note that everything up to this offset has had its effect, for lag and for where to begin.

        A hint, and never waits: the journal's own position decides (ADR 2). What is still held back lies
        above `upto`.
        """

    @abstractmethod
    async def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Store dead letters durably; one whose `position` is known already is not stored twice."""

    @abstractmethod
    async def dead_letters(
        self, *, state: str = "open", game_id: str = "", rule: str = "", since_ms: int = 0, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Dead letters, newest first; empty filters match all (`state=""` too)."""

    @abstractmethod
    async def dead_letter(self, number: int) -> DeadLetter | None:
        """One dead letter by its number."""

    @abstractmethod
    async def settle(self, numbers: Sequence[int], state: str) -> None:
        """Mark dead letters `replayed` or `dropped`, all in one commit; unknown numbers are ignored."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is queued, then let go of the file or the brokers."""
