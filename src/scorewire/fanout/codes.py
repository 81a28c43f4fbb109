"""Every error and close code of the streams, from one table; docs/protocol.md shows it through `page`.

A problem has the shape that the REST face gives it: `type` is `urn:scorewire:problem:CODE`.

Source: RFC 9457 (problems), RFC 6455 7.4 (close codes), RFC 6585 5 (431).
"""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from scorewire.errors import RequestError
from scorewire.fanout.frames import websocket_frame


class Code(NamedTuple):
    """One row.

    status: of the HTTP answer, 0 where the code occurs on an open WebSocket only.
    close: the WebSocket close code that follows the error object, 0 if the connection stays open.
    """

    status: int
    close: int
    title: str
    remedy: str


CODES: dict[str, Code] = {
    "bad_request": Code(400, 0, "Bad request", "Send an HTTP/1.1 request; TLS ends at the proxy before us."),
    "bad_parameter": Code(400, 0, "Bad parameter", "Correct the parameter that `detail` names."),
    "too_many_follows": Code(400, 0, "Too many follows", "Follow a team, league or sport instead."),
    "bad_handshake": Code(400, 0, "Bad WebSocket handshake", "Send the handshake of RFC 6455."),
    "bad_proxy_header": Code(
        400, 0, "Bad PROXY header", "Have the proxy send one, or set `server.proxy_protocol` to false."
    ),
    "unauthenticated": Code(401, 0, "Not authenticated", "Send this node's `server.link_token`."),
    "origin_refused": Code(403, 0, "Origin refused", "Ask this node's operator to name your site's origin."),
    "unknown_game": Code(404, 0, "Unknown game", "Use a `game_id` of /v1/games; fixtures may appear later."),
    "unknown_team": Code(404, 0, "Unknown team", "Use a team's id as games name it."),
    "unknown_league": Code(404, 0, "Unknown league", "Use a league's id as /v1/leagues names it."),
    "unknown_sport": Code(404, 0, "Unknown sport", "Use a sport as games name it."),
    "request_timeout": Code(408, 0, "Request took too long", "Send a request in one piece."),
    "upgrade_required": Code(426, 0, "Upgrade required", "Open this address with a WebSocket client."),
    "head_too_large": Code(431, 0, "Request head too large", "Send fewer or shorter headers."),
    "unavailable": Code(503, 0, "Unavailable", "Come back after `Retry-After` seconds."),
    "bad_message": Code(0, 0, "Not a message of this protocol", "Send one JSON object as described."),
    "not_followed": Code(0, 0, "Not followed", "Unsubscribe what was subscribed."),
    "too_many_messages": Code(0, 1008, "Too many messages", "Subscribe once, then listen."),
}

CLOSES: dict[int, str] = {
    1001: "Drain: this node stops. Come back after `retry_ms` of the `bye`.",
    1002: "The frames break RFC 6455.",
    1003: "A binary message; this protocol is text.",
    1007: "A text message that is not UTF-8.",
    1008: "Policy: the error object before it names the code.",
    1009: "A message over 4 KiB.",
    1013: "Try later: this node cannot bring you up to date (`bye` with the reason `lost`).",
}


class _Problem(Struct, kw_only=True):
    type: str
    title: str
    status: int
    detail: str
    code: str


class _Error(Struct, kw_only=True, tag_field="type", tag="error", omit_defaults=True):
    code: str
    detail: str
    game_id: str | None = None


_ENCODER = msgspec.json.Encoder()


def refusal(code: str, detail: str, *, retry_after_s: int | None = None) -> RequestError:
    """The exception for a row of the table; raise it, or hand it to a fan."""
    return RequestError(CODES[code].status, code, detail, retry_after_s=retry_after_s)


def problem_body(error: RequestError) -> bytes:
    """RFC 9457, as JSON."""
    row = CODES[error.code]
    return _ENCODER.encode(
        _Problem(
            type=f"urn:scorewire:problem:{error.code}",
            title=row.title,
            status=row.status,
            detail=error.detail,
            code=error.code,
        )
    )


def error_frame(error: RequestError, *, game_id: str | None = None) -> bytes:
    """The error object as a WebSocket frame."""
    return websocket_frame(_ENCODER.encode(_Error(code=error.code, detail=error.detail, game_id=game_id)))


def page() -> str:
    """The two tables of docs/protocol.md."""
    lines = ["| code | HTTP | WebSocket closes | meaning | what to do |", "| --- | --- | --- | --- | --- |"]
    for code, row in CODES.items():
        lines.append(f"| `{code}` | {row.status or '-'} | {row.close or '-'} | {row.title} | {row.remedy} |")
    lines += ["", "| close code | meaning |", "| --- | --- |"]
    lines += [f"| {code} | {meaning} |" for code, meaning in CLOSES.items()]
    return "\n".join([*lines, ""])
