"""A TCP proxy before PostgreSQL that cuts the line at a COMMIT: before it arrives, or after it is done."""

import asyncio
from contextlib import suppress
from typing import Literal, Self

READ_BYTES = 65_536
Moment = Literal["", "before", "after"]


class CommitCutter:
    """`async with CommitCutter(port) as cutter`; set `cut` and the next COMMIT loses its connection.

    Attributes:
        cut: `before`, the COMMIT never arrives; `after`, it is done and its answer never arrives. Set back to
            nothing when it has happened.
        away: connections are closed as soon as they are made.
        late_s: for how long a COMMIT that is cut `after` is held back, while its client knows already that
            the line is gone: what a switch that dies can do.
    """

    def __init__(self, server_port: int) -> None:
        self.cut: Moment = ""
        self.late_s = 0.0
        self.away = False
        self.port = 0
        self._server_port = server_port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # The transports of what was aborted are closed in the loop's next turn.
        await asyncio.sleep(0)

    async def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if self.away:
            to_client.transport.abort()
            return
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        answers = asyncio.create_task(self._pass(server, to_client))
        self._tasks |= {answers, asyncio.current_task()}  # type: ignore[arg-type]
        try:
            with suppress(OSError):
                while data := await client.read(READ_BYTES):
                    if self.cut and b"COMMIT" in data:
                        await self._cut(data, to_client, to_server, answers)
                        return
                    to_server.write(data)
                    await to_server.drain()
        finally:
            answers.cancel()
            to_server.transport.abort()
            to_client.transport.abort()

    async def _cut(
        self,
        data: bytes,
        to_client: asyncio.StreamWriter,
        to_server: asyncio.StreamWriter,
        answers: "asyncio.Task[None]",
    ) -> None:
        moment, self.cut = self.cut, ""
        answers.cancel()
        if moment == "after" and not self.late_s:
            to_server.write(data)
            await to_server.drain()
            # The server answers within milliseconds; nobody reads it.
            await asyncio.sleep(0.3)
        to_client.transport.abort()
        if self.late_s:
            await asyncio.sleep(self.late_s)
            to_server.write(data)
            await to_server.drain()
            await asyncio.sleep(0.3)

    async def _pass(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await server.read(READ_BYTES):
                to_client.write(data)
                await to_client.drain()
            to_client.close()
