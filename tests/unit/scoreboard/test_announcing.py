"""What is published is announced besides, before it is shown and after; the rest is the board's."""

from collections.abc import Sequence

from contract.scoreboard_suite import update
from scorewire.model.update import Update
from scorewire.scoreboard.announcing import AnnouncingScoreboard
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard


async def test_everything_is_announced_before_and_after_it_is_shown_and_gaps_are_the_boards() -> None:
    async def load(_game_id: str) -> Head | None:
        return None

    board = LocalScoreboard(load=load, heads_max=10)
    announced: list[Update] = []

    def announce(updates: Sequence[Update]) -> None:
        held = board.held("g1")
        assert held is None or held.state.seq < updates[0].seq
        announced.extend(updates)

    shown: list[Update] = []

    def tell(updates: Sequence[Update]) -> None:
        held = board.held("g1")
        assert held is not None
        assert announced[-len(updates) :] == list(updates)
        shown.extend(one for one in updates if one.seq == held.state.seq)

    stage = AnnouncingScoreboard(board=board, before=[announce], after=[tell])
    heard: list[Update] = []
    stage.listen(heard.extend)
    await stage.follow("g1")
    assert await stage.publish([update("g1", 1)]) == {}
    assert await stage.publish([update("g1", 4)]) == {"g1": 1}
    assert announced == [update("g1", 1), update("g1", 4)]
    assert heard == shown == [update("g1", 1)]
    head = await stage.head("g1")
    assert head == stage.held("g1") == board.held("g1")
    await stage.unfollow("g1")
