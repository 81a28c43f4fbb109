"""What a player or a team has done: seasons and games, from the lines of their games. Pure.

lines of games, the newest first ──► by league and season ──► totals, and the players' of a team
                                ──► the newest games, each with its line
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from scorewire.model.provider_event import League, Player
from scorewire.model.score_state import ScoreState, SideState
from scorewire.stats.answers import (
    NamedTeam,
    Played,
    PlayerSeason,
    PlayerStats,
    SquadLine,
    TeamSeason,
    TeamStats,
)
from scorewire.stats.headings import headings
from scorewire.stats.leaders import season, team_totals, totals
from scorewire.stats.lines.box import Cells, GameLines, PlayerLine, TeamLines
from scorewire.stats.lines.sheet import SportLines

LOG_GAMES: Final = 20
"""Newest games that are told one by one."""

Where = tuple[str, str, str]
"""League, season and sport."""
Side = Literal["home", "away"]


@dataclass(slots=True)
class Shown:
    """What is told of games besides their lines.

    Attributes:
        states: of the newest games, in list form.
        leagues: names by id.
    """

    states: Mapping[str, ScoreState] = field(default_factory=dict)
    leagues: Mapping[str, str] = field(default_factory=dict)

    def league(self, league_id: str) -> League:
        """As it is told."""
        return League(id=league_id, name=self.leagues.get(league_id, ""))


def player_stats(
    player_id: str, games: Sequence[GameLines], sports: Mapping[str, SportLines], shown: Shown
) -> PlayerStats | None:
    """A player's seasons and newest games; None for one who played in none of them.

    Args:
        games: the newest first.
    """
    own = [(game, *found) for game in games if (found := _line(game, player_id)) is not None]
    if not own:
        return None
    seasons: dict[Where, list[GameLines]] = {}
    for game, side, line in own:
        seasons.setdefault(_where(game), []).append(_only(game, side, (line,)))
    log = [
        _played(game, side, line.tables, shown.states[game.game_id], starter=line.starter)
        for game, side, line in own[:LOG_GAMES]
        if game.game_id in shown.states
    ]
    name = next((line.name for _, _, line in own if line.name), "")
    return PlayerStats(
        player=Player(id=player_id, name=name),
        seasons=tuple(
            _player_season(player_id, where, of, sports[where[2]], shown)
            for where, of in seasons.items()
            if where[2] in sports
        ),
        games=tuple(log),
    )


def alone(game: GameLines, player_id: str) -> GameLines | None:
    """The game with one player's line and no other; None where that player is in none."""
    found = _line(game, player_id)
    return None if found is None else _only(game, found[0], (found[1],))


def _player_season(
    player_id: str, where: Where, games: list[GameLines], lines: SportLines, shown: Shown
) -> PlayerSeason:
    held = season(lines, reversed(games))
    total = held.players[player_id]
    named = _names(games)
    made = totals(lines, held, total)
    return PlayerSeason(
        league=shown.league(where[0]),
        season=where[1],
        sport=where[2],
        teams=tuple(named[team] for team in reversed(total.teams)),
        games=total.games,
        columns=headings(lines, [made]),
        totals=made,
    )


def team_stats(
    team_id: str,
    games: Sequence[GameLines],
    sports: Mapping[str, SportLines],
    shown: Shown,
    *,
    newest_only: bool = False,
) -> TeamStats | None:
    """A team's seasons and newest games; None for one that played none of them.

    Args:
        games: the newest first.
        newest_only: of each league the newest season alone.
    """
    own = [(game, side) for game in games if (side := _side(game, team_id)) is not None]
    if not own:
        return None
    seasons: dict[Where, list[GameLines]] = {}
    newest: dict[str, str] = {}
    for game, side in own:
        if newest.setdefault(game.league, game.season) == game.season or not newest_only:
            players = tuple(line for line in _of(game, side).players if line.played)
            seasons.setdefault(_where(game), []).append(_only(game, side, players))
    log = [
        _played(game, side, _of(game, side).totals, shown.states[game.game_id])
        for game, side in own[:LOG_GAMES]
        if game.game_id in shown.states
    ]
    return TeamStats(
        team=_named(_of(*own[0])),
        seasons=tuple(
            _team_season(team_id, where, of, sports[where[2]], shown)
            for where, of in seasons.items()
            if where[2] in sports
        ),
        games=tuple(log),
    )


def _team_season(
    team_id: str, where: Where, games: list[GameLines], lines: SportLines, shown: Shown
) -> TeamSeason:
    sides = [_of(game, "home" if game.home.id == team_id else "away") for game in games]
    made = team_totals(lines, [side.totals for side in sides])
    squad = _squad(sides, lines, games)
    return TeamSeason(
        league=shown.league(where[0]),
        season=where[1],
        sport=where[2],
        games=len(games),
        columns=headings(lines, [made, *(one.totals for one in squad)]),
        totals=made,
        players=tuple(squad),
    )


def _squad(sides: Iterable[TeamLines], lines: SportLines, games: list[GameLines]) -> list[SquadLine]:
    held = season(lines, reversed(games))
    newest: dict[str, PlayerLine] = {}
    for side in sides:
        for line in side.players:
            newest.setdefault(line.id, line)
    squad = [
        SquadLine(
            id=total.player,
            name=total.name,
            number=newest[total.player].number,
            position=newest[total.player].position,
            games=total.games,
            totals=totals(lines, held, total),
        )
        for total in held.players.values()
    ]
    return sorted(squad, key=lambda one: (-one.games, one.name, one.id))


def _where(game: GameLines) -> Where:
    return game.league, game.season, game.sport


def _of(game: GameLines, side: Side) -> TeamLines:
    return game.home if side == "home" else game.away


def _side(game: GameLines, team_id: str) -> Side | None:
    if game.home.id == team_id:
        return "home"
    return "away" if game.away.id == team_id else None


def _line(game: GameLines, player_id: str) -> tuple[Side, PlayerLine] | None:
    sides: tuple[Side, Side] = ("home", "away")
    for side in sides:
        for line in _of(game, side).players:
            if line.id == player_id and line.played:
                return side, line
    return None


def _only(game: GameLines, side: Side, players: tuple[PlayerLine, ...]) -> GameLines:
    """The game with these players and nobody else, so that a sum costs no more than it tells."""
    change = msgspec.structs.replace
    home = change(game.home, players=players if side == "home" else ())
    away = change(game.away, players=players if side == "away" else ())
    return change(game, home=home, away=away)


def _names(games: Iterable[GameLines]) -> dict[str, NamedTeam]:
    """Both sides of games, as the newest names them."""
    found: dict[str, NamedTeam] = {}
    for game in games:
        for team in (game.home, game.away):
            found.setdefault(team.id, _named(team))
    return found


def _named(team: TeamLines) -> NamedTeam:
    return NamedTeam(id=team.id, name=team.name, abbr=team.abbr)


def _scored(side: SideState) -> NamedTeam:
    return NamedTeam(id=side.id, name=side.name, abbr=side.abbr, score=side.score)


def _played(
    game: GameLines, side: Side, tables: dict[str, Cells], state: ScoreState, *, starter: bool = False
) -> Played:
    return Played(
        game_id=game.game_id,
        league=game.league,
        season=game.season,
        sport=game.sport,
        start=state.start,
        status=state.status,
        side=side,
        home=_scored(state.home),
        away=_scored(state.away),
        starter=starter,
        tables=tables,
    )
