"""What every step tells its fans."""

import pytest

from scorewire.bench.calls import update_marker
from scorewire.bench.logbook import Logbook, Page
from scorewire.bench.steps.message import (
    DATA_BYTES,
    STATE_BYTES,
    full_state,
    game_in,
    score_update,
    sse,
    to_json,
)


@pytest.mark.parametrize("seq", [2, 99_999])
def test_messages_have_the_size_of_scorewires(seq: int) -> None:
    assert len(to_json(score_update("bench-small", seq))) == DATA_BYTES
    assert len(to_json(full_state("bench-small", seq))) == STATE_BYTES


def test_the_load_client_reads_them() -> None:
    book, page = Logbook(), Page()
    book.take(page, sse(full_state("bench-big", 3)) + sse(score_update("bench-big", 4)), 1.0)
    assert page.seqs == {"bench-big": 4}
    assert book.gaps == 0
    book.take(page, sse(score_update("bench-big", 6)), 2.0)
    assert book.gaps == 1
    assert update_marker("bench-big", 4) in sse(score_update("bench-big", 4))


@pytest.mark.parametrize(
    ("head", "game"),
    [
        (b"GET /v1/stream?game=bench-big HTTP/1.1\r\nHost: a\r\n\r\n", "bench-big"),
        (b"GET /v1/stream HTTP/1.1\r\n\r\n", ""),
    ],
)
def test_a_request_names_its_game(head: bytes, game: str) -> None:
    assert game_in(head) == game
