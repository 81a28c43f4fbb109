"""What operators ask about games that several providers tell, read from the journal."""

from collections.abc import Sequence

from msgspec import Struct

from scorewire.games.history import open_book
from scorewire.games.report import ConflictShown, ProviderReport, Sheet, conflicts_of, count, reports
from scorewire.journal.journal import Journal
from scorewire.model.game_event import GameEvent
from scorewire.sports.machine import AnyMachine

PAGE_ROWS = 1000


class ConflictsShown(Struct, frozen=True, kw_only=True):
    """Newest first."""

    conflicts: tuple[ConflictShown, ...]


class ProvidersReported(Struct, frozen=True, kw_only=True):
    """By name."""

    providers: tuple[ProviderReport, ...]


class Inquiry:
    """Reads whole games; for operators, not for pages."""

    def __init__(self, *, journal: Journal, machines: dict[str, AnyMachine]) -> None:
        self._journal = journal
        self._machines = machines

    async def conflicts(self, game_id: str, *, settled: bool = False) -> ConflictsShown | None:
        """The conflicts of a game; None for an unknown one.

        Args:
            settled: those that have ended too.
        """
        book = await open_book(self._journal, self._machines, game_id)
        return None if book is None else ConflictsShown(conflicts=tuple(conflicts_of(book, settled=settled)))

    async def is_open(self, game_id: str, provider: str, event: str) -> bool:
        """Whether an event is in a conflict that nothing has settled."""
        found = await self.conflicts(game_id)
        return found is not None and any(
            (one.provider, one.event) == (provider, event) for one in found.conflicts
        )

    async def report(self, game_ids: Sequence[str] | None = None) -> ProvidersReported:
        """How providers did on these games, or on all, where several told them.

        Raises:
            BackendError: the journal failed.
        """
        sheets: dict[str, Sheet] = {}
        for game_id in game_ids if game_ids is not None else await self._journal.game_ids():
            declared = await self._journal.declared(game_id)
            if declared is None or len(declared.providers) < 2:
                continue
            book = await open_book(self._journal, self._machines, game_id)
            if book is not None:
                count(sheets, book, await self._rows(game_id))
        return ProvidersReported(providers=reports(sheets))

    async def _rows(self, game_id: str) -> list[GameEvent]:
        rows: list[GameEvent] = []
        while page := await self._journal.rows(game_id, rows[-1].seq if rows else 0, PAGE_ROWS):
            rows += page
        return rows
