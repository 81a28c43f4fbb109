"""The port: every connection begins at the doorstep, and goes on as a fan's or as uvicorn's.

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
from scorewire.fanout.reception import Reception


class Gateway(Reception):
    """The factory of protocols, one for each connection; see `Reception` for its arguments.

    Give `protocol` to uvicorn: `uvicorn.Config(app, http=gateway.protocol, ws="none")`.
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
