"""A real node that shows its games on a real Redis: who listens there holds what the node itself answers."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from backends.boards import Heard, board_at, eventually
from e2e.recordings import BY_NAME, replay
from node_process import NodeProcess, declare, event
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.redis import RedisScoreboard
from services.redis import RedisServer, ask

pytestmark = [pytest.mark.redis, pytest.mark.timeout(180)]

NAMES = ("warriors-nets", "turkey-italy")


@pytest.fixture
def own() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def node(tmp_path: Path, own: RedisServer) -> Iterator[NodeProcess]:
    """A node that shows its games on Redis, with the provider `acme`."""
    secret = tmp_path / "scoreboard.url"
    secret.write_text(own.url + "\n")
    env = {"SCOREWIRE__SCOREBOARD__URL_FILE": str(secret)}
    one = NodeProcess(tmp_path / "data", env=env).start()
    one.key("acme")
    yield one
    one.close()


async def start(node: NodeProcess, *game_ids: str) -> None:
    for game_id in game_ids:
        answer = await asyncio.to_thread(
            node.post, "acme", [declare(game_id), event(game_id, 1, "PERIOD_START", period=1)]
        )
        assert answer.status_code == 202


def goal(game_id: str, number: int) -> dict:
    return event(game_id, number, "GOAL", team="home", period=1, clock=f"{number}:00")


def answered(node: NodeProcess, game_id: str) -> str:
    """The state that the node answers, in one order."""
    return json.dumps(node.score(game_id), sort_keys=True)


def shown(board: RedisScoreboard, game_id: str) -> str:
    """The state that the listener holds, in one order."""
    head = board.held(game_id)
    assert head is not None
    return json.dumps(msgspec.to_builtins(head.state), sort_keys=True)


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
async def test_who_listens_holds_what_the_node_answers_byte_for_byte(
    node: NodeProcess, own: RedisServer, shared_data: Path, name: str
) -> None:
    recording = BY_NAME[name]
    async with board_at(own.url) as board:
        heard = Heard(board)
        await board.follow("g")
        await asyncio.to_thread(replay, node, shared_data / recording.path, "g")
        seq = node.score("g")["seq"]
        await eventually(lambda: heard.seqs("g")[-1:] == [seq])
        assert shown(board, "g") == answered(node, "g")
        # Every row was told, folded here onto the one before it; nothing was lost, so nothing was read again.
        assert heard.seqs("g") == list(range(1, seq + 1))
        assert board.repairs == 0
        assert len(heard.updates) == recording.rows
        for at in range(1, seq + 1, max(seq // 20, 1)):
            told = json.loads(msgspec.json.encode(heard.updates[at - 1].state))
            answer = await asyncio.to_thread(node.get, f"/v1/games/g/state?seq={at}")
            assert told == answer.json()["score"]


async def test_redis_may_die_while_goals_fall(node: NodeProcess, own: RedisServer) -> None:
    async with board_at(own.url) as board:
        heard = Heard(board)
        await board.follow("g1")
        await start(node, "g1", "unfollowed")
        await eventually(lambda: heard.seqs("g1") == [1, 2])
        own.kill()
        for number in range(2, 8):
            answer = await asyncio.to_thread(
                node.post, "acme", [goal("g1", number), goal("unfollowed", number)]
            )
            assert answer.status_code == 202
            await asyncio.to_thread(node.settle, "g1", number + 1)  # the node itself goes on
        own.restart()
        await eventually(lambda: heard.seqs("g1")[-1] == 8, within_s=30)
        assert shown(board, "g1") == answered(node, "g1")
        # The one that nobody follows is there as well, of the seq that the node has.
        await eventually(lambda: f'"seq":{8}' in ask(own.port, f"HGET {wire.state_key('unfollowed')} state"))


async def test_a_node_that_is_killed_shows_what_it_had_written_when_it_is_back(
    node: NodeProcess, own: RedisServer
) -> None:
    async with board_at(own.url) as board:
        heard = Heard(board)
        await board.follow("g1")
        await start(node, "g1")
        await eventually(lambda: heard.seqs("g1") == [1, 2])
        # Redis stands still: what the node decides now it cannot show any more.
        own.pause()
        await asyncio.to_thread(node.post, "acme", [goal("g1", 2), goal("g1", 3)])
        await asyncio.to_thread(node.settle, "g1", 4)
        node.kill()
        own.resume()
        await asyncio.to_thread(node.start)
        await eventually(lambda: heard.seqs("g1")[-1] == 4, within_s=30)
        assert shown(board, "g1") == answered(node, "g1")


async def test_what_was_decided_last_is_shown_before_the_node_ends(
    node: NodeProcess, own: RedisServer
) -> None:
    async with board_at(own.url) as board:
        await start(node, "g1")
        await board.follow("g1")
        await asyncio.to_thread(node.post, "acme", [goal("g1", number) for number in range(2, 40)])
        assert await asyncio.to_thread(node.stop, signal.SIGTERM) == 0
        await eventually(lambda: (held := board.held("g1")) is not None and held.state.seq == 40)


def test_a_url_that_names_no_server_is_refused_by_its_key(tmp_path: Path) -> None:
    env = {"SCOREWIRE__SCOREBOARD__URL": "memcached://127.0.0.1"}
    node = NodeProcess(tmp_path / "data", env={**os.environ, **env})
    with pytest.raises(AssertionError, match=r"scoreboard\.url"):
        node.start()
