"""A process of owners over Kafka and PostgreSQL, to be killed, paused or stopped; says what it does.

python -m backends.kafka_owner PREFIX BROKERS URL SESSION_S

One line for each change: `owns 0 2`, `rows 17`, `conflicts 1`. Ends in order at SIGTERM.
"""

import asyncio
import signal
import sys

import structlog

from backends.kafka_logs import Place
from ownership import owner_of
from scorewire.games.owner import GamesOwner
from scorewire.games.shift import Shift
from scorewire.journal.journal import Journal
from scorewire.log.base import ProviderLog


def owner_on(log: ProviderLog, journal: Journal, partition: int) -> GamesOwner:
    """An owner as a node makes it, with a scoreboard of its own."""
    return owner_of(log, journal, reorder_ms=20_000, partition=partition)


async def tell(shift: Shift) -> None:
    """Say what has changed."""
    told: set[str] = set()
    while True:
        now = {
            " ".join(["owns", *map(str, sorted(shift.partitions))]),
            f"rows {shift.tally.rows}",
            f"conflicts {shift.conflicts}",
        }
        for line in sorted(now - told):
            print(line, flush=True)
        told = now
        await asyncio.sleep(0.02)


async def main(prefix: str, brokers: str, url: str, session_s: str) -> None:
    """Own what is given until SIGTERM."""
    place = Place(brokers, url, prefix=prefix)
    journal = await Journal.open(url)
    group = place.group(session_s=float(session_s))
    log = await place.open(group=group)
    try:
        async with asyncio.TaskGroup() as tasks:
            shift = Shift(
                group=group,
                make_owner=lambda partition: owner_on(log, journal, partition),
                start=lambda task, name: tasks.create_task(task, name=name),
                books_max=100,
            )
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, shift.stop)
            telling = tasks.create_task(tell(shift))
            group.start()
            await shift.run()
            telling.cancel()
    finally:
        await log.close()
        await journal.close()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(*sys.argv[1:]))
