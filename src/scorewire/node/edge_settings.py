"""What an edge is told of its upstream, checked: its address, its token, by what it is known."""

import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from scorewire.config import Config, Server
from scorewire.errors import ConfigError


class Address(NamedTuple):
    """Where the upstream is. authority: as a Host header says it."""

    host: str
    port: int
    secure: bool
    authority: str

    @property
    def link_url(self) -> str:
        """Of the link."""
        return f"{'wss' if self.secure else 'ws'}://{self.authority}/v1/link"


def upstream_address(server: Server) -> Address:
    """Where `server.upstream` is.

    Raises:
        ConfigError: it is no URL of a node.
    """
    try:
        url = urlsplit(server.upstream)
        port = url.port
    except ValueError as error:
        raise ConfigError("server.upstream", str(error)) from error
    plain = not (url.username or url.password or url.query or url.fragment) and url.path in {"", "/"}
    if url.scheme not in {"http", "https"} or not url.hostname or not plain:
        raise ConfigError("server.upstream", "is no address of a node, such as https://scores.example")
    secure = url.scheme == "https"
    return Address(url.hostname, port or (443 if secure else 80), secure, url.netloc)


def check_edge(config: Config) -> None:
    """Refuse what no edge can fulfil; nothing is connected.

    Raises:
        ConfigError: names the key.
    """
    server = config.server
    if not server.upstream:
        if "edge" in server.roles:
            raise ConfigError("server.upstream", "an edge needs the address of a node: --upstream URL")
        return
    upstream_address(server)
    if not server.upstream_token:
        raise ConfigError("server.upstream_token", "an edge needs its upstream's server.link_token")
    if server.roles not in ((), ("edge",)):
        raise ConfigError("server.roles", "a process with an upstream is an edge and nothing else")
    if server.workers:
        raise ConfigError(
            "server.workers", "an edge is one process; start several, each on a port of its own"
        )
    for key, value in (
        ("log.brokers", config.log.brokers),
        ("storage.journal", config.storage.journal),
        ("scoreboard.url", config.scoreboard.url),
    ):
        if value:
            raise ConfigError(key, "an edge has no store of its own; its upstream has")


def trust(server: Server) -> ssl.SSLContext | None:
    """By what the upstream is known; None over plain HTTP.

    Raises:
        ConfigError: `server.upstream_ca` cannot be read.
    """
    if not upstream_address(server).secure:
        return None
    known = ssl.create_default_context()
    if server.upstream_ca:
        try:
            known.load_verify_locations(cafile=server.upstream_ca)
        except OSError as error:  # of which ssl.SSLError is one
            raise ConfigError(
                "server.upstream_ca", f"{server.upstream_ca} cannot be used: {error}"
            ) from error
    return known
