"""What shows how a process works: its timekeeper, and practice games where it has a scoreboard of its own."""

import asyncio
import secrets

from scorewire.api.how import HowItWorks
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.node.journeys import Timekeeper
from scorewire.node.outward import Spawn
from scorewire.node.practice import Practice
from scorewire.node.roles import reads_redis
from scorewire.node.stores import Stores
from scorewire.scoreboard.base import Scoreboard


def build_how(
    config: Config,
    *,
    stores: Stores,
    scoreboard: Scoreboard,
    timekeeper: Timekeeper,
    spawn: Spawn,
    stopping: asyncio.Event,
    clock: Clock,
) -> HowItWorks:
    """Build what `/v1/how` and the page `/how` answer from.

    Args:
        scoreboard: what fans are shown from. Where that is Redis, a practice game has no place: whoever
            follows it elsewhere would not find it.
        stopping: set when the node begins to stop.
    """
    timekeeper.races = not reads_redis(config)
    practice = Practice(
        board=scoreboard if timekeeper.races else None,
        games=stores.journal.games,
        rows=stores.journal.rows,
        updates=stores.past.updates,
        spawn=spawn,
        stopping=stopping,
        clock=clock,
        token=secrets.token_hex(4),
    )
    return HowItWorks(journeys=timekeeper.read, race=practice.race, moments=practice.moments)
