"""A group of owners in one process, and a log of several partitions: embedded, for tests of shifts."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.log.base import DeadLetter, LogEntry, ProviderLog, Receipt, Submission
from scorewire.log.local import LocalLog


class Roster:
    """Who owns which partition of those who signed on; a partition is given on when it was released.

    Attributes:
        released: in order, as (member, partition).
    """

    def __init__(self) -> None:
        self.owned: dict[str, frozenset[int]] = {}
        self.released: list[tuple[str, int]] = []
        self.news = asyncio.Condition()
        self.broken = False

    def member(self, name: str) -> "Member":
        self.owned.setdefault(name, frozenset())
        return Member(self, name)

    async def say(self, name: str, *partitions: int) -> None:
        """From now on a member owns these."""
        self.owned[name] = frozenset(partitions)
        await self.tell()

    async def tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until_released(self, name: str, partition: int, times: int = 1) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: self.released.count((name, partition)) >= times)


class Member:
    """One member's sight of its roster, as games/shift.py wants a group.

    Attributes:
        doubtful: partitions that it believes in and that are not confirmed.
        asked: partitions that were to be confirmed, in order.
    """

    def __init__(self, roster: Roster, name: str) -> None:
        self._roster = roster
        self._name = name
        self._telling: set[asyncio.Task[None]] = set()
        self.doubtful: set[int] = set()
        self.asked: list[int] = []
        self.lag_claims = 0

    @property
    def owned(self) -> frozenset[int]:
        return self._roster.owned[self._name]

    async def change(self, known: frozenset[int]) -> frozenset[int]:
        async with self._roster.news:
            await self._roster.news.wait_for(lambda: self._roster.broken or self.owned != known)
        if self._roster.broken:
            raise BackendError("the roster is gone", retryable=False)
        return self.owned

    async def confirm(self, partition: int) -> None:
        self.asked.append(partition)
        async with self._roster.news:
            self._roster.news.notify_all()
            await self._roster.news.wait_for(
                lambda: partition in self.owned and partition not in self.doubtful
            )

    def release(self, partition: int) -> None:
        self._roster.released.append((self._name, partition))
        telling = asyncio.get_running_loop().create_task(self._roster.tell())
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)


class SplitLog(ProviderLog):
    """Partitions in as many files; dead letters are all in the first.

    Attributes:
        found: called with what was read, before it is told; a test may hold it up.
    """

    found: Callable[[Sequence[LogEntry]], Awaitable[None]] | None = None

    def __init__(self, parts: Sequence[LocalLog]) -> None:
        self.parts = parts

    @classmethod
    async def open(cls, folder: Path, partitions: int, clock: Clock) -> "SplitLog":
        return cls(
            [
                await LocalLog.open(
                    folder / f"log-{number}.sqlite",
                    queue_max=100,
                    webhook_ids_h=24,
                    retention_days=30,
                    clock=clock,
                    offsets_above=0,
                )
                for number in range(partitions)
            ]
        )

    def partition_of(self, game_id: str) -> int:
        return zlib.crc32(game_id.encode()) % len(self.parts)

    async def append(self, submission: Submission) -> Receipt:
        """Each claim where its game lies; the answer of the last part."""
        receipt = Receipt(status=submission.status, answer=submission.answer, repeated=False)
        for number, part in enumerate(self.parts):
            claims = tuple(one for one in submission.claims if self.partition_of(one.game_id) == number)
            if claims:
                receipt = await part.append(msgspec.structs.replace(submission, claims=claims))
        return receipt

    async def recall(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        return await self.parts[0].recall(provider, webhook_id, digest)

    async def read(self, partition: int, after: int, limit: int) -> Sequence[LogEntry]:
        found = await self.parts[partition].read(0, after, limit)
        if self.found is not None:
            await self.found(found)
        return [msgspec.structs.replace(entry, partition=partition) for entry in found]

    async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return {number: self.parts[number].last_offset for number in partitions}

    async def wait(self, partition: int, after: int, timeout_s: float) -> bool:
        return await self.parts[partition].wait(0, after, timeout_s)

    async def bury(self, letters: Sequence[DeadLetter]) -> None:
        await self.parts[0].bury(letters)

    async def dead_letters(
        self, *, state: str = "open", game_id: str = "", rule: str = "", since_ms: int = 0, limit: int = 100
    ) -> Sequence[DeadLetter]:
        return await self.parts[0].dead_letters(
            state=state, game_id=game_id, rule=rule, since_ms=since_ms, limit=limit
        )

    async def dead_letter(self, number: int) -> DeadLetter | None:
        return await self.parts[0].dead_letter(number)

    async def settle(self, numbers: Sequence[int], state: str) -> None:
        await self.parts[0].settle(numbers, state)

    async def close(self) -> None:
        for part in self.parts:
            await part.close()
