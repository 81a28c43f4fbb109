"""The lines of a game as they are sent: `GET /v1/games/{id}/stats`. They encode to JSON without nulls.

{"game_id": "g1", "seq": 412, "sport": "basketball", "league": "nba", "season": "2020-21",
 "home": {"id": "nba-bkn", "name": "Brooklyn Nets", "abbr": "BKN",
          "totals": {"box": {"FGM": 42, "FGA": 92, ...}},
          "players": [{"id": "nba-201142", "name": "Kevin Durant", "number": "7", "position": "PF",
                       "starter": true, "played": true, "tables": {"box": {"MIN": 1482, "PTS": 22, ...}}}]},
 "away": {...}}
"""

from msgspec import Struct

from scorewire.stats.lines.columns import Cell

Cells = dict[str, Cell]
"""Column -> figure, in the order of the sport's table."""


class PlayerLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One player of one side.

    Attributes:
        played: something was counted of the player; false for one of the line-up who never came on.
    """

    id: str
    name: str = ""
    number: str = ""
    position: str = ""
    starter: bool = False
    played: bool = False
    tables: dict[str, Cells]


class TeamLines(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One side: what its players add up to, and its players in the order in which they were first told."""

    id: str
    name: str = ""
    abbr: str = ""
    totals: dict[str, Cells]
    players: tuple[PlayerLine, ...]


class GameLines(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The lines of a game after row `seq`."""

    game_id: str
    seq: int
    sport: str
    league: str = ""
    season: str = ""
    home: TeamLines
    away: TeamLines
