"""Who answers in a process: the applications of its port and of its Unix socket, by its roles."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from litestar import Request
from litestar.types import ControllerRouterHandler

from scorewire import captures
from scorewire.api.admin import Office
from scorewire.api.app import Rooms, build_admin_app, build_app
from scorewire.api.caching.kept import Built, KeptAnswers
from scorewire.api.desk import EditorsDesk
from scorewire.api.face import Face
from scorewire.api.health import Checks
from scorewire.api.how import HowItWorks
from scorewire.api.playback import Booth
from scorewire.api.reads import Reads, Standings, Statistics
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import RequestError
from scorewire.games.audit import Audit, Rebuilt
from scorewire.games.inquiry import Inquiry
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.log.base import ProviderLog
from scorewire.metrics import Metrics
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.question import Question, question
from scorewire.model.score_state import ScoreState
from scorewire.node.intake_side import IntakeSide
from scorewire.node.newest import NewestAnswers
from scorewire.node.playing import build_replay_pages
from scorewire.node.record_reads import RecordReads
from scorewire.node.roles import roles_of
from scorewire.node.standing_plays import StandingPlays, formats_of
from scorewire.node.stores import Stores
from scorewire.node.visitor_reads import VisitorReads
from scorewire.scoreboard.base import Head, Scoreboard
from scorewire.sports import SPORTS
from scorewire.web.bundle import load_bundle
from scorewire.web.how import how_pages
from scorewire.web.league_pages import league_pages
from scorewire.web.oembed import oembed_pages
from scorewire.web.pages import pages
from scorewire.web.plays import Plays
from scorewire.web.schedule_pages import Site, schedule_pages
from scorewire.web.search_pages import search_pages
from scorewire.web.shot_list import shot_list
from scorewire.web.team_pages import team_pages

PLAYING_MAX = 200
"""Games of one league that are looked at for who plays now."""

Status = Callable[[], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """The applications; `admin` is None where administrators have nothing to do."""

    app: Face
    admin: Face | None


class _PageReads:
    """What the pages read, now or some seconds ago: what REST answers; what many show is kept ready."""

    def __init__(
        self, reads: Reads, standing: StandingPlays, newest: NewestAnswers, *, delay_s: int = 0
    ) -> None:
        self._reads = reads
        self._newest = newest
        self._standing = standing
        self._delay_s = delay_s
        self._journal, self._kept = reads.journal, reads.kept
        self._standings, self._statistics = reads.standings, reads.statistics

    def late(self, delay_s: int) -> "_PageReads":
        if not delay_s:
            return self
        return _PageReads(self._reads, self._standing, self._newest, delay_s=delay_s)

    async def games(self, query: GamesQuery) -> GamesPage:
        return await self._reads.games(query, self._delay_s)

    async def head(self, game_id: str) -> Head | None:
        try:
            return await self._reads.head(game_id, self._delay_s)
        except RequestError:
            return None

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> tuple[GameEvent, ...]:
        rows = await self._journal.rows(game_id, since_seq, limit, level)
        if not self._delay_s:
            return rows
        until_ms = self._reads.now_ms(self._delay_s)
        return tuple(row for row in rows if row.ts <= until_ms)

    async def standings(self, league_id: str, season: str | None) -> bytes | None:
        # To the second, so that viewers with one delay share one table.
        as_of_ms = self._reads.now_ms(self._delay_s) // 1000 * 1000 if self._delay_s else None

        async def build() -> Built:
            return Built(await self._standings(league_id, season, as_of_ms) or b"")

        found, _ = await self._kept.get(question("page standings", league_id, season, self._delay_s), build)
        return found.body or None

    async def plays(self, state: ScoreState) -> Plays:
        return await self._standing.at(state)

    async def box_score(self, state: ScoreState) -> bytes | None:
        async def make() -> bytes:
            return await self._statistics.lines(state.game_id, state.seq) or b""

        return await self.newest("lines", state, make) or None

    async def newest(self, name: str, state: ScoreState, make: Callable[[], Awaitable[bytes]]) -> bytes:
        named = f"{name} {state.game_id} {self._delay_s}"
        return await self._newest.get(named, (state.epoch, state.seq), make)

    async def kept(
        self,
        name: Question,
        make: Callable[[], Awaitable[bytes]],
        *,
        fresh_s: float,
        keys: tuple[str, ...] = (),
    ) -> bytes:
        async def build() -> Built:
            return Built(await make(), keys=keys, fresh_s=fresh_s)

        return (await self._kept.get(question("page", name), build))[0].body

    async def playing(self, league_id: str) -> frozenset[str]:
        async def build() -> Built:
            underway = GamesQuery(league=league_id, status="underway", limit=PLAYING_MAX)
            games = (await self.games(underway)).games
            sides = [side.id for one in games if one.status != "ended" for side in (one.home, one.away)]
            return Built(" ".join(sides).encode())

        found, _ = await self._kept.get(question("page playing", league_id, self._delay_s), build)
        return frozenset(found.body.decode().split())


def _pages(
    reads: Reads, standing: StandingPlays, *, site: Site, booth: Booth, how: HowItWorks
) -> list[ControllerRouterHandler]:
    """All pages, over what REST answers."""
    of_games = _PageReads(reads, standing, NewestAnswers())
    record, visitor = RecordReads(reads), VisitorReads(reads)
    bundle, clock = load_bundle(), reads.clock
    return [
        *pages(reads=of_games, clock=clock, site=site),
        *build_replay_pages(of_games, reads=reads, booth=booth),
        *schedule_pages(reads=visitor, bundle=bundle, clock=clock, site=site),
        *search_pages(reads=visitor, bundle=bundle, clock=clock),
        *league_pages(reads=record, bundle=bundle, clock=clock),
        *team_pages(reads=record, bundle=bundle, clock=clock),
        *how_pages(journeys=how.journeys, bundle=bundle),
        *oembed_pages(head=of_games.head, site=site),
    ]


def _site(config: Config, request: Request) -> str:  # type: ignore[type-arg]
    """How the outside reaches this node."""
    return config.server.public_url.rstrip("/") or str(request.base_url).rstrip("/")


async def _shots(standing: StandingPlays, state: ScoreState) -> bytes:
    return await asyncio.to_thread(shot_list, state, await standing.at(state))


def build_faces(
    config: Config,
    *,
    stores: Stores,
    scoreboard: Scoreboard,
    kept: KeptAnswers,
    standings: Standings,
    statistics: Statistics,
    how: HowItWorks,
    intake: IntakeSide | None,
    booth: Booth,
    status: Status,
    checks: Checks,
    notes: Checks,
    metrics: Metrics,
    clock: Clock,
) -> Faces:
    """Build what the process's roles answer.

    Args:
        scoreboard: what is true now.
        kept: answers that are kept ready.
        standings: tables of leagues.
        statistics: lines of games, players and teams.
        booth: for games that are played back.
        how: what shows how this process works.
        intake: in a process that has it, which is where administrators and editors work too.
        checks, notes: see `api.health`.
    """
    roles, journal = roles_of(config), stores.journal
    reads = None
    shown: list[ControllerRouterHandler] = []
    if "api" in roles:
        standing = StandingPlays(journal=journal, machines=SPORTS, formats=formats_of(config))
        reads = Reads(
            scoreboard=scoreboard,
            journal=journal,
            state_at=stores.history.state_at,
            clock=clock,
            kept=kept,
            standings=standings,
            statistics=statistics,
            shots=partial(_shots, standing),
        )
        shown = _pages(reads, standing, site=partial(_site, config), booth=booth, how=how)
    office = desk = None
    if intake is not None:
        assert stores.log is not None, "intake has a log"
        office = _office(config, stores=stores, log=stores.log, intake=intake, status=status, clock=clock)
        desk = EditorsDesk(
            admit=intake.admission.post,
            rows=journal.rows,
            letters=stores.log.dead_letters,
            # What is shown may be a second old where games are decided elsewhere: older than the entry's row.
            head=stores.history.head,
            clock=clock,
            sleep=asyncio.sleep,
        )
    rooms = Rooms(
        reads=reads,
        how=how,
        booth=booth if reads is not None else None,
        streams="gateway" in roles,
        door=intake.door if intake is not None else None,
        office=office,
        desk=desk,
        inquiry=Inquiry(journal=journal, machines=SPORTS),
        checks=checks,
        notes=notes,
        metrics=metrics,
        clock=clock,
        bearer=(intake.keys if intake is not None else journal.keys(clock=clock)).bearer,
    )
    return Faces(
        app=build_app(rooms, pages=shown), admin=build_admin_app(rooms) if office is not None else None
    )


def _office(
    config: Config,
    *,
    stores: Stores,
    log: ProviderLog,
    intake: IntakeSide,
    status: Status,
    clock: Clock,
) -> Office:
    journal = stores.journal
    audit = Audit(journal=journal, log=log, machines=SPORTS)

    async def rebuild(game_id: str | None) -> Rebuilt:
        return await audit.rebuild([game_id] if game_id is not None else await journal.game_ids())

    async def capture(game_id: str) -> bytes | None:
        return await captures.take(config, audit, game_id=game_id, epoch=journal.epoch, now_ms=clock.now_ms())

    return Office(
        log=log,
        keys=intake.keys,
        replay=intake.dead_letters.replay,
        rebuild=rebuild,
        explain=audit.explain,
        capture=capture,
        status=status,
    )
