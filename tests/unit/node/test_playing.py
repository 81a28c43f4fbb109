"""A playback's frames are those of a live stream, byte for byte but for the id."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scorewire.api.replay import MomentsPage
from scorewire.clock import SystemClock
from scorewire.config import Config, Server
from scorewire.fanout.channel import Channel
from scorewire.fanout.frames import SEVERAL
from scorewire.games.course import Courses
from scorewire.games.past import Past
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node.playing import Retelling, build_booth
from scorewire.node.stores import Stores as NodeStores
from scorewire.scoreboard.base import Head
from scorewire.sports import SPORTS
from unit.games.conftest import declaration
from unit.games.test_owner import Stores, goal


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[Stores, list[Update]]]:
    """Seven rows, a correction among them, and what fans were told."""
    stores = await Stores(tmp_path).open()
    updates: list[Update] = []
    stores.board.listen(updates.extend)
    await stores.say(declaration(), *(goal(number, time_ms=number * 10_000) for number in range(1, 5)))
    await stores.say(goal(2, action="retract", revision=99, sequence=None), goal(5, time_ms=50_000))
    await stores.own()
    yield stores, updates
    await stores.close()


def retelling(stores: Stores) -> Retelling:
    return Retelling(
        past=Past(journal=stores.journal, machines=SPORTS),
        courses=Courses(journal=stores.journal, machines=SPORTS),
    )


async def test_frames_are_those_that_fans_were_sent(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    again = await retelling(stores).after("g1", 1, 100, real=False)
    channel = Channel(Head(state=updates[0].state, corrected_seq=0), line=False, frames_max=100)
    for row, update in zip(again, updates[1:], strict=True):
        before = channel.seq
        channel.advance(update)
        assert row.seq == update.seq
        assert row.frame == channel.news(before, SEVERAL)
    assert any(b'"reason":"correction"' in row.frame for row in again)
    assert [row.gap_ms for row in again] == [0, 10_000, 10_000, 10_000, 0, 10_000]
    assert await retelling(stores).after("g1", again[-1].seq, 100, real=False) == ()


async def test_the_beginning_and_the_end(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    booth = retelling(stores)
    begin = booth.begin(updates[0].state, "join").decode()
    assert begin.startswith('event: full_state\ndata: {"type":"full_state","game_id":"g1",')
    assert '"reason":"join"' in begin
    assert booth.bye("end", 1234) == b'retry: 1234\nevent: bye\ndata: {"reason":"end","retry_ms":1234}\n\n'


async def test_moments_have_the_form_that_is_described(told: tuple[Stores, list[Update]]) -> None:
    stores, updates = told
    found = json.loads(await retelling(stores).moments("g1", updates[-1].seq, None))
    assert set(found) == set(MomentsPage.__struct_fields__)
    assert found["length"] == 40_000
    assert len(found["moments"]) == len(updates)


async def test_places_are_counted_in_all_and_of_one_address(told: tuple[Stores, list[Update]]) -> None:
    stores, _ = told
    config = Config(server=Server(playbacks_max=3, playbacks_per_address_max=2))
    booth = build_booth(
        config,
        stores=NodeStores(journal=stores.journal, log=None),
        clock=SystemClock(),
        metrics=Metrics(version="0"),
    )
    enter = booth.places.enter
    of_a_fan = {"headers": [], "client": ("192.0.2.1", 5)}
    # A worker on the Unix socket names whom it serves.
    behind_a_worker = {"headers": [(b"x-forwarded-for", b"203.0.113.9, 192.0.2.1")], "client": None}
    first = enter(of_a_fan)
    assert first is not None
    assert enter(behind_a_worker) is not None
    assert enter(of_a_fan) is None
    assert enter({"headers": [], "client": ("192.0.2.2", 5)}) is not None
    assert enter({"headers": [], "client": ("192.0.2.3", 5)}) is None
    first()
    assert enter(of_a_fan) is not None
