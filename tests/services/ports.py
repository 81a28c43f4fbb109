"""Ports of the loopback for servers that will be stopped and started again.

They lie below the range from which the kernel gives a client its own end: else a client that tries to reach
a server which is down could take that server's port, or even meet itself.
"""

import contextlib
import random
import socket

FIRST, LAST = 15_000, 32_000
HOST = "127.0.0.1"


def listening(port: int) -> bool:
    """Whether somebody listens on the port; connections that linger after a server are no bar."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def choose_port() -> int:
    """A port that nobody has now; by chance, so that test processes side by side choose different ones."""
    rng = random.SystemRandom()
    for _ in range(1_000):
        port = rng.randrange(FIRST, LAST)
        if not listening(port):
            return port
    raise AssertionError(f"no free port between {FIRST} and {LAST}")


def accepts(port: int) -> bool:
    """Whether somebody takes a connection on the port."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
        return True
    return False
