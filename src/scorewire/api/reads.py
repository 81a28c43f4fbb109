"""What is true of a game, at its head or at a seq, and for how long an answer about it may be kept."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scorewire.api.problems import refuse
from scorewire.clock import Clock
from scorewire.journal.journal import Journal
from scorewire.model.game_event import GameEvent
from scorewire.model.ids import is_id
from scorewire.scoreboard.base import Head, Scoreboard

StateAt = Callable[[str, int], Awaitable[Head | None]]
"""(game_id, seq) -> the game folded up to seq; None where there is no such row."""

FOLDED_MAX = 256
"""Past states in memory, some 4 KB each."""
ROWS_A_READ = 1000
ROWS_OF_GAME_MAX = 20_000
"""Rows in one /state: ten times the longest game known (cricket, five days); more are paged by /events."""


@dataclass(frozen=True, slots=True)
class View:
    """A game at one seq. `immutable`: the request named epoch and seq, so the answer never changes."""

    head: Head
    immutable: bool
    is_head: bool


class Reads:
    """Everything that the public routes ask.

    Args:
        scoreboard: the current states.
        journal: rows, lists and names.
        state_at: folds a game up to a seq, off the loop.
        clock: for Last-Modified.
    """

    def __init__(self, *, scoreboard: Scoreboard, journal: Journal, state_at: StateAt, clock: Clock) -> None:
        self.scoreboard = scoreboard
        self.journal = journal
        self.clock = clock
        self._state_at = state_at
        # (game, epoch, seq) names one state for good.
        self._folded: OrderedDict[tuple[str, str, int], Head] = OrderedDict()

    async def head(self, game_id: str) -> Head:
        """The newest state of a game.

        Raises:
            RequestError: 404 `unknown_game`.
        """
        head = await self.scoreboard.head(game_id) if is_id(game_id) else None
        if head is None:
            raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
        return head

    async def view(self, game_id: str, seq: int | None, epoch: str | None) -> View:
        """The game at `seq`, or at its head.

        Raises:
            RequestError: 404 `unknown_game`, `other_epoch` or `seq_above_head`.
        """
        head = await self.head(game_id)
        newest = head.state
        if epoch is not None and epoch != newest.epoch:
            raise refuse(
                "other_epoch", f"The epoch is {newest.epoch} now; seqs of another mean other states."
            )
        if seq is None:
            return View(head, immutable=False, is_head=True)
        if seq > newest.seq:
            raise refuse("seq_above_head", f"The game is at seq {newest.seq}.")
        if seq == newest.seq:
            return View(head, immutable=epoch is not None, is_head=True)
        then = await self._then(game_id, newest.epoch, seq)
        return View(then, immutable=epoch is not None, is_head=False)

    async def _then(self, game_id: str, epoch: str, seq: int) -> Head:
        """The game at a seq below its head; folded once while many ask for it."""
        key = (game_id, epoch, seq)
        held = self._folded.get(key)
        if held is not None:
            self._folded.move_to_end(key)
            return held
        then = await self._state_at(game_id, seq)
        assert then is not None, "a seq below the head has a row"
        assert then.state.seq == seq, "state_at folds up to the seq that it was asked for"
        if then.state.epoch == epoch:
            self._folded[key] = then
            while len(self._folded) > FOLDED_MAX:
                self._folded.popitem(last=False)
        return then

    async def rows(self, game_id: str, upto_seq: int) -> list[GameEvent]:
        """All rows 1..upto_seq, in order.

        Raises:
            RequestError: 422 `too_many_rows`.
        """
        if upto_seq > ROWS_OF_GAME_MAX:
            raise refuse("too_many_rows", f"{upto_seq} rows; at most {ROWS_OF_GAME_MAX} come in one answer.")
        found: list[GameEvent] = []
        while not found or found[-1].seq < upto_seq:
            after = found[-1].seq if found else 0
            more = await self.journal.rows(game_id, after, min(ROWS_A_READ, upto_seq - after))
            if not more:
                break  # the scoreboard never shows what the journal has not: unreachable but for a lost file
            found.extend(more)
        return found
