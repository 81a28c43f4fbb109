"""What `scorewire journal move` does: looks whether it may, copies with a bar, and folds on both sides."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from scorewire.errors import BackendError, ConfigError
from scorewire.games.history import History
from scorewire.journal import positions
from scorewire.journal.dialect import SETTING
from scorewire.journal.journal import Journal
from scorewire.journal.moving import Moved, Progress, move
from scorewire.journal.records import Consumed, GamesQuery
from scorewire.log import local_reads
from scorewire.log.local_schema import Claimed, open_to_read
from scorewire.sports import SPORTS

FOLDED_MAX: Final = 1000
"""Games that are folded on both sides, those under way and then the newest; of all of them each row is
compared, so this holds only the reading to account."""

PAGE: Final = 200


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints: `{"epoch": "p7dm4xzr", "rows": {"events": 4200}, "folded": 12, "differ": []}`."""

    epoch: str
    rows: dict[str, int]
    folded: int
    differ: tuple[str, ...]


def moving(journal: str, log: Path, url: str) -> Told:
    """Move the journal of a folder; nobody else can use the folder meanwhile.

    Args:
        journal: path of the file.
        log: path of the log that it was decided from.

    Raises:
        ConfigError: it must not be moved, or not there.
        BackendError: nothing was moved, or the folder is in use.
        OutcomeUnknown: see journal/moving.py.
    """
    claimed = Claimed(log)
    try:
        if waits := _waiting(log, asyncio.run(_applied(journal))):
            raise ConfigError(
                "storage.data",
                f"{waits} claims on log.sqlite are not decided yet and would be lost: start the node once and"
                " stop it in order, then move",
            )
        moved = _copied(journal, url)
        return asyncio.run(_sealed(journal, url, moved))
    finally:
        claimed.release()


async def _applied(place: str) -> Consumed:
    """How far the log has been applied, after the tables were brought up to this release."""
    journal = await Journal.open(place)
    try:
        if await journal.follow(positions.LOCAL) != positions.LOCAL:
            raise ConfigError(
                "storage.data", "its games were moved already; to move them again: scorewire journal restored"
            )
        return await journal.applied(local_reads.PARTITION)
    finally:
        await journal.close()


def _waiting(log: Path, applied: Consumed) -> int:
    if not log.is_file():
        return 0
    try:
        with closing(open_to_read(log)) as connection:
            return local_reads.waiting(connection, applied.position, applied.held)
    except sqlite3.Error as error:
        raise BackendError(f"{log} cannot be read: {error}", retryable=False) from error


def _copied(journal: str, url: str) -> Moved:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    hidden = not sys.stderr.isatty()
    try:
        with Bar(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
            return move(Path(journal), url, progress=_Shown(bar))
    except ConfigError as error:
        if error.key != SETTING:
            raise
        raise ConfigError("URL", error.detail) from error


class _Shown(Progress):
    def __init__(self, bar: Bar) -> None:
        self._bar = bar

    def begin(self, what: str, rows: int) -> None:
        self._task = self._bar.add_task(what, total=rows)

    def advance(self, rows: int) -> None:
        self._bar.advance(self._task, rows)


async def _sealed(place: str, url: str, moved: Moved) -> Told:
    """Let no node go on from the file, then fold on both sides."""
    here = await Journal.open(place)
    try:
        await here.close_for_good()
        there = await Journal.open(url, shared=True)
        try:
            games = await _newest(here)
            heads = [History(journal=one, machines=SPORTS).head for one in (here, there)]
            differ = [game_id for game_id in games if await heads[0](game_id) != await heads[1](game_id)]
            return Told(epoch=there.epoch, rows=moved.rows, folded=len(games), differ=tuple(differ))
        finally:
            await there.close()
    finally:
        await here.close()


async def _newest(journal: Journal) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while len(found) < FOLDED_MAX:
        page = await journal.games(GamesQuery(limit=PAGE, cursor=cursor))
        found += [line.game_id for line in page.games]
        cursor = page.next
        if cursor is None:
            break
    return found[:FOLDED_MAX]
