"""Bytes that fans receive: events as server-sent events and as WebSocket messages.

Pure. An event is encoded to JSON once per view (`Frame.data`) and dressed for a transport once per format.
A server's WebSocket frame is not masked, so the same bytes go to every fan.

Example, with id:
    id: k3v9x2aa!wc2022-final!31
    event: score_update
    data: {"type":"score_update","game_id":"wc2022-final","seq":31,...}

Source: WHATWG HTML 9.2.5, 9.2.6 (event streams); RFC 6455 5.2 (frames), 5.5 (control frames).
"""

from typing import Literal, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from scorewire.model.game_event import CompactEvent
from scorewire.model.ids import write_cursor
from scorewire.model.score_state import ScoreState, Tree
from scorewire.model.update import Update
from scorewire.scoreboard.tables import Table

SINGLE, SEVERAL, WEBSOCKET = 0, 1, 2
"""Formats: SSE of one game (each frame has an id), SSE of several (none has), WebSocket."""
FORMATS = (SINGLE, SEVERAL, WEBSOCKET)

Reason = Literal["join", "rejoin", "resync", "correction"]
ByeReason = Literal["drain", "overload", "lost", "end"]
"""`end` ends a playback: everything has been told."""

HEARTBEAT = b":\n\n"
PING = b"\x89\x00"

_ENCODER = msgspec.json.Encoder()


class Frame(NamedTuple):
    """One event of one game in one view: `name` is its type, `data` its JSON."""

    seq: int
    name: bytes
    data: bytes


class _ScoreUpdate(Struct, kw_only=True, tag_field="type", tag="score_update"):
    game_id: str
    seq: int
    event: CompactEvent | UnsetType = UNSET
    patch: Tree
    ts: int


class _FullState(Struct, kw_only=True, tag_field="type", tag="full_state"):
    game_id: str
    epoch: str
    seq: int
    reason: Reason
    state: Raw


class _Standings(Struct, frozen=True, kw_only=True):
    """Of what `/v1/leagues/{id}/standings` answers, the part that is sent on as it stands."""

    table: Raw


class _StandingsUpdate(Struct, kw_only=True, tag_field="type", tag="standings_update"):
    league_id: str
    season: str
    version: int
    table: Raw


class _Bye(Struct, kw_only=True):
    reason: ByeReason
    retry_ms: int


class _TypedBye(_Bye, kw_only=True, tag_field="type", tag="bye"):
    pass


_STANDINGS = msgspec.json.Decoder(_Standings)


def update_frame(update: Update, *, line: bool) -> Frame:
    """A `score_update`; the list form leaves out `event` and the patch of `detail`."""
    patch = update.patch
    event = update.event
    if line:
        event = None
        if "detail" in patch:
            patch = {name: value for name, value in patch.items() if name != "detail"}
    body = _ScoreUpdate(
        game_id=update.game_id,
        seq=update.seq,
        event=UNSET if event is None else event,
        patch=patch,
        ts=update.ts,
    )
    return Frame(update.seq, b"score_update", _ENCODER.encode(body))


def encode_state(state: ScoreState, *, line: bool) -> bytes:
    """The state as a full_state carries it."""
    return _ENCODER.encode(state.line() if line else state)


def full_state_frame(state: ScoreState, encoded: bytes, reason: Reason) -> Frame:
    """A `full_state`; `encoded` is what encode_state made of the same state."""
    body = _FullState(
        game_id=state.game_id, epoch=state.epoch, seq=state.seq, reason=reason, state=Raw(encoded)
    )
    return Frame(state.seq, b"full_state", _ENCODER.encode(body))


def table_frame(table: Table) -> Frame:
    """A `standings_update`; it replaces, and has no place in a cursor.

    Raises:
        msgspec.MsgspecError: the body holds no table.
    """
    body = _StandingsUpdate(
        league_id=table.league_id,
        season=table.season,
        version=table.version,
        table=_STANDINGS.decode(table.body).table,
    )
    return Frame(0, b"standings_update", _ENCODER.encode(body))


def dress(frame: Frame, form: int, *, epoch: str, game_id: str) -> bytes:
    """The frame as one of FORMATS carries it."""
    if form == WEBSOCKET:
        return websocket_frame(frame.data)
    if form == SEVERAL:
        return b"event: %b\ndata: %b\n\n" % (frame.name, frame.data)
    cursor = write_cursor(epoch, [(game_id, frame.seq)]).encode()
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (cursor, frame.name, frame.data)


def websocket_frame(data: bytes, opcode: int = 1) -> bytes:
    """A whole server's message in one frame; opcode 1 is text, 8 close."""
    length = len(data)
    first = 0x80 | opcode
    if length < 126:
        return bytes((first, length)) + data
    if length < 65536:
        return bytes((first, 126)) + length.to_bytes(2) + data
    return bytes((first, 127)) + length.to_bytes(8) + data


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; its payload may hold 125 bytes."""
    return websocket_frame(code.to_bytes(2) + reason.encode()[:123], 8)


def id_block(cursor: str) -> bytes:
    """Sets a client's last event id and dispatches nothing, since it has no data."""
    return b"id: %b\n\n" % cursor.encode()


def retry_line(retry_ms: int) -> bytes:
    """How long a client waits before it reconnects; a block of its own."""
    return b"retry: %d\n\n" % retry_ms


def bye(reason: ByeReason, retry_ms: int, form: int) -> bytes:
    """The last event of a stream."""
    if form == WEBSOCKET:
        return websocket_frame(_ENCODER.encode(_TypedBye(reason=reason, retry_ms=retry_ms)))
    data = _ENCODER.encode(_Bye(reason=reason, retry_ms=retry_ms))
    return b"retry: %d\nevent: bye\ndata: %b\n\n" % (retry_ms, data)
