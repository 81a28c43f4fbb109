"""Relays of a region for tests of this folder: the product's process, in this one or in its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backends.kafka_logs import Place
from scorewire.clock import SystemClock
from scorewire.config import Config, Log, Region, Scoreboard, Server
from scorewire.node.port import Ready
from scorewire.node.relay import RelayProcess

REGION = "away"


def relay_config(place: Place, redis_url: str, home_url: str, *, brokers: str = "") -> Config:
    return Config(
        server=Server(port=0),
        log=Log(brokers=brokers or place.brokers, topics=place.prefix),
        scoreboard=Scoreboard(url=redis_url),
        region=Region(name=REGION, home=home_url),
    )


class Running:
    """A relay that runs in this process.

    Attributes:
        url: of its probes.
    """

    def __init__(self, config: Config) -> None:
        self.process = RelayProcess(config, clock=SystemClock())
        self.url = ""
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self.process.serve(self._told))

    def _told(self, ready: Ready) -> None:
        self.url = ready.url
        self._ready.set()

    async def ready(self) -> None:
        """Wait until it serves; raises what keeps it from that."""
        waiting = asyncio.create_task(self._ready.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """As at SIGTERM."""
        self.process.stop("the test")
        await self._task


@asynccontextmanager
async def relaying(config: Config) -> AsyncIterator[Running]:
    """A relay until the end of the block."""
    relay = Running(config)
    await relay.ready()
    try:
        yield relay
    finally:
        await relay.stop()
