"""Conditional requests for what is named by a game's seq: ETag, Last-Modified, 304.

Pure, because two rooms give the same answer: `fanout/hot.py` from ready bytes, `api/` through the
framework. `score_response` is that answer.

Source: RFC 9110 8.8 (validators), 13.1.2 (If-None-Match, weak comparison), 13.1.3 (If-Modified-Since),
13.2.2 (their precedence), 15.4.5 (304). Lifetimes are those of model/lifetimes.py.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import msgspec

from scorewire.model.ids import etag as etag_of
from scorewire.model.lifetimes import cache_headers, kept
from scorewire.model.score_state import ScoreState
from scorewire.model.surrogate_keys import of_state

LAST_MODIFIED_AFTER_MS = 2000
"""Last-Modified has a grain of one second: a younger state may still change within the second it names."""

_ETAGS = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENCODER = msgspec.json.Encoder()


class Validators(NamedTuple):
    """What a reader may send back to ask whether anything has changed.

    last_modified_ms: floored to the second; None while the state is too young to be named by a second.
    """

    etag: str
    last_modified_ms: int | None


class Answer(NamedTuple):
    """A whole HTTP answer without the connection's own headers; header names are lower case.

    The body belongs to a GET; for HEAD the caller sends the headers alone.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def validators(state: ScoreState, now_ms: int) -> Validators:
    """The strong ETag of a state, and its Last-Modified once the state is 2 s old."""
    modified = None
    if now_ms - state.updated_at >= LAST_MODIFIED_AFTER_MS:
        modified = state.updated_at // 1000 * 1000
    return Validators(etag_of(state.game_id, state.epoch, state.seq), modified)


def not_modified(headers: Mapping[str, str], etag: str, last_modified_ms: int | None) -> bool:
    """Whether a GET or HEAD is answered 304.

    If-None-Match, compared weakly, decides alone where it is present. If-Modified-Since counts only with
    a Last-Modified to compare with, and only if it can be read.

    Args:
        headers: the request's, by lower-case name; a repeated header joined with a comma.
        etag: the current strong ETag, quotes included.
        last_modified_ms: as in `Validators`.
    """
    asked = headers.get("if-none-match")
    if asked is not None:
        return asked.strip() == "*" or etag in _ETAGS.findall(asked)
    since = headers.get("if-modified-since")
    if since is None or last_modified_ms is None:
        return False
    since_ms = read_http_date(since)
    return since_ms is not None and last_modified_ms <= since_ms


def score_headers(state: ScoreState, now_ms: int) -> tuple[tuple[str, str], ...]:
    """The headers that a 200 and a 304 of `/score` share."""
    etag, modified_ms = validators(state, now_ms)
    headers = [
        ("etag", etag),
        *cache_headers(kept(state.status)),
        ("surrogate-key", of_state(state)),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "etag, retry-after"),
        ("x-content-type-options", "nosniff"),
    ]
    if modified_ms is not None:
        headers.append(("last-modified", http_date(modified_ms)))
    return tuple(headers)


def score_body(state: ScoreState) -> bytes:
    """The state as JSON, as every face of Scorewire writes it."""
    return _ENCODER.encode(state)


def score_response(state: ScoreState, headers: Mapping[str, str], now_ms: int) -> Answer:
    """The answer to GET or HEAD `/v1/games/{id}/score` without a query.

    Args:
        state: the head.
        headers: the request's, by lower-case name; a repeated header joined with a comma.
        now_ms: wall time.
    """
    etag, modified_ms = validators(state, now_ms)
    shared = score_headers(state, now_ms)
    if not_modified(headers, etag, modified_ms):
        return Answer(304, shared, b"")
    body = score_body(state)
    content = (("content-type", "application/json"), ("content-length", str(len(body))))
    return Answer(200, (*content, *shared), body)


def http_date(ms: int) -> str:
    """IMF-fixdate, whatever the locale: `Sun, 06 Nov 1994 08:49:37 GMT`."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return (
        f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04} "
        f"{at.hour:02}:{at.minute:02}:{at.second:02} GMT"
    )


def read_http_date(text: str) -> int | None:
    """Milliseconds of any of the three forms of RFC 9110 5.6.7; None for anything else."""
    try:
        at = parsedate_to_datetime(text)
        if at.tzinfo is None:  # asctime names no zone; RFC 9110 has it in UTC
            at = at.replace(tzinfo=UTC)
        return int(at.timestamp()) * 1000
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
