"""/asyncapi.json, AsyncAPI 3.0: what is told rather than asked for. Written by hand, frame by frame.

Schemas of states come from the structs themselves; the frames' examples are held against real frames by
a test.

Source: AsyncAPI 3.0.0; docs/protocol.md.
"""

from typing import Any

import msgspec
from litestar import get
from litestar.response.base import ASGIResponse

from scorewire import __version__
from scorewire.api import answers
from scorewire.api.problems import AnyRequest
from scorewire.model.delay import DELAYS_S
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import ScoreState

Json = dict[str, Any]
"""A document's own JSON, never a frame's."""

_SCHEMA = "#/components/schemas/"
_SEQ: Json = {"type": "integer", "minimum": 1}
_TS: Json = {"type": "integer", "description": "ms since 1970, UTC"}
_ID: Json = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}$"}

SCORE_UPDATE_EXAMPLE: Json = {
    "type": "score_update",
    "game_id": "wc2022-final",
    "seq": 31,
    "event": {
        "seq": 31,
        "type": "GOAL",
        "team": "home",
        "player": "Lionel Messi",
        "period": 1,
        "clock": "22:41",
    },
    "patch": {"home": {"score": 1}},
    "ts": 1671376990000,
}
FULL_STATE_EXAMPLE: Json = {
    "type": "full_state",
    "game_id": "wc2022-final",
    "epoch": "k3v9x2aa",
    "seq": 1,
    "reason": "join",
    "state": {
        "game_id": "wc2022-final",
        "epoch": "k3v9x2aa",
        "seq": 1,
        "sport": "soccer",
        "league": {"id": "fifa-wc", "name": "World Cup"},
        "start": "2022-12-18T15:00:00Z",
        "status": "scheduled",
        "home": {"id": "arg", "name": "Argentina", "abbr": "ARG", "score": 0},
        "away": {"id": "fra", "name": "France", "abbr": "FRA", "score": 0},
        "updated_at": 1671375600000,
    },
}
STANDINGS_EXAMPLE: Json = {
    "type": "standings_update",
    "league_id": "fifa-wc",
    "season": "2022",
    "version": 17,
    "table": {
        "rules": "world-cup",
        "provisional": 1,
        "parts": [
            {
                "view": "overall",
                "name": "Group C",
                "rows": [{"rank": 1, "team": "arg", "name": "Argentina", "played": 3, "won": 2, "points": 6}],
            }
        ],
    },
}
BYE_EXAMPLE: Json = {"reason": "drain", "retry_ms": 3821}
FOLLOW_EXAMPLE: Json = {"game_id": "wc2022-final"}


def _object(required: Json, optional: Json | None = None, description: str = "") -> Json:
    found: Json = {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
    return {**found, "description": description} if description else found


def _frames() -> Json:
    """The frames that both transports carry."""
    return {
        "full_state": _object(
            {
                "type": {"const": "full_state"},
                "game_id": _ID,
                "epoch": {"type": "string"},
                "seq": _SEQ,
                "reason": {"enum": ["join", "rejoin", "resync", "correction"]},
                "state": {"$ref": _SCHEMA + "ScoreState"},
            },
            description="Replaces what the fan holds of this game.",
        ),
        "score_update": _object(
            {
                "type": {"const": "score_update"},
                "game_id": _ID,
                "seq": _SEQ,
                "patch": {"type": "object", "description": "RFC 7396 merge patch of the ScoreState"},
                "ts": _TS,
            },
            {"event": {"$ref": _SCHEMA + "CompactEvent"}},
            "Follows the seq before it; a fan that lacks that one must ask for the full state.",
        ),
        "standings_update": _object(
            {
                "type": {"const": "standings_update"},
                "league_id": _ID,
                "season": {"type": "string", "description": "the one with the newest game"},
                "version": {"type": "integer", "description": "grows as the table changes"},
                "table": {
                    "type": "object",
                    "description": "as /v1/leagues/{id}/standings answers it",
                    "required": ["rules"],
                },
            },
            description="Replaces the table that the fan holds of this league; it has no id.",
        ),
        "bye": _object(
            {
                "reason": {"enum": ["drain", "overload", "lost", "end"]},
                "retry_ms": {"type": "integer", "description": "wait so long before coming back"},
            },
            {"type": {"const": "bye"}},
        ),
    }


def _commands() -> Json:
    """What only a WebSocket carries."""
    follow = {"game_id": _ID, "team_id": _ID, "league_id": _ID, "sport": _ID}
    since = {"since_seq": {"type": "integer", "minimum": 0}, "epoch": {"type": "string"}}
    how = {
        "delay": {"enum": list(DELAYS_S)},
        "view": {"enum": ["full", "line"]},
        "standings": {"type": "boolean", "description": "with league_id: its table too"},
    }
    named = {"follow": {"type": "object"}}
    return {
        "subscribe": _object({"action": {"const": "subscribe"}}, {**follow, **since, **how}),
        "unsubscribe": _object({"action": {"const": "unsubscribe"}}, follow),
        "ping": _object({"action": {"const": "ping"}}),
        "subscribed": _object(
            {"type": {"const": "subscribed"}, **named, "games": {"type": "array", "items": _ID}}
        ),
        "unsubscribed": _object({"type": {"const": "unsubscribed"}}, named),
        "pong": _object({"type": {"const": "pong"}}),
        "error": _object(
            {"type": {"const": "error"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            {"game_id": _ID},
        ),
    }


_EXAMPLES: dict[str, Json] = {
    "full_state": FULL_STATE_EXAMPLE,
    "score_update": SCORE_UPDATE_EXAMPLE,
    "standings_update": STANDINGS_EXAMPLE,
    "bye": BYE_EXAMPLE,
    "subscribe": {"action": "subscribe", **FOLLOW_EXAMPLE},
    "unsubscribe": {"action": "unsubscribe", **FOLLOW_EXAMPLE},
    "ping": {"action": "ping"},
    "subscribed": {"type": "subscribed", "follow": FOLLOW_EXAMPLE, "games": ["wc2022-final"]},
    "unsubscribed": {"type": "unsubscribed", "follow": FOLLOW_EXAMPLE},
    "pong": {"type": "pong"},
    "error": {"type": "error", "code": "unknown_game", "detail": "There is no game 'x'.", "game_id": "x"},
}
_FROM_FANS = ("subscribe", "unsubscribe", "ping")


def _messages(schemas: Json) -> Json:
    return {
        name: {
            "name": name,
            "contentType": "application/json",
            "payload": {"$ref": _SCHEMA + name},
            "examples": [{"payload": _EXAMPLES[name]}],
        }
        for name in schemas
    }


def _query() -> Json:
    """The query of a stream, as the http binding describes it."""
    text: Json = {"type": "string"}
    many: Json = {"type": "array", "items": _ID}
    return {
        "type": "object",
        "properties": {
            "game": many,
            "team": many,
            "league": many,
            "sport": many,
            "view": {"enum": ["full", "line"]},
            "delay": {"enum": list(DELAYS_S), "description": "seconds after the others"},
            "standings": {"enum": [0, 1], "description": "with league: the tables of these leagues too"},
            "since": {**text, "description": "a cursor, as Last-Event-ID would carry it"},
        },
    }


def _channels(frames: Json, messages: Json) -> Json:
    def refs(names: Json) -> Json:
        return {name: {"$ref": f"#/components/messages/{name}"} for name in names}

    return {
        "stream": {
            "address": "/v1/stream",
            "title": "Server-sent events",
            "description": "`event:` is the frame's type, `data:` the payload; on a stream of one game each "
            "frame has an `id:`, on others a block of its own brings it. Comments are heartbeats.",
            "messages": refs(frames),
        },
        "ws": {
            "address": "/v1/ws",
            "title": "WebSocket, subprotocol scorewire.v1.json (optional)",
            "messages": refs(messages),
            "bindings": {"ws": {"method": "GET"}},
        },
    }


def _operations(frames: Json, messages: Json) -> Json:
    def refs(channel: str, names: Json) -> list[Json]:
        return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]

    told = {name: message for name, message in messages.items() if name not in _FROM_FANS}
    heard = {name: message for name, message in messages.items() if name in _FROM_FANS}
    return {
        "followBySse": {
            "action": "send",
            "channel": {"$ref": "#/channels/stream"},
            "messages": refs("stream", frames),
            "bindings": {"http": {"method": "GET", "query": _query(), "bindingVersion": "0.3.0"}},
        },
        "tellByWebSocket": {
            "action": "send",
            "channel": {"$ref": "#/channels/ws"},
            "messages": refs("ws", told),
        },
        "hearByWebSocket": {
            "action": "receive",
            "channel": {"$ref": "#/channels/ws"},
            "messages": refs("ws", heard),
        },
    }


def document() -> Json:
    """The whole document."""
    frames, commands = _frames(), _commands()
    messages = _messages({**frames, **commands})
    _, structs = msgspec.json.schema_components(
        [ScoreState, CompactEvent],
        ref_template=_SCHEMA + "{name}",
        schema_hook=lambda _: {"description": "as the sport has it"},
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Scorewire",
            "version": __version__,
            "description": "Every change of a score, to everyone who follows the game, in order.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": _channels(frames, messages),
        "operations": _operations(frames, messages),
        "components": {"messages": messages, "schemas": {**structs, **frames, **commands}},
    }


_DOCUMENT = msgspec.json.encode(document())


@get("/asyncapi.json", include_in_schema=False)
async def read_asyncapi(request: AnyRequest) -> ASGIResponse:
    """The description of everything that is told."""
    return answers.named_by_hash(request, _DOCUMENT, keep="names")
