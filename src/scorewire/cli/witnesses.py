"""Readers that follow games as fans do, each in a thread of its own, and tell what they receive."""

import contextlib
import json
import random
import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any, Literal, NamedTuple

import httpx
import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from scorewire.client.session import back_off_ms
from scorewire.client.sse import EventReader
from scorewire.model.score_state import Tree

SILENCE_S = 40.0
"""A stream beats every 15 s; two beats missed and a little more is a dead one."""
CONNECT_S = 10.0

_TREE = msgspec.json.Decoder(Tree)


class Heard(NamedTuple):
    """One thing that a reader tells."""

    reader: str
    what: Literal["joined", "left", "frame", "refused"]
    frame: Tree


class Witness:
    """A reader that follows games, loses its connection at times, and resumes.

    Args:
        cursor: what this reader has of each game, for those who resume by it.
    """

    name = ""

    def __init__(
        self,
        *,
        url: str,
        games: list[str],
        delay_s: int,
        heard: "Queue[Heard]",
        cursor: Callable[[str], dict[str, tuple[str, int]]],
        rng: random.Random,
    ) -> None:
        self._url = url
        self._games = games
        self._delay_s = delay_s
        self._heard = heard
        self._cursor = cursor
        self._rng = rng
        self._over = threading.Event()
        self._socket: Any = None
        self._bye_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"verify-{self.name}", daemon=True)

    def start(self) -> None:
        """Follow, until `stop`."""
        self._thread.start()

    def cut(self) -> None:
        """Lose the connection without a word; the reader comes back by itself."""
        held, self._socket = self._socket, None
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(2)

    def stop(self) -> None:
        """Leave, and wait a moment for the thread."""
        self._over.set()
        self.cut()
        self._thread.join(2)

    def _run(self) -> None:
        failures = 0
        while not self._over.is_set():
            heard = False
            try:
                for frame in self._frames():
                    heard = True
                    self._tell("frame", frame)
                    if frame.get("type") == "bye":
                        wait = frame.get("retry_ms")
                        self._bye_ms = wait if isinstance(wait, int) else None
                        break
            except (OSError, httpx.HTTPError, WebSocketException, ValueError, msgspec.DecodeError):
                pass  # the connection is gone, or was cut: it is made again
            self._socket = None
            self._tell("left", {})
            failures = 1 if heard else failures + 1
            bye_ms, self._bye_ms = self._bye_ms, None
            wait_ms = back_off_ms(failures, 100, self._rng.random) if bye_ms is None else bye_ms
            self._over.wait(wait_ms / 1000)

    def _tell(self, what: Literal["joined", "left", "frame", "refused"], frame: Tree) -> None:
        if not self._over.is_set():
            self._heard.put(Heard(self.name, what, frame))

    def _frames(self) -> Iterator[Tree]:
        raise NotImplementedError


class SseWitness(Witness):
    """Over server-sent events, resumed by the cursor of the stream."""

    name = "sse"
    _last_id = ""

    def _frames(self) -> Iterator[Tree]:
        query = {"game": self._games, "view": "full", "delay": str(self._delay_s)}
        headers = {"accept": "text/event-stream"} | (
            {"last-event-id": self._last_id} if self._last_id else {}
        )
        timeout = httpx.Timeout(CONNECT_S, read=SILENCE_S)
        with httpx.stream(
            "GET", f"{self._url}/v1/stream", params=query, headers=headers, timeout=timeout
        ) as answer:
            if answer.status_code != 200:
                answer.read()
                self._tell("refused", {"detail": f"{answer.status_code} {answer.text[:200]}"})
                return
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            self._tell("joined", {})
            reader = EventReader()
            for chunk in answer.iter_bytes():
                for message in reader.feed(chunk):
                    frame = _TREE.decode(message.data)
                    yield {"type": message.event, **frame}
                # After the frames of the piece: an id names what has been read with it.
                self._last_id = reader.last_id or self._last_id


class WsWitness(Witness):
    """Over WebSocket, each game resumed from where this reader is."""

    name = "websocket"

    def _frames(self) -> Iterator[Tree]:
        address = self._url.replace("http", "ws", 1) + "/v1/ws"
        with connect(address, open_timeout=CONNECT_S, ping_interval=None, max_size=2**24) as link:
            self._socket = link.socket
            self._tell("joined", {})
            held = self._cursor(self.name)
            for game in self._games:
                link.send(json.dumps(self._subscription(game, held.get(game))))
            while True:
                frame = _TREE.decode(link.recv(timeout=SILENCE_S * 10))
                if frame.get("type") == "error":
                    self._tell("refused", {"detail": str(frame.get("detail"))})
                    continue
                yield frame

    def _subscription(self, game: str, held: tuple[str, int] | None) -> dict[str, object]:
        asked: dict[str, object] = {
            "action": "subscribe",
            "game_id": game,
            "view": "full",
            "delay": self._delay_s,
        }
        return asked | ({"epoch": held[0], "since_seq": held[1]} if held else {})
