"""A playback tells every row once, in order, at its pace; ends when it should; and holds nobody's place."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from scorewire.api.playback import Booth, Cursor, Message, Places, Playback, Telling, Wish, read_cursor
from scorewire.clock import SystemClock
from scorewire.errors import BackendError
from scorewire.model.ids import read_cursor as read_live_cursor
from scorewire.model.ids import write_cursor
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState

STATE = ScoreState(
    game_id="g1",
    epoch="epoch",
    seq=1,
    sport="soccer",
    league=League(id="cup"),
    start="2026-11-21T15:00:00Z",
    status="live",
    home=SideState(id="arg", name="Argentina", abbr="ARG", score=0),
    away=SideState(id="fra", name="France", abbr="FRA", score=0),
    updated_at=1,
)


class Tape:
    """A recording whose rows a test gives; pages are noted."""

    def __init__(self, gaps: Sequence[int]) -> None:
        self.rows = [Telling(at, gap, b"event: row\ndata: %d\n\n" % at) for at, gap in enumerate(gaps, 2)]
        self.asked: list[int] = []
        self.broken = False

    async def after(self, game_id: str, seq: int, limit: int, *, real: bool) -> Sequence[Telling]:
        assert (game_id, real) == ("g1", False)
        if self.broken:
            raise BackendError("the disk", retryable=True)
        self.asked.append(seq)
        return [row for row in self.rows if row.seq > seq][:limit]

    def begin(self, state: ScoreState, reason: str) -> bytes:
        return f"event: begin\ndata: {state.seq} {reason}\n\n".encode()

    def bye(self, reason: str, retry_ms: int) -> bytes:
        assert 1000 <= retry_ms <= 5000
        return f"event: bye\ndata: {reason}\n\n".encode()

    async def moments(self, game_id: str, seq: int, level: str | None) -> bytes:
        raise AssertionError("nobody asks")


class Client:
    """The other end: what it was sent, and when it leaves."""

    def __init__(self, tape: Tape, *, room: bool = True, heartbeat_s: float = 15.0) -> None:
        self.inside = 0
        self.places = Places(self._enter)
        self.room = room
        self.sent: list[bytes] = []
        self.over = False
        self.left = asyncio.Event()
        self.heard: Callable[[bytes], None] = lambda _data: None
        self.booth = Booth(
            recording=tape,
            places=self.places,
            clock=SystemClock(),
            heartbeat_s=heartbeat_s,
            rng=random.Random(1),
        )

    def _enter(self, _scope: object) -> Callable[[], None] | None:
        if not self.room:
            return None
        self.inside += 1
        return self._leave

    def _leave(self) -> None:
        self.inside -= 1

    async def play(self, *, speed: float | None = None, reason: Any = "join", **scope: Any) -> bytes:
        answer = Playback(self.booth, Wish(state=STATE, reason=reason, speed=speed, real=False))
        async with asyncio.timeout(20):
            await answer(dict(scope), self._receive, self._send)
        assert self.inside == 0
        return b"".join(self.sent)

    async def _receive(self) -> Message:
        if not self.over and not self.left.is_set() and not self.sent[2:]:
            await asyncio.sleep(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            assert (b"content-type", b"text/event-stream") in message["headers"]
            return
        self.sent.append(message["body"])
        self.over = not message["more_body"]
        self.heard(message["body"])


def events(told: bytes) -> list[tuple[str, str]]:
    """(event, data) of each block that has one."""
    found = []
    for block in told.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            found.append((lines["event"], lines["data"]))
    return found


async def test_everything_in_order_then_the_end() -> None:
    tape = Tape([0] * 250)
    client = Client(tape)
    told = await client.play()
    assert events(told) == [
        ("begin", "1 join"),
        *(("row", str(seq)) for seq in range(2, 252)),
        ("bye", "end"),
    ]
    assert tape.asked == [1, 101, 201, 251], "a page at a time"
    assert client.over
    assert told.startswith(b"retry: ")
    assert b"id: replay!epoch!g1!1\nevent: begin" in told
    assert b"id: replay!epoch!g1!77\nevent: row\ndata: 77\n\n" in told
    assert told.endswith(b"id: ended!epoch!g1!251\nevent: bye\ndata: end\n\n")


async def test_who_comes_back_has_the_state_and_gets_the_rest() -> None:
    told = await Client(Tape([0, 0])).play(reason=None)
    assert events(told) == [("row", "2"), ("row", "3"), ("bye", "end")]


async def test_the_pace() -> None:
    client = Client(Tape([20_000, 0, 30_000, 100]))
    began_s = time.monotonic()
    times: list[float] = []
    client.heard = lambda _data: times.append(time.monotonic() - began_s)
    told = await client.play(speed=500)
    assert [data for _, data in events(told)[1:-1]] == ["2", "3", "4", "5"]
    writes = [events(data) for data in client.sent]
    assert [("row", "2"), ("row", "3")] in writes, "rows that are due together leave together"
    assert times[1] >= 0.04, "twenty seconds at 500 times the pace"
    assert times[2] >= 0.1


async def test_who_was_held_up_is_told_no_burst() -> None:
    class Jumpy(SystemClock):
        ahead_s = 0.0

        def monotonic_s(self) -> float:
            return super().monotonic_s() + self.ahead_s

    client, clock = Client(Tape([1000, 1_400_000, 0])), Jumpy()
    client.booth = replace(client.booth, clock=clock)
    times: list[float] = []

    def hear(data: bytes) -> None:
        times.append(time.monotonic())
        if b"data: 2\n" in data:
            clock.ahead_s = 1000  # the client took nothing for so long

    client.heard = hear
    told = await client.play(speed=1000)
    assert [data for _, data in events(told)] == ["1 join", "2", "3", "4", "end"]
    assert times[2] - times[1] >= 0.35, "a second is caught up with, of 1.4"


async def test_who_leaves_ends_it() -> None:
    client = Client(Tape([10_000_000]))
    client.heard = lambda _data: client.left.set()
    told = await client.play(speed=1)
    assert events(told) == [("begin", "1 join")]
    assert not client.over


async def test_who_leaves_at_full_speed_ends_it_too() -> None:
    client = Client(Tape([0] * 1000))
    client.heard = lambda data: client.left.set() if b"data: 150\n" in data else None
    told = await client.play()
    assert events(told)[-1] == ("row", "201"), "the page that was under way"


@pytest.mark.parametrize("how", ["stopping", "journal"])
async def test_a_node_that_cannot_go_on_says_when_to_come_back(how: str) -> None:
    tape = Tape([0, 10_000_000])
    client = Client(tape)

    if how == "stopping":
        client.heard = lambda _data: client.places.stop()
    else:
        tape.broken = True
    told = await client.play(speed=1)
    assert events(told)[-1] == ("bye", "drain")
    assert told.endswith(b"\n\nevent: bye\ndata: drain\n\n"), "the cursor stays where it was"
    assert client.over


async def test_no_room() -> None:
    client = Client(Tape([0]), room=False)
    assert events(await client.play()) == [("bye", "overload")]
    assert client.over


async def test_a_head_has_no_content() -> None:
    tape = Tape([0])
    assert await Client(tape).play(**{"scorewire.only_head": True}) == b""
    assert tape.asked == []


async def test_a_silent_line_beats() -> None:
    client = Client(Tape([500]), heartbeat_s=0.1)
    told = await client.play(speed=1)
    assert told.count(b":\n\n") >= 3
    assert events(told)[-2:] == [("row", "2"), ("bye", "end")]


@pytest.mark.parametrize("ended", [False, True])
def test_a_cursor_is_read_again_and_is_none_of_a_live_stream(ended: bool) -> None:
    cursor = Cursor("epoch", "wc2022-final", 31, ended)
    assert read_cursor(str(cursor)) == cursor
    assert read_live_cursor(str(cursor)) is None
    assert read_live_cursor(str(Cursor("epoch", "123", 31, ended))) is None
    assert read_cursor(write_cursor("epoch", [("wc2022-final", 31)])) is None


@pytest.mark.parametrize(
    "text", ["", "x", "replay!e!g", "replay!e!g!x", "replay!e!g!-1", "replay!e!g!" + "1" * 13]
)
def test_anything_else_is_no_cursor(text: str) -> None:
    assert read_cursor(text) is None
    assert read_cursor("replay!e!" + "g" * 300 + "!1") is None
