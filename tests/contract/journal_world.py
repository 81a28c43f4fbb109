"""A small world of games to commit: the same arguments give the same rows, lines and declarations.

And what every suite of the journal begins with: an opened journal, whichever its database.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

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
        season: str = "2022",
        home: str = "arg",
        away: str = "fra",
    ) -> ScoreState:
        return ScoreState(
            game_id=game_id,
            epoch="anywhen1",
            seq=seq,
            sport=sport,
            league=League(id=league, name="World Cup"),
            season=season,
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


class OpenedJournal(ABC):
    """How a suite comes by its journal."""

    @abstractmethod
    async def open(self) -> Journal:
        """Open the journal: empty at the first call of a test, as it was left at the next."""

    @pytest.fixture
    def world(self) -> World:
        return World()

    @pytest_asyncio.fixture
    async def journal(self) -> AsyncIterator[Journal]:
        journal = await self.open()
        yield journal
        await journal.close()
