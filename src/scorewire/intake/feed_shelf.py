"""What a feed has told of its games, kept on disk from one run to the next: a file a game.

Without it a goal that vanished from a snapshot while the process was down would stand for ever.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import structlog

from scorewire.errors import BackendError, FeedError
from scorewire.intake.feed_book import FollowedGame, load, save

SUFFIX = ".feed.json"

_log = structlog.get_logger("scorewire.feed")


class FeedShelf:
    """A folder. A file is whole or not there: it is written beside its place and moved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> list[FollowedGame]:
        """What was kept, the longest silent first; a file that cannot be read is left out and logged.

        Raises:
            BackendError: the folder cannot be made or read.
        """
        games: list[FollowedGame] = []
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
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
                beside = path.with_suffix(".new")
                beside.write_bytes(save(game))
                beside.replace(path)
        except OSError as error:
            raise BackendError(f"{self._folder} takes nothing: {error.strerror}", retryable=False) from error


def _name(game_id: str) -> str:
    """Ids may hold `:` and differ by case only; names of files may not."""
    return hashlib.blake2b(game_id.encode(), digest_size=12).hexdigest()
