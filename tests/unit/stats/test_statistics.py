"""Statistics of a journal as they are asked for: sums of what is kept, held for a while."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from scorewire.journal.journal import Journal
from scorewire.stats.answers import BoxScore, Leaders, PlayerStats, TeamStats
from scorewire.stats.scorebook import kept_lines
from scorewire.stats.statistics import HELD_S, Statistics
from unit.stats.seasons import BY, Season


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_at = tmp_path_factory.mktemp("empty") / "journal.sqlite"

    async def make() -> None:
        await (await Journal.open(made_at)).close()

    asyncio.run(make())
    return made_at


@pytest.fixture
async def season(tmp_path: Path, empty: Path) -> AsyncIterator[Season]:
    shutil.copy(empty, tmp_path / "journal.sqlite")
    opened = await Journal.open(tmp_path / "journal.sqlite")
    made = Season(opened)
    for number, (game_id, scorers) in enumerate(
        (("ars-che", ("p1", "p1", "p2")), ("eve-ars", ("q1",)), ("che-eve", ("q2", "q2")))
    ):
        played = made.game(game_id, start=f"2026-11-2{number}T15:00:00Z")
        for who in scorers:
            played.say("GOAL", "home", who, period=1)
    old = made.game("ars-liv", season="2025", start="2025-11-21T15:00:00Z")
    old.say("GOAL", "away", "p1", period=1)
    await keep(made)
    yield made
    await opened.close()


async def keep(season: Season) -> None:
    await season.store()
    await season.journal.lines.keep(
        [
            kept_lines(season.lines(game_id), played.desk.shown.start, BY)  # type: ignore[union-attr]
            for game_id, played in season.games.items()
        ]
    )


async def leaders(asked: Statistics, season: str | None = None, **of: str | None) -> Leaders:
    body = await asked.leaders("cup", season, **of)
    assert body is not None
    return msgspec.json.decode(body, type=Leaders)


async def test_a_box_score_is_counted_from_the_rows(season: Season) -> None:
    body = await season.statistics.lines("ars-che", 3)
    told = msgspec.json.decode(body or b"", type=BoxScore)
    assert (told.seq, told.epoch, told.home.totals["match"]["G"]) == (3, season.journal.epoch, 1)
    assert await season.statistics.lines("none", 3) is None


async def test_leaders_of_the_newest_season_or_of_another(season: Season) -> None:
    told = await leaders(season.statistics)
    assert (told.league.name, told.season, told.sport, told.games) == ("Cup", "2026", "soccer", 3)
    goals = told.boards[0]
    assert [(row.rank, row.player, row.team, row.value) for row in goals.leaders] == [
        (1, "p1", "ars", 2),
        (1, "q2", "che", 2),
        (3, "p2", "ars", 1),
        (3, "q1", "eve", 1),
    ]
    assert [team.id for team in told.teams] == ["ars", "che", "eve"]
    old = await leaders(season.statistics, "2025", stat="G/G")
    assert [(row.player, row.team, row.value) for row in old.boards[0].leaders] == [("p1", "liv", 1)]


async def test_what_has_no_lines_has_no_leaders(season: Season) -> None:
    assert await season.statistics.leaders("cup", "1999") is None
    assert await season.statistics.leaders("other", None) is None
    with pytest.raises(ValueError, match="is none of G"):
        await season.statistics.leaders("cup", None, stat="PTS")


async def test_of_two_sports_in_one_league_the_most_common_has_the_boards(season: Season) -> None:
    season.game("red-blu", sport="basketball").say("FG3", "home", "b1", period=1)
    await keep(season)
    told = await leaders(season.asked())
    assert (told.sport, told.games) == ("soccer", 3)


async def test_sums_are_held_for_a_while_and_made_once_for_all(season: Season) -> None:
    reads: list[str] = []
    read = season.journal.lines.season
    now_s = 1000.0

    class Counted(type(season.journal.lines)):  # type: ignore[misc]
        async def season(self, *place: str, **page: object) -> object:
            reads.append(place[1])
            return await read(*place, **page)  # type: ignore[arg-type]

    asked = Statistics(
        box_scores=season.box_scores,
        lines=Counted(season.journal._database),
        games=season.journal.games,
        league=season.journal.league,
        sports=season.box_scores._sports,
        now_s=lambda: now_s,
    )
    await asyncio.gather(*(leaders(asked, stat=stat) for stat in ("G", "G/G", "GF", "MIN")[:2]))
    # A page of games, and the end.
    assert reads == ["2026", "2026"]
    season.games["che-eve"].say("GOAL", "home", "q2", period=1)
    await keep(season)
    now_s += HELD_S - 1
    assert (await leaders(asked)).boards[0].leaders[0].value == 2
    now_s += 1
    assert (await leaders(asked)).boards[0].leaders[0].value == 3


async def test_a_player_and_a_team_are_told_of_all_their_games(season: Season) -> None:
    player = msgspec.json.decode(await season.statistics.player("p1") or b"", type=PlayerStats)
    assert [(one.season, one.totals["match"]["G"]) for one in player.seasons] == [("2026", 2), ("2025", 1)]
    assert [(one.game_id, one.home.score) for one in player.games] == [("ars-che", 3), ("ars-liv", 0)]
    one = msgspec.json.decode(await season.statistics.player("p1", "2025") or b"", type=PlayerStats)
    assert [found.season for found in one.seasons] == ["2025"]
    team = msgspec.json.decode(await season.statistics.team("ars") or b"", type=TeamStats)
    assert [(found.season, found.games) for found in team.seasons] == [("2026", 2)]
    assert [found.game_id for found in team.games] == ["eve-ars", "ars-che", "ars-liv"]
    old = msgspec.json.decode(await season.statistics.team("ars", "2025") or b"", type=TeamStats)
    assert [found.season for found in old.seasons] == ["2025"]
    assert await season.statistics.player("nobody") is None
    assert await season.statistics.team("nobody") is None
