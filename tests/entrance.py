"""One connection to a gateway without sockets, from its doorstep on."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.hot import HotScores
from scorewire.fanout.protocol import Gateway
from scorewire.fanout.request import Proxies
from terrace import Match, Terrace, Transport

HOT = b"GET /v1/games/g1/score HTTP/1.1\r\nHost: x\r\n\r\n"
PAGE = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n\r\n\r\n0\r\n\r\n"
STREAM = b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [(b"content-length", str(len(body) + 4).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"app:" + body})


def make_gateway(terrace: Terrace, address_max: int, trusted: tuple[str, ...] = ()) -> Gateway:
    """A gateway as a node makes it."""
    hot = HotScores(scoreboard=terrace.board, now_ms=lambda: 0)
    return Gateway(
        hub=terrace.hub,
        hot=hot,
        proxies=Proxies(trusted),
        gatekeeper=Gatekeeper(connections_max=100, address_max=address_max, requests_max=100, origins=()),
        head_bytes_max=1024,
        head_read_s=10.0,
        body_read_s=30.0,
        write_buffer_bytes_max=32_768,
        stall_s=60.0,
        follows_max=100,
        message_bytes_max=4096,
        silent_beats_max=4,
    )


class Port:
    """One connection to a gateway; its transport knows who it belongs to by now.

    Args:
        peer: the address at the other end.
        trusted: proxies; where there are any, they begin with a PROXY header.
    """

    def __init__(
        self,
        terrace: Terrace,
        *,
        address_max: int = 100,
        gateway: Gateway | None = None,
        app: Any = echo,
        peer: str | None = None,
        trusted: tuple[str, ...] = (),
    ) -> None:
        gateway = gateway or make_gateway(terrace, address_max, trusted)
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
        self.state = ServerState()
        self.terrace = terrace
        self.gateway = gateway
        self.transport = Transport(None if peer is None else (peer, 4711))
        make = gateway.protocol_behind_proxies if trusted else gateway.protocol
        first = make(config, self.state, {})
        self.transport.protocol = first
        first.connection_made(self.transport)

    @property
    def protocol(self) -> asyncio.Protocol:
        """Whose the connection is."""
        assert self.transport.protocol is not None
        return self.transport.protocol

    @property
    def guarded(self) -> GuardedProtocol:
        """The same, which must be uvicorn's."""
        assert isinstance(self.protocol, GuardedProtocol)
        return self.protocol

    def receive(self, data: bytes) -> None:
        """Bytes from the other end."""
        self.protocol.data_received(data)

    def wait(self, until_s: float) -> None:
        """The wheel turns until then."""
        for tick in range(round(until_s * 10) + 1):
            self.terrace.hub.wheel.turn(tick / 10)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def open_port(**settings: Any) -> Port:
    """A connection to a gateway that has a game at hand."""
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    await terrace.board.head("g1")
    return Port(terrace, **settings)
