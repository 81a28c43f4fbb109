"""Relays of a region for tests of this folder: the product's process, in this one or in its own.

python -m backends.relays BROKERS PREFIX REDIS HOME     until it is killed
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from backends.boards import eventually
from backends.kafka_logs import PARTITIONS, Place
from scorewire.clock import SystemClock
from scorewire.config import Cdn, Config, Log, Region, Scoreboard, Server
from scorewire.log.kafka_places import KafkaPlaces
from scorewire.node import process
from scorewire.node.port import Ready
from scorewire.node.relay import RelayProcess

REGION = "away"
SESSION_S = 3.0
"""For who is killed or sleeps to be missed: shorter than the product's, for the sake of the tests' time."""


def relay_config(
    place: Place, redis_url: str, home_url: str, *, brokers: str = "", cdn: Cdn | None = None
) -> Config:
    return Config(
        server=Server(port=0),
        log=Log(brokers=brokers or place.brokers, topics=place.prefix),
        scoreboard=Scoreboard(url=redis_url),
        region=Region(name=REGION, home=home_url),
        cdn=cdn or Cdn(),
    )


class Running:
    """A relay that runs in this process.

    Attributes:
        url: of its probes.
    """

    def __init__(self, config: Config) -> None:
        self.process = RelayProcess(config, clock=SystemClock(), session_s=SESSION_S)
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


async def committed(place: Place) -> None:
    """Wait until the region's relays have said that all on the topic is shown."""
    places = KafkaPlaces(
        brokers=place.brokers, security={}, topic=f"{place.prefix}game-events", group=f"relay-{REGION}"
    )

    async def all_of_it() -> bool:
        ends = await places.bounds(range(PARTITIONS))
        return all([await places.committed(number) == end.last for number, end in ends.items() if end.last])

    await eventually(all_of_it, within_s=15)
    await places.close()


def forget(place: Place) -> None:
    """The topic's retention takes everything that lies there now."""
    admin = AdminClient({"bootstrap.servers": place.brokers})
    ends = [TopicPartition(f"{place.prefix}game-events", number, -1) for number in range(PARTITIONS)]
    for future in admin.delete_records(ends).values():
        future.result(20)


@contextmanager
def relay_process(place: Place, redis_url: str, home_url: str, *, brokers: str = "") -> Iterator[Popen[str]]:
    """A relay in a process of its own, which serves; killed at the end of the block."""
    command = [sys.executable, "-m", "backends.relays", brokers or place.brokers, place.prefix]
    child = Popen(
        [*command, redis_url, home_url],
        stdout=PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("serves"), "it has ended"
        yield child
    finally:
        child.kill()
        child.communicate()


def main(brokers: str, prefix: str, redis_url: str, home_url: str) -> None:
    """Relay until killed."""
    place = Place(brokers, "")
    place.prefix = prefix
    config = relay_config(place, redis_url, home_url)
    relay = RelayProcess(config, clock=SystemClock(), session_s=SESSION_S)
    process.run(relay.serve(lambda ready: print("serves", ready.url, flush=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
