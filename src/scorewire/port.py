"""The port that a node listens on: its socket, its descriptors, and uvicorn without its own signals."""

import asyncio
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from scorewire.errors import ConfigError

DESCRIPTORS_ENOUGH = 1_048_576
"""What is asked for where there is no limit: Linux's own default of fs.nr_open."""


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


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to the hard one; returns what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = max(soft, DESCRIPTORS_ENOUGH)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything else is opened, so that a taken port costs nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError("server.port", f"cannot listen on {host} port {port}: {error}") from error
    listener.setblocking(False)
    return listener
