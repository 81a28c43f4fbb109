"""How a file reads a game; what it reads is in the suite of tests/contract."""

from datetime import date

from scorewire.journal.history import between


async def test_the_line_comes_as_it_was_stored_with_its_head(world, journal):
    commit = world.append("a", 3)
    await journal.commit(commit)
    (head,) = commit.heads
    await journal.renew_epoch()
    assert head.line.epoch != journal.epoch
    assert await journal.listed("a") == (3, head.line)


async def test_reading_a_game_walks_its_own_rows_only(plan):
    query = between(date(2022, 12, 18), "a", 3, 9)
    (step,) = await plan(query)
    assert step.startswith("SEARCH events USING INDEX sqlite_autoindex_events_1")
    assert "game_date=? AND game_id=? AND seq>? AND seq<?" in step
