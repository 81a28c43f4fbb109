"""`scorewire feed` as a process: local servers that behave as feeds do, faults included, into a real node."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from feed_server import FeedServer, Talk
from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.timeout(90)

BEAT = b'{"heartbeat":{"interval":5000}}'


def line(message: dict) -> bytes:
    return json.dumps(message).encode()


class FeedProcess:
    """`scorewire feed FILE`, and what it printed."""

    def __init__(self, node: NodeProcess, folder: Path, name: str, **given: object) -> None:
        self._log = folder / f"{name}.log"
        path = folder / f"{name}.toml"
        wanted = {
            "format": "native",
            "provider": "acme",
            "key": {"env": "FEED_KEY"},
            "lost_after_s": 0.3,
            **given,
        }
        lines = [f"{key} = {_toml(value)}" for key, value in wanted.items()]
        path.write_text("\n".join(["[node]", f'url = "{node.url}"', f"[feeds.{name}]", *lines]))
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scorewire", "feed", str(path)],
                stdout=log,
                stderr=log,
                env={**node.env, "FEED_KEY": node.secrets["acme"], "UPSTREAM_KEY": "UPSTREAM-SECRET"},
            )

    async def stop(self) -> str:
        """SIGTERM; returns all that it printed."""
        self.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(self.process.wait, 20) == 0, self._log.read_text()
        told = self._log.read_text()
        assert "SECRET" not in told
        assert "whsec_" not in told
        return told

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


async def settled(check: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(check):  # noqa: ASYNC110 another process decides
            await asyncio.sleep(0.05)
    assert what


def score(node: NodeProcess, game: str) -> int | None:
    answer = node.get(f"/v1/games/{game}/score")
    return answer.json()["home"]["score"] if answer.status_code == 200 else None


def types(node: NodeProcess, game: str) -> list[str]:
    return [row["type"] for row in node.get(f"/v1/games/{game}/events").json()["events"]]


def touches(node: NodeProcess) -> list[str]:
    """FEED_LOST and FEED_BACK make no row; they lie on the log."""
    return [one["type"] for one in node.claims() if str(one.get("type", "")).startswith("FEED_")]


async def forever() -> None:
    await asyncio.sleep(3600)


async def test_a_push_feed_through_every_fault(node: NodeProcess, tmp_path: Path) -> None:
    goals = [line(event("g", number, "GOAL", team="home", period=1, revision=1)) for number in range(5)]

    async def first(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(
            line(declare("g")) + goals[0] + b'{"specversion":1,"malformed":true}\n' + goals[1][:30]
        )
        await talk.chunk(goals[1][30:] + BEAT + goals[2][:50])
        await talk.cut()

    async def refused(talk: Talk) -> None:
        await talk.reply(503)

    async def resent(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(goals[1] + goals[2] + b'{"x":"' + b"x" * 5000)
        await forever()

    async def dies(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(goals[3] + BEAT)
        await forever()

    async def last(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(goals[4])
        while True:
            await asyncio.sleep(0.2)
            await talk.chunk(BEAT)

    turns = dict(enumerate([first, *[refused] * 4, resent, dies], 1))
    count = 0

    async def answer(talk: Talk) -> None:
        nonlocal count
        assert (talk.headers.get("x-api-key"), talk.query.get("api_key")) in {
            ("UPSTREAM-SECRET", "UPSTREAM-SECRET"), ("UPSTREAM-SECRET", None),
        }  # fmt: skip
        if talk.path == "/subscribe":
            await talk.redirect("/stream")
            return
        count += 1
        await turns.get(count, last)(talk)

    async with FeedServer(answer) as server:
        feed = FeedProcess(
            node, tmp_path, "push", kind="push", url=f"{server.url}/subscribe", silence_s=0.6,
            object_bytes_max=4000, headers={"x-api-key": {"env": "UPSTREAM_KEY"}},
            query={"api_key": {"env": "UPSTREAM_KEY"}},
        )  # fmt: skip
        try:
            await settled(lambda: score(node, "g") == 5, "all goals, each once")
            told = await feed.stop()
        finally:
            feed.close()
    assert count >= 8
    assert "1 unreadable" in told
    assert types(node, "g").count("GOAL") == 5
    said = touches(node)
    assert said[-1] == "FEED_LOST"
    assert said[:2] == ["FEED_LOST", "FEED_BACK"]


async def test_a_polled_feed_takes_back_what_vanished_also_over_a_restart(
    node: NodeProcess, tmp_path: Path
) -> None:
    """304s, a 5xx, a snapshot without the goal, and a goal that vanishes while nobody asks."""
    goals = [event("p", number, "GOAL", team="home", period=1, revision=1) for number in range(3)]
    shown = [declare("p"), *goals]
    broken = True

    async def answer(talk: Talk) -> None:
        nonlocal broken
        tag = f'"{len(shown)}"'
        if broken and len(shown) == 3:
            broken = False
            await talk.reply(502)
        elif talk.headers.get("if-none-match") == tag:
            await talk.reply(304, etag=tag)
        else:
            await talk.reply(200, line_list(shown), etag=tag)

    async with FeedServer(answer) as server:
        given = {
            "kind": "poll",
            "url": f"{server.url}/p",
            "interval_s": 0.1,
            "state": str(tmp_path / "state"),
        }
        feed = FeedProcess(node, tmp_path, "poll", **given)
        try:
            await settled(lambda: score(node, "p") == 3, "three goals")
            await asyncio.sleep(0.5)
            assert len(server.talks) > 3
            shown.pop()
            await settled(lambda: score(node, "p") == 2, "one is gone")
            await feed.stop()
            shown.pop()
            feed = FeedProcess(node, tmp_path, "poll", **given)
            await settled(lambda: score(node, "p") == 1, "one went while nobody asked")
            await feed.stop()
        finally:
            feed.close()
    assert types(node, "p").count("GOAL_CANCELLED") == 2
    assert types(node, "p").count("GOAL") == 3


def line_list(messages: list[dict]) -> bytes:
    return json.dumps(messages).encode()


async def test_a_socket_feed_that_is_dropped_and_comes_back(node: NodeProcess, tmp_path: Path) -> None:
    met = 0

    async def handle(connection: ServerConnection) -> None:
        nonlocal met
        met += 1
        assert await connection.recv() == "hello"
        await connection.send(line(declare("s")))
        for number in range(met):
            await connection.send(line(event("s", number, "GOAL", team="home", period=1, revision=1)))
        if met < 3:
            connection.transport.abort()
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        feed = FeedProcess(
            node, tmp_path, "socket", kind="socket", url=f"ws://127.0.0.1:{port}/", hello="hello"
        )
        try:
            await settled(lambda: score(node, "s") == 3, "three goals")
            await feed.stop()
        finally:
            feed.close()
        server.close(close_connections=True)
    assert types(node, "s").count("GOAL") == 3


async def test_a_key_that_the_node_does_not_know_ends_the_command(node: NodeProcess, tmp_path: Path) -> None:
    async def answer(talk: Talk) -> None:
        await talk.reply(200, line_list([declare("k")]))

    async with FeedServer(answer) as server:
        node.secrets["acme"] = "whsec_" + "A" * 43 + "="
        feed = FeedProcess(node, tmp_path, "key", kind="poll", url=f"{server.url}/p")
        try:
            assert await asyncio.to_thread(feed.process.wait, 20) == 1
        finally:
            feed.close()
    assert "bad_signature" in (tmp_path / "key.log").read_text()
