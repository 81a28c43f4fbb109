"""A feed over WebSocket: messages in, one payload each, and a new connection when it goes quiet.

After the handshake `hello` is sent, where the feed wants to be asked (a subscription); `{last}` in it is the
id of the last message heard. Redirects are refused: they would carry the key to another server.

Source: RFC 6455; websockets 17, asyncio client.
"""

import asyncio
import random
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Final

from httpx import URL, Headers
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from scorewire.clock import Clock
from scorewire.intake.connection import (
    CONNECT_S,
    SILENCE_S,
    USER_AGENT,
    Arrived,
    BackOff,
    Lost,
    Opened,
    Resume,
    Signal,
    Sleep,
    held_id,
    retry_after_s,
    told,
)
from scorewire.intake.json_stream import OBJECT_BYTES_MAX
from scorewire.intake.push_stream import HEARTBEAT

PING_S: Final = 20.0
CLOSE_S: Final = 2.0
QUEUE_MAX: Final = 16
"""Messages that the library reads ahead; then TCP makes the other side wait."""


class _Connect(connect):
    """Follows no redirect."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class SocketFeed:
    """A source (see connection.py) for a WebSocket.

    Args:
        url: `wss://...`.
        headers: of the handshake; held here and told to nobody.
        hello: sent after each handshake; empty for none.
        silence_s: a connection that says nothing for so long is closed; pings do not count.
        object_bytes_max: a longer message costs its connection.
    """

    def __init__(
        self,
        *,
        url: str,
        headers: Mapping[str, str],
        clock: Clock,
        rng: random.Random,
        hello: str = "",
        resume: Resume | None = None,
        silence_s: float = SILENCE_S,
        object_bytes_max: int = OBJECT_BYTES_MAX,
        back_off: BackOff | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._url = url
        self._headers = dict(headers)
        self._clock = clock
        self._hello = hello
        self._resume = resume or Resume()
        self._silence_s = silence_s
        self._object_bytes_max = object_bytes_max
        self._back_off = back_off or BackOff(rng=rng)
        self._sleep = sleep
        self._socket: ClientConnection | None = None
        self._opening: Opened | None = None
        self._ready: deque[Signal] = deque()
        self._last = ""
        self._last_until_s = 0.0
        self.heartbeats = 0

    async def __aenter__(self) -> "SocketFeed":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def next(self) -> Signal:
        """See `Source.next`."""
        while not self._ready:
            if self._socket is None:
                await self._connect()
            else:
                await self._read(self._socket)
        return self._ready.popleft()

    async def _connect(self) -> None:
        wait_s = self._back_off.wait_s()
        if wait_s:
            await self._sleep(wait_s)
        resumes = bool(self._last) and self._clock.monotonic_s() <= self._last_until_s
        last = self._last if resumes else ""
        url = (
            str(URL(self._url).copy_set_param(self._resume.parameter, last))
            if self._named(last)
            else self._url
        )
        try:
            self._socket = await _Connect(
                url,
                additional_headers=self._headers,
                user_agent_header=None if "user-agent" in Headers(self._headers) else USER_AGENT,
                max_size=self._object_bytes_max,
                max_queue=QUEUE_MAX,
                compression=None,
                open_timeout=CONNECT_S,
                close_timeout=CLOSE_S,
                ping_interval=PING_S,
                ping_timeout=PING_S,
            )
            if self._hello:
                await self._socket.send(self._hello.replace("{last}", last))
        except InvalidStatus as refused:
            answer = refused.response
            self._failed(f"status {answer.status_code}", Headers(list(answer.headers.raw_items())))
            return
        except (WebSocketException, OSError, TimeoutError, ValueError) as error:
            await self._lose(told(error))
            return
        self._opening = Opened(resumes)

    def _named(self, last: str) -> bool:
        return bool(last and self._resume.parameter)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async with asyncio.timeout(self._silence_s):
                said = await socket.recv(decode=False)
        except TimeoutError:
            await self._lose(f"silent for {self._silence_s:g} s")
            return
        except WebSocketException as error:
            await self._lose(told(error))
            return
        self._back_off.worked()
        self._last_until_s = self._clock.monotonic_s() + self._resume.within_s
        if self._opening is not None:
            self._ready.append(self._opening)
            self._opening = None
        if HEARTBEAT.match(said):
            self.heartbeats += 1
            return
        if self._resume.field and (last := held_id(said, self._resume.field)):
            self._last = last
        self._ready.append(Arrived(said))

    def _failed(self, why: str, headers: Headers) -> None:
        self._back_off.failed(retry_after_s(headers, self._clock.now_ms()))
        self._ready.append(Lost(why))

    async def _lose(self, why: str) -> None:
        self._back_off.failed()
        await self._close()
        self._ready.append(Lost(why))

    async def _close(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()
