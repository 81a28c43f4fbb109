"""Lines follow games: now and then while they go on, at once when they end or are corrected; and after what
was missed, whoever else keeps them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from scorewire.journal.journal import Journal
from scorewire.model.provider_event import League
from scorewire.stats.lines.box import GameLines
from scorewire.stats.scorebook import KEPT_AT_ONCE, counting, counts
from unit.stats.seasons import Running, Season, declared, hear


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
    yield Season(opened)
    await opened.close()


async def kept(season: Season, league: str = "cup", name: str = "2026") -> dict[str, GameLines]:
    found = await season.journal.lines.season(league, name)
    return {place.game_id: msgspec.json.decode(body, type=GameLines) for place, body in found}


async def test_a_game_that_goes_on_is_kept_when_it_begins_and_not_with_every_play(season: Season) -> None:
    played = season.game("ars-che")
    async with Running(season.book.run):
        await hear(season.book, await season.store())
        assert await kept(season) == {"ars-che": season.lines("ars-che")}
        begun = season.book.kept
        for n in range(5):
            played.say("SHOT", "home", f"p{n}", period=1)
            await hear(season.book, await season.store())
        await asyncio.sleep(0.3)
        assert (season.book.kept, season.book.waiting) == (begun, 1)
        await hear(season.book, [], all_of_it=True)
        assert (season.book.kept, season.book.waiting) == (begun + 1, 0)
        assert await kept(season) == {"ars-che": season.lines("ars-che")}


async def test_what_ends_and_what_is_corrected_is_kept_at_once(season: Season) -> None:
    played = season.game("ars-che")
    async with Running(season.book.run):
        await hear(season.book, await season.store())
        played.say("GOAL", "home", "p1", period=1, event="goal")
        await hear(season.book, await season.store())
        assert not (await kept(season))["ars-che"].home.players
        goal = played.plays("GOAL")[0]
        played.put_right(goal, player=msgspec.structs.replace(goal.player, id="p2"))  # type: ignore[type-var]
        await hear(season.book, await season.store())
        assert [one.id for one in (await kept(season))["ars-che"].home.players] == ["p2"]
        played.say("GOAL", "away", "q1", period=1)
        played.say("GAME_FINAL")
        await hear(season.book, await season.store())
        assert await kept(season) == {"ars-che": season.lines("ars-che")}
        assert await season.journal.lines.of_player("q1", limit=1) != []
        played.put_right(played.plays("GOAL")[0], player=goal.player)
        await hear(season.book, await season.store())
        assert await kept(season) == {"ars-che": season.lines("ars-che")}
        assert await season.journal.lines.of_player("p2", limit=1) == []


async def test_a_game_that_is_void_counts_for_nobody_and_one_that_is_awarded_does(season: Season) -> None:
    for game_id in ("ars-che", "eve-liv"):
        season.game(game_id).say("GOAL", "home", f"p-{game_id}", period=1)
    async with Running(season.book.run):
        await hear(season.book, await season.store())
        season.games["ars-che"].say("GAME_VOID")
        season.games["eve-liv"].say("GAME_AWARDED", "away", detail={"home": 0, "away": 3})
        await hear(season.book, await season.store())
        assert list(await kept(season)) == ["eve-liv"]
        assert await season.journal.lines.of_player("p-ars-che", limit=1) == []
        assert await season.journal.lines.of_player("p-eve-liv", limit=1) != []


async def test_a_game_that_has_not_begun_has_no_lines(season: Season) -> None:
    season.game("ars-che", kick_off=False).line_up("home", "p1", "p2")
    async with Running(season.book.run):
        await hear(season.book, await season.store(), all_of_it=True)
        season.games["ars-che"].say("GAME_POSTPONED")
        await hear(season.book, await season.store(), all_of_it=True)
    assert (season.book.kept, await season.journal.lines.held(["ars-che"])) == (0, {})


async def test_what_was_missed_is_found_at_the_start(season: Season) -> None:
    for game_id in ("ars-che", "eve-liv"):
        season.game(game_id).say("GOAL", "home", "p1", period=1)
    await season.store()
    async with Running(season.book.run):
        await hear(season.book, [])
        assert sorted(await kept(season)) == ["ars-che", "eve-liv"]
    # Nobody keeps lines while a goal is scored; and where nothing was missed, nothing is counted.
    season.games["eve-liv"].say("GOAL", "away", "q1", period=1)
    await season.store()
    counts_of = []
    for _ in range(2):
        later = season.scorebook()
        async with Running(later.run):
            await hear(later, [])
        counts_of.append(later.kept)
    assert counts_of == [1, 0]
    assert (await kept(season))["eve-liv"] == season.lines("eve-liv")


async def test_what_ends_does_not_wait_for_all_that_was_missed(season: Season) -> None:
    for number in range(4 * KEPT_AT_ONCE):
        season.game(f"ars-che-{number:02}")
    await season.store()
    last = season.games[f"ars-che-{4 * KEPT_AT_ONCE - 1}"]
    last.say("GAME_FINAL")
    news = await season.store()
    async with Running(season.book.run), asyncio.timeout(30):
        season.book.heard(news)
        await season.book.level()
        assert (season.book.kept, season.book.looks) == (KEPT_AT_ONCE, True)
        assert "ars-che-19" in await kept(season)
        await hear(season.book, [])
        assert len(await kept(season)) == 4 * KEPT_AT_ONCE


async def test_what_another_release_counted_is_counted_anew(season: Season) -> None:
    season.game("ars-che")
    await season.store()
    kept_by = []
    for by in ("first", "second", "second"):
        book = season.scorebook(by)
        async with Running(book.run):
            await hear(book, [])
        kept_by.append(book.kept)
    assert kept_by == [1, 1, 0]
    assert counting() == counting()
    assert len(counting()) == 16


async def test_something_that_may_have_been_missed_is_looked_for(season: Season) -> None:
    played = season.game("ars-che")
    async with Running(season.book.run):
        await hear(season.book, await season.store())
        played.say("GOAL", "home", "p1", period=1)
        await season.store()
        season.book.look_again()
        await hear(season.book, [])
        assert await kept(season) == {"ars-che": season.lines("ars-che")}


async def test_a_game_that_changes_league_or_season_moves(season: Season) -> None:
    played = season.game("ars-che")
    played.say("GOAL", "home", "p1", period=1)
    async with Running(season.book.run):
        await hear(season.book, await season.store(), all_of_it=True)
        for revision, (league, name) in enumerate([("cup", "2027"), ("friendly", "2027")], 2):
            played.offer(
                declared("ars-che", league=league, season=name, revision=revision, event="m-ars-che")
            )
            await hear(season.book, await season.store(), all_of_it=True)
            assert list(await kept(season, league, name)) == ["ars-che"]
    assert await kept(season) == await kept(season, "cup", "2027") == {}
    assert League(id="friendly", name="Friendly") == played.desk.shown.league  # type: ignore[union-attr]


async def test_two_who_keep_one_game_end_with_its_newest_lines(season: Season) -> None:
    played = season.game("ars-che")
    one, two = season.scorebook(), season.scorebook()
    async with Running(one.run, two.run):
        for n in range(6):
            played.say("GOAL", "home", f"p{n % 2}", period=1, event=f"goal-{n}")
            played.put_right(played.plays("GOAL")[-1], text="by a head")
            news = await season.store()
            await asyncio.gather(hear(one, news), hear(two, news[:1]))
    assert await kept(season) == {"ars-che": season.lines("ars-che")}


async def test_what_is_heard_again_replaces_nothing_newer(season: Season) -> None:
    played = season.game("ars-che")
    first = await season.store()
    played.say("GOAL", "home", "p1", period=1)
    played.say("GAME_FINAL")
    later = season.scorebook()
    await season.store()
    async with Running(season.book.run, later.run):
        await hear(season.book, first, all_of_it=True)
        later.heard(first)
        await hear(later, [], all_of_it=True)
    assert await kept(season) == {"ars-che": season.lines("ars-che")}


async def test_updates_from_before_a_restore_are_left_out(season: Season) -> None:
    season.game("ars-che")
    async with Running(season.book.run):
        await hear(season.book, [])
        stale = [msgspec.structs.replace(one, epoch="longago1") for one in await season.store()]
        await hear(season.book, stale, all_of_it=True)
    assert season.book.kept == 0


async def test_a_game_that_cannot_be_counted_holds_up_no_other(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    season.game("ars-che")
    season.game("eve-liv")
    counter = season.book._box_scores
    count = counter.lines

    async def sometimes(game_id: str, seq: int) -> GameLines | None:
        if game_id == "ars-che":
            raise KeyError("a bug of ours")
        return await count(game_id, seq)

    monkeypatch.setattr(counter, "lines", sometimes)
    async with Running(season.book.run):
        await hear(season.book, await season.store())
        assert list(await kept(season)) == ["eve-liv"]


@pytest.mark.parametrize(
    ("sport", "status", "counted"),
    [
        ("soccer", "live", True),
        ("soccer", "final", True),
        ("soccer", "awarded", True),
        ("soccer", "scheduled", False),
        ("soccer", "postponed", False),
        ("soccer", "void", False),
        ("soccer", "abandoned", False),
        ("cricket", "abandoned", True),
    ],
)
async def test_what_counts(season: Season, sport: str, status: str, *, counted: bool) -> None:
    state = season.game("ars-che").desk.shown
    assert state is not None
    assert counts(msgspec.structs.replace(state, sport=sport, status=status)) is counted
