"""An owner of games as a node makes it, over the stores that a test has."""

from typing import Any, Final

from scorewire.clock import SystemClock
from scorewire.games.history import History
from scorewire.games.owner import GamesOwner
from scorewire.journal.journal import Journal
from scorewire.log.base import ProviderLog
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS

SMALL: Final[dict[str, Any]] = {
    "reorder_ms": 500,
    "held_max": 100,
    "batch_max": 50,
    "books_max": 100,
    "checkpoint_rows": 20,
}
"""Limits that a test of a few games meets."""


def owner_of(log: ProviderLog, journal: Journal, **given: Any) -> GamesOwner:
    """An owner of partition 0 that takes sequences for dense, with a scoreboard of its own.

    Args:
        given: what is to be otherwise, by the names of `GamesOwner`.
    """
    history = History(journal=journal, machines=SPORTS)
    usual = {
        "scoreboard": LocalScoreboard(load=history.head, heads_max=100),
        "machines": SPORTS,
        "clock": SystemClock(),
        "kinds": lambda _: "dense",
        **SMALL,
    }
    return GamesOwner(log=log, journal=journal, **{**usual, **given})


async def decided(owner: GamesOwner) -> GamesOwner:
    """Let it decide what lies on the log now, and stop."""
    owner.stop()
    await owner.run()
    return owner
