"""What every step tells its fans; pure.

    {"type":"score_update","game_id":"bench-big","seq":31,"event":{...},"patch":{...},"ts":...}

It has the shape and the size of Scorewire's own, so that the same load client can read and check it.
"""

import json
from typing import Any

DATA_BYTES = 300
STATE_BYTES = 1500
"""Of a full state: about that of a game of soccer in its second half."""
EPOCH = "k3v9x2aa"

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\nretry: 1000\n\n"

Message = dict[str, Any]

to_json = json.JSONEncoder(separators=(",", ":")).encode


def score_update(game: str, seq: int) -> Message:
    """The update of one row, DATA_BYTES of JSON."""
    message: Message = {
        "type": "score_update",
        "game_id": game,
        "seq": seq,
        "event": {
            "type": "SHOT",
            "team": "home",
            "period": 1,
            "clock_ms": 61_000 + seq,
            "player": {"id": "p9", "name": "A. Striker"},
            "text": "",
        },
        "patch": {"clock": {"at_ms": 61_000 + seq, "running": True}, "detail": {"shots": {"home": seq}}},
        "ts": 1_760_000_000_000 + seq,
    }
    message["event"]["text"] = "x" * (DATA_BYTES - len(to_json(message)))
    return message


def full_state(game: str, seq: int) -> Message:
    """The whole state after row `seq`, STATE_BYTES of JSON."""
    message: Message = {"type": "full_state", "game_id": game, "epoch": EPOCH, "seq": seq, "state": ""}
    message["state"] = "x" * (STATE_BYTES - len(to_json(message)))
    return message


def sse(message: Message) -> bytes:
    """A message as a server-sent event with its id."""
    return f"id: {EPOCH}!{message['game_id']}!{message['seq']}\ndata: {to_json(message)}\n\n".encode()


def game_in(head: bytes) -> str:
    """The game that a request asks for; empty where it names none."""
    return head.partition(b"game=")[2].partition(b" ")[0].decode()
