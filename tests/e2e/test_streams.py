"""Streams over real sockets: uvicorn, our port in front of it, and clients that are not ours."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any

import httpx
import pytest
import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from scorewire.model.score_state import Tree
from scorewire.model.update import apply_update
from stadium import play
from terrace import EPOCH, Match, plain


async def events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, Tree, str]]:
    """Events of an httpx stream."""
    name, data, last = "", "", ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data = value
        elif field == "id":
            last = value
        elif not line and data:
            yield name, json.loads(data), last
            name, data = "", ""


async def read_until(reader: asyncio.StreamReader, *needles: bytes) -> bytes:
    found = b""
    while not all(needle in found for needle in needles):
        some = await asyncio.wait_for(reader.read(65536), 5)
        if not some:
            raise AssertionError(f"closed after {found!r}")
        found += some
    return found


async def test_a_stream_by_an_independent_client() -> None:
    async with play(Match()) as stadium, httpx.AsyncClient(base_url=stadium.url, timeout=5) as client:
        url = "/v1/stream?game=g1"
        async with client.stream("GET", url) as response:
            headers = response.headers
            assert headers["content-type"] == "text/event-stream"
            assert headers["cache-control"] == "no-cache, no-transform"
            assert headers["x-accel-buffering"] == "no"
            assert headers["access-control-allow-origin"] == "*"
            assert "transfer-encoding" not in headers
            assert "date" in headers
            state: Tree = {}
            told = False
            async for name, data, last in events(response.aiter_lines()):
                if name == "full_state":
                    state = data["state"]  # type: ignore[assignment]
                else:
                    state = apply_update(state, data)
                assert last == f"{EPOCH}!g1!{state['seq']}"
                if not told:
                    told = True
                    await stadium.tell("goal", "goal", "correct", "goal")
                if state["seq"] == 5:
                    break
            assert state == plain(stadium.match.state)


async def test_everything_else_is_uvicorns_unchanged() -> None:
    async with play(Match()) as stadium, httpx.AsyncClient(base_url=stadium.url, timeout=5) as client:
        assert (await client.get("/v1/games?x=1")).text == "GET /v1/games x=1 0"
        assert (await client.post("/v1/ingest/acme", content=b"x" * 200_000)).text.endswith("200000")
        assert (await client.head("/v1/stream?game=g1")).headers["x-app"] == "yes"
        assert (await client.options("/v1/stream")).text == "OPTIONS /v1/stream  0"

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"y" * 1000

        assert (await client.post("/p", content=chunks())).text == "POST /p  5000"
        assert (await client.get("/v1/stream/other")).text == "GET /v1/stream/other  0"


async def test_a_connection_that_has_served_pages_becomes_a_stream() -> None:
    async with play(Match(), keep_alive=1) as stadium:
        reader, writer = await stadium.open()
        writer.write(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
        await read_until(reader, b"GET /page")
        writer.write(b"GET /v1/games/g1/score HTTP/1.1\r\nHost: x\r\n\r\n")
        await read_until(reader, b'"game_id"')
        assert len(stadium.server.server_state.connections) == 1
        writer.write(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n")
        await read_until(reader, b"full_state", b"\n\n")
        assert not stadium.server.server_state.connections
        await asyncio.sleep(1.6)  # longer than keep-alive: its timer must be gone
        await stadium.tell("goal")
        await read_until(reader, b"score_update")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_a_head_may_come_byte_by_byte(version: bytes) -> None:
    async with play(Match()) as stadium:
        reader, writer = await stadium.open()
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b"\r\nGET /v1/stream?game=g1 HTTP/%b\r\nHost: x\r\nLast-Event-ID: %b!g1!1\r\n\r\n" % (
            version,
            EPOCH.encode(),
        )
        for at in range(len(head)):
            writer.write(head[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0)
        found = await read_until(reader, b"retry: ")
        assert b"full_state" not in found
        await stadium.tell("goal")
        await read_until(reader, b"score_update")
        writer.close()


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with play(Match()) as stadium:
        await stadium.terrace.board.head("g1")
        reader, writer = await stadium.open()
        one = b"GET /v1/games/g1/score HTTP/1.1\r\nHost: x\r\n\r\n"
        page = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        writer.write(one + one + page + page + b"GET /v1/last HTTP/1.1\r\nHost: x\r\n\r\n")
        found = await read_until(reader, b"GET /v1/last")
        assert found.count(b"HTTP/1.1 200") == 5
        assert found.count(b'"game_id"') == 2
        assert found.count(b"POST /page  5") == 2
        writer.close()


@pytest.mark.parametrize(
    ("headers", "method"),
    [
        ({}, "GET"),
        ({}, "HEAD"),
        ({"If-None-Match": f'"g1-{EPOCH}-1"'}, "GET"),
        ({"If-None-Match": f'W/"x", W/"g1-{EPOCH}-1"'}, "HEAD"),
        ({"If-None-Match": '"g1-other-1"'}, "GET"),
        ({"If-Modified-Since": "Sun, 18 Dec 2033 15:23:10 GMT"}, "GET"),
        ({"If-Modified-Since": "whenever"}, "GET"),
    ],
)
async def test_the_hot_read_is_the_apps_answer_byte_for_byte(headers: dict[str, str], method: str) -> None:
    async with play(Match()) as stadium:
        await stadium.terrace.board.head("g1")
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        found = []
        for extra in ("", "Authorization: Bearer x\r\n"):  # who has a token is never answered here
            reader, writer = await stadium.open()
            writer.write(f"{method} /v1/games/g1/score HTTP/1.1\r\nHost: x\r\n{lines}{extra}\r\n".encode())
            writer.write(b"GET /mark HTTP/1.1\r\nHost: x\r\n\r\n")
            data = await read_until(reader, b"GET /mark")
            found.append([line for line in data.split(b"\r\n") if not line.startswith(b"date:")])
            writer.close()
        assert found[0] == found[1]
        assert sum(stadium.hot.answers.values()) == 1
        assert b"200 OK" in found[0][0] or b"304 Not Modified" in found[0][0]


async def test_bad_requests_are_problems_and_the_connection_lives_on() -> None:
    async with play(Match()) as stadium, httpx.AsyncClient(base_url=stadium.url, timeout=5) as client:
        for query, status, code in [
            ("", 400, "bad_parameter"),
            ("game=g1&delay=7", 400, "bad_parameter"),
            ("game=g1&delay=soon", 400, "bad_parameter"),
            ("game=g1&view=huge", 400, "bad_parameter"),
            ("&".join(f"game=g{n}" for n in range(101)), 400, "too_many_follows"),
            ("game=no%20id", 404, "unknown_game"),
            ("game=nowhere", 404, "unknown_game"),
            ("league=nowhere", 404, "unknown_league"),
            ("game=g1&game=nowhere", 404, "unknown_game"),
        ]:
            answer = await client.get(f"/v1/stream?{query}")
            assert (answer.status_code, answer.json()["code"]) == (status, code), query
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/v1/ws")).status_code == 426


async def test_a_slow_loris_is_cut_wherever_it_hangs() -> None:
    async with play(Match(), head_read_s=0.5, body_read_s=0.5, keep_alive=1) as stadium:
        for start in (
            b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n",
            b"G",
            b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhello",
            b"",
        ):
            reader, writer = await stadium.open()
            writer.write(start)
            answer = await asyncio.wait_for(reader.read(), 5)
            assert answer == b"" if not start else answer.startswith(b"HTTP/1.1 408 ")
            writer.close()


async def test_a_head_beyond_the_limit_is_refused() -> None:
    async with play(Match()) as stadium:
        for tail in (b"", b"\r\n\r\n"):
            reader, writer = await stadium.open()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 5000 + tail)
            answer = await asyncio.wait_for(reader.read(), 5)
            assert answer.startswith(b"HTTP/1.1 431 ")
            assert b"head_too_large" in answer
            writer.close()


async def test_what_is_no_request_is_refused_at_once() -> None:
    async with play(Match()) as stadium:
        reader, writer = await stadium.open()
        writer.write(b"\x16\x03\x01\x02\x00\x01")
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_a_reader_that_never_reads_is_cut_and_others_are_served() -> None:
    async with play(Match(), stall_s=1.5, write_buffer_bytes_max=4096) as stadium:
        _, stuck = await stadium.open(receive_bytes=4096)
        stuck.write(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n")
        reader, writer = await stadium.open()
        writer.write(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n")
        await read_until(reader, b"full_state")
        hub = stadium.terrace.hub
        for _ in range(2000):
            await stadium.tell("goal")
            await asyncio.sleep(0)
            if hub.laggards:
                break
        assert hub.laggards == 1
        await read_until(reader, f'"seq":{stadium.match.state.seq}'.encode())
        for _ in range(60):
            if hub.fans == 1:
                break
            await asyncio.sleep(0.1)
        assert hub.fans == 1
        assert hub.tally.stalls + hub.tally.lags >= 1
        writer.close()
        stuck.close()


async def test_addresses_behind_a_trusted_proxy_are_told_apart() -> None:
    async with play(Match(), connections_per_address_max=1, proxies=("127.0.0.0/8",)) as stadium:
        found = []
        writers = []
        for client in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
            reader, writer = await stadium.open()
            writer.write(
                b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9, %b\r\n\r\n"
                % client.encode()
            )
            found.append(await read_until(reader, b"event: "))
            writers.append(writer)
        assert [b"overload" in one for one in found] == [False, True, False]
        for writer in writers:
            writer.close()


# WebSocket.


async def hear(link: Any) -> Any:
    return json.loads(await asyncio.wait_for(link.recv(), 5))


async def test_websocket_subscribes_follows_and_ends() -> None:
    first, second = Match("g1"), Match("g2")
    async with play(first, second) as stadium:
        url = f"ws://127.0.0.1:{stadium.port}/v1/ws"
        async with connect(url, subprotocols=[Subprotocol("scorewire.v1.json")]) as link:
            assert link.subprotocol == "scorewire.v1.json"
            assert not link.protocol.extensions
            await link.send('{"action":"subscribe","game_id":"g1"}')
            assert await hear(link) == {
                "type": "subscribed",
                "follow": {"game_id": "g1", "view": "full"},
                "games": ["g1"],
            }
            full = await hear(link)
            assert (full["type"], full["reason"], full["state"]) == ("full_state", "join", plain(first.state))
            await link.send('{"action":"subscribe","game_id":"g2","view":"line"}')
            assert (await hear(link))["type"] == "subscribed"
            assert "events" not in (await hear(link))["state"]
            await stadium.tell("goal")
            update = await hear(link)
            assert apply_update(full["state"], update) == plain(first.state)
            await link.send('{"action":"unsubscribe","game_id":"g1"}')
            assert (await hear(link))["type"] == "unsubscribed"
            await stadium.tell("goal")
            await stadium.terrace.publish(second.goal())
            assert (await hear(link))["game_id"] == "g2"
            await link.send('{"action":"ping"}')
            assert await hear(link) == {"type": "pong"}
            await (await link.ping())
            await link.send(
                json.dumps({"action": "subscribe", "game_id": "g1", "since_seq": 2, "epoch": EPOCH})
            )
            assert (await hear(link))["type"] == "subscribed"
            assert ((await hear(link))["type"], first.state.seq) == ("score_update", 3)
        async with connect(url, subprotocols=[Subprotocol("other")], compression="deflate") as link:
            assert link.subprotocol is None


async def test_websocket_says_what_was_wrong_and_stays_open() -> None:
    async with play(Match()) as stadium, connect(f"ws://127.0.0.1:{stadium.port}/v1/ws") as link:
        for message, code in [
            ("{", "bad_message"),
            ("[]", "bad_message"),
            ('{"action":"dance"}', "bad_message"),
            ('{"action":"subscribe"}', "bad_message"),
            ('{"action":"subscribe","game_id":"nowhere"}', "unknown_game"),
            ('{"action":"subscribe","game_id":"g1","delay":7}', "bad_parameter"),
            ('{"action":"subscribe","team_id":"nobody"}', "unknown_team"),
            ('{"action":"unsubscribe","game_id":"g1"}', "not_followed"),
        ]:
            await link.send(message)
            error = await hear(link)
            assert (error["type"], error["code"]) == ("error", code), message
        await link.send(["{", '"action":', '"ping"}'])  # fragments
        assert await hear(link) == {"type": "pong"}


@pytest.mark.parametrize(
    ("message", "code"), [("x" * 5000, 1009), ("x" * 1_000_000, 1009), (b"binary", 1003)]
)
async def test_websocket_policy_closes(message: str | bytes, code: int) -> None:
    async with play(Match()) as stadium, connect(f"ws://127.0.0.1:{stadium.port}/v1/ws") as link:
        with contextlib.suppress(ConnectionClosed):
            await link.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(link)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


async def until_closed(link: Any) -> AsyncIterator[str]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield await asyncio.wait_for(link.recv(), 5)


async def test_websocket_flood_is_policy() -> None:
    async with play(Match()) as stadium, connect(f"ws://127.0.0.1:{stadium.port}/v1/ws") as link:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(1001):
                await link.send('{"action":"ping"}')
        heard = [message async for message in until_closed(link)]
        assert json.loads(heard[-1])["code"] == "too_many_messages"
        assert link.close_code == 1008


async def test_a_full_node_refuses_the_upgrade() -> None:
    async with play(Match(), connections_max=1) as stadium:
        url = f"ws://127.0.0.1:{stadium.port}/v1/ws"
        async with connect(url):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url)
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["Retry-After"] == "5"


async def test_drain_reaches_both_before_the_server_stops() -> None:
    async with play(Match()) as stadium:
        reader, writer = await stadium.open()
        writer.write(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n")
        await read_until(reader, b"full_state")
        async with connect(f"ws://127.0.0.1:{stadium.port}/v1/ws") as link:
            await stadium.terrace.hub.drain(0.1)
            goodbye = await asyncio.wait_for(reader.read(), 5)
            assert b'event: bye\ndata: {"reason":"drain","retry_ms":' in goodbye
            assert (await hear(link))["type"] == "bye"
            with pytest.raises(ConnectionClosed) as closed:
                await hear(link)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
        writer.close()


@pytest.mark.parametrize(
    "check",
    [
        test_a_stream_by_an_independent_client,
        test_everything_else_is_uvicorns_unchanged,
        test_a_connection_that_has_served_pages_becomes_a_stream,
        test_pipelined_requests_are_answered_in_order,
        test_a_slow_loris_is_cut_wherever_it_hangs,
        test_a_head_beyond_the_limit_is_refused,
        test_a_reader_that_never_reads_is_cut_and_others_are_served,
        test_websocket_subscribes_follows_and_ends,
        test_drain_reaches_both_before_the_server_stops,
        partial(test_websocket_policy_closes, "x" * 1_000_000, 1009),
    ],
    ids=lambda check: getattr(check, "__name__", "too_big"),
)
def test_the_same_on_uvloop(check: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(check())
