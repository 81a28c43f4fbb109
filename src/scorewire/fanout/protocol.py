"""The port: every connection begins at the doorstep, and goes on as a fan's or as uvicorn's.

A node whose proxies speak the PROXY protocol has a porch before it, where their header is read.

bytes ─► doorstep ─┬─ GET /v1/stream, /v1/ws ─► a fan takes the transport
                   ├─ GET, HEAD .../score ────► ready bytes
                   └─ all else ───────────────► guarded ─► uvicorn ─► the ASGI app
"""

import asyncio
from functools import partial
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from scorewire.fanout.doorstep import Doorstep
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.porch import Porch
from scorewire.fanout.proxy_header import Relayed
from scorewire.fanout.reception import Reception


class Gateway(Reception):
    """The factory of protocols, one for each connection; see `Reception` for its arguments.

    Give `protocol` to uvicorn: `uvicorn.Config(app, http=gateway.protocol, ws="none")`. Where proxies speak
    the PROXY protocol it is `protocol_behind_proxies`: two factories, so that nobody else is asked about it.
    """

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> Doorstep:
        """A protocol for one connection, called as uvicorn calls it."""
        return Doorstep(
            self,
            server_state,
            keep_alive_s=config.timeout_keep_alive,
            guarded=partial(GuardedProtocol, self, config, server_state, app_state, _loop),
        )

    def protocol_behind_proxies(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> Porch:
        """The same, where trusted proxies begin with a PROXY header."""

        def doorstep(relayed: Relayed | None) -> Doorstep:
            return Doorstep(
                self,
                server_state,
                keep_alive_s=config.timeout_keep_alive,
                guarded=partial(
                    GuardedProtocol, self, config, server_state, app_state, _loop, relayed=relayed
                ),
            )

        return Porch(self, server_state, doorstep=doorstep)
