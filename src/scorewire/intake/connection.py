"""What every way to a feed tells (opened, arrived, lost), how long it waits, and from where it resumes.

A source (push_stream.py, socket_feed.py, poller.py) is used as

    async with source:
        while True:
            signal = await source.next()

It never gives up and raises nothing: what breaks is a `Lost`, and `next` tries again after a back-off.
Who stops it cancels `next` and leaves the block.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, Protocol

import httpx
import msgspec
from msgspec import Raw, Struct

from scorewire import __version__

SILENCE_S: Final = 15.0
"""Three heartbeats of 5 s missed: the stream is dead, whatever TCP thinks of it."""
CONNECT_S: Final = 10.0
BACK_OFF_S: Final = 0.5
BACK_OFF_MAX_S: Final = 30.0
RETRY_AFTER_MAX_S: Final = 3600.0
USER_AGENT: Final = f"scorewire/{__version__}"
"""What a feed's operator finds us by in a log; a header that is configured replaces it."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Opened:
    """The feed is there and has said something.

    Attributes:
        resumed: it was asked to go on where it was, so nothing need be missing.
    """

    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """One payload."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """The feed has broken off, or did not answer; `why` holds no secret."""

    why: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A document was asked for and is what it was."""


Signal = Opened | Arrived | Unchanged | Lost


class Source(Protocol):
    """A way to a feed."""

    async def __aenter__(self) -> "Source": ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def next(self) -> Signal:
        """The next thing that happens. Cancellation: leave the source afterwards."""
        ...


class BackOff:
    """Waits with full jitter: anything between nothing and a bound that doubles, so that a crowd spreads.

    Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
    """

    __slots__ = ("_attempt", "_least_s", "_max_s", "_rng", "_start_s")

    def __init__(
        self, *, rng: random.Random, start_s: float = BACK_OFF_S, max_s: float = BACK_OFF_MAX_S
    ) -> None:
        self._rng = rng
        self._start_s = start_s
        self._max_s = max_s
        self._attempt = 0
        self._least_s = 0.0

    def failed(self, least_s: float = 0.0) -> None:
        """One more failure in a row; `least_s` is what the other side asks for."""
        self._attempt += 1
        self._least_s = min(max(least_s, 0.0), RETRY_AFTER_MAX_S)

    def worked(self) -> None:
        """Something came: the next wait is a short one."""
        self._attempt, self._least_s = 0, 0.0

    def wait_s(self) -> float:
        """How long to wait before the next attempt; 0 before the first."""
        if self._attempt == 0:
            return 0.0
        bound_s = min(self._start_s * 2.0 ** min(self._attempt - 1, 30), self._max_s)
        return self._least_s + self._rng.uniform(0.0, bound_s)


class Resume(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where a feed goes on after a break; either of the first two, or none.

    Attributes:
        redirect: the query parameter of the redirect's Location that names the session.
        field: the field of a message that holds its id, `metadata.sequence`.
        parameter: the query parameter in which it is sent back.
        within_s: how long the other side remembers.
    """

    redirect: str = ""
    field: str = ""
    parameter: str = ""
    within_s: float = 600.0


_FIELDS = msgspec.json.Decoder(dict[str, Raw])
_ID = msgspec.json.Decoder(str | int)


def held_id(body: bytes, field: str) -> str:
    """What a message holds at `a.b.c`, if that is text or a whole number; else empty."""
    value: bytes | Raw = body
    try:
        for name in field.split("."):
            value = _FIELDS.decode(value)[name]
        return str(_ID.decode(value))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, RecursionError):
        return ""


def retry_after_s(headers: httpx.Headers, now_ms: int) -> float:
    """Seconds, or until a date. Source: RFC 9110 10.2.3."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:12]), RETRY_AFTER_MAX_S)
    try:
        until_s = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(until_s - now_ms / 1000, 0.0), RETRY_AFTER_MAX_S)


def told(error: Exception) -> str:
    """An error of a connection in words; never its URL, which may hold a key."""
    return type(error).__name__
