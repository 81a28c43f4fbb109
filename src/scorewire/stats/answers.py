"""What is told of lines, totals and leaders, as JSON without nulls; docs/statistics.md shows one of each.

    BoxScore      GET /v1/games/{id}/stats      both sides of one game
    Leaders       GET /v1/leagues/{id}/leaders  who has most in a season
    PlayerStats   GET /v1/players/{id}/stats    seasons of a player, and the newest games
    TeamStats     GET /v1/teams/{id}/stats      the same of a team, with its players

Figures are as they can be added: seconds, outs, balls. `columns` says of each what it is, by table and in
order, and has those only of which there is a figure.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import League, Player
from scorewire.stats.leaders import Leader
from scorewire.stats.lines.box import Cells, GameLines
from scorewire.stats.lines.columns import Unit


class Heading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column: `{"id": "MIN", "name": "Minutes played", "unit": "s"}`; see columns.Unit."""

    id: str
    name: str
    unit: Unit = ""


Headings = dict[str, tuple[Heading, ...]]
"""Table -> its columns, in order."""


class NamedTeam(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team as lines name it; `score` where it is of a game."""

    id: str
    name: str = ""
    abbr: str = ""
    score: int | None = None


class BoxScore(GameLines, frozen=True, kw_only=True, omit_defaults=True):
    """The lines of a game after row `seq` of an epoch."""

    epoch: str
    columns: Headings


class Stat(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What leaders may be asked for: `{"table": "box", "stat": "PTS/G", "name": "Points a game"}`."""

    table: str
    stat: str
    name: str
    unit: Unit = ""


class Qualification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a player must have done to lead: so many games, or so much of another column.

    Attributes:
        at_least: of `column` in a whole season, and in proportion before its end.
        a_game: of `column` for each game of the player's team.
    """

    games: int = 0
    column: str = ""
    at_least: float = 0
    a_game: float = 0


class Board(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The leaders of one column; `lowest` where less is better."""

    table: str
    stat: str
    name: str
    unit: Unit = ""
    lowest: bool = False
    qualification: Qualification | None = None
    leaders: tuple[Leader, ...] = ()


class Leaders(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A season's boards.

    Attributes:
        games: whose lines were summed, those that go on among them.
        stats: all that may be asked for.
        teams: whoever is named on a board.
    """

    league: League
    season: str
    sport: str
    games: int
    boards: tuple[Board, ...]
    stats: tuple[Stat, ...]
    teams: tuple[NamedTeam, ...]


class Played(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One game of a log.

    Attributes:
        side: on which the player or team was.
        starter: of a player.
        tables: the line: the player's, or what the team's add up to.
    """

    game_id: str
    league: str
    season: str
    sport: str
    start: str
    status: str
    side: Literal["home", "away"]
    home: NamedTeam
    away: NamedTeam
    starter: bool = False
    tables: dict[str, Cells]


class PlayerSeason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a player did in a season of a league; teams with the newest first."""

    league: League
    season: str
    sport: str
    teams: tuple[NamedTeam, ...]
    games: int
    columns: Headings
    totals: dict[str, Cells]


class PlayerStats(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A player: seasons and games, the newest first."""

    player: Player
    seasons: tuple[PlayerSeason, ...]
    games: tuple[Played, ...]


class SquadLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a player did for a team in a season of a league."""

    id: str
    name: str = ""
    number: str = ""
    position: str = ""
    games: int
    totals: dict[str, Cells]


class TeamSeason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a team did in a season of a league, and who did it; those with most games first."""

    league: League
    season: str
    sport: str
    games: int
    columns: Headings
    totals: dict[str, Cells]
    players: tuple[SquadLine, ...]


class TeamStats(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team: seasons and games, the newest first."""

    team: NamedTeam
    seasons: tuple[TeamSeason, ...]
    games: tuple[Played, ...]


encode = msgspec.json.Encoder().encode
