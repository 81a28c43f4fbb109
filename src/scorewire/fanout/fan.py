"""What a fan on SSE and a fan on WebSocket have in common: an asyncio protocol with next to nothing in it."""

import asyncio
import contextlib
import socket
import sys
from typing import Any

from scorewire.fanout.audience import Audience
from scorewire.fanout.follow import Follow
from scorewire.fanout.frames import ByeReason
from scorewire.fanout.hub import Hub

CLOSE_S = 5.0
"""How long a goodbye may take to leave before the connection is cut."""

_INTERNET = (socket.AF_INET, socket.AF_INET6)


class Fan(asyncio.Protocol):
    """A cursor that holds a transport. `transport` is None once the connection is lost.

    Args:
        form: one of frames.FORMATS.
        address: the client's, for the limit by address; empty where it is unknown.
    """

    __slots__ = ("address", "audiences", "follows", "form", "hub", "slot", "transport", "watched_at")

    def __init__(self, hub: Hub, transport: asyncio.Transport, *, form: int, address: str) -> None:
        self.hub = hub
        self.transport: Any = transport
        self.form = form
        self.address = address
        self.audiences: tuple[Audience, ...] = ()
        self.follows: tuple[Follow, ...] = ()
        self.slot = -1
        self.watched_at = 0

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Cut every tie, so that reference counting frees all of it now."""
        self.hub.leave(self)
        self.hub.wheel.unwatch(self)
        self.transport = None

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        _be_patient(self.transport)
        self.hub.pause(self)

    def resume_writing(self) -> None:
        """The transport's buffer has drained."""
        self.hub.resume(self)

    def farewell(self, reason: ByeReason, retry_ms: int, block: bytes) -> None:
        """Say bye, after `block`, and close."""
        raise NotImplementedError

    def heartbeat(self) -> None:
        """Show that we live."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport."""
        self.transport.write(data)

    def abort(self) -> None:
        """Close at once, whatever waits to be written."""
        self.hub.leave(self)
        self.transport.abort()

    def due(self, now_s: float) -> float:  # noqa: ARG002
        """A goodbye took too long."""
        if self.transport is not None:
            self.transport.abort()
        return 0.0


def settle_listener(listener: socket.socket, *, write_buffer_bytes_max: int, stall_s: float) -> bool:
    """Have the kernel notice a peer that is gone, on every connection that this listener accepts from now on.

    TCP_USER_TIMEOUT closes a connection whose bytes nobody acknowledges, which a heartbeat always tests;
    TCP_NOTSENT_LOWAT keeps the kernel from hoarding megabytes of old scores for a slow reader, so that it
    is conflated instead. Where the platform lacks one, the wheel's own limits remain.

    Returns whether connections have it all from their listener, as on Linux; else see `settle_socket`. Four
    calls for each of many fans who come at once would be a sixth of what their arrival costs.
    """
    _notice(listener, write_buffer_bytes_max, stall_s)
    return sys.platform == "linux" and listener.family in _INTERNET


def settle_socket(
    transport: asyncio.Transport, *, write_buffer_bytes_max: int, stall_s: float, inherited: bool
) -> None:
    """Bound what waits for a fan.

    Args:
        inherited: whether the kernel has been told already; see `settle_listener`.
    """
    transport.set_write_buffer_limits(high=write_buffer_bytes_max)
    if not inherited:
        sock = transport.get_extra_info("socket")
        if sock is not None:
            _notice(sock, write_buffer_bytes_max, stall_s)


def _be_patient(transport: asyncio.Transport) -> None:
    """From now on only the hub's `stall_s` closes this fan, which begins anew whenever it has caught up.

    Linux counts TCP_USER_TIMEOUT from the first probe of a closed window, and goes on counting while the
    window opens by less than the next segment: a fan with small buffers that reads all the time, but slowly,
    would be cut in the middle of its second pause.
    """
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in _INTERNET:
        with contextlib.suppress(OSError, AttributeError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)


def _notice(sock: socket.socket, write_buffer_bytes_max: int, stall_s: float) -> None:
    if sock.family not in _INTERNET:
        return
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(stall_s * 1000))
        sock.setsockopt(socket.IPPROTO_TCP, 25, write_buffer_bytes_max)  # TCP_NOTSENT_LOWAT, Linux
