"""Fans of several games on one stream, over SSE (httpx) and WebSocket (websockets), who fold by the protocol.

Nothing here is ours. A fan keeps what broke it and stops, so that a test hears of it at `reach`.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from adversity.supporters import Broken, merge
from e2e.recordings import State
from node_process import NodeProcess

EVENTS_KEPT = 50


def fold(state: State, frame: State) -> State:
    """What a client does with a frame, by the published protocol."""
    if frame["type"] == "full_state":
        return frame["state"]
    if frame["seq"] != state["seq"] + 1:
        raise Broken(f"{frame['game_id']}: an update to {frame['seq']} for a fan at {state['seq']}")
    events = [*state["events"], frame["event"]][-EVENTS_KEPT:] if "event" in frame else state["events"]
    patched = merge(state, frame["patch"])
    return {**patched, "events": events, "seq": frame["seq"], "updated_at": frame["ts"]}


class Holder:
    """What a fan of several games holds: states by game, and every frame where that is asked for."""

    def __init__(self, *, repeats: bool = False) -> None:
        self.states: dict[str, State] = {}
        self.frames: dict[str, dict[int, State]] = {}
        self.fulls: dict[str, list[str]] = {}
        self.repeats = repeats

    def take(self, frame: State) -> None:
        game_id, seq = frame["game_id"], frame["seq"]
        held = self.states.get(game_id)
        if held is not None and seq <= held["seq"]:
            if not self.repeats and (frame["type"] == "score_update" or seq < held["seq"]):
                raise Broken(f"{game_id}: {frame['type']} {seq} for a fan at {held['seq']}")
            return
        if frame["type"] == "full_state":
            self.fulls.setdefault(game_id, []).append(frame["reason"])
        elif held is None:
            raise Broken(f"{game_id}: an update before a full state")
        self.states[game_id] = fold(held or {}, frame)
        self.frames.setdefault(game_id, {})[seq] = frame


class Follower:
    """A thread that follows several games on one stream, and comes back after each `drop`."""

    def __init__(self, node: NodeProcess, *, repeats: bool = True) -> None:
        self.holder = Holder(repeats=repeats)
        self.joins = 0
        self.broken: BaseException | None = None
        self._node = node
        self._left = threading.Event()
        self._thread: threading.Thread | None = None
        self._link: Any = None

    def come(self) -> "Follower":
        """Follow, from where this fan left."""
        self._left.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def drop(self) -> None:
        """Lose the connection without a word."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.shutdown(2)

    def leave(self) -> None:
        """Go, and keep what is held and its cursor; harmless for one who never came."""
        self._left.set()
        self.drop()
        if self._thread is not None:
            self._thread.join(10)
            assert not self._thread.is_alive()

    def reach(self, game_id: str, seq: int) -> State:
        deadline = time.monotonic() + 20
        while True:
            if self.broken is not None:
                raise self.broken
            held = self.holder.states.get(game_id)
            if held is not None and held["seq"] >= seq:
                return held
            assert time.monotonic() < deadline, f"{game_id}: {held and held['seq']}, not {seq}; {self.joins}"
            time.sleep(0.002)

    def _run(self) -> None:
        while not self._left.is_set():
            try:
                self._listen()
            except (OSError, httpx.HTTPError, WebSocketException):
                pass
            except Exception as broken:
                self.broken = broken
                return
            self._left.wait(0.02)

    def _listen(self) -> None:
        raise NotImplementedError


class SseFollower(Follower):
    """Every game of two sports over SSE, with httpx; or the games that are named."""

    games: tuple[str, ...] = ()
    last_id = ""

    def _listen(self) -> None:
        follows = "".join(f"&game={one}" for one in self.games) or "&sport=soccer&sport=basketball"
        headers = {"last-event-id": self.last_id} if self.last_id else {}
        url = f"{self._node.url}/v1/stream?view=full{follows}"
        with httpx.stream("GET", url, headers=headers, timeout=30) as response:
            if response.status_code != 200:
                return
            self.joins += 1
            self._link = response.extensions["network_stream"].get_extra_info("socket")
            for line_id, frame in self._frames(response):
                self.last_id = line_id or self.last_id
                if frame is not None and frame["type"] != "bye":
                    self.holder.take(frame)

    @staticmethod
    def _frames(response: httpx.Response) -> Iterator[tuple[str, State | None]]:
        """Ids that come alone, too: a stream of several games has no others."""
        last_id, data = "", ""
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                last_id = value
            elif name == "data":
                data = value
            elif not line:
                frame = json.loads(data) if data else None
                yield last_id, {"type": "bye", **frame} if frame is not None else None
                last_id, data = "", ""


class WsFollower(Follower):
    """Every game of two sports over WebSocket; or the games that are named, each from where it was."""

    games: tuple[str, ...] = ()

    def _listen(self) -> None:
        with connect(self._node.url.replace("http", "ws") + "/v1/ws", ping_interval=None) as link:
            self._link = link.socket
            self.joins += 1
            for wanted in self._wanted():
                link.send(json.dumps({"action": "subscribe", "view": "full", **wanted}))
            for message in link:
                frame = json.loads(message)
                if frame["type"] in {"full_state", "score_update"}:
                    self.holder.take(frame)
                elif frame["type"] == "error" and frame["code"] == "unknown_game":
                    return
                elif frame["type"] == "error":
                    raise Broken(str(frame))

    def _wanted(self) -> list[State]:
        if not self.games:
            return [{"sport": sport} for sport in ("soccer", "basketball")]
        held = self.holder.states
        return [
            {"game_id": one}
            | ({"since_seq": held[one]["seq"], "epoch": held[one]["epoch"]} if one in held else {})
            for one in self.games
        ]
