"""Where connections of trusted proxies stand until their PROXY header is there; then they go to the doorstep.

Only a node that is told to (`server.proxy_protocol`) begins here, so that the others pay nothing for it.
Whose address is not a trusted proxy's goes on at once, as what it is: a header would be its own claim, and is
to it a request that cannot be read.

Behind the header the connection is the client's whom it names: limits by address hold for that client, and
what it claims in X-Forwarded-For is believed only if it is a trusted proxy in turn. A connection of which the
header cannot say whose it is has no address, and no limit by address.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.server import ServerState

from scorewire.errors import RequestError
from scorewire.fanout.answers import problem_answer
from scorewire.fanout.codes import refusal
from scorewire.fanout.doorstep import Doorstep, peer_of
from scorewire.fanout.parting import QUIET_S, Parting
from scorewire.fanout.proxy_header import Relayed, read_proxy_header
from scorewire.fanout.reception import Reception


class Porch(asyncio.Protocol):
    """One connection, until it is known whose it is.

    Args:
        doorstep: makes what it goes on as; told what the header says, None where there is nothing to say.
    """

    def __init__(
        self,
        reception: Reception,
        server_state: ServerState,
        *,
        doorstep: Callable[[Relayed | None], Doorstep],
    ) -> None:
        self.transport: Any = None
        self.watched_at = 0
        self._reception = reception
        self._server_state = server_state
        self._doorstep = doorstep
        self._held = b""
        self._counted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        self.transport = transport
        reception = self._reception
        peer = peer_of(transport)
        if not reception.proxies.trusts(peer):
            self._go_on(None, peer, b"")
            return
        if not reception.admits():
            transport.abort()
            return
        # As every connection of a trusted proxy it counts among all, and for no address yet.
        self._counted = reception.gatekeeper.enter("")
        self._server_state.connections.add(self)  # type: ignore[arg-type]
        reception.hub.wheel.watch(self, reception.head_read_s)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """See asyncio.Protocol."""
        self._leave()
        self.transport = None

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._held += data
        try:
            header = read_proxy_header(self._held, bytes_max=self._reception.head_bytes_max)
        except RequestError as error:
            self._refuse(error)
            return
        if header is None:
            return
        relayed = header.relayed
        if relayed is None:
            peer = peer_of(self.transport)
        else:
            peer = relayed.client[0] if relayed.client else None
        self._go_on(relayed, peer, self._held[header.size :])

    def due(self, now_s: float) -> float:  # noqa: ARG002
        """The header is late."""
        if self.transport is not None:
            head_read_s = self._reception.head_read_s
            self._refuse(refusal("request_timeout", f"No PROXY header after {head_read_s:g} s."))
        return 0.0

    def shutdown(self) -> None:
        """The server stops: see uvicorn."""
        self.transport.close()

    def _go_on(self, relayed: Relayed | None, peer: str | None, rest: bytes) -> None:
        transport, self.transport = self.transport, None
        self._leave()
        doorstep = self._doorstep(relayed)
        transport.set_protocol(doorstep)
        doorstep.come_in(transport, peer)
        if rest and not transport.is_closing():
            # Who had too many connections has gone in already: the transport knows.
            transport.get_protocol().data_received(rest)

    def _refuse(self, error: RequestError) -> None:
        reception = self._reception
        wheel = reception.hub.wheel
        reception.hub.tally.refusals += 1
        self.transport.write(problem_answer(error, reception.server_lines(self._server_state), keep=False))
        wheel.unwatch(self)
        Parting(self.transport, wheel, self, for_s=QUIET_S, leave_s=reception.stall_s)

    def _leave(self) -> None:
        reception = self._reception
        reception.hub.wheel.unwatch(self)
        if self._counted:
            self._counted = False
            reception.gatekeeper.leave("")
        self._server_state.connections.discard(self)
