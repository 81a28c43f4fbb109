"""The Python client over answers that a test writes; over real nodes it is in tests/e2e/test_clients.py."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from scorewire.client import Client, Refused, Standings, Update


class Calm(random.Random):
    """No jitter: everything that is tried again is tried at once."""

    def random(self) -> float:
        return 0.0


class Body(httpx.AsyncByteStream):
    """A stream of pieces that ends, or breaks where a piece is None."""

    def __init__(self, *pieces: str | None) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if piece is None:
                raise httpx.ReadError("cut")
            yield piece.encode()


def state(seq: int, home: int = 0, game: str = "g") -> dict[str, Any]:
    sides = {
        side: {"id": side, "name": side, "abbr": "X", "score": score}
        for side, score in (("home", home), ("away", 0))
    }
    return {
        "game_id": game, "epoch": "e", "seq": seq, "sport": "soccer", "league": {"id": "l"}, "status": "live",
        "start": "2026-01-01T00:00:00Z", "updated_at": seq, **sides,
    }  # fmt: skip


def full(seq: int, home: int = 0, reason: str = "join") -> str:
    held = state(seq, home)
    data = {"type": "full_state", "game_id": "g", "epoch": "e", "seq": seq, "reason": reason, "state": held}
    return f"id: e!g!{seq}\nevent: full_state\ndata: {json.dumps(data)}\n\n"


def goal(seq: int, home: int) -> str:
    data = {
        "type": "score_update", "game_id": "g", "seq": seq, "patch": {"home": {"score": home}}, "ts": seq,
        "event": {"seq": seq, "type": "GOAL", "team": "home"},
    }  # fmt: skip
    return f"id: e!g!{seq}\nevent: score_update\ndata: {json.dumps(data)}\n\n"


class Node:
    """Answers streams one after the other, and /score with what it holds."""

    def __init__(self, *streams: Callable[[], httpx.Response] | Body) -> None:
        self.streams = list(streams)
        self.asked: list[httpx.Request] = []
        self.score: dict[str, Any] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if not request.url.path.endswith("/stream"):
            return httpx.Response(200, json=self.score) if self.score else httpx.Response(503)
        answer = self.streams.pop(0) if self.streams else Body()
        if not isinstance(answer, Body):
            return answer()
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=answer)

    def client(self) -> Client:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return Client("http://node/", http=http, rng=Calm())

    def cursors(self) -> list[str | None]:
        return [one.headers.get("last-event-id") for one in self.asked if one.url.path == "/v1/stream"]


async def first(node: Node, number: int, **given: Any) -> list[Update]:
    told: list[Update] = []
    async with asyncio.timeout(20), node.client().follow("g", **given) as following:
        async for update in following:
            told.append(update)
            if len(told) == number:
                break
    return told


def brief(updates: list[Update]) -> list[tuple[str, int, int]]:
    return [(one.kind, one.state.seq, one.state.home.score) for one in updates]


async def test_states_and_updates_have_types() -> None:
    node = Node(Body(full(3), goal(4, 1)))
    joined, scored = await first(node, 2)
    assert brief([joined, scored]) == [("join", 3, 0), ("update", 4, 1)]
    assert joined.event is None
    assert scored.event is not None
    assert (scored.event.type, scored.event.team) == ("GOAL", "home")
    assert str(node.asked[0].url) == "http://node/v1/stream?game=g"


async def test_it_resumes_with_the_cursor_after_a_cut_and_after_bye() -> None:
    bye = 'event: bye\ndata: {"reason": "drain", "retry_ms": 1}\n\n'
    node = Node(Body(full(3), goal(4, 1), goal(5, 2)[:40], None), Body(goal(5, 2) + bye), Body(goal(6, 3)))
    assert brief(await first(node, 4)) == [
        ("join", 3, 0),
        ("update", 4, 1),
        ("update", 5, 2),
        ("update", 6, 3),
    ]
    assert node.cursors() == [None, "e!g!4", "e!g!5"]


async def test_a_gap_is_read() -> None:
    node = Node(Body(full(3), goal(6, 3)))
    node.score = state(6, 3)
    assert brief(await first(node, 2)) == [("join", 3, 0), ("resync", 6, 3)]
    assert node.asked[-1].url.path == "/v1/games/g/score"


async def test_a_gap_that_cannot_be_read_joins_anew() -> None:
    node = Node(Body(full(3), goal(6, 3)), Body(full(6, 3)))
    assert brief(await first(node, 2)) == [("join", 3, 0), ("join", 6, 3)]
    assert node.cursors() == [None, None]


async def test_where_there_is_no_stream_it_polls() -> None:
    def busy() -> httpx.Response:
        return httpx.Response(503)

    node = Node(busy, busy, busy, busy)
    node.score = state(9, 4)
    (polled,) = await first(node, 1)
    assert brief([polled]) == [("poll", 9, 4)]


async def test_who_is_not_known_is_told_so_in_the_nodes_words() -> None:
    node = Node(lambda: httpx.Response(404, json={"detail": "no game g"}))
    with pytest.raises(Refused, match="no game g") as refused:
        await first(node, 1)
    assert refused.value.status == 404


async def test_the_connection_is_told() -> None:
    node = Node(Body(full(3), None), Body(full(4), goal(5, 1)))
    links: list[tuple[str, str]] = []
    await first(node, 3, on_change=lambda following: links.append((following.link, following.trouble)))
    assert links == [
        ("connecting", ""),
        ("live", ""),
        ("reconnecting", "cut"),
        ("reconnecting", "cut"),
        ("live", ""),
    ]


async def test_what_is_followed_stands_in_the_address() -> None:
    node = Node(Body(full(3)))
    await first(node, 1, teams=["t"], leagues=["l"], sports=["s"], view="line", delay_s=30)
    assert node.asked[0].url.query == b"game=g&team=t&league=l&sport=s&view=line&delay=30"


async def test_a_score_is_read_once() -> None:
    node = Node()
    node.score = state(9, 4)
    assert (await node.client().score("g")).home.score == 4


async def test_who_was_refused_is_not_kept_waiting() -> None:
    following = Node(lambda: httpx.Response(404)).client().follow("g")
    with pytest.raises(Refused, match="answers 404"):
        await anext(following)
    assert [one async for one in following] == []


async def test_a_call_that_is_cancelled_is_made_again() -> None:
    gate = asyncio.Event()

    class Slow(Node):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/stream"):
                await gate.wait()
            return await super().__call__(request)

    node = Slow(Body(full(3), goal(6, 3)))
    node.score = state(6, 3)
    async with node.client().follow("g") as following:
        assert (await anext(following)).state.seq == 3
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(following), 0.05)
        gate.set()
        assert brief([await anext(following)]) == [("resync", 6, 3)]


def table(version: int, leader: str) -> str:
    data = {
        "type": "standings_update", "league_id": "l", "season": "2026", "version": version,
        "table": {"rules": "cup", "leader": leader},
    }  # fmt: skip
    return f"event: standings_update\ndata: {json.dumps(data)}\n\n"


async def told(node: Node, number: int, **given: Any) -> list[Update | Standings]:
    found: list[Update | Standings] = []
    async with asyncio.timeout(20), node.client().follow(leagues=["l"], standings=True, **given) as following:
        async for one in following:
            found.append(one)
            if len(found) == number:
                break
    return found


async def test_tables_come_as_a_type_of_their_own_where_they_are_asked_for() -> None:
    node = Node(Body(full(3), table(4, "ars"), table(5, "ars"), table(6, "che")))
    update, first_one, second = await told(node, 3)
    assert isinstance(update, Update)
    assert [first_one, second] == [
        Standings("l", "2026", 4, {"rules": "cup", "leader": "ars"}),
        Standings("l", "2026", 6, {"rules": "cup", "leader": "che"}),
    ]
    assert str(node.asked[0].url) == "http://node/v1/stream?league=l&standings=1"


class Polled(Node):
    """Has no stream, one game of the league, and a table."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        match request.url.path:
            case "/v1/games":
                return httpx.Response(200, json={"games": [state(9, 4)], "next": None})
            case "/v1/leagues/l/standings":
                if request.headers.get("if-none-match") == '"1"':
                    return httpx.Response(304)
                body = {"league": {"id": "l"}, "season": "2026", "table": {"rules": "cup"}}
                return httpx.Response(200, headers={"etag": '"1"'}, json=body)
            case _:
                return httpx.Response(503)


async def test_who_polls_reads_tables_too_but_none_that_could_be_early() -> None:
    polled = await told(Polled(), 2)
    assert {type(one) for one in polled} == {Update, Standings}
    (found,) = (one for one in polled if isinstance(one, Standings))
    assert found == Standings("l", "2026", None, {"rules": "cup"})
    late = Polled()
    await told(late, 1, delay_s=30)
    assert not [one for one in late.asked if one.url.path.endswith("/standings")], "a read knows no delay"
