"""A terrace for tests of streams: games that are played by hand, transports that record, fans that fold.

Transport is a fake of the standard library's, not of ours: it records what is written and asks to pause as
a real one does.
"""

import asyncio
import itertools
import json
import random
from collections.abc import Coroutine
from typing import Any

import msgspec

from scorewire.fanout.fan import Fan
from scorewire.fanout.follow import Arrival
from scorewire.fanout.hub import Hub
from scorewire.fanout.request import read_stream_query
from scorewire.fanout.sse import SseFan
from scorewire.fanout.websocket import WsFan
from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League
from scorewire.model.score_state import EVENTS_KEPT, ScoreState, SideState, Tree
from scorewire.model.update import Update, apply_update, difference
from scorewire.scoreboard.base import Head, Scoreboard
from scorewire.scoreboard.local import LocalScoreboard

EPOCH = "k3v9x2aa"
START_MS = 1_671_376_990_000
"""When the games of tests begin; a row comes each second of their own."""


class Match:
    """One game; every call makes the next row."""

    def __init__(
        self,
        game_id: str = "g1",
        *,
        league: str = "l1",
        home: str = "arg",
        away: str = "fra",
        sport: str = "soccer",
        status: str = "live",
        epoch: str = EPOCH,
    ) -> None:
        self.state = ScoreState(
            game_id=game_id,
            epoch=epoch,
            seq=1,
            sport=sport,
            league=League(id=league, name="World Cup"),
            start="2022-12-18T15:00:00Z",
            status=status,  # type: ignore[arg-type]
            home=SideState(id=home, name="Argentina", abbr="ARG", score=0),
            away=SideState(id=away, name="France", abbr="FRA", score=0),
            events=(CompactEvent(seq=1, type="GAME_SCHEDULED"),),
            updated_at=START_MS,
        )
        self.corrected_seq = 0
        self._next_ms: int | None = None

    @property
    def head(self) -> Head:
        return Head(state=self.state, corrected_seq=self.corrected_seq)

    def first(self) -> Update:
        """The row that makes the game."""
        assert self.state.seq == 1
        return self._update(self.state, {}, correction=False)

    def goal(self, side: str = "home") -> Update:
        """One more for a side."""
        old = getattr(self.state, side)
        new = msgspec.structs.replace(old, score=old.score + 1)
        detail = {"stats": {"home": {"shots": self.state.seq}}}
        return self._row("GOAL", {side: new, "detail": detail})

    def quiet(self) -> Update:
        """A row that shows nothing but a new seq."""
        return self._row(None, {})

    def correct(self) -> Update:
        """The last goal of the home side did not count."""
        old = self.state.home
        new = msgspec.structs.replace(old, score=max(0, old.score - 1))
        return self._row("GOAL_CANCELLED", {"home": new}, correction=True)

    def ends(self) -> Update:
        """The game is over, and its score confirmed."""
        return self._row("GAME_FINAL", {"status": "final"})

    def at(self, now_ms: int) -> None:
        """The next row is made at this moment; without it, a second after the one before."""
        self._next_ms = now_ms

    def reborn(self, epoch: str) -> Update:
        """The same game after a restored backup."""
        self.state = msgspec.structs.replace(self.state, epoch=epoch)
        return self._row("GOAL", {})

    def _row(self, type_: str | None, changes: dict[str, Any], *, correction: bool = False) -> Update:
        old = self.state
        seq = old.seq + 1
        events = old.events
        if type_ is not None:
            event = CompactEvent(seq=seq, type=type_, team="home", player="Lionel Messi", clock="22:41")
            events = (*old.events, event)[-EVENTS_KEPT:]  # type: ignore[misc]
        ts, self._next_ms = self._next_ms or old.updated_at + 1000, None
        self.state = msgspec.structs.replace(old, seq=seq, updated_at=ts, events=events, **changes)
        return self._update(self.state, difference(old, self.state), correction=correction)

    def _update(self, state: ScoreState, patch: Tree, *, correction: bool) -> Update:
        if correction:
            self.corrected_seq = state.seq
        last = state.events[-1]  # type: ignore[index]
        return Update(
            game_id=state.game_id,
            epoch=state.epoch,
            seq=state.seq,
            ts=state.updated_at,
            correction=correction,
            corrected_seq=self.corrected_seq,
            event=last if last.seq == state.seq else None,
            patch=patch,
            state=state,
        )


def plain(state: ScoreState, *, line: bool = False) -> Tree:
    """A state as a client holds it."""
    found: Tree = json.loads(msgspec.json.encode(state.line() if line else state))
    return found


class Transport(asyncio.Transport):
    """Records; while `blocked`, bytes wait, and the protocol is asked to pause as in asyncio."""

    def __init__(self, peer: tuple[str, int] | None = None) -> None:
        super().__init__({"peername": peer})
        self.sent = bytearray()
        self.waiting = bytearray()
        self.blocked = False
        self.paused = False
        self.high = 32_768
        self.closing = False
        self.eof = False
        self.reading = True
        self.protocol: asyncio.Protocol | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.eof, "write after write_eof"
        if not self.blocked:
            self.sent += data
            return
        self.waiting += data
        self._pause_if_full()

    def _pause_if_full(self) -> None:
        if len(self.waiting) > self.high and not self.paused:
            self.paused = True
            assert self.protocol is not None
            self.protocol.pause_writing()

    def unblock(self) -> None:
        """The network takes everything again."""
        self.blocked = False
        self.sent += self.waiting
        self.waiting.clear()
        if self.paused:
            self.paused = False
            assert self.protocol is not None
            self.protocol.resume_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0
        self._pause_if_full()

    def get_write_buffer_size(self) -> int:
        return len(self.waiting)

    def is_closing(self) -> bool:
        return self.closing

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self.protocol is not None
        return self.protocol

    def write_eof(self) -> None:
        self.eof = True

    def can_write_eof(self) -> bool:
        return True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True
        self.lose()

    def lose(self) -> None:
        """The connection is gone."""
        self.closing = True
        protocol, self.protocol = self.protocol, None
        if protocol is not None:
            protocol.connection_lost(None)

    def take(self) -> bytes:
        """What was sent since the last look."""
        found = bytes(self.sent)
        self.sent.clear()
        return found


class Terrace:
    """A hub with a real scoreboard over a dictionary of games, on the running loop."""

    def __init__(self, *matches: Match, **settings: Any) -> None:
        self.matches = matches
        self.store = {match.state.game_id: match.head for match in matches}
        self.lists: dict[tuple[str, str], tuple[str, ...]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.loads: list[str] = []
        self.fails = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.now_ms = START_MS
        self.log: dict[str, list[Update]] = {}
        self.recalls: list[tuple[str, int]] = []
        self.board: Scoreboard = LocalScoreboard(load=self.load, heads_max=1000)
        loop = asyncio.get_running_loop()
        limits: dict[str, Any] = {
            "ring_frames_max": 16,
            "slice_writes": 500,
            "heartbeat_s": 15,
            "stall_s": 60,
            "full_games_max": 20,
            "connections_max": 50_000,
            "connections_per_address_max": 20_000,
            "cursor_wait_s": 5.0,
            "delayed_updates_max": 1000,
            "interval_of": lambda _: 0.0,
        }
        self.hub = Hub(
            scoreboard=self.board,
            spawn=self.spawn,
            games_of=self.games_of,
            known=self.known,
            past=self,
            call_soon=loop.call_soon,
            call_later=loop.call_later,
            now_ms=lambda: self.now_ms,
            now_s=lambda: self.now_ms / 1000,
            rng=random.Random(7),
            **{**limits, **settings},
        )

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> object:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def load(self, game_id: str) -> Head | None:
        self.loads.append(game_id)
        await self.gate.wait()
        if self.fails:
            raise OSError("the disk is gone")
        return self.store.get(game_id)

    async def games_of(self, kind: str, id_: str, cutoff_ms: int = 0) -> tuple[str, ...]:
        await self.gate.wait()
        return self.lists.get((kind, id_), ())

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, list[Update]]:
        await self.gate.wait()
        rows = self.log.get(game_id, [])
        then = [row for row in rows if row.ts <= cutoff_ms]
        head = Head(state=then[-1].state, corrected_seq=then[-1].corrected_seq) if then else None
        return head, rows[len(then) :]

    async def updates(self, game_id: str, since_seq: int, limit: int) -> list[Update]:
        self.recalls.append((game_id, since_seq))
        await self.gate.wait()
        if self.fails:
            raise OSError("the disk is gone")
        return [row for row in self.log.get(game_id, []) if row.seq > since_seq][:limit]

    async def known(self, kind: str, id_: str) -> bool:
        return (kind, id_) in self.lists

    async def settle(self) -> None:
        """Let everything that is due happen."""
        for _ in range(200):
            await asyncio.sleep(0)
            if self.hub.idle() and not self.tasks:
                return

    async def pass_time(self, seconds: float) -> None:
        """Let the clock go on, and the wheel with it, a tenth of a second at a time."""
        for _ in range(round(seconds * 10)):
            self.now_ms += 100
            self.hub.wheel.turn(self.now_ms / 1000)
            await self.settle()

    async def publish(self, *updates: Update) -> None:
        for update in updates:
            self.store[update.game_id] = Head(state=update.state, corrected_seq=update.corrected_seq)
            self.log.setdefault(update.game_id, []).append(update)
        await self.board.publish(updates)

    def sse(
        self,
        query: str,
        *,
        last_event_id: str | None = None,
        address: str = "",
        states: dict[str, Tree] | None = None,
    ) -> "SseReader":
        """A fan that has sent `GET /v1/stream?query`, and already holds `states`."""
        transport = Transport()
        asked = read_stream_query(query.encode(), last_event_id, follows_max=100)
        fan = SseFan(
            self.hub, transport, follows=asked.follows, address=address, server_lines=b"server: test\r\n"
        )
        transport.protocol = fan
        reason = self.hub.admit(fan)
        if reason is None:
            self.hub.greet(Arrival(fan, asked.follows, epoch=asked.epoch, seqs=asked.seqs))
        else:
            fan.turn_away(reason)
        reader = SseReader(transport, fan)
        reader.query = query
        reader.states.update(states or {})
        reader.repeats = (bool(states) and len(asked.follows) > 1) or "league=" in query
        return reader

    def websocket(self, **settings: Any) -> "WsReader":
        """A fan whose handshake is done."""
        transport = Transport()
        limits = {"message_bytes_max": 4096, "follows_max": 100, "silent_beats_max": 4, **settings}
        fan = WsFan(self.hub, transport, address="", **limits)
        transport.protocol = fan
        assert self.hub.admit(fan) is None
        return WsReader(transport, fan)


class Reader:
    """Folds what a fan receives, and holds it to the promise: seq by seq, or a full state.

    repeats: it came back to a stream of several games, which may repeat about a second.
    """

    repeats = False

    def __init__(self, transport: Transport, fan: Fan) -> None:
        self.transport = transport
        self.fan: Fan | None = fan
        self.states: dict[str, Tree] = {}
        self.reasons: list[str] = []
        self.events: list[tuple[str, Tree]] = []

    def fold(self, name: str, data: Tree) -> None:
        self.events.append((name, data))
        if name == "full_state":
            state = data["state"]
            assert isinstance(state, dict)
            held = self.states.get(str(data["game_id"]))
            if held is not None and held["epoch"] == state["epoch"]:
                assert state["seq"] >= held["seq"], "a step back"  # type: ignore[operator]
            self.states[str(data["game_id"])] = state
            self.reasons.append(str(data["reason"]))
        elif name == "score_update":
            game_id = str(data["game_id"])
            if self.repeats and data["seq"] <= self.states[game_id]["seq"]:  # type: ignore[operator]
                return
            self.states[game_id] = apply_update(self.states[game_id], data)

    def leave(self) -> None:
        self.transport.lose()
        self.fan = None


class SseReader(Reader):
    """An EventSource, without the network."""

    def __init__(self, transport: Transport, fan: Fan) -> None:
        super().__init__(transport, fan)
        self.text = ""
        self.head: str | None = None
        self.last_event_id: str | None = None
        self.query = ""
        self.comments = 0
        self.retries: list[int] = []

    @property
    def line(self) -> bool:
        """Whether it asked for the list form."""
        return "league=" in self.query and "view=full" not in self.query

    def read(self) -> list[tuple[str, Tree]]:
        """Take in what has come; returns the events of this reading."""
        before = len(self.events)
        self.text += self.transport.take().decode()
        if self.head is None:
            if "\r\n\r\n" not in self.text:
                return []
            self.head, _, self.text = self.text.partition("\r\n\r\n")
        while "\n\n" in self.text:
            block, _, self.text = self.text.partition("\n\n")
            self._block(block)
        return self.events[before:]

    def _block(self, block: str) -> None:
        name, data = "message", None
        for line in block.split("\n"):
            field, _, value = line.partition(": ")
            if line.startswith(":"):
                self.comments += 1
            elif field == "id":
                self.last_event_id = value
            elif field == "event":
                name = value
            elif field == "data":
                data = value
            elif field == "retry":
                self.retries.append(int(value))
            else:
                raise AssertionError(f"unknown line {line!r}")
        if data is not None:
            self.fold(name, json.loads(data))


class WsReader(Reader):
    """A WebSocket client, without the network."""

    def __init__(self, transport: Transport, fan: Fan) -> None:
        super().__init__(transport, fan)
        self.bytes = b""
        self.close_code: int | None = None
        self.pings = 0
        self._mask = itertools.cycle((b"\x00\x00\x00\x00", b"\x01\x02\x03\x04"))

    def say(self, **message: Any) -> None:
        self.send(json.dumps(message).encode())

    def send(self, data: bytes, *, opcode: int = 1, fin: bool = True) -> None:
        assert self.fan is not None
        self.fan.data_received(self.frame(data, opcode=opcode, fin=fin))  # type: ignore[attr-defined]

    def frame(self, data: bytes, *, opcode: int = 1, fin: bool = True) -> bytes:
        mask = next(self._mask)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        first = (0x80 if fin else 0) | opcode
        if len(data) < 126:
            return bytes((first, 0x80 | len(data))) + mask + masked
        return bytes((first, 0x80 | 126)) + len(data).to_bytes(2) + mask + masked

    def read(self) -> list[tuple[str, Tree]]:
        """Take in what has come; returns the objects of this reading."""
        before = len(self.events)
        self.bytes += self.transport.take()
        while (size := self._whole()) is not None:
            frame, self.bytes = self.bytes[:size], self.bytes[size:]
            length = frame[1]
            payload = frame[{126: 4, 127: 10}.get(length, 2) :]
            opcode = frame[0] & 15
            if opcode == 1:
                data = json.loads(payload)
                self.fold(data["type"], data)
            elif opcode == 8:
                self.close_code = int.from_bytes(payload[:2])
            elif opcode == 9:
                self.pings += 1
        return self.events[before:]

    def _whole(self) -> int | None:
        if len(self.bytes) < 2:
            return None
        length, start = self.bytes[1], 2
        if length == 126:
            length, start = int.from_bytes(self.bytes[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(self.bytes[2:10]), 10
        return start + length if len(self.bytes) >= start + length else None
