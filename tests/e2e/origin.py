"""An origin whose answers a test writes: what stands behind a proxy where a node cannot be made to say it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from services.ports import HOST


@dataclass
class Asked:
    """A request as it reached the origin; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Said:
    """An answer; `headers` are sent as they are, with Content-Length. Status 0 hangs up instead."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Asked], Said]


class Origin(ThreadingHTTPServer):
    """Use as `with`. It is always ready (`/readyz`), and remembers every other request.

    Attributes:
        answer: what it says; a test puts another in its place at any time.
        asked: so far.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, answer: Answer, *, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []

    @property
    def port(self) -> int:
        return self.server_port

    def __enter__(self) -> "Origin":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Origin
    protocol_version = "HTTP/1.1"

    def say(self) -> None:
        if self.path == "/readyz":
            said = Said(body=b"ok\n")
        else:
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()})
            self.server.asked.append(asked)
            said = self.server.answer(asked)
        self.close_connection = True
        if not said.status:
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status != 304:
            self.send_header("content-length", str(len(said.body)))
        self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and said.status != 304:
            self.wfile.write(said.body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


for _method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PURGE"):
    setattr(_Handler, f"do_{_method}", _Handler.say)
