"""A league whose games are decided, in the journal, and heard of by who keeps their lines and tables."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

from scorewire.games.history import History
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit, HeadMove
from scorewire.model.provider_event import GameDeclared, League, Team
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.sports import SPORTS
from scorewire.stats.box_scores import BoxScores
from scorewire.stats.lines import LINES
from scorewire.stats.lines.box import GameLines
from scorewire.stats.scorebook import Scorebook
from scorewire.stats.statistics import Statistics
from unit.stats.lines.plays import Game, lines_of

BY = "this release"


def declared(game_id: str, *, sport: str = "soccer", league: str = "cup", **fields: object) -> GameDeclared:
    """A game between those who are in its name: `ars-che`."""
    home, away = game_id.split("-")[:2]
    base: dict[str, object] = {
        "provider": "acme",
        "game_id": game_id,
        "event": f"m-{game_id}",
        "revision": 1,
        "sport": sport,
        "league": League(id=league, name=league.title()),
        "season": "2026",
        "start": "2026-11-21T15:00:00Z",
        "home": Team(id=home, name=home.title(), abbr=home.upper()),
        "away": Team(id=away, name=away.title(), abbr=away.upper()),
    }
    return GameDeclared(**{**base, **fields})  # type: ignore[arg-type]


class Season:
    """Games of one journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.games: dict[str, Game] = {}
        self.stored: dict[str, int] = {}
        self.history = History(journal=journal, machines=SPORTS)
        self.box_scores = self.counter()
        self.book = self.scorebook()
        self.statistics = self.asked()

    def counter(self) -> BoxScores:
        return BoxScores(
            rows=self.journal.rows,
            epoch=lambda: self.journal.epoch,
            machines=SPORTS,
            sports=LINES,
            now_s=time.monotonic,
        )

    def scorebook(self, counted: str = BY) -> Scorebook:
        return Scorebook(
            lines=self.journal.lines,
            line=self.line,
            box_scores=self.counter(),
            epoch=lambda: self.journal.epoch,
            counted=counted,
            now_s=time.monotonic,
        )

    def asked(self) -> Statistics:
        """Who answers, and holds nothing yet."""
        return Statistics(
            box_scores=self.box_scores,
            lines=self.journal.lines,
            games=self.journal.games,
            league=self.journal.league,
            sports=LINES,
            now_s=time.monotonic,
        )

    async def head(self, game_id: str) -> ScoreState | None:
        found = await self.history.head(game_id)
        return None if found is None else found.state

    async def line(self, game_id: str) -> ScoreState | None:
        found = await self.journal.listed(game_id)
        return None if found is None else found[1]

    def game(self, game_id: str, *, kick_off: bool = True, **fields: object) -> Game:
        """A game, begun; not in the journal yet."""
        played = Game(declared(game_id, **fields), epoch=self.journal.epoch)  # type: ignore[arg-type]
        self.games[game_id] = played
        if kick_off:
            played.say("PERIOD_START", period=1)
        return played

    async def store(self, *games: Game) -> list[Update]:
        """Put what is new of games into the journal, in one commit; what is to be heard of it."""
        rows, heads, declarations, news = [], [], [], []
        for played in games or tuple(self.games.values()):
            game_id, shown = played.desk.book.game_id, played.desk.shown
            before = self.stored.get(game_id, 0)
            assert shown is not None
            if shown.seq == before:
                continue
            fresh = [row for row in played.rows if row.seq > before]
            rows += fresh
            declarations += [row.declared for row in fresh if row.declared is not None]
            heads.append(
                HeadMove(
                    game_id=game_id,
                    from_seq=before,
                    to_seq=shown.seq,
                    corrected_seq=played.desk.book.corrected_seq,
                    line=shown.line(),
                )
            )
            news += [update for update in played.updates if update.seq > before]
            self.stored[game_id] = shown.seq
        if rows:
            await self.journal.commit(
                Commit(rows=tuple(rows), heads=tuple(heads), declared=tuple(declarations))
            )
        return news

    def lines(self, game_id: str) -> GameLines:
        """Those of all of a game's rows, counted from nothing."""
        return lines_of(self.games[game_id].rows)


class Running:
    """What has a `run` that never ends, while a test lasts."""

    def __init__(self, *runs: Callable[[], Awaitable[None]]) -> None:
        self._runs = runs
        self._tasks: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.ensure_future(run()) for run in self._runs]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


async def hear(book: Scorebook, updates: Sequence[Update], *, all_of_it: bool = False) -> None:
    """Tell of rows, and wait until they are kept: those of games that go on only if `all_of_it`."""
    async with asyncio.timeout(30):
        while book.looks:  # noqa: ASYNC110 (nobody but a test waits for this)
            await asyncio.sleep(0.01)
        book.heard(updates)
        await (book.finish() if all_of_it else book.level())
