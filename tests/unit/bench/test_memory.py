"""What a fan asks for, and what it weighs."""

from scorewire.bench.memory import TRANSPORTS, Weight, follows, memory_figures, slab_bytes


def test_a_fan_follows_all_of_its_games() -> None:
    assert follows("sse", ["a", "b"]) == ("/v1/stream?game=a&game=b", "")
    path, message = follows("websocket", ["a", "b"])
    assert path == "/v1/ws"
    assert message.splitlines() == [f'{{"action":"subscribe","game_id":"{game}"}}' for game in "ab"]


def test_slabs_are_read_from_the_kernel() -> None:
    assert slab_bytes("MemFree: 5 kB\nSlab:          2 kB\nSReclaimable: 1 kB\n") == 2048
    assert slab_bytes("") == 0


def test_ten_games_are_held_against_one() -> None:
    weights = {
        (transport, games): Weight(idle=2000 + 100 * games, after=4000, kernel=1000, missed=0)
        for transport in TRANSPORTS
        for games in (1, 10)
    }
    found = {figure.name: figure for figure in memory_figures(1000, TRANSPORTS, weights)}
    assert found["sse: user memory a fan, one game"].value == 2.1
    assert (
        found["websocket: ten games instead of one"].value,
        found["fans that got every update"].value,
    ) == (
        0.9,
        1000,
    )
    assert found["sse: user memory a fan, one game"].met
    few = {figure.name: figure for figure in memory_figures(5, TRANSPORTS, weights)}
    assert few["sse: user memory a fan, one game"].value == 2.1
    assert {figure.met for figure in few.values()} == {None}
