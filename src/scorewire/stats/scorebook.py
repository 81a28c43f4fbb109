"""Keeps the lines of all games while they go on, for sums over a season; exact again after every correction.

    updates ──► heard: games whose rows have changed ──► due: now, or some seconds after the last time
                  ──► each game's lines, counted anew from its rows ──► journal

A game's lines are a function of its rows, so nothing is ever added up. One that goes on is kept every quarter
of a minute; one that begins, is over, or was corrected, at once. At the start the heads of games are compared
with their lines, for what was missed while nobody kept them, or was counted by another release.

A few games are followed by a pause, nineteen times as long as they took, so that lines take at most a
twentieth of a core from whoever shares the process. Of more games than that allows each is kept less often;
what is to be kept at once goes first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from heapq import nsmallest
from importlib import resources
from typing import Final

import msgspec
import structlog

from scorewire.errors import BackendError
from scorewire.journal.lines import KeptLines, Lines
from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState
from scorewire.model.update import Update
from scorewire.stats.box_scores import BoxScores
from scorewire.stats.lines.box import GameLines

PAUSE_S: Final = 0.2
"""Between two transactions at least."""
SHARE: Final = 19.0
"""So many times as long as they took to count games are followed by a pause."""
EVERY_S: Final = 15.0
"""How often a game that goes on is kept at most; sums over a season are a minute old anyway."""
RETRY_S: Final = (0.2, 5.0)
FOUND_AT_ONCE: Final = 50
"""Games that were missed and are looked for in one go."""
KEPT_AT_ONCE: Final = 5
"""Games in one transaction, which scores wait for, and before a pause: some 5 ms, and 25 of counting."""

BEGUN: Final = UNDER_WAY | OVER
"""A game in another status has no lines, but what is left of those that it had."""
COUNTS_FOR_NOTHING: Final = frozenset({"cancelled", "void"})

_log = structlog.get_logger("scorewire.stats")
_encode = msgspec.json.Encoder().encode


def counting() -> str:
    """A name for how lines are counted: another one where a release counts something else."""
    digest = blake2b(digest_size=8)
    for file in sorted(resources.files("scorewire.stats.lines").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()


@dataclass(slots=True)
class _Due:
    """A game that is to be kept, monotonic seconds; `at_once` where others wait for it."""

    state: ScoreState
    due_s: float
    at_once: bool


class Scorebook:
    """See the module; start `run` in a task.

    Args:
        lines: the journal's.
        line: a game in list form, from the journal; None for an unknown one.
        box_scores: count.
        epoch: the journal's. Updates of another are of games as they were before a restore.
        counted: see `counting`.
        now_s: monotonic.

    Attributes:
        kept: games whose lines were kept, each time counted.
    """

    def __init__(
        self,
        *,
        lines: Lines,
        line: Callable[[str], Awaitable[ScoreState | None]],
        box_scores: BoxScores,
        epoch: Callable[[], str],
        counted: str,
        now_s: Callable[[], float],
    ) -> None:
        self.kept = 0
        self._lines = lines
        self._line = line
        self._box_scores = box_scores
        self._epoch = epoch
        self._counted = counted
        self._now_s = now_s
        self._due: dict[str, _Due] = {}
        self._last_s: dict[str, float] = {}
        self._news = asyncio.Event()
        self._level = asyncio.Event()
        self._level.set()
        self._missed = True
        # Where the search for what was missed has come to, and what it found that is not kept yet.
        self._after: str | None = None
        self._found: set[str] = set()

    @property
    def waiting(self) -> int:
        """Games with rows that their lines have not seen yet."""
        return len(self._due)

    @property
    def looks(self) -> bool:
        """Something may have been missed, and is looked for or not kept yet."""
        return self._missed or self._after is not None or bool(self._found)

    def heard(self, updates: Iterable[Update]) -> None:
        """These rows are in the journal; never waits."""
        epoch, now_s = self._epoch(), self._now_s()
        for update in updates:
            if update.epoch == epoch:
                self._hear(update, now_s)

    def _hear(self, update: Update, now_s: float) -> None:
        state = update.state
        at_once = update.correction or state.status in OVER or "status" in update.patch
        if not at_once and state.status not in BEGUN:
            return
        due_s = now_s if at_once else max(now_s, self._last_s.get(state.game_id, 0.0) + EVERY_S)
        waits = self._due.get(state.game_id)
        if waits is not None:
            # What was not committed on Kafka is given once more, and is older than what was found meanwhile.
            state = max(state, waits.state, key=lambda one: one.seq)
            due_s, at_once = min(due_s, waits.due_s), at_once or waits.at_once
        self._due[state.game_id] = _Due(state, due_s, at_once)
        if waits is None or (at_once and not waits.at_once):
            self._news.set()
        if at_once:
            self._level.clear()

    def look_again(self) -> None:
        """Something may have been missed: compare the heads of games with their lines, soon."""
        self._missed = True
        self._news.set()

    async def level(self) -> None:
        """Wait until the journal has the lines of every game that was to be kept at once; of one that goes on
        they may be EVERY_S old, and what was missed is still looked for. The caller bounds the time."""
        await self._level.wait()

    async def finish(self) -> None:
        """Keep all that was heard, and wait for it; the caller bounds the time."""
        for waits in self._due.values():
            waits.due_s, waits.at_once = 0.0, True
        if self._due:
            self._level.clear()
            self._news.set()
        await self._level.wait()

    async def run(self) -> None:
        """Keep the lines, for ever.

        Cancellation: what was heard and is not kept is found at the next start.
        """
        while True:
            began_s = self._box_scores.spent_s
            await self._insist(self._step)
            if not any(waits.at_once for waits in self._due.values()):
                self._level.set()
            await asyncio.sleep(max(PAUSE_S, SHARE * (self._box_scores.spent_s - began_s)))
            await self._until_due()

    async def _until_due(self) -> None:
        while not self.looks:
            next_s = min((waits.due_s for waits in self._due.values()), default=None)
            wait_s = None if next_s is None else next_s - self._now_s()
            if wait_s is not None and wait_s <= 0:
                return
            self._news.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            except TimeoutError:
                return

    async def _step(self) -> None:
        """Keep the few most urgent games: those at once, then what was missed, then those that go on."""
        if self._missed:
            self._missed, self._after = False, ""
        if self._after is not None and not self._found:
            await self._find(self._after)
        now_s = self._now_s()
        urgent = ((not one.at_once, one.due_s, game_id) for game_id, one in self._due.items())
        first = nsmallest(KEPT_AT_ONCE, urgent)
        batch = {game_id: self._due.pop(game_id) for _, due_s, game_id in first if due_s <= now_s}
        try:
            await self._keep({game_id: waits.state for game_id, waits in batch.items()})
        except BaseException:
            # What could not be kept is due again, as it was heard last.
            for game_id, waits in batch.items():
                again = self._due.setdefault(game_id, waits)
                again.due_s, again.at_once = min(again.due_s, waits.due_s), again.at_once or waits.at_once
            raise
        self._found -= batch.keys()

    async def _find(self, after: str) -> None:
        """Look for some games whose lines are missing, older than they are, or counted by something else."""
        page = await self._lines.unkept(BEGUN, self._counted, after=after, limit=FOUND_AT_ONCE)
        for game_id in page:
            try:
                state = await self._line(game_id)
            except BackendError as error:
                if error.retryable:
                    raise
                _log.error("a game cannot be read, and has no lines", game=game_id, detail=str(error))
                continue
            if state is not None:
                self._found.add(game_id)
                waits = self._due.setdefault(game_id, _Due(state, 0.0, at_once=False))
                waits.due_s = 0.0
        self._after = page[-1] if page else None

    async def _keep(self, states: dict[str, ScoreState]) -> None:
        counted = [await self._lines_of(state) for state in states.values()]
        changed = [one for one in counted if one is not None]
        # Of what has not begun nothing is kept, unless it had.
        if bare := [
            one.game_id for one in changed if not one.body and states[one.game_id].status not in BEGUN
        ]:
            held = await self._lines.held(bare)
            changed = [one for one in changed if one.game_id not in bare or one.game_id in held]
        if changed:
            await self._lines.keep(changed)
            self.kept += len(changed)
        now_s = self._now_s()
        for game_id, state in states.items():
            if state.status in OVER:
                self._last_s.pop(game_id, None)
                self._box_scores.let_go(game_id)
            else:
                self._last_s[game_id] = now_s

    async def _lines_of(self, state: ScoreState) -> KeptLines | None:
        """What is kept of a game; None for one that cannot be counted, which is kept as it was."""
        if not counts(state):
            return KeptLines(game_id=state.game_id, seq=state.seq, counted=self._counted)
        try:
            lines = await self._box_scores.lines(state.game_id, state.seq)
        except BackendError as error:
            if error.retryable:
                raise
            _log.error("a game's lines cannot be read", game=state.game_id, detail=str(error))
            return None
        except Exception as error:
            # The same boundary as for a table: what cannot be counted must not end a node.
            _log.error("a game's lines cannot be counted", game=state.game_id, exc_info=error)
            return None
        if lines is None:
            return KeptLines(game_id=state.game_id, seq=state.seq, counted=self._counted)
        return kept_lines(lines, state.start, self._counted)

    async def _insist(self, act: Callable[[], Awaitable[None]]) -> None:
        """Repeat until it succeeds: no game is left out."""
        wait_s, longest_s = RETRY_S
        while True:
            try:
                return await act()
            except BackendError as error:
                _log.warning("lines cannot be kept", detail=str(error), waiting=len(self._due))
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)


def counts(state: ScoreState) -> bool:
    """Whether what was done in a game counts: as for tables, one that was abandoned does in cricket only."""
    if state.status == "abandoned":
        return state.sport == "cricket"
    return state.status in BEGUN and state.status not in COUNTS_FOR_NOTHING


def kept_lines(lines: GameLines, start: str, counted: str) -> KeptLines:
    """Lines as the journal keeps them."""
    sides = (lines.home, lines.away)
    players = dict.fromkeys(one.id for team in sides for one in team.players if one.played)
    return KeptLines(
        game_id=lines.game_id,
        league_id=lines.league,
        season=lines.season,
        seq=lines.seq,
        counted=counted,
        start_ms=int(datetime.fromisoformat(start).timestamp() * 1000),
        home_id=lines.home.id,
        away_id=lines.away.id,
        body=_encode(lines),
        players=tuple(players),
    )
