"""What scoreboard/base.py promises, as one suite: an adapter subclasses it and says how it is opened.

What an adapter cannot do is declared in its subclass as a strict expected failure, in words.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import msgspec

from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update, difference
from scorewire.scoreboard.base import Head, Scoreboard

EPOCH = "k3v9x2aa"

Store = dict[str, Head]
"""What an adapter may load from where it holds nothing itself."""


@dataclass
class Opened:
    """A scoreboard, and where its updates come from: itself, or the pipeline that it is an edge of.

    Attributes:
        settle: what was published before has arrived when it returns.
    """

    board: Scoreboard
    source: Scoreboard
    settle: Callable[[], Awaitable[object]]


def state(game_id: str, seq: int, *, epoch: str = EPOCH) -> ScoreState:
    """A state in which a row of each seq up to this one has left its mark."""
    return ScoreState(
        game_id=game_id,
        epoch=epoch,
        seq=seq,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="arg", name="Argentina", abbr="ARG", score=seq),
        away=SideState(id="fra", name="France", abbr="FRA", score=0),
        events=tuple(_event(at) for at in range(max(1, seq - 49), seq + 1)),
        updated_at=1000 + seq,
    )


def update(
    game_id: str, seq: int, *, correction: bool = False, corrected_seq: int = 0, epoch: str = EPOCH
) -> Update:
    """The update of a row."""
    now = state(game_id, seq, epoch=epoch)
    return Update(
        game_id=game_id,
        epoch=epoch,
        seq=seq,
        ts=1000 + seq,
        correction=correction,
        corrected_seq=seq if correction else corrected_seq,
        event=_event(seq),
        patch={} if correction or seq == 1 else difference(state(game_id, seq - 1), now),
        state=now,
    )


def _event(seq: int) -> CompactEvent:
    return CompactEvent(seq=seq, type="GOAL", team="home")


class ScoreboardSuite(ABC):
    """One adapter; each test opens it afresh."""

    @abstractmethod
    def open(self, store: Store) -> AbstractAsyncContextManager[Opened]:
        """The adapter, which holds nothing yet."""

    async def test_an_adapter_takes_what_is_published(self) -> None:
        async with self.open({}) as opened:
            assert await opened.board.publish([update("g1", 1)]) == {}

    async def test_a_published_state_is_there_and_told(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            published = [update("g1", 1), update("g1", 2)]
            assert await opened.source.publish(published) == {}
            await opened.settle()
            head = await opened.board.head("g1")
            assert head is not None
            assert head.state == state("g1", 2)
            assert heard == published

    async def test_readers_see_the_new_state_when_listeners_hear(self) -> None:
        async with self.open({}) as opened:
            seen: list[int] = []

            def listener(updates: Sequence[Update]) -> None:
                held = opened.board.held("g1")
                assert held is not None
                seen.append(held.state.seq)

            opened.board.listen(listener)
            await opened.board.follow("g1")
            await opened.source.publish([update("g1", 1), update("g1", 2)])
            await opened.settle()
            assert seen[-1] == 2

    async def test_a_held_seq_is_ignored(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            await opened.source.publish([update("g1", 1), update("g1", 2)])
            assert await opened.source.publish([update("g1", 1), update("g1", 2), update("g1", 3)]) == {}
            await opened.settle()
            assert [told.seq for told in heard] == [1, 2, 3]

    async def test_a_gap_is_answered_with_the_held_seq_and_changes_nothing(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            await opened.source.publish([update("g1", 1)])
            assert await opened.source.publish([update("g1", 3), update("g2", 1)]) == {"g1": 1}
            await opened.settle()
            head = await opened.board.head("g1")
            assert head is not None
            assert head.state.seq == 1
            assert await opened.source.publish([update("g1", 2), update("g1", 3)]) == {}
            await opened.settle()
            assert [told.seq for told in heard if told.game_id == "g1"] == [1, 2, 3]

    async def test_a_correction_bridges_a_gap(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            await opened.source.publish([update("g1", 1)])
            assert await opened.source.publish([update("g1", 5, correction=True)]) == {}
            await opened.settle()
            head = await opened.board.head("g1")
            assert head is not None
            assert (head.state.seq, head.corrected_seq) == (5, 5)
            assert (heard[-1].seq, heard[-1].correction) == (5, True)

    async def test_rows_before_and_after_a_correction_are_told_in_order(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            rows = [update("g1", 1), update("g1", 2), update("g1", 3, correction=True)]
            rows += [update("g1", seq, corrected_seq=3) for seq in (4, 5)]
            assert await opened.source.publish(rows) == {}
            await opened.settle()
            assert [(told.seq, told.correction, told.corrected_seq) for told in heard] == [
                (1, False, 0),
                (2, False, 0),
                (3, True, 3),
                (4, False, 3),
                (5, False, 3),
            ]
            assert [told.state for told in heard] == [row.state for row in rows]

    async def test_a_gap_behind_rows_that_follow_leaves_these_taken(self) -> None:
        async with self.open({}) as opened:
            await listen(opened, "g1")
            assert await opened.source.publish([update("g1", 1), update("g1", 2), update("g1", 4)]) == {
                "g1": 2
            }
            await opened.settle()
            head = await opened.board.head("g1")
            assert head is not None
            assert head.state == state("g1", 2)

    async def test_another_epoch_replaces_whatever_its_seq(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            await opened.source.publish([update("g1", 1), update("g1", 2), update("g1", 3)])
            assert await opened.source.publish([update("g1", 2, epoch="anew")]) == {}
            await opened.settle()
            head = await opened.board.head("g1")
            assert head is not None
            assert (head.state.epoch, head.state.seq) == ("anew", 2)
            assert (heard[-1].epoch, heard[-1].seq) == ("anew", 2)

    async def test_who_follows_nothing_hears_of_a_game_that_is_new(self) -> None:
        async with self.open({}) as opened:
            heard: list[Update] = []
            opened.board.listen(heard.extend)
            await opened.source.publish([update("g1", 1)])
            await opened.settle()
            assert [(told.game_id, told.state) for told in heard] == [("g1", state("g1", 1))]

    async def test_each_of_many_games_is_told_in_order(self) -> None:
        async with self.open({}) as opened:
            games = [f"g{n}" for n in range(20)]
            heard = await listen(opened, *games)
            for first in (1, 4):
                rows = [update(game_id, seq) for seq in range(first, first + 3) for game_id in games]
                assert await opened.source.publish(rows) == {}
            await opened.settle()
            for game_id in games:
                told = [one for one in heard if one.game_id == game_id]
                assert [one.seq for one in told] == [1, 2, 3, 4, 5, 6]
                assert told[-1].state == state(game_id, 6)

    async def test_an_absent_game_is_loaded(self) -> None:
        async with self.open({"g1": Head(state=state("g1", 7), corrected_seq=3)}) as opened:
            assert opened.board.held("g1") is None
            heads = await asyncio.gather(opened.board.head("g1"), opened.board.head("g1"))
            assert [head.state.seq for head in heads if head] == [7, 7]
            assert await opened.board.head("nowhere") is None

    async def test_a_game_that_is_followed_late_goes_on_from_its_head(self) -> None:
        async with self.open({}) as opened:
            await opened.source.publish([update("g1", 1), update("g1", 2)])
            await opened.settle()
            heard = await listen(opened, "g1")
            head = await opened.board.head("g1")
            assert head is not None
            assert head.state == state("g1", 2)
            await opened.source.publish([update("g1", 3)])
            await opened.settle()
            # Rows from before the follow may be told too, but none again.
            assert [told.seq for told in heard] == list(range(4 - len(heard), 4))
            assert heard[-1].state == state("g1", 3)

    async def test_what_was_told_is_equal_when_it_is_written(self) -> None:
        async with self.open({}) as opened:
            heard = await listen(opened, "g1")
            published = [update("g1", seq) for seq in range(1, 61)]
            await opened.source.publish(published)
            await opened.settle()
            assert [written(told.state) for told in heard] == [written(one.state) for one in published]


def written(one: ScoreState) -> bytes:
    """A state as fans are sent it."""
    return msgspec.json.encode(one, order="sorted")


async def listen(opened: Opened, *game_ids: str) -> list[Update]:
    """Follow games; returns the list that grows as they are told."""
    heard: list[Update] = []
    opened.board.listen(heard.extend)
    for game_id in game_ids:
        await opened.board.follow(game_id)
    return heard
