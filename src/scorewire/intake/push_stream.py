"""One endless answer over HTTP: chunks in, whole JSON objects out, and a new connection when it goes quiet.

    GET url ─302─► Location ─200─► {...}\n{...}{"heartbeat":...} ... for hours
     ▲                                │
     └──────── full-jitter wait ◄─────┘  ended, cut, silent for `silence_s`, an object too large

Every connection begins at `url` and follows its redirect anew: the Location holds a session that nobody else
may use again. It is open once it has said something, a heartbeat at least. Headers (the key) go to the origin
of `url` only, and never from https to http. Chunks are not objects; see json_stream.py. Heartbeats are
swallowed: they only say that the stream lives. An object that is cut at the end of a connection is lost, so a
stream that cannot resume has a gap; whoever reads it fills that from a whole game (`Opened.resumed`).

Source: provider notes on push feeds; RFC 9110 15.4 (redirection); RFC 9112 7.1 (chunked).
"""

import asyncio
import random
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Final

import httpx

from scorewire.clock import Clock
from scorewire.errors import FeedError
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
from scorewire.intake.json_stream import OBJECT_BYTES_MAX, JsonStream

REDIRECTS_MAX: Final = 5
HEARTBEAT: Final = re.compile(rb'\s*\{\s*"heartbeat"')


class _Refused(Exception):
    """The other side answers, and not with a stream."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s


class PushStream:
    """A source (see connection.py) for an endless body of JSON objects.

    Guarantees: each object once and in the order of the bytes; at most one object and one chunk are held, and
    the objects of one chunk.

    Args:
        url: where each connection begins.
        headers: for the origin of `url` alone; held here and told to nobody.
        silence_s: a connection that completes no object and no heartbeat for so long is closed.
        object_bytes_max: a longer object costs its connection.
        transport: another way than the network, for tests.
    """

    def __init__(
        self,
        *,
        url: str,
        headers: Mapping[str, str],
        clock: Clock,
        rng: random.Random,
        resume: Resume | None = None,
        silence_s: float = SILENCE_S,
        object_bytes_max: int = OBJECT_BYTES_MAX,
        back_off: BackOff | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = httpx.URL(url)
        self._headers = dict(headers)
        self._clock = clock
        self._resume = resume or Resume()
        self._silence_s = silence_s
        self._object_bytes_max = object_bytes_max
        self._back_off = back_off or BackOff(rng=rng)
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            headers={"user-agent": USER_AGENT},
            timeout=httpx.Timeout(CONNECT_S, read=silence_s),
            transport=transport,
            follow_redirects=False,
        )
        self._answer: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] = _nothing()
        self._stream = JsonStream(object_bytes_max=object_bytes_max)
        self._ready: deque[Signal] = deque()
        self._opening: Opened | None = None
        self._alive_s = 0.0
        self._resume_id = ""
        self._resume_until_s = 0.0
        self.heartbeats = 0

    async def __aenter__(self) -> "PushStream":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()
        await self._http.aclose()

    async def next(self) -> Signal:
        """See `Source.next`."""
        while not self._ready:
            if self._answer is None:
                await self._connect()
            else:
                await self._read()
        return self._ready.popleft()

    async def _connect(self) -> None:
        wait_s = self._back_off.wait_s()
        if wait_s:
            await self._sleep(wait_s)
        resumes = bool(self._resume_id) and self._clock.monotonic_s() <= self._resume_until_s
        url = self._url
        if resumes:
            url = url.copy_set_param(self._resume.parameter, self._resume_id)
        try:
            answer = await self._open(url)
        except _Refused as refused:
            self._back_off.failed(refused.wait_s)
            self._ready.append(Lost(refused.why))
            if resumes:
                # The other side may refuse just that: the next attempt begins anew.
                self._resume_id = ""
            return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._back_off.failed()
            self._ready.append(Lost(told(error)))
            return
        self._answer, self._chunks = answer, answer.aiter_raw()
        self._stream = JsonStream(object_bytes_max=self._object_bytes_max)
        self._alive_s = self._clock.monotonic_s()
        self._opening = Opened(resumes)

    async def _open(self, url: httpx.URL) -> httpx.Response:
        for _ in range(REDIRECTS_MAX + 1):
            headers = {"accept": "application/json", "accept-encoding": "identity"}
            if _origin(url) == _origin(self._url):
                headers |= self._headers
            answer = await self._http.send(self._http.build_request("GET", url, headers=headers), stream=True)
            if answer.status_code == 200 and answer.headers.get("content-encoding", "identity") == "identity":
                return answer
            await answer.aclose()
            if not answer.has_redirect_location:
                wait_s = retry_after_s(answer.headers, self._clock.now_ms())
                raise _Refused(f"status {answer.status_code}", wait_s)
            following = url.join(answer.headers["location"])
            if following.scheme not in {"http", "https"} or (url.scheme, following.scheme) == (
                "https",
                "http",
            ):
                raise _Refused("a redirect away from https")
            self._note_session(following)
            url = following
        raise _Refused("too many redirects")

    def _note_session(self, url: httpx.URL) -> None:
        if self._resume.redirect and (session := url.params.get(self._resume.redirect)):
            self._resume_id = session

    async def _read(self) -> None:
        try:
            chunk = await anext(self._chunks, None)
        except httpx.ReadTimeout:
            await self._lose(f"silent for {self._silence_s:g} s")
            return
        except (httpx.HTTPError, httpx.StreamError) as error:
            await self._lose(told(error))
            return
        if chunk is None:
            await self._lose("the stream ended")
            return
        try:
            objects = self._stream.feed(chunk)
        except FeedError as fault:
            await self._lose(fault.rule)
            return
        now_s = self._clock.monotonic_s()
        if objects:
            self._alive_s, self._resume_until_s = now_s, now_s + self._resume.within_s
            self._back_off.worked()
            if self._opening is not None:
                self._ready.append(self._opening)
                self._opening = None
            self._take(objects)
        elif now_s - self._alive_s > self._silence_s:
            await self._lose(f"no whole object for {self._silence_s:g} s")

    def _take(self, objects: list[bytes]) -> None:
        for one in objects:
            if HEARTBEAT.match(one):
                self.heartbeats += 1
                continue
            if self._resume.field and (last := held_id(one, self._resume.field)):
                self._resume_id = last
            self._ready.append(Arrived(one))

    async def _lose(self, why: str) -> None:
        self._back_off.failed()
        await self._close()
        self._ready.append(Lost(why))

    async def _close(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            await answer.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
