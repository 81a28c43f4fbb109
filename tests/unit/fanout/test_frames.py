"""Bytes of events, as the standards have them."""

import json

import pytest
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN, Side
from websockets.protocol import Protocol as WebSocket

from scorewire.fanout.frames import (
    PING,
    SEVERAL,
    SINGLE,
    WEBSOCKET,
    bye,
    close_frame,
    dress,
    encode_state,
    full_state_frame,
    id_block,
    retry_line,
    update_frame,
    websocket_frame,
)
from terrace import EPOCH, Match, plain


def received(data: bytes) -> Frame:
    """What an independent client makes of it."""
    client = WebSocket(Side.CLIENT, state=OPEN)
    client.receive_data(data)
    event = client.events_received()[0]
    assert isinstance(event, Frame)
    return event


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 70000])
def test_a_frame_of_any_length_is_read_by_an_independent_client(length: int) -> None:
    frame = received(websocket_frame(b"x" * length))
    assert (frame.opcode, bytes(frame.data), frame.fin) == (Opcode.TEXT, b"x" * length, True)


def test_ping_and_close_are_control_frames() -> None:
    assert received(PING).opcode is Opcode.PING
    closed = Close.parse(bytes(received(close_frame(1001, "r" * 200)).data))
    assert (closed.code, len(closed.reason)) == (1001, 123)


def test_an_update_has_the_published_shape() -> None:
    match = Match()
    update = match.goal()
    frame = update_frame(update, line=False)
    assert json.loads(frame.data) == {
        "type": "score_update",
        "game_id": "g1",
        "seq": 2,
        "event": {"seq": 2, "type": "GOAL", "team": "home", "player": "Lionel Messi", "clock": "22:41"},
        "patch": {"home": {"score": 1}, "detail": {"stats": {"home": {"shots": 1}}}},
        "ts": update.ts,
    }
    line = json.loads(update_frame(update, line=True).data)
    assert line["patch"] == {"home": {"score": 1}}
    assert "event" not in line
    assert "event" not in json.loads(update_frame(match.quiet(), line=False).data)


@pytest.mark.parametrize("line", [False, True])
def test_a_full_state_carries_the_state_of_its_view(line: bool) -> None:
    match = Match()
    match.goal()
    frame = full_state_frame(match.state, encode_state(match.state, line=line), "join")
    data = json.loads(frame.data)
    assert data["state"] == plain(match.state, line=line)
    assert {name: data[name] for name in ("type", "game_id", "epoch", "seq", "reason")} == {
        "type": "full_state",
        "game_id": "g1",
        "epoch": EPOCH,
        "seq": 2,
        "reason": "join",
    }


def test_each_format_carries_the_same_data() -> None:
    frame = update_frame(Match().goal(), line=False)
    data = frame.data.decode()
    single = dress(frame, SINGLE, epoch=EPOCH, game_id="g1").decode()
    assert single == f"id: {EPOCH}!g1!2\nevent: score_update\ndata: {data}\n\n"
    assert dress(frame, SEVERAL, epoch=EPOCH, game_id="g1").decode() == single.partition("\n")[2]
    assert bytes(received(dress(frame, WEBSOCKET, epoch=EPOCH, game_id="g1")).data) == frame.data
    assert b"\n" not in frame.data


def test_bye_tells_when_to_come_back_in_both_ways() -> None:
    assert bye("drain", 1234, SINGLE) == (
        b'retry: 1234\nevent: bye\ndata: {"reason":"drain","retry_ms":1234}\n\n'
    )
    assert json.loads(received(bye("lost", 7, WEBSOCKET)).data) == {
        "type": "bye",
        "reason": "lost",
        "retry_ms": 7,
    }


def test_blocks_dispatch_nothing() -> None:
    assert id_block("e!g!1") == b"id: e!g!1\n\n"
    assert retry_line(1000) == b"retry: 1000\n\n"
