"""Every error of the HTTP face as a problem, RFC 9457, from one table.

A problem's `type` is `urn:scorewire:problem:CODE`; `code` repeats it for readers that dislike URNs. What
went wrong inside is logged and never told: a client learns of a 500 no more than that it happened.

Example:
    {"type":"urn:scorewire:problem:unknown_game","title":"Unknown game","status":404,
     "detail":"There is no game 'wc2022-finale'.","code":"unknown_game"}

Source: RFC 9457 3 (members), 3.1.1 (type), 4 (new types); RFC 9110 10.2.1 (Allow), 10.2.3 (Retry-After).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import structlog
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Response
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from scorewire.errors import BackendError, FeedError, RequestError, Unauthenticated, WebhookConflict

AnyRequest = Request[Any, Any, Any]
"""We keep nothing on a request, so its type parameters say nothing."""

MEDIA_TYPE = "application/problem+json"
URN = "urn:scorewire:problem:"

_log = structlog.get_logger("scorewire.api")
_ENCODER = msgspec.json.Encoder()


class Meaning(NamedTuple):
    """One row of the table: the status, the title, and what a client should do about it."""

    status: int
    title: str
    remedy: str


PROBLEMS: dict[str, Meaning] = {
    "bad_parameter": Meaning(400, "Bad parameter", "Correct the parameters that `errors` names."),
    "bad_date": Meaning(400, "Bad date", "Give a day such as 2022-12-18."),
    "unknown_time_zone": Meaning(400, "Unknown time zone", "Give an IANA name such as Europe/Berlin."),
    "unreadable_cursor": Meaning(
        400, "Unreadable cursor", "Start from the first page; send only what `next` held."
    ),
    "bad_request": Meaning(400, "Bad request", "Correct the request."),
    "delay_unsupported": Meaning(400, "Delay not supported", "Ask without `delay`, or with `delay=0`."),
    "unauthenticated": Meaning(401, "Not authenticated", "Send a valid signature or bearer token."),
    "forbidden": Meaning(403, "Forbidden", "Use a token that has this right."),
    "not_found": Meaning(404, "Not found", "See /openapi.json for what there is."),
    "unknown_game": Meaning(404, "Unknown game", "Use a `game_id` of /v1/games; fixtures may appear later."),
    "unknown_team": Meaning(404, "Unknown team", "Use a team's id as games name it."),
    "unknown_player": Meaning(404, "Unknown player", "Use a player's id as events name it."),
    "unknown_league": Meaning(404, "Unknown league", "Use a league's id as /v1/leagues names it."),
    "unknown_standings": Meaning(
        404, "No table", "Use a league with a game that has begun, and a season of /v1/leagues."
    ),
    "unknown_statistics": Meaning(
        404, "No lines", "Use a league, player or team with a game that has begun, of a sport that has lines."
    ),
    "unknown_sport": Meaning(404, "Unknown sport", "Use one of those that `detail` names."),
    "unknown_dead_letter": Meaning(404, "Unknown dead letter", "List them first."),
    "unknown_entry": Meaning(404, "Unknown entry", "List the desk's entries first."),
    "unknown_conflict": Meaning(404, "Unknown conflict", "List the game's open conflicts first."),
    "unknown_row": Meaning(404, "Unknown row", "Name the seq of a row that tells a play; see /events."),
    "unknown_key": Meaning(404, "Unknown key", "List them first."),
    "seq_above_head": Meaning(404, "Not there yet", "The game has not reached this seq: ask again later."),
    "other_epoch": Meaning(
        404, "Another epoch", "Drop what you hold of this game; ask without seq and epoch."
    ),
    "method_not_allowed": Meaning(405, "Method not allowed", "Use a method of the Allow header."),
    "webhook_id_reused": Meaning(409, "webhook-id reused", "Give every message an id of its own."),
    "already_settled": Meaning(409, "Already settled", "This dead letter was replayed or dropped before."),
    "body_too_large": Meaning(413, "Body too large", "Split the batch; the limit is in `detail`."),
    "unsupported_media_type": Meaning(415, "Unsupported media type", "Send one of the types in `detail`."),
    "unreadable": Meaning(422, "Unreadable", "Correct the body; it is kept as a dead letter."),
    "too_many_rows": Meaning(422, "Too many rows", "Page through /events instead."),
    "too_many_calls": Meaning(429, "Too many calls", "Wait for Retry-After seconds."),
    "internal": Meaning(500, "Internal error", "Ours to mend; the operator's log has it."),
    "unavailable": Meaning(503, "Unavailable", "Ask again after Retry-After seconds."),
}
"""Codes of the HTTP face. Rules of feeds come besides: `bad_signature` with 401, others with 422."""

_BY_STATUS = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "too_many_calls",
    503: "unavailable",
}


class ParameterError(Struct, frozen=True, kw_only=True):
    """`{"parameter": "limit", "detail": "Expected int <= 200"}`."""

    parameter: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error. `errors` names parameters, where they are at fault."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[ParameterError, ...] = ()


def problem(
    code: str, detail: str, *, status: int | None = None, errors: Sequence[ParameterError] = ()
) -> Problem:
    """A problem of the table, or of a feed's rule, which the table need not know."""
    meaning = PROBLEMS.get(code) or Meaning(status or 422, code.replace("_", " ").capitalize(), "")
    return Problem(
        type=URN + code,
        title=meaning.title,
        status=status or meaning.status,
        detail=detail,
        code=code,
        errors=tuple(errors),
    )


def refuse(code: str, detail: str, *, retry_after_s: int | None = None) -> RequestError:
    """The exception that becomes the problem `code`; raise it."""
    return RequestError(PROBLEMS[code].status, code, detail, retry_after_s=retry_after_s)


def bad_parameter(name: str, detail: str, code: str = "bad_parameter") -> RequestError:
    """The exception for one bad value; raise it."""
    return BadParameter(name, detail, code)


class BadParameter(RequestError):
    """A parameter's value that its type alone does not forbid (an unknown time zone)."""

    def __init__(self, parameter: str, detail: str, code: str = "bad_parameter") -> None:
        super().__init__(PROBLEMS[code].status, code, f"{parameter}: {detail}")
        self.parameter = parameter


def answer(found: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A problem as a response that nobody may keep: the next request may do better."""
    return Response(
        encoded(found),
        status_code=found.status,
        media_type=MEDIA_TYPE,
        headers={"cache-control": "no-store", **(headers or {})},
    )


def encoded(found: Problem) -> bytes:
    """A problem as the bytes of a body."""
    return _ENCODER.encode(found)


def _retry_after(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"retry-after": str(seconds)}


def of_ingest(error: Exception, *, path: str) -> tuple[Problem, dict[str, str]]:
    """What a provider whose call failed is told, and the headers besides; the handlers say the same."""
    if isinstance(error, RequestError):
        return _of_request_error(error)
    if isinstance(error, FeedError):
        return _of_feed_error(error)
    if isinstance(error, BackendError):
        return _of_backend(error, path)
    return _of_anything(error, path, "POST")


def _of_request_error(error: RequestError) -> tuple[Problem, dict[str, str]]:
    errors: tuple[ParameterError, ...] = ()
    detail = error.detail
    if isinstance(error, BadParameter):
        errors = (ParameterError(parameter=error.parameter, detail=detail.partition(": ")[2]),)
    headers = _retry_after(error.retry_after_s)
    if error.status == 401:
        headers["www-authenticate"] = 'Bearer realm="scorewire"'
    return problem(error.code, detail, status=error.status, errors=errors), headers


def _of_feed_error(error: FeedError) -> tuple[Problem, dict[str, str]]:
    if isinstance(error, Unauthenticated):
        # The rule (stale_timestamp, bad_signature) tells an honest feed what to mend, and names no secret.
        found = problem(error.rule, error.detail, status=401)
        return found, {"www-authenticate": 'Signature realm="standard-webhooks"'}
    status = 409 if isinstance(error, WebhookConflict) else 422
    return problem(error.rule, error.detail, status=status), {}


def _of_backend(error: BackendError, path: str) -> tuple[Problem, dict[str, str]]:
    _log.error("backend_failed", path=path, detail=str(error), retryable=error.retryable)
    if not error.retryable:
        return problem("internal", "Something failed on our side."), {}
    return problem("unavailable", "A part that we stand on is not there."), _retry_after(2)


def _of_anything(error: Exception, path: str, method: str) -> tuple[Problem, dict[str, str]]:
    _log.error("request_failed", path=path, method=method, exc_info=error)
    return problem("internal", "Something failed on our side."), {}


def _on_request_error(_: AnyRequest, error: RequestError) -> Response[bytes]:
    return answer(*_of_request_error(error))


def _on_feed_error(_: AnyRequest, error: FeedError) -> Response[bytes]:
    return answer(*_of_feed_error(error))


def _on_validation(_: AnyRequest, error: ValidationException) -> Response[bytes]:
    found = [
        ParameterError(parameter=str(item.get("key", "")), detail=str(item.get("message", "")))
        for item in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(item, dict)
    ]
    named = ", ".join(item.parameter for item in found) or "the request"
    return answer(problem("bad_parameter", f"Cannot use {named}.", errors=found))


def _on_http(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    status = error.status_code
    if status >= 500:
        return _on_anything(_, error)
    code = _BY_STATUS.get(status, "bad_request")
    headers = {name: value for name, value in (error.headers or {}).items() if name == "allow"}
    if "allow" in headers:
        headers["allow"] = _allowed(headers["allow"])
    return answer(problem(code, error.detail or PROBLEMS[code].title, status=status), headers)


def _allowed(methods: str) -> str:
    """Litestar's list, and HEAD wherever there is GET (see face.py)."""
    names = {name.strip() for name in methods.split(",")}
    if "GET" in names:
        names.add("HEAD")
    return ", ".join(sorted(names))


def _on_backend(request: AnyRequest, error: BackendError) -> Response[bytes]:
    return answer(*_of_backend(error, request.url.path))


def _on_anything(request: AnyRequest, error: Exception) -> Response[bytes]:
    return answer(*_of_anything(error, request.url.path, request.method))


HANDLERS: ExceptionHandlersMap = {
    RequestError: _on_request_error,
    FeedError: _on_feed_error,
    BackendError: _on_backend,
    ValidationException: _on_validation,
    HTTPException: _on_http,
    Exception: _on_anything,
}
"""Litestar picks the most derived class."""


def page() -> str:
    """docs/problems.md."""
    lines = [
        "# Problems",
        "",
        "Every error of the HTTP face is `application/problem+json` (RFC 9457). `type` is",
        f"`{URN}CODE`. A provider's call that cannot be read has 422 and the code of its rule",
        "(`unreadable_json`), one of too many messages 413 (`batch_too_large`); one that is not signed as it",
        "should be has 401 and the code of what failed (`signature_missing`, `signature_malformed`,",
        "`stale_timestamp`, `unknown_provider`, `bad_signature`). A call that can be read is answered 202,",
        "with the events that are refused and their rules: see [protocol.md](protocol.md), 1.3. Parameters",
        "of the wrong form are `bad_parameter`, and `errors` names each.",
        "",
        "Only bytes that are no HTTP at all have an answer without a code: 400 as `text/plain`, and the",
        "connection is closed.",
        "",
        "| code | status | title | what to do |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| `{code}` | {row.status} | {row.title} | {row.remedy} |" for code, row in PROBLEMS.items()]
    return "\n".join([*lines, ""])
