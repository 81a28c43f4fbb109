"""Several servers that are one: started together, closed together, each to be harmed by itself."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from services.link import Link
from services.server import DidNotStart, Server

SETTLE_S = 20.0


class Group:
    """See the module.

    Args:
        links: the links that some of them are reached by, instead of their own ports, by their ports.

    Attributes:
        servers: all of them, in the order in which they are started.
    """

    def __init__(self, servers: Sequence[Server], links: Mapping[int, Link] | None = None) -> None:
        self.servers = list(servers)
        self._links = dict(links or {})
        self._open = False

    @property
    def url(self) -> str:
        """Where all of them are reached."""
        return ",".join(server.url for server in self.servers)

    def link_of(self, server: Server) -> Link:
        """The link before one of them, to set its faults."""
        return self._links[server.port]

    def announced(self, server: Server) -> int:
        """The port at which clients and the others reach one of them: its link's, or its own."""
        link = self._links.get(server.port)
        return server.port if link is None else link.port

    def settle(self) -> None:
        """Wait until they have found each other; called after every `start`."""

    def start(self) -> Self:
        """Start those that do not run, and wait until they are one."""
        if not self._open:
            for link in self._links.values():
                link.open()
            self._open = True
        for server in self.servers:
            if not server.running:
                server.start()
        self.settle()
        return self

    def stop(self) -> None:
        """Stop all, the last started first."""
        for server in reversed(self.servers):
            server.stop()

    def close(self) -> None:
        """End all and remove their folders, whatever fails on the way."""
        with ExitStack() as stack:
            for link in self._links.values() if self._open else ():
                stack.callback(link.close)
            self._open = False
            for server in self.servers:
                stack.callback(server.close)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self, what: str, seen: Callable[[], bool], timeout_s: float = SETTLE_S) -> None:
        """Wait until something is seen; who is down or busy electing is asked again.

        Raises:
            DidNotStart: it was not seen in time; with the end of everybody's log.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                if seen():
                    return
            except OSError:
                pass
            time.sleep(0.02)
        tails = "\n".join(server.tail() for server in self.servers)
        raise DidNotStart(f"not within {timeout_s:g} s: {what}\n{tails}")
