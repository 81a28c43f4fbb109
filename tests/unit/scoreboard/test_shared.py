"""Two who listen to one scoreboard: what one follows, the other may leave."""

from contract.scoreboard_suite import update
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.shared import Shared


class Board(LocalScoreboard):
    """One that notes who follows."""

    def __init__(self) -> None:
        super().__init__(load=self.nothing, heads_max=10)
        self.said: list[str] = []

    async def nothing(self, _game_id: str) -> Head | None:
        return None

    async def follow(self, game_id: str) -> None:
        self.said.append(f"follow {game_id}")
        await super().follow(game_id)

    async def unfollow(self, game_id: str) -> None:
        self.said.append(f"unfollow {game_id}")
        await super().unfollow(game_id)


async def test_a_game_is_left_when_the_last_has_left_it() -> None:
    board = Board()
    shared = Shared(board)
    one, other = shared.share(), shared.share()
    await one.follow("g1")
    await one.follow("g1")
    await other.follow("g1")
    assert set(board.said) == {"follow g1"}
    await one.unfollow("g1")
    await one.unfollow("g1")
    await one.unfollow("g2")
    assert "unfollow g1" not in board.said
    await other.unfollow("g1")
    assert board.said[-1] == "unfollow g1"
    await one.follow("g1")
    assert board.said[-1] == "follow g1"


async def test_who_comes_second_is_also_told_when_it_holds() -> None:
    board = Board()
    shared = Shared(board)
    await shared.share().follow("g1")
    await shared.share().follow("g1")
    assert board.said == ["follow g1", "follow g1"], "Redis's returns only when the subscription holds"


async def test_all_hear_in_the_order_in_which_they_came() -> None:
    board = Board()
    shared = Shared(board)
    heard: list[tuple[int, Update]] = []
    shares = [shared.share() for _ in range(3)]
    shares[2].listen(lambda updates: heard.extend((2, one) for one in updates))
    shares[0].listen(lambda updates: heard.extend((0, one) for one in updates))
    assert await shares[1].publish([update("g1", 1), update("g1", 2)]) == {}
    assert [(who, one.seq) for who, one in heard] == [(0, 1), (0, 2), (2, 1), (2, 2)]
    for share in shares:
        held = share.held("g1")
        assert held is not None
        assert held is await share.head("g1")
        assert held.state.seq == 2
