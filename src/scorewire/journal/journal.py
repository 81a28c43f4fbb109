"""The journal: the record of every game, and the only place where a score is a fact.

Guarantees:
    - `commit` is one transaction, durable when it returns (WAL, synchronous=FULL): rows, heads, ledger,
      checkpoints, declarations and the position on the provider log, or none of them.
    - Each game's head moves only from where its owner says that it is, so two owners never both write.
    - Rows are never changed and never removed.
    - Reads see one snapshot, and wait neither for the writer nor for its disk.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
import structlog

from scorewire.clock import Clock
from scorewire.errors import OutcomeUnknown, SequenceConflict
from scorewire.journal import history, listing, partitions, positions, schema
from scorewire.journal.appending import append, game_date, stands
from scorewire.journal.competitions import Competitions
from scorewire.journal.database import ANSWER_TIMEOUT_S, BUSY_TIMEOUT_S, Database, Lane
from scorewire.journal.dialect import alone, unhurried, upsert
from scorewire.journal.entities import KNOWN_MAX, Known
from scorewire.journal.keys import Keys
from scorewire.journal.lately import KEPT_MS, Lately
from scorewire.journal.lines import Lines
from scorewire.journal.listing import Group
from scorewire.journal.names import Found, find, words_of
from scorewire.journal.partitions import Upkeep
from scorewire.journal.records import Commit, Consumed, GamesPage, GamesQuery, LeagueListed, Stored, flaw
from scorewire.journal.schema import game_heads, leagues, meta, players, seasons, teams
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.provider_event import GameDeclared, Player, Team
from scorewire.model.score_state import STATE_VERSION, ScoreState

T = TypeVar("T")

FOLLOWED_MAX = 10_000
"""Games that one team, league or sport may bring to who follows it."""

LEAGUES_MAX = 10_000
"""Leagues in the list of all of them."""

_log = structlog.get_logger("scorewire.journal")


class Journal:
    """See the module's docstring for what is guaranteed. Made by `open`.

    Every method raises BackendError where the store fails; it is then rolled back, and `retryable` says
    whether the same call may succeed later (disk full, locked by another process).
    """

    def __init__(
        self, *, database: Database, incarnation: str, known_max: int = KNOWN_MAX, shared: bool = False
    ) -> None:
        self._database = database
        self._shared = shared
        self._known = Known(entries_max=known_max)
        self._epoch = epoch_of(incarnation)
        self._lately = Lately()
        self._lately_read = False
        self._in_doubt: dict[int | None, Commit] = {}
        self._months: frozenset[date] = frozenset()

    @classmethod
    async def open(
        cls,
        path_or_url: str | Path,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
        known_max: int = KNOWN_MAX,
        shared: bool = False,
    ) -> "Journal":
        """Open or create a journal and bring it up to this release.

        Args:
            path_or_url: a SQLite file, created with mode 0600 because it holds the providers' secrets; or
                `postgresql://user@host/database`, of PostgreSQL 15 or later.
            busy_timeout_s: how long a write waits for another process that writes the same file or game.
            answer_timeout_s: after how long without an answer the line to a server is cut.
            known_max: see entities.KNOWN_MAX.
            shared: other processes commit too, so what this one did lately is not all that happened.

        Raises:
            BackendError: it cannot be opened, or a newer release wrote it.
            ConfigError: not a path or URL that this release knows.
        """
        database = await Database.open(
            path_or_url, busy_timeout_s=busy_timeout_s, answer_timeout_s=answer_timeout_s
        )
        try:
            incarnation = await database.read(_incarnation)
            if incarnation is None:
                incarnation = await database.write(partial(_incarnate, secrets.token_hex(16), False))
        except BaseException:
            await database.close()
            raise
        return cls(database=database, incarnation=incarnation, known_max=known_max, shared=shared)

    @property
    def epoch(self) -> str:
        """Eight characters [a-z0-9]; with another one, (game, seq) may mean other bytes."""
        return self._epoch

    async def renew_epoch(self) -> str:
        """Begin a new incarnation, as after a restored backup; returns the new epoch.

        What was published is forgotten with it: scoreboards have it under the old epoch's name. Other
        processes on the same journal keep the old epoch until they open it again.
        """
        incarnation = await self._database.write(partial(_incarnate, secrets.token_hex(16), True))
        self._epoch = epoch_of(incarnation)
        return self._epoch

    def keys(self, *, clock: Clock) -> Keys:
        """The keys of providers and readers, which lie in the same file."""
        return Keys(database=self._database, clock=clock)

    @property
    def competitions(self) -> Competitions:
        """Results and tables, which lie in the same file."""
        return Competitions(self._database)

    @property
    def lines(self) -> Lines:
        """Lines of games, which lie in the same file."""
        return Lines(self._database)

    async def commit(self, commit: Commit) -> None:
        """Make a commit durable, all of it or nothing.

        Blocking policy: the owner waits for the disk.

        Raises:
            OwnerFenced: another owner has taken the partition over (`consumed`); nothing is ours to write.
            SequenceConflict: a game's head or the partition's position is not where the commit says; read
                both again.
            OutcomeUnknown: the COMMIT itself failed, or its answer never came. Give the same commit again: it
                is then made, or found made; or load the games.
            BackendError: nothing was written.
        Cancellation: the commit may still become durable; load the games before committing to them again.
        """
        assert flaw(commit) is None, flaw(commit)
        days = [game_date(head.line.start) for head in commit.heads if head.from_seq == 0]
        months = partitions.wanting(days, self._months)
        news = self._known.news(commit)
        move, origin = commit.consumed, commit.consumed_from
        # Of each partition, because each has an owner who repeats its own.
        doubted = None if move is None else move.partition
        again = self._in_doubt.get(doubted) is commit

        def make(connection: sa.Connection) -> None:
            if months:
                partitions.prepare(connection, months)
            if again and stands(connection, commit):
                return
            try:
                append(connection, commit, news, self._epoch)
            except SequenceConflict:
                # A head that another has moved is seen first; whether all of the partition is its own is
                # what the loser must know.
                if origin is not None:
                    positions.check(connection, origin)
                raise
            if move is not None:
                positions.write(connection, move, origin=origin, again=again)

        try:
            await self._database.write(make)
        except BaseException as error:
            # A later failure of the same commit does not tell how the first one ended.
            if isinstance(error, OutcomeUnknown):
                self._in_doubt[doubted] = commit
            raise
        self._in_doubt.pop(doubted, None)
        self._known.remember(news)
        # What could not be made is left to upkeep, so that no later game waits for the same lock.
        self._months |= set(months)
        for head in commit.heads:
            self._lately.note(head.line)

    async def upkeep(self, today: date) -> Upkeep:
        """Make partitions ahead, where the database has any; to be called at a start and every some hours."""
        done = await self._database.write(partial(partitions.upkeep, today=today))
        if done.strays:
            _log.warning("rows lie in the default partition of events", rows=done.strays)
        return done

    async def seq_at(self, game_id: str, time_ms: int) -> tuple[int, int | None]:
        """The newest seq of a game whose row is of `time_ms` or before (0: none), and when the next was."""
        return await self._database.read(partial(history.seq_at, game_id=game_id, time_ms=time_ms))

    async def changed(self, since_ms: int) -> dict[str, ScoreState]:
        """The games with a row younger than `since_ms`, which lies in the last few minutes; their lines now.

        What happened before this process began is read once, from the heads of all games; what other
        processes do, each time.
        """
        if self._shared:
            recent = partial(listing.changed, since_ms=since_ms, epoch=self._epoch)
            return {line.game_id: line for line in await self._database.read(recent)}
        if not self._lately_read:
            read = partial(listing.changed, since_ms=since_ms - KEPT_MS, epoch=self._epoch)
            for line in await self._database.read(read):
                self._lately.note(line)
            self._lately_read = True
        return self._lately.changed(since_ms)

    def line_at(self, game_id: str, time_ms: int) -> ScoreState | None:
        """What lists showed of a game then; None if that is not at hand, or if there was no game."""
        return None if self._shared else self._lately.at(game_id, time_ms)

    async def load(self, game_id: str, upto_seq: int | None = None) -> Stored | None:
        """What folding a game to `upto_seq` (default: its head) starts from; None for an unknown game.

        The newest checkpoint at or below that seq, the rows after it, and the whole ledger.
        """
        return await self._database.read(partial(history.load, game_id=game_id, upto_seq=upto_seq))

    async def fold(
        self,
        game_id: str,
        fold: Callable[[Stored], T],
        *,
        upto_seq: int | None = None,
        checkpoints: bool = True,
        lane: Lane = "public",
    ) -> T | None:
        """What `fold` makes of a game, as `load` gives it; None for an unknown game.

        Args:
            fold: pure; it runs in the thread that reads, because a long game takes long to fold.
            checkpoints: False starts from the first row.
            lane: whose turn it takes; see database.Lane.
        """

        def folded(connection: sa.Connection) -> T | None:
            stored = history.load(connection, game_id, upto_seq, checkpoints=checkpoints)
            return None if stored is None else fold(stored)

        return await self._database.read(folded, lane=lane)

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> tuple[GameEvent, ...]:
        """At most `limit` rows with seq > `since_seq`, in order; empty at the end or for an unknown game.

        Args:
            level: `key` tells key rows only, `play` those and plays; None tells all.
        """
        return await self._database.read(
            partial(history.rows, game_id=game_id, since_seq=since_seq, limit=limit, level=level)
        )

    async def games(self, query: GamesQuery, *, without: Collection[str] = ()) -> GamesPage:
        """One page of games: under way first, then the newest start.

        Args:
            without: games that are left out.

        Raises:
            RequestError: the date, time zone or cursor cannot be read (400).
        """
        return await self._database.read(
            partial(listing.page, wanted=query, epoch=self._epoch, without=without)
        )

    async def games_of(self, kind: Group, id: str) -> tuple[str, ...]:  # noqa: A002 (the journal's agreed face)
        """Ids of the games of a team, league or sport that are not over: under way first, then by start."""
        query = listing.not_over(kind, id, FOLLOWED_MAX)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def declared(self, game_id: str) -> GameDeclared | None:
        """The frame now held of a game; None if it is unknown."""
        return await self._database.read(partial(history.declared, game_id=game_id), lane="inner")

    async def game_ids(self) -> list[str]:
        """Every game that has a row, for a rebuild of all."""
        query = sa.select(game_heads.c.game_id).order_by(game_heads.c.game_id)
        return await self._database.read(lambda connection: list(connection.execute(query).scalars()))

    async def undecided(self, since_ms: int) -> list[str]:
        """Games that are not over, of which a provider told something that is no row.

        Args:
            since_ms: only those that start later, or whose newest row is later.
        """
        query = listing.undecided(since_ms)
        return await self._database.read(lambda connection: list(connection.execute(query).scalars()))

    async def game_named(self, provider: str, name: str) -> str | None:
        """Our id of what a provider calls `name`, as the newest declaration that names it says."""
        table = schema.provider_games
        query = sa.select(table.c.game_id).where(table.c.provider == provider, table.c.name == name)
        return await self._database.read(lambda connection: connection.execute(query).scalar(), lane="inner")

    async def head_seq(self, game_id: str) -> int:
        """The newest seq of a game; 0 if it is unknown."""
        query = sa.select(game_heads.c.head_seq).where(game_heads.c.game_id == game_id)
        return await self._database.read(lambda connection: connection.execute(query).scalar() or 0)

    async def listed(self, game_id: str) -> tuple[int, ScoreState] | None:
        """The newest seq of a game and the line of it that lists tell, unchanged; None if it is unknown."""
        return await self._database.read(partial(history.listed, game_id=game_id))

    async def consumed(self, partition: int) -> Consumed:
        """Take a partition over: how far it has been applied; `position` is 0 before anything was.

        A new term begins: from now on commits of whoever had it before fail (Commit.consumed_from).
        """
        return await self._database.write(partial(positions.take_over, partition=partition))

    async def follow(self, log: str) -> str:
        """Say which log the games are to be decided from; returns the one that they are.

        That is `log`, unless positions count the claims of another: those of `log` would be passed over, or
        decided twice.
        """
        if await self._database.read(positions.followed, lane="inner") == log:
            return log
        return await self._database.write(partial(positions.follow, log=log))

    async def close_for_good(self) -> None:
        """Let no log go on deciding here, for the games have been moved; `renew_epoch` takes it back."""
        await self._database.write(partial(positions.leave, to=positions.MOVED))

    async def applied(self, partition: int) -> Consumed:
        """How far a partition has been applied, for whoever only looks."""
        return await self._database.read(partial(positions.read, partition=partition), lane="inner")

    async def team(self, id: str) -> Team | None:  # noqa: A002
        """A team as last declared; None if no game ever named it."""
        query = sa.select(teams).where(teams.c.id == id)
        found = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if found is None else Team(**found._mapping)

    async def player(self, id: str) -> Player | None:  # noqa: A002
        """A player as last named by a claim that made a row; None if no row ever did."""
        query = sa.select(players).where(players.c.id == id)
        found = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if found is None else Player(**found._mapping)

    async def league(self, id: str) -> LeagueListed | None:  # noqa: A002
        """A league with its seasons; None if no game ever named it."""
        found = await self._database.read(partial(_leagues, id=id))
        return found[0] if found else None

    async def leagues(self) -> tuple[LeagueListed, ...]:
        """Every league with its seasons, by sport and name."""
        return await self._database.read(partial(_leagues, id=None))

    async def found(self, text: str, now_ms: int) -> Found:
        """Teams, leagues, players and games by what somebody typed of their names; see names.py."""
        words = words_of(text)
        return await self._database.read(partial(find, words=words, now_ms=now_ms, epoch=self.epoch))

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file; a second call does nothing."""
        await self._database.close()


def epoch_of(incarnation: str, state_version: int = STATE_VERSION) -> str:
    """Eight characters [a-z2-7] from the incarnation and the state's schema version, the first a letter.

    A letter first, so that nobody takes an epoch for a number (in a spreadsheet, in YAML).
    """
    digest = hashlib.sha256(f"{incarnation}:{state_version}".encode()).digest()
    return base64.b32encode(digest).decode().lower().lstrip("234567")[:8]


def _incarnation(connection: sa.Connection) -> str | None:
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == "incarnation")).scalar()


def _incarnate(fresh: str, replace: bool, connection: sa.Connection) -> str:
    # Asked again, alone: another process may have been first.
    alone(connection)
    held = _incarnation(connection)
    if held is not None and not replace:
        return held
    connection.execute(upsert(connection, meta), {"name": "incarnation", "value": fresh})
    if held is not None:
        unhurried(connection)
        published = game_heads.c.published_seq
        connection.execute(game_heads.update().where(published > 0).values(published_seq=0))
        # Another history from here on, so it may go on although it was moved.
        if positions.followed(connection) == positions.MOVED:
            positions.leave(connection, to=None)
    return fresh


def _leagues(connection: sa.Connection, id: str | None) -> tuple[LeagueListed, ...]:  # noqa: A002
    wanted = sa.select(leagues).order_by(leagues.c.sport, leagues.c.name, leagues.c.id).limit(LEAGUES_MAX)
    played = sa.select(seasons.c.league_id, seasons.c.name).order_by(seasons.c.name.desc())
    if id is not None:
        wanted = wanted.where(leagues.c.id == id)
        played = played.where(seasons.c.league_id == id)
    by_league: dict[str, list[str]] = {}
    for league_id, name in connection.execute(played):
        by_league.setdefault(league_id, []).append(name)
    return tuple(
        LeagueListed(id=one.id, name=one.name, sport=one.sport, seasons=tuple(by_league.get(one.id, ())))
        for one in connection.execute(wanted)
    )
