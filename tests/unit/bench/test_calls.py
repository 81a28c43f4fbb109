"""Signed calls, answers that come in pieces, and markers that mean one update only."""

import msgspec
import pytest

from scorewire.bench.calls import (
    KICK_OFF,
    HttpAnswer,
    call,
    declaration,
    kick_off,
    read_answer,
    retraction,
    score_request,
    seq_in,
    seq_marker,
    shot,
    update_marker,
)
from scorewire.intake.signature import verify
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers.native import read_message

SECRET = "whsec_c2NvcmV3aXJlLWJlbmNoLXNlY3JldA=="
NOW_S = 1_700_000_000


def sent(*messages: bytes) -> tuple[dict[str, str], bytes]:
    request = call(port=8080, secret=SECRET, webhook_id="b-1", timestamp_s=NOW_S, messages=messages)
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /v1/ingest/bench HTTP/1.1"
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


def test_a_call_is_signed_as_intake_wants_it() -> None:
    headers, body = sent(kick_off("g", time_ms=1))
    assert verify(headers, body, [SECRET], now_ms=NOW_S * 1000, tolerance_s=1) == "b-1"
    assert headers["content-length"] == str(len(body))
    assert headers["content-type"] == "application/cloudevents+json"


def test_several_messages_are_a_batch() -> None:
    headers, body = sent(*(shot("g", seq, time_ms=1) for seq in (3, 4)))
    assert headers["content-type"] == "application/cloudevents-batch+json"
    assert len(msgspec.json.decode(body)) == 2


def test_messages_are_native_and_dense() -> None:
    declared = read_message(declaration("g", time_ms=5))
    assert isinstance(declared, GameDeclared)
    claims = [read_message(kick_off("g", time_ms=6))]
    claims += [read_message(shot("g", seq, time_ms=7)) for seq in range(KICK_OFF + 1, KICK_OFF + 4)]
    assert all(isinstance(claim, ProviderEvent) for claim in claims)
    assert [claim.sequence for claim in claims if isinstance(claim, ProviderEvent)] == [1, 2, 3, 4]
    assert len({claim.event for claim in claims}) == 4


def test_a_longer_name_makes_a_longer_message() -> None:
    short, long = (shot("g", 9, time_ms=1, name_chars=chars) for chars in (20, 120))
    assert len(long) - len(short) == 100


def test_the_clock_stays_within_the_half() -> None:
    late = read_message(shot("g", 100_000, time_ms=1))
    assert isinstance(late, ProviderEvent)
    assert late.clock == "44:50"


def test_an_answer_is_read_when_it_is_whole() -> None:
    whole = b"HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\nx: y\r\n\r\nbody"
    for end in range(len(whole)):
        assert read_answer(whole[:end]) is None
    assert read_answer(whole + b"HTTP") == HttpAnswer(202, b"body", b"HTTP")


@pytest.mark.parametrize("data", [b"HTTP/1.1 200 OK\r\n\r\n", b"SSH-2.0\r\ncontent-length: 1\r\n\r\nx"])
def test_what_is_no_answer_with_a_length_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match="no answer with a length"):
        read_answer(data)


def test_a_score_is_asked_for_and_its_seq_read() -> None:
    assert score_request(80, "g").startswith(b"GET /v1/games/g/score HTTP/1.1\r\n")
    assert seq_in(b'{"game_id":"g","epoch":"e","seq":31,"events":[{"seq":30}]}') == 31
    assert seq_in(b'{"code":"unknown_game"}') == 0


def test_a_marker_means_one_update() -> None:
    frame = b'data: {"type":"score_update","game_id":"g","seq":31,"event":{"seq":31,"type":"SHOT"}}'
    assert update_marker("g", 31) in frame
    assert update_marker("g", 3) not in frame
    assert seq_marker(31) in frame
    assert seq_marker(3) not in frame


def test_a_shot_is_taken_back_under_its_own_name_with_the_next_number() -> None:
    made = read_message(retraction("g", 8, shot_seq=7, time_ms=5))
    told = read_message(shot("g", 7, time_ms=4))
    assert isinstance(made, ProviderEvent)
    assert isinstance(told, ProviderEvent)
    assert (made.event, made.action, made.revision) == (told.event, "retract", told.revision + 1)
    assert (told.sequence, made.sequence) == (6, 7)
