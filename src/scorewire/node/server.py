"""uvicorn as a node runs it: without its own signals, and with a word when it listens."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn

BACKLOG: Final = 4096
"""Connections that the kernel accepts for us; net.core.somaxconn caps it."""
KEEP_ALIVE_S: Final = 75
"""An idle connection between requests; browsers keep theirs for a minute or so."""
REQUESTS_END_S: Final = 5
"""For requests in flight at shutdown."""


class Server(uvicorn.Server):
    """uvicorn without its signal handlers (the node has its own), and with a word when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await super().startup(sockets)
        self.listens.set()

    def stop_accepting(self) -> None:
        """Close the listeners; connections that are open stay."""
        for server in self.servers:
            server.close()


def server_of(app: Any, *, http: Any = "httptools", dated: bool = True) -> Server:
    """A server for an ASGI application.

    Args:
        http: the protocol's factory; uvicorn's own by default.
        dated: whether answers carry `Date`; False behind a server of ours that adds it.
    """
    config = uvicorn.Config(
        app,
        http=http,
        ws="none",
        lifespan="off",
        log_config=None,
        # Its warnings are of requests that cannot be read: whoever sends them could fill the log.
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=dated,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=REQUESTS_END_S,
        proxy_headers=False,
    )
    return Server(config)
