"""Statistics as they are asked for, as JSON: box scores, leaders, players, teams.

    a game's     folded from its rows (box_scores.py)
    a season's   summed from the lines that the journal keeps of its games (scorebook.py)

Whoever asks keeps the answers: a box score is named by its game, epoch and seq, and all else may be old for a
while. The sums of a season are held besides, because many columns are asked of one sum. They are made in
threads, a few milliseconds at a time, so that whoever shares the process has its turn in between.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from scorewire.journal.lines import Lines, Place
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import League
from scorewire.stats import boards
from scorewire.stats.answers import Leaders, NamedTeam, encode
from scorewire.stats.box_scores import BoxScores
from scorewire.stats.careers import LOG_GAMES, Shown, alone, player_stats, team_stats
from scorewire.stats.leaders import Season, add
from scorewire.stats.lines.box import GameLines
from scorewire.stats.lines.sheet import SportLines

HELD_S: Final = 30.0
"""For which the sums of a season are held."""
CAREERS_AT_ONCE: Final = 2
SEASONS_MAX: Final = 8
"""Seasons whose sums are held, a megabyte for five hundred players."""
GAMES_A_READ: Final = 100
TURN_GAMES: Final = 10
"""Games that are read and summed in one go, some 3 ms."""
REST_S: Final = 0.003
CAREER_GAMES_MAX: Final = 3000
TEAM_GAMES_MAX: Final = 400
"""The newest games of a team, which hold more than a season of any league."""

_decode = msgspec.json.Decoder(GameLines).decode


@dataclass(slots=True)
class Summed:
    """One sport's part of a league's season; `teams` as its newest game names them."""

    held: Season = field(default_factory=Season)
    games: int = 0
    teams: dict[str, NamedTeam] = field(default_factory=dict)


Sums = dict[str, Summed]
"""By sport: games of several in one league are two leagues with one name."""


@dataclass(slots=True)
class _Held:
    """The sums of a season, when they were begun, and whose turn it is to make them."""

    sums: Sums = field(default_factory=dict)
    made_s: float = float("-inf")
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Statistics:
    """See the module.

    Args:
        box_scores: of single games.
        lines: the journal's.
        games: lists of games, as they are now.
        league: a league by id.
        sports: the sports' lines.
        now_s: monotonic.
    """

    def __init__(
        self,
        *,
        box_scores: BoxScores,
        lines: Lines,
        games: Callable[[GamesQuery], Awaitable[GamesPage]],
        league: Callable[[str], Awaitable[LeagueListed | None]],
        sports: Mapping[str, SportLines],
        now_s: Callable[[], float],
    ) -> None:
        self._box_scores = box_scores
        self._lines = lines
        self._games = games
        self._league = league
        self._sports = sports
        self._now_s = now_s
        self._seasons: OrderedDict[tuple[str, str], _Held] = OrderedDict()
        # A long career is read and summed at a time: some are tens of MB while they are made.
        self._careers = asyncio.Semaphore(CAREERS_AT_ONCE)

    async def lines(self, game_id: str, seq: int) -> bytes | None:
        """A BoxScore; None for an unknown game, or one of a sport without lines.

        Raises:
            BackendError: the journal cannot be read, or does not have this row yet.
        """
        found = await self._box_scores.box_score(game_id, seq)
        return None if found is None else encode(found)

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None = None, table: str | None = None
    ) -> bytes | None:
        """Leaders of a season; None for a league or season without lines.

        Args:
            season: None for that with the newest game.
            stat, table: one column; None for the main ones of the sport.

        Raises:
            ValueError: there is no figure of such a name.
            BackendError: the journal cannot be read.
        """
        if season is None:
            season = await self._lines.newest_season(league_id)
        if season is None:
            return None
        sums = await self._summed(league_id, season)
        if not sums:
            return None
        # The most common sport has the boards, as it has the table.
        sport = max(sorted(sums), key=lambda one: sums[one].games)
        named = await self._league(league_id)
        league = League(id=league_id, name="" if named is None else named.name)
        return await asyncio.to_thread(
            _leaders, league, season, self._sports[sport], sums[sport], stat=stat, table=table
        )

    async def player(self, player_id: str, season: str | None = None) -> bytes | None:
        """PlayerStats, of one season or all; None for a player without lines.

        Raises:
            BackendError: the journal cannot be read.
        """
        async with self._careers:
            bodies = await self._lines.of_player(player_id, season, limit=CAREER_GAMES_MAX)
            games = await self._decoded(bodies, player_id)
            shown = await self._shown(games)
            made = await asyncio.to_thread(player_stats, player_id, games, self._sports, shown)
            return None if made is None else encode(made)

    async def team(self, team_id: str, season: str | None = None) -> bytes | None:
        """TeamStats, of one season, or the newest of each league; None for a team without lines.

        Raises:
            BackendError: the journal cannot be read.
        """
        async with self._careers:
            bodies = await self._lines.of_team(team_id, season, limit=TEAM_GAMES_MAX)
            games = await self._decoded(bodies)
            shown = await self._shown(games)
            made = await asyncio.to_thread(
                team_stats, team_id, games, self._sports, shown, newest_only=season is None
            )
            return None if made is None else encode(made)

    async def _decoded(self, bodies: Sequence[bytes], player_id: str = "") -> list[GameLines]:
        """The games; of one player, nobody else's lines are kept, of which a game has forty times as many."""
        games: list[GameLines] = []
        async for some in _in_turns(bodies):
            games += await asyncio.to_thread(_decoded, some, player_id)
        return games

    async def _shown(self, games: Sequence[GameLines]) -> Shown:
        newest = tuple(game.game_id for game in games[:LOG_GAMES])
        page = await self._games(GamesQuery(games=newest, limit=LOG_GAMES))
        names: dict[str, str] = {}
        for league_id in {game.league for game in games}:
            found = await self._league(league_id)
            names[league_id] = "" if found is None else found.name
        return Shown(states={state.game_id: state for state in page.games}, leagues=names)

    async def _summed(self, league_id: str, season: str) -> Sums:
        """The sums of a season, of which one is made for all who ask meanwhile."""
        held = self._seasons.setdefault((league_id, season), _Held())
        self._seasons.move_to_end((league_id, season))
        while len(self._seasons) > SEASONS_MAX:
            self._seasons.popitem(last=False)
        async with held.turn:
            now_s = self._now_s()
            if now_s - held.made_s >= HELD_S:
                held.sums = await self._sum(league_id, season)
                held.made_s = now_s
            if not held.sums:
                # A season that there is not takes no other's place.
                self._seasons.pop((league_id, season), None)
            return held.sums

    async def _sum(self, league_id: str, season: str) -> Sums:
        sums: Sums = {}
        after: Place | None = None
        while page := await self._lines.season(league_id, season, after=after, limit=GAMES_A_READ):
            async for some in _in_turns([body for _, body in page]):
                await asyncio.to_thread(_add, sums, some, self._sports)
            after = page[-1][0]
        return sums


def _leaders(
    league: League, season: str, lines: SportLines, summed: Summed, *, stat: str | None, table: str | None
) -> bytes:
    told = boards.stats(lines, summed.held)
    if stat is None:
        shown = boards.main_boards(lines, summed.held, league.id, told)
    else:
        shown = (boards.one_board(lines, summed.held, league.id, told, stat=stat, table=table),)
    named = dict.fromkeys(row.team for board in shown for row in board.leaders)
    return encode(
        Leaders(
            league=league,
            season=season,
            sport=lines.sport,
            games=summed.games,
            boards=shown,
            stats=told,
            teams=tuple(summed.teams[team] for team in named if team in summed.teams),
        )
    )


def _add(sums: Sums, bodies: Iterable[bytes], sports: Mapping[str, SportLines]) -> None:
    """Sum a page of games, the oldest first."""
    for game in map(_decode, bodies):
        if game.sport not in sports:
            continue
        summed = sums.setdefault(game.sport, Summed())
        add(summed.held, sports[game.sport], [game])
        summed.games += 1
        for team in (game.home, game.away):
            summed.teams[team.id] = NamedTeam(id=team.id, name=team.name, abbr=team.abbr)


def _decoded(bodies: Iterable[bytes], player_id: str) -> list[GameLines]:
    games = map(_decode, bodies)
    if not player_id:
        return list(games)
    return [one for game in games if (one := alone(game, player_id)) is not None]


async def _in_turns(bodies: Sequence[bytes]) -> AsyncIterator[Sequence[bytes]]:
    """A few games at a time, and a rest in between for whoever shares the process."""
    for first in range(0, len(bodies), TURN_GAMES):
        if first:
            await asyncio.sleep(REST_S)
        yield bodies[first : first + TURN_GAMES]
