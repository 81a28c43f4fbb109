"""Statistics as pages decode them, and how a figure is written. Pure.

What is decoded here is what `/v1/leagues/{id}/leaders`, `/v1/players/{id}/stats` and `/v1/teams/{id}/stats`
answer (docs/statistics.md); of it only what is shown.
"""

from typing import Final, Literal

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import League, Player

Figure = int | float
Figures = dict[str, Figure]
Tables = dict[str, Figures]

SIXTY: Final = 60
BALLS: Final = 6
OUTS: Final = 3


class Heading(Struct, frozen=True, kw_only=True):
    """A column: what stands above it, its name in words, and the unit of its figures."""

    id: str
    name: str
    unit: str = ""


Headings = dict[str, tuple[Heading, ...]]


class NamedTeam(Struct, frozen=True, kw_only=True):
    """A team; `score` where it is of a game."""

    id: str
    name: str = ""
    abbr: str = ""
    score: int | None = None


class Leader(Struct, frozen=True, kw_only=True):
    """One row of a board; equal figures share the rank."""

    rank: int
    player: str
    name: str = ""
    team: str = ""
    games: int = 0
    value: Figure


class Qualification(Struct, frozen=True, kw_only=True):
    """What a player must have done to lead: so many games, or so much of another column."""

    games: int = 0
    column: str = ""
    at_least: float = 0
    a_game: float = 0


class Board(Struct, frozen=True, kw_only=True):
    """The leaders of one column; `lowest` where less is better."""

    table: str
    stat: str
    name: str
    unit: str = ""
    lowest: bool = False
    qualification: Qualification | None = None
    leaders: tuple[Leader, ...] = ()


class Stat(Struct, frozen=True, kw_only=True):
    """What leaders may be asked for."""

    table: str
    stat: str
    name: str
    unit: str = ""


class Leaders(Struct, frozen=True, kw_only=True):
    """A season's boards; `teams` are those that rows name."""

    season: str
    sport: str
    games: int = 0
    boards: tuple[Board, ...] = ()
    stats: tuple[Stat, ...] = ()
    teams: tuple[NamedTeam, ...] = ()


class Played(Struct, frozen=True, kw_only=True):
    """One game of a log; `tables` is the line of the player, or of the team."""

    game_id: str
    league: str = ""
    season: str = ""
    sport: str
    start: str
    status: str
    side: Literal["home", "away"]
    home: NamedTeam
    away: NamedTeam
    starter: bool = False
    tables: Tables = {}


class PlayerSeason(Struct, frozen=True, kw_only=True):
    """What a player did in a season of a league; the newest team first."""

    league: League
    season: str = ""
    sport: str
    teams: tuple[NamedTeam, ...] = ()
    games: int = 0
    columns: Headings = {}
    totals: Tables = {}


class PlayerStats(Struct, frozen=True, kw_only=True):
    """A player: seasons and games, the newest first."""

    player: Player
    seasons: tuple[PlayerSeason, ...] = ()
    games: tuple[Played, ...] = ()


class SquadLine(Struct, frozen=True, kw_only=True):
    """What a player did for a team in a season."""

    id: str
    name: str = ""
    number: str = ""
    position: str = ""
    games: int = 0
    totals: Tables = {}


class TeamSeason(Struct, frozen=True, kw_only=True):
    """What a team did in a season of a league, and who did it."""

    league: League
    season: str = ""
    sport: str
    games: int = 0
    columns: Headings = {}
    totals: Tables = {}
    players: tuple[SquadLine, ...] = ()


class TeamStats(Struct, frozen=True, kw_only=True):
    """A team: seasons and games, the newest first."""

    team: NamedTeam
    seasons: tuple[TeamSeason, ...] = ()
    games: tuple[Played, ...] = ()


read_leaders = msgspec.json.Decoder(Leaders).decode
read_player_stats = msgspec.json.Decoder(PlayerStats).decode
read_team_stats = msgspec.json.Decoder(TeamStats).decode


def written(value: Figure | None, unit: str) -> str:
    """A figure as box scores write it: `36:42`, `5.2` innings, `.438`, `+7`, `1,204`; a dash for none."""
    if value is None:
        return "–"
    match unit:
        case "s":
            return f"{int(value) // SIXTY:,}:{int(value) % SIXTY:02}"
        case "outs":
            return f"{int(value) // OUTS}.{int(value) % OUTS}"
        case "balls":
            overs, balls = divmod(int(value), BALLS)
            return f"{overs}.{balls}" if balls else str(overs)
        case "share":
            return f"{value:.3f}".removeprefix("0")
        case "rate":
            return f"{value:.2f}"
        case "signed":
            return f"{value:+g}".replace("-", "−") if value else "0"
        case _:
            return f"{value:,}".removesuffix(".0")
