"""Proxies as servers of the tests: gone with their workers, back on the same port."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from services.family import alive, family
from services.fronts import Front
from services.ports import HOST


class Origin(ThreadingHTTPServer):
    """A node that knows one answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Answering)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("cache-control", "max-age=60")
        self.send_header("content-length", "1")
        self.end_headers()
        self.wfile.write(b"1")

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
