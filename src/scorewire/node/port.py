"""Where a node listens: its port, which several sockets may share, its Unix sockets, and its descriptors."""

import resource
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scorewire.config import Config
from scorewire.errors import ConfigError

DESCRIPTORS_ENOUGH = 1_048_576
"""What is asked for where there is no limit: Linux's own default of fs.nr_open."""

PAGES: Final = "pipeline.sock"
LINK: Final = "link.sock"
"""Where the pipeline of a node with workers listens, in the data folder: for what is forwarded; for edges."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Told once the node answers."""

    url: str
    port: int
    data: Path


def ready(config: Config, port: int) -> Ready:
    """What is told of a node that listens on `port`."""
    host = "127.0.0.1" if config.server.host in {"0.0.0.0", "::"} else config.server.host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    url = config.server.public_url.rstrip("/") or f"http://{shown}:{port}"
    return Ready(url=url, port=port, data=Path(config.storage.data))


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to the hard one; returns what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = max(soft, DESCRIPTORS_ENOUGH)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything else is opened, so that a taken port costs nothing.

    Raises:
        ConfigError: the port is taken, or the address is not ours.
    """
    return _bind(host, port, shared=False)


def listen_shared(host: str, port: int, count: int) -> Sequence[socket.socket]:
    """Several sockets on one port, among which the kernel spreads the connections.

    Port 0 takes any free one, the same for all. Only the sockets made here share it: a port on which
    anybody else listens is refused, another node of the same user too, to whom SO_REUSEPORT would open it.

    Raises:
        ConfigError: see `listen`.

    Source: socket(7), SO_REUSEPORT.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        raise ConfigError("server.workers", "this system cannot share a port among processes")
    with listen(host, port) as probe:
        chosen: int = probe.getsockname()[1]
    with ExitStack() as bound:
        listeners = [bound.enter_context(_bind(host, chosen, shared=True)) for _ in range(count)]
        bound.pop_all()
    return listeners


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError("server.port", f"cannot listen on {host} port {port}: {error}") from error
    listener.setblocking(False)
    return listener
