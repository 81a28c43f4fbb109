"""Proxies as servers of the tests: gone with their workers, back on the same port; purged by key."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from services.family import alive, family
from services.fronts import Front
from services.ports import HOST

XKEY = {
    "import std;": "import std;\nimport xkey;",
    "sub vcl_recv {": """sub vcl_recv {
        if (req.method == "PURGE") {
            return (synth(200, xkey.purge(req.http.xkey)));
        }""",
}


class Origin(ThreadingHTTPServer):
    """A node that knows one answer, of the key `game-1`, and counts who asks for it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Answering)
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answering(BaseHTTPRequestHandler):
    server: Origin

    def do_GET(self) -> None:
        if self.path == "/score":
            self.server.asked += 1
        self.send_response(200)
        self.send_header("cache-control", "max-age=60")
        self.send_header("xkey", "game-1")
        self.send_header("content-length", "1")
        self.end_headers()
        self.wfile.write(b"%d" % self.server.asked)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as one:
        yield one
        one.shutdown()


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in ("nginx", "haproxy", "varnish")]
)
def test_a_proxy_is_killed_with_its_workers_and_comes_back(origin: Origin, kind: str) -> None:
    with Front(kind, origin.server_port) as front:
        for _ in range(2):
            answer = httpx.get(f"{front.url}/other", timeout=10)
            assert answer.status_code == 200, front.tail()
        members = family(front.pid)
        front.kill()
        assert not alive(members)
        front.start()
        assert httpx.get(f"{front.url}/other", timeout=10).status_code == 200, front.tail()


@pytest.mark.varnish
@pytest.mark.xkey
def test_varnish_forgets_what_carries_a_key(origin: Origin) -> None:
    with Front("varnish", origin.server_port, changes=XKEY) as front:
        assert [httpx.get(f"{front.url}/score").text for _ in range(3)] == ["1", "1", "1"]
        purged = httpx.request("PURGE", front.url, headers={"xkey": "game-2"})
        assert (purged.status_code, purged.reason_phrase) == (200, "0")
        assert httpx.get(f"{front.url}/score").text == "1"
        purged = httpx.request("PURGE", front.url, headers={"xkey": "game-1"})
        assert (purged.status_code, purged.reason_phrase) == (200, "1")
        assert httpx.get(f"{front.url}/score").text == "2"
