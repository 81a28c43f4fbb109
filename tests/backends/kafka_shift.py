"""What one process does with the partitions that it is given: an owner for each, as a node has it.

Its owners only note what they take; where they go on is in `Record`, which stands for the journal.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

from scorewire.log.base import LogEntry
from scorewire.log.kafka import KafkaLog
from scorewire.log.kafka_group import KafkaGroup

Own = Callable[[int], Awaitable[None]]
"""Own a partition until cancelled."""


@dataclass
class Record:
    """What was taken, by whom, and how far each partition is."""

    position: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    taken: list[tuple[str, LogEntry]] = field(default_factory=list)
    owners: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    together: list[tuple[int, set[str]]] = field(default_factory=list)


class Shift:
    """Follows a group: starts an owner for each partition that comes, stops those of partitions that go.

    Args:
        own: what an owner does; by default it notes what it takes in `record`.
        finish_s: how long an owner takes to finish what it has begun when it is told to stop.
    """

    def __init__(
        self, name: str, log: KafkaLog, record: Record, own: Own | None = None, finish_s: float = 0.0
    ) -> None:
        assert log.group is not None
        self.name = name
        self.log = log
        self.group: KafkaGroup = log.group
        self._record = record
        self._own = own or self._note
        self._finish_s = finish_s
        self._owners: dict[int, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self.group.start()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Owners first, then the log with its place in the group."""
        self._task.cancel()
        await asyncio.wait([self._task])
        for partition in list(self._owners):
            await self._stop(partition)
        await self.log.close()

    async def _follow(self) -> None:
        known: frozenset[int] = frozenset()
        while True:
            owned = await self.group.change(known)
            for partition in known - owned:
                await self._stop(partition)
                self.group.release(partition)
            for partition in owned - known:
                self._start(partition)
            known = owned

    def _start(self, partition: int) -> None:
        self._owners[partition] = asyncio.create_task(self._owned(partition))

    async def _owned(self, partition: int) -> None:
        owners = self._record.owners[partition]
        owners.add(self.name)
        if len(owners) > 1:
            self._record.together.append((partition, set(owners)))
        try:
            await self._own(partition)
        finally:
            await asyncio.sleep(self._finish_s)
            owners.discard(self.name)

    async def _stop(self, partition: int) -> None:
        task = self._owners.pop(partition)
        task.cancel()
        await asyncio.wait([task])

    async def _note(self, partition: int) -> None:
        record = self._record
        while True:
            for entry in await self.log.read(partition, record.position[partition], 50):
                record.taken.append((self.name, entry))
                record.position[partition] = entry.offset
                self.log.done(partition, entry.offset)
            await self.log.wait(partition, record.position[partition], 1.0)
