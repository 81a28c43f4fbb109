"""A practice game repeats a piece of a real one, faster, on the scoreboard alone; few at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from scorewire.clock import SystemClock
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import Cause, CompactEvent, GameEvent
from scorewire.model.journey import Race
from scorewire.model.provider_event import ProviderEvent
from scorewire.model.update import Update, apply_update
from scorewire.node import practice
from scorewire.node.practice import CHANGES_MAX, RACES_MAX, SPAN_MAX_MS, Practice, busiest, said_ms
from scorewire.scoreboard.local import LocalScoreboard
from terrace import Match, plain


def row(seq: int, ts: int, time_ms: int | None = None) -> GameEvent:
    claim = None
    if time_ms is not None:
        claim = ProviderEvent(provider="a", game_id="g1", event=f"e{seq}", revision=1, time_ms=time_ms)
    return GameEvent(
        game_id="g1",
        seq=seq,
        ts=ts,
        type="GOAL",
        level="key",
        change="assert",
        cause=Cause(provider="a", event=f"e{seq}", revision=1),
        claim=claim,
        compact=CompactEvent(seq=seq, type="GOAL"),
    )


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ([None, 5000, 4000, 6000], [5000, 5000, 5000, 6000]),
        ([None, 7, 8, 9], [1, 2, 3, 4]),
        ([0, 0, None, 6000], [1, 2, 3, 4]),
        ([0, 0, 0, 0], [1, 2, 3, 4]),
    ],
    ids=["a recording's own, never back", "heard as it was played", "few are dated", "none is"],
)
def test_when_a_row_was_said(said: list[int | None], times: list[int]) -> None:
    assert said_ms([row(seq, seq, one) for seq, one in enumerate(said, 1)]) == times


def test_the_half_hour_with_the_most_is_taken() -> None:
    minute = 60_000
    assert busiest([0, 1, 2, 100 * minute, 101 * minute, 102 * minute, 103 * minute, 300 * minute]) == (3, 7)
    assert busiest([0, SPAN_MAX_MS, SPAN_MAX_MS + 1]) == (1, 3)
    assert busiest([]) == (0, 0)
    start, end = busiest(range(1000))
    assert (end - start, end) == (CHANGES_MAX, 1000)


@dataclass
class Ground:
    """A node reduced to what practice games need: one game of nine rows, a second apart."""

    board: LocalScoreboard
    told: list[Update] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    looked: int = 0

    def __post_init__(self) -> None:
        self.match = Match("real")
        self.history = [self.match.first(), *(self.match.goal() for _ in range(8))]
        self.board.listen(self.told.extend)
        self.practice = self.of(self.board)

    def of(self, board: LocalScoreboard | None) -> Practice:
        return Practice(
            board=board,
            games=self.games,
            rows=self.rows,
            updates=self.updates,
            spawn=lambda work, name: self.tasks.append(asyncio.create_task(work, name=name)),
            stopping=self.stopping,
            clock=SystemClock(),
            token="t",
        )

    async def games(self, query: GamesQuery) -> GamesPage:
        self.looked += 1
        return GamesPage(games=(self.match.state.line(),), next=None)

    async def rows(self, game_id: str, since_seq: int, limit: int) -> Sequence[GameEvent]:
        return [row(one.seq, one.seq * 1000) for one in self.history]

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        return self.history[since_seq : since_seq + limit]


@pytest.fixture
async def ground(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ground]:
    async def load(game_id: str) -> None:
        return None

    monkeypatch.setattr(practice, "LEAD_MS", 10)
    one = Ground(LocalScoreboard(load=load, heads_max=10))
    yield one
    one.stopping.set()
    await asyncio.gather(*one.tasks)


async def test_a_race_is_the_real_game_again_under_another_name(ground: Ground) -> None:
    race = await ground.practice.race()
    assert isinstance(race, Race)
    assert (race.of, race.home, race.changes, race.span_ms) == ("real", "Argentina", 8, 8000)
    await asyncio.gather(*ground.tasks)
    assert {(one.game_id, one.state.sport, one.state.league.id) for one in ground.told} == {
        (race.game_id, "practice", "practice")
    }
    state = plain(ground.told[0].state)
    for update in ground.told[1:]:
        state = apply_update(state, plain(update))
    head = await ground.board.head(race.game_id)
    assert head is not None
    assert state == plain(head.state)
    sides = {name: plain(ground.match.state)[name] for name in ("home", "away")}
    for name, real in sides.items():
        assert state[name] == {**real, "id": f"practice-{name}"}, "who follows the real teams hears nothing"
    found = ground.practice.moments(race.game_id)
    assert found is not None
    assert found.over
    assert [(one.seq, one.ts) for one in found.moments] == [(one.seq, one.ts) for one in ground.told[1:]]
    assert found.moments[-1].ts - found.moments[0].ts == pytest.approx(7000 / 60, abs=400)


async def test_few_are_played_at_a_time_and_the_journal_is_read_once(ground: Ground) -> None:
    begun = [await ground.practice.race() for _ in range(RACES_MAX + 2)]
    assert [isinstance(one, Race) for one in begun] == [True] * RACES_MAX + [False, False]
    assert ground.looked == 1
    await asyncio.gather(*ground.tasks)
    assert isinstance(await ground.practice.race(), Race)


async def test_nothing_begins_where_nothing_can(ground: Ground) -> None:
    assert await ground.of(None).race() == practice.AGAIN_S
    ground.history = ground.history[:3]
    assert await ground.practice.race() == practice.AGAIN_S
    assert ground.practice.moments("practice-t-1") is None


async def test_a_node_that_stops_does_not_wait(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice, "LEAD_MS", 3_600_000)
    race = await ground.practice.race()
    assert isinstance(race, Race)
    await asyncio.sleep(0)
    ground.stopping.set()
    await asyncio.gather(*ground.tasks)
    found = ground.practice.moments(race.game_id)
    assert found is not None
    assert (found.over, found.moments) == (True, ())
