"""How a connection ends whose client may still be sending: in two steps, so that it can read its answer.

A socket that is closed while bytes of the client are unread, or on their way, makes the kernel answer them
with a reset, and a reset takes from the client what it has not read: it would see a broken connection
instead of 401, 413 or 415. So our side ends first, what comes is read and thrown away, and the rest follows
once the client has ended its side too, or has had its time.

Who ends so keeps the place that it has among all connections, and no place among requests.

Source: RFC 9112 9.6 (Tear-down); nginx's `lingering_close`.
"""

import asyncio
from typing import Final, Protocol

from scorewire.fanout.wheel import Wheel

QUIET_S: Final = 2.0
"""How long a client that says nothing more is waited for: what it had sent before our end reached it is here
after one round trip, and who has read an answer and its end leaves by itself."""
BYTES_MAX: Final = 16_777_216
"""As long as the longest body of a provider may be (`provider_body_bytes_max`), so that also who sends one to
the wrong door, or one as long under another type, hears why. Bytes cost their sender more than us: nothing
is kept, or parsed."""


class Leaver(Protocol):
    """Whose the connection was, and who counts it until it is gone."""

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        ...


class Parting(asyncio.Protocol):
    """One connection, from its last answer on; it takes the transport, whose writing ends.

    Args:
        of: told of the end, and of nothing else.
        for_s: how long it may last, however much is sent.
        leave_s: how long the last answer may take to leave.
    """

    def __init__(
        self, transport: asyncio.Transport, wheel: Wheel, of: Leaver, *, for_s: float, leave_s: float
    ) -> None:
        self.watched_at = 0
        self._transport = transport
        self._wheel = wheel
        self._of = of
        self._leave_s = leave_s
        self._end_s = wheel.now_s + for_s
        self._heard_s = wheel.now_s
        self._bytes_left = BYTES_MAX
        transport.set_protocol(self)
        transport.write_eof()
        transport.resume_reading()
        wheel.watch(self, min(for_s, QUIET_S))

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._wheel.unwatch(self)
        self._of.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._heard_s = self._wheel.now_s
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            self._transport.close()

    def due(self, now_s: float) -> float:
        """The client has had its time; or the answer does not leave, though it has."""
        transport = self._transport
        if transport.is_closing():
            transport.abort()
            return 0.0
        quiet_since_s = now_s if transport.get_write_buffer_size() else self._heard_s
        left_s = min(quiet_since_s + QUIET_S, self._end_s) - now_s
        if left_s > 0:
            return left_s
        transport.close()
        return self._leave_s
