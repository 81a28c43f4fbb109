"""What is read back is what fans were told then, byte for byte."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from scorewire.clock import SystemClock
from scorewire.games.past import Past
from scorewire.model.update import Update
from scorewire.sports import SPORTS

from .conftest import declaration
from .test_owner import Stores, goal


class HastyClock(SystemClock):
    """Whoever looks at it finds that time has passed."""

    ms = 1_800_000_000_000

    def now_ms(self) -> int:
        self.ms += 2
        return self.ms


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[Stores, list[Update]]]:
    """Calls some ms apart, a goal taken back among them, and all that fans were told."""
    stores = Stores(tmp_path)
    stores.clock = HastyClock()
    await stores.open()
    updates: list[Update] = []
    stores.board.listen(updates.extend)
    await stores.say(declaration())
    await stores.own()
    for number in range(1, 8):
        await stores.say(goal(number))
        if number == 5:
            await stores.say(goal(3, action="retract", revision=99, sequence=None))
        await stores.own()
    yield stores, updates
    await stores.close()


async def test_rows_are_told_again_as_they_were(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    past = Past(journal=stores.journal, machines=SPORTS)
    for seq in range(len(updates)):
        again = await past.updates("g1", seq, 100)
        assert msgspec.json.encode(again) == msgspec.json.encode(updates[seq:])
    assert [one.seq for one in await past.updates("g1", 2, 3)] == [3, 4, 5]
    assert any(one.correction for one in updates)
    assert await past.updates("g1", 99, 3) == ()
    assert await past.updates("nowhere", 0, 3) == []


async def test_the_head_of_then_and_all_that_followed(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    past = Past(journal=stores.journal, machines=SPORTS)
    assert await past.since("nowhere", updates[-1].ts) == (None, [])
    head, since = await past.since("g1", updates[0].ts - 1)
    assert head is None
    assert [one.seq for one in since] == [one.seq for one in updates]
    for cutoff_ms in {one.ts for one in updates} | {one.ts + 1 for one in updates}:
        then = [one for one in updates if one.ts <= cutoff_ms]
        assert await past.seq_at("g1", cutoff_ms) == then[-1].seq
        head, since = await past.since("g1", cutoff_ms)
        assert head is not None
        assert (head.state, head.corrected_seq) == (then[-1].state, then[-1].corrected_seq)
        assert [one.seq for one in since] == [one.seq for one in updates[len(then) :]]


async def test_games_that_were_not_over_then(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    past = Past(journal=stores.journal, machines=SPORTS)
    then_ms = updates[-1].ts
    await stores.say(goal(20, event="end", type="GAME_ABANDONED", team=None, sequence=None, revision=1))
    await stores.own()
    league = updates[0].state.league.id
    assert await stores.journal.games_of("league", league) == ()
    for kind, name in (("league", league), ("sport", "soccer"), ("team", updates[0].state.home.id)):
        assert await past.games_of(kind, name, then_ms) == ("g1",)
    assert await past.games_of("team", "nobody", then_ms) == ()
    assert await past.games_of("league", league, then_ms + 60_000) == ()
