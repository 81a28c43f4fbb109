"""A body with its validators: 200 or 304, and how long it may be kept.

`/score` is answered by model/validators.py alone, so that the hot path of fanout/ gives the same bytes.
What has no seq of its own (lists, metadata) is named by a hash of its bytes.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec
from litestar.response.base import ASGIResponse

from scorewire.api.caching.kept import Build, Built, KeptAnswers, Outcome
from scorewire.api.direct import is_direct
from scorewire.api.problems import AnyRequest
from scorewire.model.lifetimes import Kept, cache_headers, kept
from scorewire.model.question import Question
from scorewire.model.score_state import ScoreState
from scorewire.model.surrogate_keys import header, of_state
from scorewire.model.validators import Answer, http_date, not_modified, validators

Headers = Sequence[tuple[str, str]]

_ENCODER = msgspec.json.Encoder()
JSON = "application/json"
_DID: dict[Outcome, str] = {
    "hit": "scorewire; hit",
    "joined": "scorewire; fwd=uri-miss; collapsed",
    "built": "scorewire; fwd=uri-miss",
    "bypassed": "scorewire; fwd=bypass",
}


def request_headers(request: AnyRequest) -> dict[str, str]:
    """By lower-case name; a repeated header joined with a comma, as RFC 9110 5.3 allows."""
    return headers_by_name(request.scope["headers"])


def headers_by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The same of ASGI's pairs."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def sent(answer: Answer) -> ASGIResponse:
    """A whole answer as Litestar sends it."""
    return ASGIResponse(status_code=answer.status, headers=answer.headers, body=answer.body)


def plain(body: bytes, media_type: str, *, status: int = 200, cache: str = "no-store") -> ASGIResponse:
    """An answer that nobody compares: health, metrics."""
    headers = (("content-type", media_type), ("cache-control", cache))
    return ASGIResponse(status_code=status, headers=headers, body=body)


def unchanged(request: AnyRequest, state: ScoreState, *, immutable: bool, now_ms: int) -> ASGIResponse | None:
    """The 304 for an answer that is named by a game's seq, before its body is made; None if it is a 200."""
    tag, modified_ms = validators(state, now_ms)
    if not not_modified(request_headers(request), tag, modified_ms):
        return None
    return sent(Answer(304, state_headers(state, immutable=immutable, now_ms=now_ms), b""))


def whole(
    body: bytes, state: ScoreState, *, immutable: bool, now_ms: int, told: Headers = ()
) -> ASGIResponse:
    """The 200 for an answer that is named by a game's seq."""
    content = (("content-type", JSON), ("content-length", str(len(body))))
    headers = state_headers(state, immutable=immutable, now_ms=now_ms)
    return sent(Answer(200, (*content, *headers, *told), body))


def state_headers(state: ScoreState, *, immutable: bool, now_ms: int) -> tuple[tuple[str, str], ...]:
    """As `validators.score_headers`, also for a URL that names epoch and seq."""
    tag, modified_ms = validators(state, now_ms)
    headers = [
        ("etag", tag),
        *cache_headers("for ever" if immutable else kept(state.status)),
        ("surrogate-key", of_state(state)),
    ]
    if modified_ms is not None:
        headers.append(("last-modified", http_date(modified_ms)))
    return tuple(headers)


def built(value: object, keys: Sequence[str] = ()) -> Built:
    """An answer that has no seq of its own, named by a hash of its bytes.

    Args:
        value: anything that msgspec encodes, or ready bytes.
        keys: by which an update finds it.
    """
    body = value if isinstance(value, bytes) else _ENCODER.encode(value)
    return Built(body, f'"{blake2b(body, digest_size=12).hexdigest()}"', keys)


def named_by_hash(
    request: AnyRequest, value: object, *, keep: Kept = "list", media_type: str = JSON
) -> ASGIResponse:
    """200 or 304 for what has no seq of its own, and is at hand.

    Args:
        keep: the row of the table of lifetimes.
    """
    return _named(request, built(value), keep, (), media_type)


async def from_kept(
    request: AnyRequest,
    answers: KeptAnswers,
    name: Question,
    build: Build,
    *,
    keep: Kept = "list",
    keys: Sequence[str] = (),
) -> ASGIResponse:
    """The same for what is built from the journal: kept ready, unless a key asks past all caches.

    Args:
        name: of the question, the same for all who ask it; NOT_KEPT for one whose answer is not kept.
        keys: by which caches in front find an answer that no update makes old here, for its name says at
            which seq it is; else those of the answer.
    """
    found, told = await kept_or_built(request, answers, name, build)
    if keys:
        found = found._replace(keys=keys)
    return _named(request, found, keep, told, JSON)


async def kept_or_built(
    request: AnyRequest, answers: KeptAnswers, name: Question, build: Build
) -> tuple[Built, Headers]:
    """An answer, and the header that says where it came from (RFC 9211)."""
    if not name or is_direct(request.scope):
        return await answers.bypass(build), (("cache-status", _DID["bypassed"]),)
    found, outcome = await answers.get(name, build)
    return found, (("cache-status", _DID[outcome]),)


def _named(request: AnyRequest, found: Built, keep: Kept, told: Headers, media_type: str) -> ASGIResponse:
    headers = [("etag", found.etag), *cache_headers(keep), *told]
    if found.keys:
        headers.append(("surrogate-key", header(found.keys)))
    if not_modified(request_headers(request), found.etag, None):
        return sent(Answer(304, tuple(headers), b""))
    content = (("content-type", media_type), ("content-length", str(len(found.body))))
    return sent(Answer(200, (*content, *headers), found.body))
