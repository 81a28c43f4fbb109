"""All games of a season, read page by page and kept for a while: what rounds and days are made of."""

from typing import Final

import msgspec

from scorewire.journal.records import GamesQuery
from scorewire.model.question import question
from scorewire.model.score_state import ScoreState
from scorewire.web.record_reads import SLOW_S, RecordReads
from scorewire.web.rounds import STAGE_MAX, Listed, SeasonGames, listed

GAMES_MAX: Final = 4000
"""Games of one season that are listed: one and a half of the longest (baseball, 2,430)."""
PAGE_GAMES: Final = 200

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SeasonGames).decode


async def season_games(reads: RecordReads, league_id: str, season: str) -> SeasonGames:
    """The games of a season, those of all seasons where it has no name; some seconds old."""

    async def build() -> bytes:
        found: list[Listed] = []
        colors: dict[str, str] = {}
        query = GamesQuery(league=league_id, season=season or None, limit=PAGE_GAMES)
        while True:
            got = await reads.games(query)
            found += listed(got.games)
            sides = [side for one in got.games for side in (one.home, one.away)]
            colors |= {side.id: side.color for side in sides if side.color}
            if got.next is None or len(found) >= GAMES_MAX:
                return _encode(SeasonGames(games=tuple(found), whole=got.next is None, colors=colors))
            query = msgspec.structs.replace(query, cursor=got.next)

    return _decode(await reads.kept(question("season games", league_id, season), build, fresh_s=SLOW_S))


async def games_of(reads: RecordReads, game_ids: tuple[str, ...]) -> dict[str, ScoreState]:
    """Games as they are now, by id, in the order asked for; those that are gone are left out."""
    if not game_ids:
        return {}
    wanted = game_ids[:STAGE_MAX]
    got = {one.game_id: one for one in (await reads.games(GamesQuery(games=wanted, limit=len(wanted)))).games}
    return {game_id: got[game_id] for game_id in wanted if game_id in got}
