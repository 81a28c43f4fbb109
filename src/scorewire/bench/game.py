"""One game of the benchmark: declared, kicked off, and then as many shots as asked; some are taken back."""

import time

from scorewire.bench.calls import (
    KICK_OFF,
    NAME_MAX,
    NAME_MIN,
    declaration,
    kick_off,
    retraction,
    shot,
    update_marker,
)
from scorewire.bench.posts import Provider
from scorewire.bench.watching import Watcher, data_of
from scorewire.errors import BackendError

SHOWN_S = 30.0


class Game:
    """A game and the seq at which it stands.

    Args:
        provider: who tells of it.
    """

    def __init__(self, provider: Provider, game_id: str) -> None:
        self.id = game_id
        self.seq = KICK_OFF
        self.name_chars = NAME_MIN
        self._provider = provider

    def begin(self) -> None:
        """Declare it, kick off, and wait until that is shown."""
        now_ms = time.time_ns() // 1_000_000
        self._provider.post(declaration(self.id, time_ms=now_ms), kick_off(self.id, time_ms=now_ms))
        self.wait()

    def wait(self) -> None:
        """Wait until the score shows the newest shot."""
        self._provider.until({self.id: self.seq}, limit_s=SHOWN_S)

    def shoot(self, count: int = 1) -> list[bytes]:
        """The messages of the next shots; `seq` is then that of the last."""
        now_ms = time.time_ns() // 1_000_000
        first, self.seq = self.seq + 1, self.seq + count
        return [
            shot(self.id, seq, time_ms=now_ms, name_chars=self.name_chars)
            for seq in range(first, self.seq + 1)
        ]

    def take_back(self) -> bytes:
        """The message that takes back the newest shot; `seq` is then its own.

        Call it after `shoot`, and not twice in a row.
        """
        now_ms = time.time_ns() // 1_000_000
        shot_seq, self.seq = self.seq, self.seq + 1
        return retraction(self.id, self.seq, shot_seq=shot_seq, time_ms=now_ms)

    def size_updates(self, port: int, wanted_bytes: int) -> int:
        """Post shots until one has `data` of the wanted size; returns the size that was reached.

        Raises:
            BackendError: no update came.
        """
        size = 0
        with Watcher(port=port, game_id=self.id) as watcher:
            # The first shot makes parts of the patch that later ones only change.
            for _ in range(4):
                (message,) = self.shoot()
                self._provider.post(message)
                marker = update_marker(self.id, self.seq)
                watcher.until(marker, limit_s=SHOWN_S)
                size = len(data_of(watcher.forget(), marker))
                longer = self.name_chars + wanted_bytes - size
                self.name_chars = min(max(longer, NAME_MIN), NAME_MAX)
        if size == 0:
            raise BackendError("no update came", retryable=False)
        return size
