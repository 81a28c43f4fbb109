"""A small world of games to commit, and a journal in a fresh folder."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from scorewire.journal.database import Database
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit, HeadMove
from scorewire.model.game_event import Cause, CompactEvent, GameEvent, Level
from scorewire.model.provider_event import GameDeclared, League, Player, ProviderEvent, Team, Venue
from scorewire.model.score_state import ScoreState, SideState, Status

START = "2022-12-18T15:00:00Z"
START_MS = 1_671_375_600_000


@dataclass(slots=True)
class World:
    """Makes rows, lines and declarations; the same arguments give the same values."""

    seqs: dict[str, int] = field(default_factory=dict)

    def line(
        self,
        game_id: str,
        seq: int,
        *,
        status: Status = "live",
        start: str = START,
        sport: str = "soccer",
        league: str = "fifa-wc",
        home: str = "arg",
        away: str = "fra",
    ) -> ScoreState:
        return ScoreState(
            game_id=game_id,
            epoch="anywhen1",
            seq=seq,
            sport=sport,
            league=League(id=league, name="World Cup"),
            season="2022",
            start=start,
            status=status,
            home=SideState(id=home, name=home.title(), abbr=home.upper(), score=seq),
            away=SideState(id=away, name=away.title(), abbr=away.upper(), score=0),
            updated_at=START_MS + seq,
        )

    def row(
        self,
        game_id: str,
        seq: int,
        *,
        level: Level = "play",
        event: str | None = None,
        revision: int = 1,
        correction: bool = False,
        player: Player | None = None,
        provider: str = "acme",
    ) -> GameEvent:
        named = event if event is not None else f"e{seq}"
        claim = ProviderEvent(
            provider=provider, game_id=game_id, event=named, revision=revision, type="SHOT", player=player
        )
        return GameEvent(
            game_id=game_id,
            seq=seq,
            ts=START_MS + seq,
            type="SHOT",
            level=level,
            change="assert",
            cause=Cause(provider=provider, event=named, revision=revision),
            correction=correction,
            place=(1, seq, 0),
            claim=claim,
            compact=CompactEvent(seq=seq, type="SHOT", team="home"),
            log_offset=seq,
        )

    def declared(
        self,
        game_id: str,
        *,
        home: Team | None = None,
        away: Team | None = None,
        league: League | None = None,
        season: str = "2022",
        venue: Venue | None = None,
        start: str = START,
        sport: str = "soccer",
    ) -> GameDeclared:
        return GameDeclared(
            provider="acme",
            game_id=game_id,
            event=f"declare-{game_id}",
            revision=1,
            sport=sport,
            league=league or League(id="fifa-wc", name="World Cup"),
            season=season,
            start=start,
            venue=venue,
            home=home or Team(id="arg", name="Argentina", abbr="ARG"),
            away=away or Team(id="fra", name="France", abbr="FRA"),
        )

    def append(
        self,
        game_id: str,
        rows: int = 1,
        *,
        from_seq: int | None = None,
        corrected_seq: int = 0,
        line: ScoreState | None = None,
        declared: GameDeclared | None = None,
    ) -> Commit:
        """The next rows of a game, which is declared with its first."""
        first = self.seqs.get(game_id, 0) if from_seq is None else from_seq
        last = first + rows
        self.seqs[game_id] = last
        if declared is None and first == 0:
            declared = self.declared(game_id)
        return Commit(
            rows=tuple(self.row(game_id, seq) for seq in range(first + 1, last + 1)),
            heads=(
                HeadMove(
                    game_id=game_id,
                    from_seq=first,
                    to_seq=last,
                    corrected_seq=corrected_seq,
                    line=line or self.line(game_id, last),
                ),
            ),
            declared=() if declared is None else (declared,),
        )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's journal lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; migrating one a test would take most of the time."""
    made = tmp_path_factory.mktemp("empty") / "journal.sqlite"

    async def make() -> None:
        await (await Database.open(made)).close()

    asyncio.run(make())
    return made


@pytest.fixture
async def journal(path: Path, empty: Path) -> AsyncIterator[Journal]:
    shutil.copy(empty, path)
    opened = await Journal.open(path)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def world_of_lists() -> World:
    return World()


@pytest.fixture(scope="session")
def world_of_random_commits() -> type[World]:
    """For hypothesis, which wants a new world at each example."""
    return World


async def _plan(journal: Journal, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
    def explain(connection: sa.Connection) -> list[str]:
        text = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

    return await journal._database.read(explain)


@pytest.fixture
def plan(journal: Journal) -> Callable[[sa.Select[*tuple[Any, ...]]], Awaitable[list[str]]]:
    """How the database would run a query, a step a line."""
    return partial(_plan, journal)
