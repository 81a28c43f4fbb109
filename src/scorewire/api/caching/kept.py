"""Answers that are kept ready in this process, in front of the journal.

    fresh     given at once; once in a while, sooner if it takes long, one caller builds it ahead of time
    building  who asks meanwhile waits for that build: one for all
    old       by time, or because an update has touched one of its keys: built anew

Guarantees: no answer is older than an update that `told` was given before the question came. A builder that
is cancelled or fails takes nobody with it: the next one who waits builds, and who has seen two fail is told
so. Bounded by bytes; who was asked for longest ago leaves first.

Source: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
"""

import asyncio
import math
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, Protocol

from scorewire.clock import Clock
from scorewire.model.question import Question
from scorewire.model.surrogate_keys import touched
from scorewire.model.update import Update

FRESH_S: Final = 1.0
"""For a process that hears only of games that its fans follow, this is how old a list can be."""
LATE_S: Final = 5.0
"""How much older while a newer one is being built, in such a process; if that takes longer all wait."""
EAGERNESS: Final = 1.0
"""The paper's beta."""
FAILURES_MAX: Final = 2
TOUCHED_MAX: Final = 100_000
"""Keys whose newest update is remembered, some 200 bytes each."""
ENTRY_BYTES: Final = 500
KEY_BYTES: Final = 100
"""What an entry and each of its keys take beside the body."""

Outcome = Literal["hit", "joined", "built", "bypassed"]


class Built(NamedTuple):
    """An answer: its body, its name, and what makes it old.

    fresh_s: after which it is built anew although nothing has touched it.
    """

    body: bytes
    etag: str = ""
    keys: Sequence[str] = ()
    fresh_s: float = FRESH_S


Build = Callable[[], Awaitable[Built]]


class Turns(Protocol):
    """Who of several processes builds an answer now; see redis_turns.py. Neither method raises."""

    async def take(self, name: str) -> None:
        """Wait, shortly, until it is this process's turn."""
        ...

    async def end(self, name: str) -> None:
        """It is built, or failed."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is kept: when and at which update its build began, how long that took."""

    built: Built
    began: int
    began_s: float
    took_s: float


@dataclass(slots=True)
class _Flight:
    """A build under way; `built` stays None if it failed, and `error` says how."""

    began: int
    done: asyncio.Event = field(default_factory=asyncio.Event)
    built: Built | None = None
    error: Exception | None = None


class KeptAnswers:
    """See the module.

    Args:
        bytes_max: of all entries; 0 keeps none.
        rng: for building ahead of time.
        turns: among processes; None where there is but this one.

    Attributes:
        counts: answers so far, by where they came from.
    """

    def __init__(
        self,
        *,
        bytes_max: int,
        clock: Clock,
        rng: random.Random,
        turns: Turns | None = None,
    ) -> None:
        self._bytes_max = bytes_max
        self._clock = clock
        self._rng = rng
        self._turns = turns
        self._entries: OrderedDict[Question, _Entry] = OrderedDict()
        self._flights: dict[Question, _Flight] = {}
        # Updates are numbered; for each key the number of its newest, the oldest first.
        self._told = 0
        self._touched: dict[str, int] = {}
        self._forgotten = 0
        self.bytes = 0
        self.counts: dict[Outcome, int] = {"hit": 0, "joined": 0, "built": 0, "bypassed": 0}

    def told(self, updates: Sequence[Update]) -> None:
        """The journal has these, and fans are told of them now or in a moment; never waits."""
        for update in updates:
            self._told += 1
            for key in touched(update):
                self._touched.pop(key, None)
                self._touched[key] = self._told
        while len(self._touched) > TOUCHED_MAX:
            oldest = next(iter(self._touched))
            self._forgotten = self._touched.pop(oldest)

    async def get(self, name: Question, build: Build) -> tuple[Built, Outcome]:
        """The answer to a question, kept or built.

        Raises:
            whatever `build` raises, in its own caller, and in those who saw it fail FAILURES_MAX times; each
                is given an exception of its own.
        """
        if not self._bytes_max:
            return await build(), "built"
        asked, failures = self._told, 0
        while True:
            entry = self._entries.get(name)
            flight = self._flights.get(name)
            if entry is not None and self._serves(entry, building=flight is not None):
                self._entries.move_to_end(name)
                return self._counted(entry.built, "hit")
            if flight is None:
                return self._counted(await self._fly(name, build), "built")
            await flight.done.wait()
            if flight.built is not None and self._held_at(flight.built, flight.began, asked):
                return self._counted(flight.built, "joined")
            if flight.error is not None:
                failures += 1
                if failures >= FAILURES_MAX:
                    raise _twin(flight.error) from flight.error

    async def bypass(self, build: Build) -> Built:
        """Built past everything that is kept."""
        return self._counted(await build(), "bypassed")[0]

    async def _fly(self, name: Question, build: Build) -> Built:
        """Build for all who ask meanwhile."""
        flight = self._flights[name] = _Flight(self._told)
        try:
            built, began_s = await self._in_turn(name, flight, build)
        except Exception as error:
            flight.error = error
            raise
        finally:
            del self._flights[name]
            flight.done.set()
        self._keep(name, _Entry(built, flight.began, began_s, self._clock.monotonic_s() - began_s))
        return built

    async def _in_turn(self, name: Question, flight: _Flight, build: Build) -> tuple[Built, float]:
        """Build when no other process does; what was built, and when that began."""
        try:
            if self._turns is not None:
                await self._turns.take(name)
                flight.began = self._told
            began_s = self._clock.monotonic_s()
            flight.built = await build()
            return flight.built, began_s
        finally:
            # Also who fails or is cancelled, even before it learnt that the turn is its own.
            if self._turns is not None:
                await self._turns.end(name)

    def _serves(self, entry: _Entry, *, building: bool) -> bool:
        """Whether a caller is given it now: nothing has touched it, and it is fresh, or at least not too old
        while another caller builds it anew. Once in a while it is not, ahead of its time."""
        if not self._held_at(entry.built, entry.began, self._told):
            return False
        ends_s = entry.began_s + entry.built.fresh_s
        now_s = self._clock.monotonic_s()
        if building:
            return now_s < ends_s + LATE_S
        ahead_s = -entry.took_s * EAGERNESS * math.log(1.0 - self._rng.random())
        return now_s + ahead_s < ends_s

    def _held_at(self, built: Built, began: int, asked: int) -> bool:
        """Whether nothing that was told before the question has touched it since its build began."""
        if asked <= began:
            return True
        if began < self._forgotten:
            return False
        newest = self._touched
        # A key that was touched before the question and after it counts as touched before: built once more.
        return all(newest.get(key, 0) <= began for key in built.keys)

    def _keep(self, name: Question, entry: _Entry) -> None:
        self._drop(name)
        size = _size(name, entry)
        if size > self._bytes_max:
            return
        self._entries[name] = entry
        self.bytes += size
        while self.bytes > self._bytes_max:
            self._drop(next(iter(self._entries)))

    def _drop(self, name: Question) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            self.bytes -= _size(name, entry)

    def _counted(self, built: Built, outcome: Outcome) -> tuple[Built, Outcome]:
        self.counts[outcome] += 1
        return built, outcome


def _twin(error: Exception) -> Exception:
    """The same error for another caller: one object that many raise gathers the tracebacks of all of them."""
    twin = type(error).__new__(type(error), *error.args)
    # Not by its constructor, whose arguments need not be `args`.
    vars(twin).update(vars(error))
    return twin


def _size(name: Question, entry: _Entry) -> int:
    return len(entry.built.body) + len(name) + KEY_BYTES * len(entry.built.keys) + ENTRY_BYTES
