import asyncio
from contextlib import suppress

from scorewire.config import Config, Provider
from scorewire.node.standing_plays import GAMES_MAX, StandingPlays, formats_of
from scorewire.sports import SPORTS
from unit.api.conftest import World, world  # noqa: F401 (a fixture)


def plays_of(world: World) -> StandingPlays:  # noqa: F811
    return StandingPlays(journal=world.journal, machines=SPORTS, formats={"acme": "opta_f24"})


async def test_what_stands_is_read_on_from_where_it_was(world: World) -> None:  # noqa: F811
    await world.started()
    plays = plays_of(world)
    before = await plays.at((await world.rooms.reads.head("g1")).state)
    await world.claim("CORNER", team="home")
    after = await plays.at((await world.rooms.reads.head("g1")).state)
    assert (after.seq, len(after.claims)) == (before.seq + 1, len(before.claims) + 1)
    assert after.seqs[after.claims[-1].provider, after.claims[-1].event] == after.seq
    assert after.declared is not None
    assert after.format_of("acme") == "opta_f24"


async def test_an_earlier_seq_is_told_as_it_was_then(world: World) -> None:  # noqa: F811
    first = await world.started()
    plays = plays_of(world)
    for _ in range(3):
        await world.claim("CORNER", team="home")
    now = (await world.rooms.reads.head("g1")).state
    whole = await plays.at(now)
    then = await plays.at(first)
    assert (then.seq, len(whole.claims) - len(then.claims)) == (first.seq, 3)
    assert await plays.at(now) == whole


async def test_questions_that_are_given_up_leave_a_record_that_others_read_on(world: World) -> None:  # noqa: F811
    await world.started()
    for _ in range(300):
        last = await world.claim("CORNER", team="home")
    plays = plays_of(world)
    for waits in range(4):
        asked = asyncio.create_task(plays.at(last))
        for _ in range(waits):
            await asyncio.sleep(0)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
    assert sum(one.type == "CORNER" for one in (await plays.at(last)).claims) == 300


async def test_what_was_taken_back_does_not_stand(world: World) -> None:  # noqa: F811
    before = await world.started()
    plays = plays_of(world)
    corner = (await plays.at(await world.claim("CORNER", team="home"))).claims[-1]
    assert corner.type == "CORNER"
    after = await world.claim("", event=corner.event, action="retract")
    assert (await plays.at(after)).claims == (await plays.at(before)).claims


def test_formats_are_those_that_are_configured() -> None:
    config = Config(providers={"acme": Provider(format="nba_cdn"), "plain": Provider()})
    assert formats_of(config) == {"acme": "nba_cdn"}
    assert GAMES_MAX > 0
