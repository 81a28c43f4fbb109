"""A fan on WebSocket: `websockets` reads frames without I/O, broadcasts are ready frames written directly.

The parser lives only while a message is on its way, so an idle fan costs little more than one on SSE. The
commonest message, the empty pong that answers our ping, is known by its length and first bytes.

Source: RFC 6455 5.4 (fragments), 5.5 (control frames), 7.1 (closing).
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from scorewire.errors import RequestError
from scorewire.fanout.codes import error_frame, refusal
from scorewire.fanout.fan import CLOSE_S, Fan
from scorewire.fanout.follow import Arrival, Follow, Kind
from scorewire.fanout.frames import PING, WEBSOCKET, ByeReason, bye, close_frame, websocket_frame
from scorewire.fanout.hub import Hub
from scorewire.fanout.request import check_tables, known_delay, make_follow

SUBPROTOCOL = "scorewire.v1.json"
MESSAGES_MAX = 1000
"""Frames of one fan between two heartbeats; a fan with 100 follows sends about 100, once."""

GAMES_A_MESSAGE = 10
"""A subscription counts as one message more for so many games that it brings: each is a state to be sent."""

CLOSE_BYTE = 0x88
"""How a close frame begins."""

QUIET = logging.getLogger("scorewire.websocket")
"""`websockets` writes a line for every connection that opens or closes; with 50,000 nobody reads them."""
QUIET.setLevel(logging.WARNING)

_ENCODER = msgspec.json.Encoder()
_CLOSES: dict[ByeReason, int] = {"drain": 1001, "lost": 1013, "overload": 1013}


class _Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    game_id: str | None = None
    team_id: str | None = None
    league_id: str | None = None
    sport: str | None = None


class _Subscribe(
    _Asked, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="action", tag="subscribe"
):
    since_seq: int | None = None
    epoch: str | None = None
    delay: int = 0
    view: Literal["full", "line"] | None = None
    standings: bool = False


class _Unsubscribe(
    _Asked, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="action", tag="unsubscribe"
):
    pass


class _Ping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="action", tag="ping"):
    pass


_MESSAGES: msgspec.json.Decoder[_Subscribe | _Unsubscribe | _Ping] = msgspec.json.Decoder(
    _Subscribe | _Unsubscribe | _Ping
)
_PONG = websocket_frame(b'{"type":"pong"}')


class WsFan(Fan):
    """One WebSocket connection, already open.

    Args:
        message_bytes_max: one message from the fan.
        follows_max: follows of the connection.
        silent_beats_max: pings without a word from the fan; of the far end of a proxy TCP can tell nothing.
    """

    __slots__ = (
        "_closing",
        "_follows_max",
        "_message_bytes_max",
        "_messages",
        "_parser",
        "_parts",
        "_silent_beats",
        "_silent_beats_max",
    )

    def __init__(
        self,
        hub: Hub,
        transport: asyncio.Transport,
        *,
        address: str,
        message_bytes_max: int,
        follows_max: int,
        silent_beats_max: int,
    ) -> None:
        super().__init__(hub, transport, form=WEBSOCKET, address=address)
        self._message_bytes_max = message_bytes_max
        self._follows_max = follows_max
        self._silent_beats_max = silent_beats_max
        self._silent_beats = 0
        self._messages = 0
        self._closing = False
        self._parser: Protocol | None = None
        self._parts: list[bytes] | None = None

    def data_received(self, data: bytes) -> None:
        """Frames, or parts of frames, from the fan."""
        if self._closing:
            return
        self._silent_beats = 0
        parser = self._parser
        if parser is None:
            if len(data) == 6 and data[0] == 0x8A and data[1] == 0x80:
                return
            parser = self._parser = Protocol(
                Side.SERVER, state=OPEN, max_size=self._message_bytes_max, logger=QUIET
            )
        parser.receive_data(data)
        # Pongs go before the answers to what came with their pings, and the echo of a close behind all.
        out = [frame for frame in parser.data_to_send() if frame]
        for frame in out:
            if frame[0] != CLOSE_BYTE:
                self.write(frame)
        for event in parser.events_received():
            if isinstance(event, Frame) and not self._closing:
                self._take(event)
        if self._closing:
            return
        for frame in out:
            if frame[0] == CLOSE_BYTE:
                self.write(frame)
        if parser.state is not OPEN:
            self._end()
        elif not parser.reader.buffer and parser.current_size is None and _between_frames(parser):
            self._drop_parser()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `Fan.connection_lost`."""
        self._drop_parser()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """The fan has gone without a word; the transport closes."""
        self.hub.leave(self)

    def pause_writing(self) -> None:
        """Who does not read may not ask either."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """See `Fan.resume_writing`."""
        if not self.transport.is_closing():
            self.transport.resume_reading()
        super().resume_writing()

    def open(self, arrival: Arrival, games: list[str]) -> bytes:
        """`subscribed`, before the first full state."""
        self._messages += len(games) // GAMES_A_MESSAGE
        if arrival.again:
            return b""
        body = {"type": "subscribed", "follow": _describe(arrival.follows[0]), "games": games}
        return websocket_frame(_ENCODER.encode(body))

    def refuse(self, arrival: Arrival, error: RequestError) -> None:
        """The error object; the connection stays open."""
        follow = arrival.follows[0]
        self.write(error_frame(error, game_id=follow.id if follow.kind == "game" else None))
        if not arrival.again:
            self._bring_again(follow.delay_s)  # it may have replaced another

    def farewell(self, reason: ByeReason, retry_ms: int, block: bytes) -> None:  # noqa: ARG002
        """`bye` and the close frame."""
        self.write(bye(reason, retry_ms, WEBSOCKET))
        self._close(_CLOSES[reason], reason)

    def heartbeat(self) -> None:
        """A ping; and the fan may speak again. Who has answered none of many is gone."""
        if self._silent_beats >= self._silent_beats_max:
            self.hub.tally.stalls += 1
            self.abort()
            return
        self._silent_beats += 1
        self._messages = 0
        self.transport.write(PING)

    def _drop_parser(self) -> None:
        parser, self._parser = self._parser, None
        if parser is not None:
            unwind(parser)

    def _take(self, frame: Frame) -> None:
        # Every frame counts: empty fragments cost as much as messages do, and so do pings.
        self._messages += 1
        if self._messages > MESSAGES_MAX:
            self.write(
                error_frame(refusal("too_many_messages", f"At most {MESSAGES_MAX} between heartbeats."))
            )
            self._close(1008, "too many messages")
            return
        opcode = frame.opcode
        if opcode is Opcode.BINARY:
            self._close(1003, "text only")
        elif opcode is Opcode.TEXT and frame.fin:
            self._hear(bytes(frame.data))
        elif opcode is Opcode.TEXT:
            self._parts = [bytes(frame.data)]
        elif opcode is Opcode.CONT and self._parts is not None:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                message, self._parts = b"".join(self._parts), None
                self._hear(message)

    def _hear(self, message: bytes) -> None:
        try:
            message.decode()
        except UnicodeDecodeError:
            self._close(1007, "not UTF-8")
            return
        try:
            asked = _MESSAGES.decode(message)
        except msgspec.MsgspecError as error:
            self.write(error_frame(refusal("bad_message", str(error))))
            return
        if isinstance(asked, _Ping):
            self.write(_PONG)
            return
        try:
            if isinstance(asked, _Subscribe):
                self._subscribe(asked)
            else:
                self._unsubscribe(asked)
        except RequestError as error:
            self.write(error_frame(error, game_id=asked.game_id))

    def _subscribe(self, asked: _Subscribe) -> None:
        kind, id_ = _what(asked)
        if asked.standings and kind != "league":
            raise refusal("bad_message", "standings goes with league_id.")
        delay_s = known_delay((str(asked.delay),))
        follow = make_follow(kind, id_, asked.view, delay_s, asked.standings)
        # What is pending counts, and a second word about it replaces the first.
        pending = (arrival.follows[0] for arrival in self.hub.pending(self))
        keys = {one.key: one.table for one in (*self.follows, *pending)}
        check_tables(sum({**keys, follow.key: follow.table}.values()), wanted=follow.table)
        if len(keys) >= self._follows_max and follow.key not in keys:
            raise refusal("too_many_follows", f"At most {self._follows_max} follows a connection.")
        epoch, seqs = "", dict[str, int]()
        for held in self.follows:
            if held.key == follow.key and held != follow:
                if follow.delay_s > held.delay_s:
                    epoch, seqs = self.hub.places(self)  # whoever wants to know later is not sent back
                self.hub.unfollow(self, follow.key)
        self.hub.cancel(self, follow.key)
        if asked.since_seq is not None and asked.epoch and kind == "game":
            epoch, seqs = asked.epoch, {id_: max(asked.since_seq, 0)}
        self.hub.arrive(Arrival(self, (follow,), epoch=epoch, seqs=seqs, fresh=kind == "game"))

    def _unsubscribe(self, asked: _Unsubscribe) -> None:
        kind, id_ = _what(asked)
        epoch, seqs = self.hub.places(self)
        lines = {audience.channel.game_id: audience.channel.line for audience in self.audiences}
        ended = self.hub.unfollow(self, (kind, id_))
        if ended is None:
            raise refusal("not_followed", f"There is no subscription of {kind} {id_[:64]!r}.")
        body = {"type": "unsubscribed", "follow": _describe(ended)}
        self.write(websocket_frame(_ENCODER.encode(body)))
        self._bring_again(
            ended.delay_s, epoch, {game_id: (seq, lines[game_id]) for game_id, seq in seqs.items()}
        )

    def _bring_again(
        self, delay_s: int, epoch: str = "", places: Mapping[str, tuple[int, bool]] | None = None
    ) -> None:
        """A game comes with the longest delay that was asked for: where that has ended, with the next one.

        Args:
            places: seq and form of the games that this fan has; in another form they come as full states.
        """
        shorter = [follow for follow in self.follows if follow.delay_s < delay_s]
        for follow in sorted(shorter, key=lambda follow: -follow.delay_s):
            seqs = {game_id: seq for game_id, (seq, line) in (places or {}).items() if line == follow.line}
            self.hub.arrive(Arrival(self, (follow,), epoch=epoch, seqs=seqs, again=True))

    def _close(self, code: int, reason: str) -> None:
        self.write(close_frame(code, reason))
        self._end()

    def _end(self) -> None:
        """Half-close, and let the fan read the close frame: closing on unread input would reset it away."""
        self._closing = True
        self._parts = None
        self._drop_parser()
        self.hub.leave(self)
        self.hub.wheel.watch(self, CLOSE_S)
        if not self.transport.is_closing():
            self.transport.write_eof()


def unwind(parser: Protocol) -> None:
    """Undo the cycle of a parser and its generator, so that both are freed at once."""
    parser.parser.close()


def _between_frames(parser: Protocol) -> bool:
    """Whether the parser waits for the first byte of a frame, not for the rest of one."""
    waiting = getattr(parser.parser, "gi_yieldfrom", None)
    return waiting is not None and waiting.__name__ == "at_eof"


def _what(asked: _Asked) -> tuple[Kind, str]:
    named: list[tuple[Kind, str | None]] = [
        ("game", asked.game_id),
        ("team", asked.team_id),
        ("league", asked.league_id),
        ("sport", asked.sport),
    ]
    found = [(kind, id_) for kind, id_ in named if id_ is not None]
    if len(found) != 1:
        raise refusal("bad_message", "Name one of game_id, team_id, league_id, sport.")
    return found[0]


def _describe(follow: Follow) -> dict[str, str | int]:
    name = "sport" if follow.kind == "sport" else f"{follow.kind}_id"
    told: dict[str, str | int] = {name: follow.id, "view": "line" if follow.line else "full"}
    if follow.table:
        told["standings"] = True
    if follow.delay_s:
        told["delay"] = follow.delay_s
    return told
