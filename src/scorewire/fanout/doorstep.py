"""The first protocol of every connection: light, since most who come ask for a stream and are handed on.

What it knows is one whole head in one piece: for a stream, or for the hot read, which a client may repeat
here for as long as it likes. Everything else, and every trouble, makes the connection a guarded one
(guarded.py), which is uvicorn's and knows all limits. Making that costs more than all the rest of an arrival,
so only who needs it pays for it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.server import ServerState

from scorewire.errors import RequestError
from scorewire.fanout.answers import problem_answer
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.reception import Reception

HEAD_END = b"\r\n\r\n"


def peer_of(transport: asyncio.BaseTransport) -> str | None:
    """The address at the other end; None where it has none, as on a Unix socket."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer and isinstance(peer, tuple) else None


class Doorstep(asyncio.Protocol):
    """One connection, until a fan takes it or it goes in.

    Args:
        keep_alive_s: how long it may stand idle.
        guarded: makes what it goes on as.
    """

    __slots__ = (
        "_address",
        "_ending",
        "_guarded",
        "_keep_alive_s",
        "_reception",
        "_since_s",
        "peer",
        "server_state",
        "transport",
        "watched_at",
    )

    def __init__(
        self,
        reception: Reception,
        server_state: ServerState,
        *,
        keep_alive_s: float,
        guarded: Callable[[], GuardedProtocol],
    ) -> None:
        self.transport: Any = None
        self.server_state = server_state
        self.peer: str | None = None
        self.watched_at = 0
        self._reception = reception
        self._keep_alive_s = keep_alive_s
        self._guarded = guarded
        self._address: str | None = None  # what the gatekeeper has counted in
        self._since_s = 0.0
        self._ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        self.come_in(transport, peer_of(transport))

    def come_in(self, transport: asyncio.Transport, peer: str | None) -> None:
        """Begin, with a connection whose other end is `peer`; see `Caller`."""
        self.transport = transport
        self.peer = peer
        reception = self._reception
        if not reception.admits():
            transport.abort()
            return
        address = reception.proxies.peer(peer)
        wheel = reception.hub.wheel
        self._since_s = wheel.now_s
        if not reception.gatekeeper.enter(address):
            self._go_in()
            return
        self._address = address
        self.server_state.connections.add(self)  # type: ignore[arg-type]
        wheel.watch(self, self._keep_alive_s)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """See asyncio.Protocol."""
        self._leave()
        self.transport = None

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        reception = self._reception
        # What a client repeats comes first: of its price, what is done here is a tenth.
        answer = reception.hot.again(data, reception.server_lines(self.server_state))
        if answer is not None:
            self._since_s = reception.hub.wheel.now_s
            self.transport.write(answer)
            return
        whole = data.find(HEAD_END) == len(data) - 4 and 4 <= len(data) <= reception.head_bytes_max
        if not whole or not reception.answers(self, data, b""):
            self._go_in().data_received(data)

    def pause_writing(self) -> None:
        """The client does not take its answers."""
        self._go_in().pause_writing()

    def due(self, now_s: float) -> float:
        """An idle connection ends, and one that has ended for us ends for good."""
        if self.transport is None:
            return 0.0
        if self._ending:
            self.transport.abort()
            return 0.0
        left_s = self._since_s + self._keep_alive_s - now_s
        if left_s > 0 and not self.transport.is_closing():
            return left_s
        self._ending = True
        self.transport.close()
        return self._reception.stall_s

    def shutdown(self) -> None:
        """The server stops: see uvicorn. No response is under way here."""
        self.transport.close()

    # What the reception does with it.

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        """See `Caller.hand_over`."""
        transport, self.transport = self.transport, None
        self._leave()
        transport.set_protocol(protocol)

    def say(self, answer: bytes) -> None:
        """See `Caller.say`."""
        self._since_s = self._reception.hub.wheel.now_s
        self.transport.write(answer)

    def tell(self, error: RequestError, *, keep: bool) -> None:
        """See `Caller.tell`."""
        transport = self.transport
        self.say(problem_answer(error, self._reception.server_lines(self.server_state), keep=keep))
        if not keep:
            transport.close()

    def _leave(self) -> None:
        reception = self._reception
        reception.hub.wheel.unwatch(self)
        if self._address is not None:
            reception.gatekeeper.leave(self._address)
            self._address = None
        self.server_state.connections.discard(self)

    def _go_in(self) -> GuardedProtocol:
        """Become a guarded connection, which is counted in as this one was."""
        guarded, transport, address = self._guarded(), self.transport, self._address
        self._address = self.transport = None
        self._leave()
        guarded.come_in(transport, address, self._since_s)
        transport.set_protocol(guarded)
        return guarded
