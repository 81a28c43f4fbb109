"""The demo's own decisions; the demo itself is run end to end."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import standardwebhooks

from scorewire.cli.demo import SHOWN, Feed, free_port, greeting
from scorewire.clock import SystemClock
from scorewire.config import Config, Storage
from scorewire.demo.loop import OPENING
from scorewire.errors import ConfigError
from scorewire.journal.keys import Keys


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
    assert f"http://127.0.0.1:8081/desk?game={SHOWN}-1\n" in text
    assert "scorewire keys create NAME --admin --data /tmp/x\n" in text
    assert "(removed at exit)" in text
    assert "removed" not in "\n".join(greeting("http://h", "/srv", 16, 12.0, "g", kept=True))


def test_the_game_of_the_curl_line_is_under_way_at_the_start() -> None:
    assert 0 < OPENING[SHOWN] < 60


@dataclass
class Ready:
    """What a node says once it listens."""

    url: str
    data: str
    port: int = 0


class Webhook(BaseHTTPRequestHandler):
    """A node's webhook that takes everything and keeps it."""

    calls: ClassVar[list[tuple[dict[str, str], bytes]]]
    status: ClassVar[int]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        answer = b'{"accepted":1,"duplicates":0,"rejected":[]}' if self.status == 202 else b"{}"
        self.send_response(self.status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def webhook() -> Iterator[tuple[type[Webhook], str]]:
    handler = type("Handler", (Webhook,), {"calls": [], "status": 202})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


async def _secret(folder: Path) -> str:
    keys = await Keys.open(folder / "journal.sqlite", clock=SystemClock())
    (secret,) = await keys.secrets("matchday")
    await keys.close()
    return secret


def test_the_provider_beside_the_node_signs_what_it_posts(
    webhook: tuple[type[Webhook], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler, url = webhook
    feed = Feed(config=Config(storage=Storage(data=str(tmp_path))), speed=600.0, kept=False)
    greeted = threading.Event()
    feed.greet = lambda lines: (print("\n".join(lines)), greeted.set())  # type: ignore[func-returns-value]
    feed.start(Ready(url, str(tmp_path)))  # type: ignore[arg-type]
    assert greeted.wait(20)
    feed.stop()
    assert feed.failure == ""
    assert "curl -N" in capsys.readouterr().out
    assert len(handler.calls) >= 10
    verifier = standardwebhooks.Webhook(asyncio.run(_secret(tmp_path)))
    for headers, body in handler.calls:
        verifier.verify(body, headers)
    assert all(headers["content-type"].startswith("application/cloudevents") for headers, _ in handler.calls)


def test_a_provider_that_is_not_let_in_ends_the_demo(
    webhook: tuple[type[Webhook], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler, url = webhook
    handler.status = 401
    stopped = threading.Event()
    feed = Feed(config=Config(storage=Storage(data=str(tmp_path))), speed=600.0, kept=False)
    feed.end = stopped.set
    feed.start(Ready(url, str(tmp_path)))  # type: ignore[arg-type]
    assert stopped.wait(20)
    feed.stop()
    assert feed.failure
    assert "cannot go on" in capsys.readouterr().err
