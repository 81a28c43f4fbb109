"""A stadium for tests of streams: a real uvicorn with our port over a terrace, and a small app behind it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from scorewire.clock import SystemClock
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.protocol import Gateway
from scorewire.fanout.request import Proxies
from scorewire.model.validators import score_response
from terrace import Match, Terrace


class Stadium:
    """A running server with one small ASGI app behind it."""

    def __init__(
        self, terrace: Terrace, hot: HotScores, server: uvicorn.Server, match: Match, port: int
    ) -> None:
        self.hot = hot
        self.terrace = terrace
        self.server = server
        self.match = match
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    async def tell(self, *names: str) -> None:
        for name in names:
            await self.terrace.publish(getattr(self.match, name)())

    async def open(self, *, receive_bytes: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        sock = socket.socket()
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.connect(("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=sock)


def make_app(terrace: Terrace) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        path = scope["path"]
        if path.endswith("/score"):
            head = await terrace.board.head(path.split("/")[3])
            assert head is not None
            asked = {name.decode(): value.decode() for name, value in scope["headers"]}
            answer = score_response(head.state, asked, SystemClock().now_ms())
            headers = [(name.encode(), value.encode()) for name, value in answer.headers]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})
            return
        text = f"{scope['method']} {path} {scope['query_string'].decode()} {len(body)}".encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", str(len(text)).encode()), (b"x-app", b"yes")],
            }
        )
        await send({"type": "http.response.body", "body": text})

    return app


@contextlib.asynccontextmanager
async def play(*matches: Match, **limits: Any) -> AsyncIterator[Stadium]:
    gateway_limits: dict[str, Any] = {
        "head_bytes_max": 4096,
        "head_read_s": 10.0,
        "body_read_s": 30.0,
        "write_buffer_bytes_max": 32_768,
        "stall_s": 60.0,
        "follows_max": 100,
        "message_bytes_max": 4096,
        "silent_beats_max": 4,
    }
    gate_limits: dict[str, Any] = {"sockets_max": 10_000, "sockets_per_address_max": 10_000}
    gate_limits |= {"requests_max": 1000, "origins": ()}
    gate_limits |= {name: limits.pop(name) for name in set(limits) & set(gate_limits)}
    keep_alive = limits.pop("keep_alive", 5)
    proxies = limits.pop("proxies", ())
    for name in set(limits) & set(gateway_limits):
        gateway_limits[name] = limits[name]
    terrace = Terrace(
        *matches, **{name: limits[name] for name in set(limits) - (set(gateway_limits) - {"stall_s"})}
    )
    hot = HotScores(scoreboard=terrace.board, now_ms=SystemClock().now_ms)
    gatekeeper = Gatekeeper(
        connections_max=gate_limits["sockets_max"],
        address_max=gate_limits["sockets_per_address_max"],
        requests_max=gate_limits["requests_max"],
        origins=gate_limits["origins"],
    )
    gateway = Gateway(
        hub=terrace.hub, hot=hot, proxies=Proxies(proxies), gatekeeper=gatekeeper, **gateway_limits
    )
    config = uvicorn.Config(
        make_app(terrace),
        http=gateway.protocol,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    wheel = asyncio.create_task(terrace.hub.wheel.run(SystemClock()))
    serving = asyncio.create_task(server._serve([sock]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield Stadium(terrace, hot, server, matches[0], sock.getsockname()[1])
    finally:
        await terrace.hub.drain(0.05)
        server.should_exit = True
        await serving
        wheel.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await wheel
