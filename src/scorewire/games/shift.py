"""The owners of one process: one for each partition that its group gives it, for as long as it does.

    group ─► given ─► an owner takes the partition over ─► decides, writes, shows ─┐
               ▲                                                                   │
               │  confirmed: it is ours ◄── fenced: another has taken it over ◄────┤
               │                                                                   │
             again ◄── released ◄── the owner has finished its batch ◄── taken ◄───┘

Who owns what is the group's to say, and it may be wrong for a while: a process that was paused believes in
what it was given before. So the journal has the last word (each owner's term, see journal/positions.py), and
an owner that it turned away takes nothing back before the group has confirmed that the partition is ours.
Two who each believe that they own it would otherwise fence each other for ever.

Partitions come and go independently: while one is being left, others are decided and new ones begin. Of one
partition never two owners run here at once.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from scorewire.errors import BackendError, OwnerFenced
from scorewire.games.owner import GamesOwner
from scorewire.games.partition import PLAYS_MAX, Tally

FINISH_S: Final = 5.0
"""For an owner to write the batch in hand; less than a group waits before it passes us over (10 s)."""

Start = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a task under a name, in the process's one TaskGroup: one that fails ends the process."""

_log = structlog.get_logger("scorewire.games")


class Group(Protocol):
    """Who owns which partition, among all processes."""

    @property
    def lag_claims(self) -> int:
        """Claims of the owned partitions that lie on the log and have not had their effect."""

    async def change(self, known: frozenset[int]) -> frozenset[int]:
        """Wait until what this process owns is not what is known; then what it is.

        Raises:
            BackendError: nobody would ever tell.
        """

    async def confirm(self, partition: int) -> None:
        """Wait until the partition is known to be ours now; for ever while it is not."""

    def release(self, partition: int) -> None:
        """The owner of a partition that was taken has stopped: another may begin."""


@dataclass(slots=True)
class _Stint:
    """A partition of ours, from when it is given until its last owner here has ended."""

    over: bool = False
    owner: GamesOwner | None = None
    limit: asyncio.Timeout | None = None
    task: asyncio.Task[None] | None = None


class Shift:
    """Runs an owner for each partition that the group gives to this process.

    An owner that fails for good ends the process: one that is half alive would be trusted.

    Args:
        make_owner: a new owner of a partition.
        start: see Start.
        books_max, plays_max: of this process; divided among the partitions that it owns.
        finish_s: how long an owner may take to finish when its partition is taken.
    """

    def __init__(
        self,
        *,
        group: Group,
        make_owner: Callable[[int], GamesOwner],
        start: Start,
        books_max: int,
        plays_max: int = PLAYS_MAX,
        finish_s: float = FINISH_S,
    ) -> None:
        self._group = group
        self._make_owner = make_owner
        self._start = start
        self._books_max = books_max
        self._plays_max = plays_max
        self._finish_s = finish_s
        self._stints: dict[int, _Stint] = {}
        self._again: set[int] = set()
        self._stopping = asyncio.Event()
        self._past = Tally()
        self._past_commits = 0
        self._past_conflicts = 0
        self._past_retries = 0

    @property
    def partitions(self) -> frozenset[int]:
        """What an owner runs for here; one that is being left counts until it has ended."""
        return frozenset(self._stints)

    @property
    def tally(self) -> Tally:
        """What was decided in this process since its start."""
        total = Tally()
        for one in (self._past, *(owner.tally for owner in self._owners())):
            _add(total, one)
        return total

    @property
    def lag_claims(self) -> int:
        """Claims of our partitions that have not had their effect; some seconds old."""
        return self._group.lag_claims

    @property
    def held(self) -> int:
        """Claims that wait behind a gap."""
        return sum(owner.held for owner in self._owners())

    @property
    def stuck(self) -> int:
        """Games of several providers in which what is due cannot be decided; their claims can."""
        return sum(owner.stuck for owner in self._owners())

    @property
    def books(self) -> int:
        """Games whose plays are in memory."""
        return sum(owner.books for owner in self._owners())

    @property
    def commits(self) -> int:
        """Commits to the journal since the start."""
        return self._past_commits + sum(owner.commits for owner in self._owners())

    @property
    def conflicts(self) -> int:
        """How often another owner had written, or had taken a partition over, since the start."""
        return self._past_conflicts + sum(owner.conflicts for owner in self._owners())

    @property
    def retries(self) -> int:
        """How often the log or the journal failed, since the start."""
        return self._past_retries + sum(owner.retries for owner in self._owners())

    def stop(self) -> None:
        """Let every owner finish the batch in hand, then let `run` return; leave the group after that."""
        self._stopping.set()

    async def run(self) -> None:
        """Follow the group until `stop`.

        Raises:
            BackendError: the group cannot be followed any more.
        Cancellation: owners are cancelled too; the next start resumes from the journal.
        """
        following = self._start(self._follow(), "games-shift")
        try:
            await self._stopping.wait()
            following.cancel()
            self._again.clear()
            for partition in list(self._stints):
                self._end(partition)
            if self._stints:
                await asyncio.wait(self._tasks())
        finally:
            following.cancel()
            for task in self._tasks():
                task.cancel()

    async def _follow(self) -> None:
        known: frozenset[int] = frozenset()
        while True:
            owned = await self._group.change(known)
            for partition in sorted(known - owned):
                self._end(partition)
            for partition in sorted(owned - known):
                self._begin(partition)
            known = owned

    def _begin(self, partition: int) -> None:
        if partition in self._stints:
            self._again.add(partition)  # its last owner here has not ended yet
            return
        stint = self._stints[partition] = _Stint()
        stint.task = self._start(self._tend(partition, stint), f"games-owner-{partition}")

    def _end(self, partition: int) -> None:
        self._again.discard(partition)
        stint = self._stints.get(partition)
        if stint is None or stint.over:
            return
        stint.over = True
        if stint.owner is not None:
            stint.owner.leave()
        if stint.limit is not None:
            # Without an owner it waits for the group, which has just said no.
            allowed_s = self._finish_s if stint.owner is not None else 0.0
            stint.limit.reschedule(asyncio.get_running_loop().time() + allowed_s)

    async def _tend(self, partition: int, stint: _Stint) -> None:
        """Own a partition until it is taken, then let others have it."""
        try:
            async with asyncio.timeout(None) as limit:
                stint.limit = limit
                while not stint.over:
                    if not await self._own(partition, stint) and not stint.over:
                        await self._group.confirm(partition)
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            stint.limit = None
            del self._stints[partition]
            self._share_out()
        self._group.release(partition)
        if partition in self._again:
            self._again.discard(partition)
            self._begin(partition)

    async def _own(self, partition: int, stint: _Stint) -> bool:
        """One owner, from its start to its end; False if it was fenced."""
        stint.owner = owner = self._make_owner(partition)
        self._share_out()
        try:
            await owner.run()
        except OwnerFenced:
            _log.warning("another owner has taken the partition over", partition=partition)
            return False
        except asyncio.CancelledError:
            if stint.over:
                _log.warning("an owner could not finish; the next one reads again", partition=partition)
            raise
        except BackendError as error:
            if not stint.over:
                raise
            _log.warning("left without the last batch", partition=partition, detail=str(error))
        finally:
            stint.owner = None
            self._remember(owner)
        assert stint.over, "an owner ends when it is told to"
        return True

    def _owners(self) -> Iterator[GamesOwner]:
        return (stint.owner for stint in self._stints.values() if stint.owner is not None)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [stint.task for stint in self._stints.values() if stint.task is not None]

    def _share_out(self) -> None:
        """Divide what may be kept in memory among the owners that there are."""
        owners = list(self._owners())
        for owner in owners:
            owner.allow(
                books_max=max(self._books_max // len(owners), 1),
                plays_max=max(self._plays_max // len(owners), 1),
            )

    def _remember(self, owner: GamesOwner) -> None:
        """Count on what an owner that has ended had counted."""
        _add(self._past, owner.tally)
        self._past_commits += owner.commits
        self._past_conflicts += owner.conflicts
        self._past_retries += owner.retries


def _add(total: Tally, one: Tally) -> None:
    for outcome, times in one.outcomes.items():
        total.outcomes[outcome] = total.outcomes.get(outcome, 0) + times
    total.rows += one.rows
    total.corrections += one.corrections
