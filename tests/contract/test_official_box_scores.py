"""Issue: corrections injected into games with official box scores are reflected and taken back exactly, in
what is served and in the sums of the season.

That the box scores equal the official ones, player by player, is seen in tests/unit/stats/lines.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scorewire.journal.journal import Journal
from scorewire.model.provider_event import ProviderEvent
from unit.stats.lines.plays import Game, recorded
from unit.stats.seasons import Running, Season, hear

pytestmark = pytest.mark.data

BASKETBALL = "basketball/nba_cdn_live/0022000001_playbyplay.json.gz"
PAIR = "basketball/nba_two_feeds_0021600270/"
HOCKEY = "ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz"
FEEDS = (BASKETBALL, f"{PAIR}data_nba_com_pbp.json.gz", f"{PAIR}stats_nba_com_pbp.json.gz", HOCKEY)


@pytest.fixture
async def season(tmp_path: Path) -> AsyncIterator[Season]:
    opened = await Journal.open(tmp_path / "journal.sqlite")
    yield Season(opened)
    await opened.close()


class Served:
    """One game as it is served, and its season."""

    def __init__(self, season: Season, played: Game) -> None:
        self.season = season
        self.played = played
        self.scored = "FG2" if played.desk.book.declared.sport == "basketball" else "GOAL"  # type: ignore[union-attr]
        self.cancelled = "BASKET_CANCELLED" if self.scored == "FG2" else "GOAL_CANCELLED"

    async def now(self) -> dict[str, Any]:
        """The box score, without what names the row; after what is new was kept."""
        await hear(self.season.book, await self.season.store(self.played), all_of_it=True)
        shown = self.played.desk.shown
        assert shown is not None
        body = await self.season.statistics.lines(shown.game_id, shown.seq)
        told: dict[str, Any] = msgspec.json.decode(body or b"")
        assert told.pop("seq") == shown.seq
        return told

    async def leaders(self) -> dict[str, Any]:
        shown = self.played.desk.shown
        assert shown is not None
        body = await self.season.asked().leaders(shown.league.id, None)
        told: dict[str, Any] = msgspec.json.decode(body or b"")
        return told

    def goal(self, *, assisted: bool = False) -> ProviderEvent:
        """One in the middle of the game."""
        goals = [one for one in self.played.plays(self.scored) if not assisted or "assist_id" in one.detail]
        return goals[len(goals) // 2]


def points(told: dict[str, Any], who: str) -> int:
    """What a player has scored."""
    for side in ("home", "away"):
        for line in told[side]["players"]:
            if line["id"] == who:
                tables = line["tables"]
                return int(tables["box"]["PTS"] if "box" in tables else tables["skating"]["G"])
    raise AssertionError(who)


@pytest.mark.parametrize("feed", FEEDS)
async def test_every_kind_of_correction_is_reflected_and_taken_back(
    season: Season, shared_data: Path, feed: str
) -> None:
    played = recorded(shared_data, feed, epoch=season.journal.epoch)
    season.games[played.desk.book.game_id] = played
    served = Served(season, played)
    async with Running(season.book.run):
        right, boards = await served.now(), await served.leaders()
        worth = 2 if served.scored == "FG2" else 1
        # Another scorer, of the same side.
        goal = served.goal()
        other = next(
            one.player
            for one in (*played.plays(served.scored), *played.plays("SHOT"))
            if one.team == goal.team and one.player != goal.player
        )
        assert goal.player is not None
        assert other is not None
        played.put_right(goal, player=other)
        wrong = await served.now()
        assert points(wrong, goal.player.id) == points(right, goal.player.id) - worth
        assert points(wrong, other.id) == points(right, other.id) + worth
        assert await served.leaders() != boards
        played.put_right(goal)
        assert await served.now() == right
        # No assist.
        helped = served.goal(assisted=True)
        played.put_right(
            helped, detail={key: one for key, one in helped.detail.items() if "assist" not in key}
        )
        assert await served.now() != right
        played.put_right(helped)
        assert await served.now() == right
        # Cancelled, and given again.
        played.say(served.cancelled, goal.team, provider="desk", event="no", detail={"event": goal.event})
        wrong = await served.now()
        assert points(wrong, goal.player.id) == points(right, goal.player.id) - worth
        played.take_back(played.plays(served.cancelled)[-1])
        assert await served.now() == right
        assert await served.leaders() == boards
