"""Declarations that are durable on the log and that the journal may not hold yet, whoever wrote them.

Of several intakes one takes a declaration and another the first event behind it, before any owner has
decided anything. What an intake has not heard of it must not refuse before it has read the log to its end as
that is then; so a provider whose declaration was answered may send events to any intake.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from scorewire.log.base import ProviderLog
from scorewire.model.provider_event import GameDeclared

ENTRIES: Final = 1000
"""Entries of the log that are read at once."""

Applied = Callable[[int], Awaitable[int]]
"""Up to which offset the journal holds everything of a partition."""
Learn = Callable[[GameDeclared], Awaitable[None]]


class Unapplied:
    """Reads each partition's declarations once, in order.

    Args:
        applied: where to go on in a partition of which much was written since it was last read; None reads
            all of it.
    """

    def __init__(self, *, log: ProviderLog, applied: Applied | None = None) -> None:
        self._log = log
        self._applied = applied
        self._read_to: dict[int, int] = {}
        self._turn = asyncio.Lock()
        # Calls are numbered: who waits for its turn while another round begins is served by that round.
        self._calls = 0
        self._wanted: set[int] = set()
        self._served: dict[int, int] = {}

    def partition_of(self, game_id: str) -> int:
        """Where what is said of a game lies."""
        return self._log.partition_of(game_id)

    async def begin(self, after: Mapping[int, int], learn: Learn) -> None:
        """Read all partitions, each from where the journal ends; `read` goes on from there."""
        self._read_to.update(after)
        await self.read(after, learn)

    async def read(self, partitions: Iterable[int] | None, learn: Learn) -> None:
        """Tell of every declaration that is durable now, was not told of yet, and may be new to the journal.

        Args:
            partitions: None reads all that `begin` named.

        Raises:
            BackendError: the log or the journal cannot be read.
        """
        wanted = set(self._read_to if partitions is None else partitions)
        self._wanted |= wanted
        self._calls += 1
        call = self._calls
        async with self._turn:
            if all(self._served.get(partition, 0) >= call for partition in wanted):
                return
            together, begun = sorted(self._wanted | wanted), self._calls
            self._wanted = set()
            for partition, end in (await self._log.ends(together)).items():
                await self._read_on(partition, end, learn)
                self._served[partition] = begun

    async def _read_on(self, partition: int, end: int, learn: Learn) -> None:
        after = self._read_to.get(partition, 0)
        if end - after > ENTRIES and self._applied is not None:
            after = max(after, await self._applied(partition))
        while after < end:
            entries = await self._log.read(partition, after, ENTRIES)
            for entry in entries:
                if isinstance(entry.claim, GameDeclared):
                    await learn(entry.claim)
            # Nothing there: what the log had was deleted by age.
            after = entries[-1].offset if entries else end
            self._read_to[partition] = after
