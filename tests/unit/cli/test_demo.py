"""The demo's own decisions; the demo itself is run end to end."""

import socket

import pytest

from scorewire.cli.demo import SHOWN, free_port, greeting
from scorewire.demo.loop import OPENING
from scorewire.errors import ConfigError


def test_a_free_port_is_taken_and_a_taken_one_passed_over() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        found = free_port("127.0.0.1", taken)
        assert taken < found < taken + 50
    assert free_port("127.0.0.1", taken) == taken


def test_port_0_is_left_to_the_system() -> None:
    assert free_port("127.0.0.1", 0) == 0


def test_no_free_port_is_said_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorewire.cli.demo.PORTS_TRIED", 1)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        with pytest.raises(ConfigError, match=r"server\.port"):
            free_port("127.0.0.1", holder.getsockname()[1])


def test_the_greeting_holds_urls_and_one_curl_line() -> None:
    lines = greeting("http://127.0.0.1:8081", "/tmp/x", 16, 12.0, f"{SHOWN}-1", kept=False)
    text = "\n".join(lines)
    assert "http://127.0.0.1:8081/\n" in text
    assert sum("curl -N" in line for line in lines) == 1
    assert f"curl -N 'http://127.0.0.1:8081/v1/stream?game={SHOWN}-1'" in text
    assert "http://127.0.0.1:8081/v1/games" in text
    assert "(removed at exit)" in text
    assert "removed" not in "\n".join(greeting("http://h", "/srv", 16, 12.0, "g", kept=True))


def test_the_game_of_the_curl_line_is_under_way_at_the_start() -> None:
    assert 0 < OPENING[SHOWN] < 60
