"""A showing for each delay that somebody follows, and one word to the scoreboard for all of them."""

from scorewire.fanout.stands import LINGER_S
from terrace import Match, Terrace


async def test_the_scoreboard_hears_of_the_first_who_follows_and_the_last_who_leaves() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.log["g1"] = [match.first()]
    followed: list[str] = []
    board = terrace.board
    follow, unfollow = board.follow, board.unfollow

    async def note_follow(game_id: str) -> None:
        followed.append(game_id)
        await follow(game_id)

    async def note_unfollow(game_id: str) -> None:
        followed.clear()
        await unfollow(game_id)

    board.follow, board.unfollow = note_follow, note_unfollow  # type: ignore[method-assign]
    await terrace.pass_time(30)
    live, delayed = terrace.sse("game=g1"), terrace.sse("game=g1&delay=30")
    await terrace.settle()
    assert set(followed) == {"g1"}
    live.leave()
    await terrace.pass_time(2 * LINGER_S + 1)
    assert followed, "a delayed fan still follows it"
    assert terrace.hub.games == 1
    delayed.leave()
    await terrace.pass_time(2 * LINGER_S + 1)
    assert followed == []
    assert terrace.hub.games == 0
