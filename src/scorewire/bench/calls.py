"""Signed calls about games of soccer, and reading the answers; pure.

An event is a shot: it makes one row, changes the statistics, and so makes one `score_update` with a patch.
The player's name is as long as the wanted size of the update asks for. A shot may be taken back, which makes
one row, and a `full_state` for every fan.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scorewire.intake.signature import signed_headers
from scorewire.model.provider_event import GameDeclared, League, Player, ProviderEvent, Team
from scorewire.providers.native import write_batch, write_message

PROVIDER = "bench"
KICK_OFF = 2
"""The seq at which a game stands once it is declared (1) and kicked off (2)."""
NAME_MIN, NAME_MAX = 12, 200
CLOCK_S_MAX = 2690
"""Shortly before the end of the half: the clock stands there, however many shots there are."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_SEQ = re.compile(rb'"seq":(\d+)')


class HttpAnswer(NamedTuple):
    """One whole answer, and what came behind it."""

    status: int
    body: bytes
    rest: bytes


def declaration(game_id: str, *, time_ms: int) -> bytes:
    """The message that declares a game."""
    game = GameDeclared(
        provider=PROVIDER,
        game_id=game_id,
        event=f"{game_id}-declared",
        revision=time_ms,
        sport="soccer",
        league=League(id="bench-league", name="Benchmark League"),
        start="2026-01-01T15:00:00Z",
        home=Team(id="bench-home", name="Home United", abbr="HOM"),
        away=Team(id="bench-away", name="Away Rovers", abbr="AWY"),
        providers=(PROVIDER,),
        time_ms=time_ms,
    )
    return write_message(game, message_id=game.event)


def kick_off(game_id: str, *, time_ms: int) -> bytes:
    """The message that starts the first half; its seq is KICK_OFF."""
    event = ProviderEvent(
        provider=PROVIDER,
        game_id=game_id,
        event="kick-off",
        revision=1,
        sequence=1,
        type="PERIOD_START",
        period=1,
        time_ms=time_ms,
    )
    return write_message(event, message_id=f"{game_id}-kick-off")


def shot(game_id: str, seq: int, *, time_ms: int, name_chars: int = NAME_MIN) -> bytes:
    """The message that takes a game to `seq`.

    Args:
        seq: KICK_OFF + 1 and up, each once and in order.
        name_chars: of the player's name, NAME_MIN to NAME_MAX.
    """
    assert seq > KICK_OFF
    assert NAME_MIN <= name_chars <= NAME_MAX
    at_s = min(seq, CLOCK_S_MAX)
    event = ProviderEvent(
        provider=PROVIDER,
        game_id=game_id,
        event=f"shot-{seq}",
        revision=1,
        sequence=seq - 1,
        type="SHOT",
        team="home" if seq % 2 else "away",
        period=1,
        clock=f"{at_s // 60}:{at_s % 60:02}",
        player=Player(id=f"player-{seq % 11}", name="Striker ".ljust(name_chars, "o")),
        detail={"outcome": "saved"},
        text="Struck from the edge of the box; the keeper holds it.",
        time_ms=time_ms,
    )
    return write_message(event, message_id=f"{game_id}-{seq}")


def retraction(game_id: str, seq: int, *, shot_seq: int, time_ms: int) -> bytes:
    """The message that takes back the shot which took a game to `shot_seq`, and takes it to `seq`."""
    assert KICK_OFF < shot_seq < seq
    event = ProviderEvent(
        provider=PROVIDER,
        game_id=game_id,
        event=f"shot-{shot_seq}",
        revision=2,
        sequence=seq - 1,
        action="retract",
        time_ms=time_ms,
    )
    return write_message(event, message_id=f"{game_id}-{seq}")


def call(*, port: int, secret: str, webhook_id: str, timestamp_s: int, messages: Sequence[bytes]) -> bytes:
    """A whole signed request: one event, or a batch of several."""
    kind, body = "cloudevents", messages[0]
    if len(messages) > 1:
        kind, body = "cloudevents-batch", write_batch(messages)
    signed = signed_headers(secret=secret, webhook_id=webhook_id, timestamp_s=timestamp_s, body=body)
    lines = [
        f"POST /v1/ingest/{PROVIDER} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Content-Type: application/{kind}+json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in signed.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def score_request(port: int, game_id: str) -> bytes:
    """A request for a game's score."""
    return f"GET /v1/games/{game_id}/score HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def read_answer(data: bytes) -> HttpAnswer | None:
    """The answer that `data` begins with; None while it is not whole.

    Raises:
        ValueError: this is no answer with a length.
    """
    head, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return None
    length = _LENGTH.search(head + b"\r\n")
    if not head.startswith(b"HTTP/1.1 ") or length is None:
        raise ValueError(f"no answer with a length: {head[:200]!r}")
    size = int(length[1])
    if len(rest) < size:
        return None
    return HttpAnswer(int(head[9:12]), rest[:size], rest[size:])


def seq_in(body: bytes) -> int:
    """The seq of a score; 0 where there is none."""
    found = _SEQ.search(body)
    return int(found[1]) if found else 0


def update_marker(game_id: str, seq: int) -> bytes:
    """What is in the `score_update` of this seq and in no other message."""
    return f'"type":"score_update","game_id":"{game_id}","seq":{seq},'.encode()


def seq_marker(seq: int) -> bytes:
    """What is in any message that brings a fan to this seq, a full state too."""
    return f'"seq":{seq},'.encode()
