"""What a feed has told of its games, kept on disk from one run to the next: a file a game.

Without it a goal that vanished from a snapshot while the process was down would stand for ever.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from scorewire.errors import BackendError, FeedError
from scorewire.intake.feed_book import FollowedGame, load, save

SUFFIX = ".feed.json"
BESIDE = ".new"
DAYS_KEPT: Final = 30
"""A game of which the feed said nothing for so long while it told of others is over, or far ahead."""
BYTES_MAX: Final = 256 * 1024 * 1024
"""Of one feed on disk: two thousand games of 100 KB are 200 MB."""
CLEARED_EVERY_MS: Final = 3_600_000
DAY_S: Final = 86_400

_log = structlog.get_logger("scorewire.feed")


class FeedShelf:
    """A folder. A file is whole or not there: it is written beside its place and moved.

    Files go that are older than the newest by `days`, and the oldest beyond `bytes_max`: at the start, and
    once an hour of the feed's own time. So a feed that was away for a year loses nothing on its return.
    """

    def __init__(self, folder: Path, *, days: float = DAYS_KEPT, bytes_max: int = BYTES_MAX) -> None:
        self._folder = folder
        self._days = days
        self._bytes_max = bytes_max
        self._cleared_ms = 0

    def load(self) -> list[FollowedGame]:
        """What was kept, the longest silent first; a file that cannot be read is left out and logged.

        Raises:
            BackendError: the folder cannot be made or read.
        """
        games: list[FollowedGame] = []
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clear()
            for path in sorted(self._folder.glob(f"*{SUFFIX}")):
                try:
                    games.append(load(path.read_bytes()))
                except FeedError:
                    _log.warning("saved_game_unreadable", file=path.name)
        except OSError as error:
            raise BackendError(f"{self._folder} cannot be read: {error.strerror}", retryable=False) from error
        return sorted(games, key=lambda one: one.heard_ms)

    async def save(self, games: Sequence[FollowedGame]) -> None:
        """Keep these games as they are now.

        Raises:
            BackendError: the disk does not take it.
        """
        await asyncio.to_thread(self._save, list(games))

    def _save(self, games: Sequence[FollowedGame]) -> None:
        try:
            for game in games:
                path = self._folder / f"{_name(game.game_id)}{SUFFIX}"
                beside = path.with_suffix(BESIDE)
                beside.write_bytes(save(game))
                beside.replace(path)
            newest_ms = max((game.heard_ms for game in games), default=0)
            if newest_ms >= self._cleared_ms + CLEARED_EVERY_MS:
                self._cleared_ms = newest_ms
                self._clear()
        except OSError as error:
            raise BackendError(f"{self._folder} takes nothing: {error.strerror}", retryable=False) from error

    def _clear(self) -> None:
        """Remove what was written too long ago, or is too much; and what a crash left half written."""
        for path in self._folder.glob(f"*{BESIDE}"):
            path.unlink(missing_ok=True)
        files = [(path.stat(), path) for path in self._folder.glob(f"*{SUFFIX}")]
        files.sort(key=lambda one: one[0].st_mtime, reverse=True)
        kept = 0
        for stat, path in files:
            kept += stat.st_size
            if kept > self._bytes_max or stat.st_mtime < files[0][0].st_mtime - self._days * DAY_S:
                path.unlink(missing_ok=True)


def _name(game_id: str) -> str:
    """Ids may hold `:` and differ by case only; names of files may not."""
    return hashlib.blake2b(game_id.encode(), digest_size=12).hexdigest()
