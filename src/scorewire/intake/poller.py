"""A document that is asked for again and again: whole, or by patches; only what has changed arrives.

    GET url (If-None-Match, If-Modified-Since) ─200─► Arrived      ─304, same bytes─► Unchanged
        ▲                                       ─else─► Lost
        └── `interval_s`, or the answer's max-age where that is longer, and a jitter of a tenth

A patched document (json_patch.py) is fetched whole once, and then by patches since its timecode; after a gap
it is fetched whole again at once. A server that asks to stay away (Retry-After) is obeyed.

Source: RFC 9110 13.1 (conditional requests), 10.2.3 (Retry-After); RFC 9111 5.2.2.1 (max-age), 5.1 (Age).
"""

import asyncio
import hashlib
import random
import re
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Final
from urllib.parse import quote

import httpx

from scorewire.clock import Clock
from scorewire.errors import FeedError
from scorewire.intake.connection import (
    CONNECT_S,
    USER_AGENT,
    Arrived,
    BackOff,
    Lost,
    Opened,
    Signal,
    Sleep,
    Unchanged,
    retry_after_s,
    told,
)
from scorewire.intake.json_patch import PatchedDocument

BODY_BYTES_MAX: Final = 16_777_216
ANSWER_S: Final = 20.0
"""Between two bytes of an answer; a whole answer may take CALL_S."""
CALL_S: Final = 60.0
MAX_AGE_MAX_S: Final = 60.0
"""A cache that promises more would keep a live game still."""
JITTER: Final = 0.1
TIMECODE_GONE: Final = frozenset({400, 404, 410})
"""Answers to a question for patches since a time that the feed does not know any more."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class _Unusable(Exception):
    """An answer that brings no document."""

    def __init__(self, why: str, wait_s: float = 0.0, *, status: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s
        self.status = status


class Poller:
    """A source (see connection.py) for a document.

    Args:
        url: of the whole document.
        headers: for the origin of `url`; redirects are not followed, so that the key stays there.
        interval_s: from one answer to the next question, at least.
        patches: the URL of its patches, with `{timecode}`; needs `document`.
        body_bytes_max: of an answer, unpacked.
    """

    def __init__(
        self,
        *,
        url: str,
        headers: Mapping[str, str],
        clock: Clock,
        rng: random.Random,
        interval_s: float,
        patches: str = "",
        document: PatchedDocument | None = None,
        body_bytes_max: int = BODY_BYTES_MAX,
        back_off: BackOff | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._rng = rng
        self._interval_s = interval_s
        self._patches = patches
        self._document = document
        self._body_bytes_max = body_bytes_max
        self._back_off = back_off or BackOff(rng=rng)
        self._sleep = sleep
        named = httpx.Headers({"user-agent": USER_AGENT})
        named.update(headers)
        self._http = httpx.AsyncClient(
            headers=named, timeout=httpx.Timeout(CONNECT_S, read=ANSWER_S), transport=transport
        )
        self._validators: dict[str, str] = {}
        self._digest = b""
        self._max_age_s = 0.0
        self._asked = False
        self._up = False
        self._ready: deque[Signal] = deque()

    async def __aenter__(self) -> "Poller":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def next(self) -> Signal:
        """See `Source.next`."""
        while not self._ready:
            await self._wait()
            await self._poll()
        return self._ready.popleft()

    async def _wait(self) -> None:
        wait_s = self._back_off.wait_s()
        if not wait_s and self._asked:
            wait_s = max(self._interval_s, min(self._max_age_s, MAX_AGE_MAX_S))
            wait_s += self._rng.uniform(0.0, wait_s * JITTER)
        self._asked = True
        if wait_s:
            await self._sleep(wait_s)

    async def _poll(self) -> None:
        try:
            async with asyncio.timeout(CALL_S):
                body = await self._changed()
        except _Unusable as refused:
            self._lost(refused.why, refused.wait_s)
        except FeedError as fault:
            self._lost(fault.rule)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._lost(told(error))
        else:
            self._back_off.worked()
            if not self._up:
                self._up = True
                # Nothing is missed: the document says all there is to say.
                self._ready.append(Opened(resumed=True))
            self._ready.append(Unchanged() if body is None else Arrived(body))

    def _lost(self, why: str, wait_s: float = 0.0) -> None:
        self._up = False
        self._back_off.failed(wait_s)
        self._ready.append(Lost(why))

    async def _changed(self) -> bytes | None:
        """The document, if it is not what it was."""
        if self._document is None:
            return await self._whole()
        if self._document.timecode:
            try:
                body = await self._get(
                    self._patches.replace("{timecode}", quote(self._document.timecode, safe="")), {}
                )
                return self._document.take(body) if body is not None else None
            except FeedError:
                self._forget()
            except _Unusable as refused:
                if refused.status not in TIMECODE_GONE:
                    raise
                self._forget()
        body = await self._whole()
        try:
            return self._document.take(body) if body is not None else None
        except FeedError:
            self._forget()  # or the next answer, 304, would leave us without a document
            raise

    async def _whole(self) -> bytes | None:
        body = await self._get(self._url, self._validators, remember=True)
        if body is None:
            return None
        digest = hashlib.blake2b(body, digest_size=16).digest()
        same, self._digest = digest == self._digest, digest
        return None if same else body

    def _forget(self) -> None:
        """The whole document is needed, also if it is the same as the last one."""
        self._validators, self._digest = {}, b""

    async def _get(self, url: str, conditions: Mapping[str, str], *, remember: bool = False) -> bytes | None:
        async with self._http.stream("GET", url, headers=dict(conditions)) as answer:
            self._max_age_s = max_age_s(answer.headers)
            if answer.status_code == 304 and conditions:
                return None
            if answer.status_code != 200:
                wait_s = retry_after_s(answer.headers, self._clock.now_ms())
                raise _Unusable(f"status {answer.status_code}", wait_s, status=answer.status_code)
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > self._body_bytes_max:
                    raise _Unusable("document_too_large")
            if remember:
                self._validators = {
                    ask: answer.headers[say]
                    for ask, say in (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
                    if say in answer.headers
                }
            return bytes(body)


def max_age_s(headers: httpx.Headers) -> float:
    """For how long the answer stays as it is, as far as its Age leaves it."""
    match = _MAX_AGE.search(headers.get("cache-control", ""))
    if match is None:
        return 0.0
    age = headers.get("age", "").strip()
    return max(float(match[1]) - (float(age[:9]) if age.isascii() and age.isdecimal() else 0.0), 0.0)
