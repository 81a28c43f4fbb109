"""Whose turn it is to build an answer, of all processes that stand on one Redis: a short lock.

`SET building:... NX PX`: who has it builds; the others wait for a tenth of a second, then build as well,
since an answer is worth more than the work that is spared. The lock ends by itself, so nobody who dies holds
anything up. A Redis that is slow or away is not asked for a second: then everybody builds.

Guarantees: never raises; waits at most WAIT_S. It says nothing about what was built elsewhere.

Source: Redis, "SET" (NX, PX) and its pattern for releasing what is one's own.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Final

from scorewire.errors import BackendError
from scorewire.scoreboard.redis_servers import Servers, translated

LOCK_MS: Final = 500
"""Longer than any list takes to build."""
WAIT_S: Final = 0.1
"""What a fan may wait for another process."""
LOOK_S: Final = 0.01
AWAY_S: Final = 1.0

_RELEASE: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)


class RedisTurns:
    """See the module, and `api.caching.kept.Turns`.

    Args:
        servers: the Redis; whoever made them closes them.
        now_s: monotonic.

    Attributes:
        waited: turns that began only after another process's.
    """

    def __init__(self, *, servers: Servers, now_s: Callable[[], float]) -> None:
        self._servers = servers
        self._now_s = now_s
        self._mine = secrets.token_hex(8)
        self._away_until_s = -1.0
        self.waited = 0

    async def take(self, name: str) -> None:
        """Wait until it is this process's turn, WAIT_S at the most."""
        if self._now_s() < self._away_until_s:
            return
        key, answers = _key(name), False
        try:
            async with asyncio.timeout(WAIT_S):
                if not await self._locked(key):
                    answers = True
                    self.waited += 1
                    while not await self._locked(key):  # noqa: ASYNC110 (the lock of another process)
                        await asyncio.sleep(LOOK_S)
        except (TimeoutError, BackendError):
            if not answers:
                self._away_until_s = self._now_s() + AWAY_S

    async def end(self, name: str) -> None:
        """Let the next one, if it is ours to let."""
        if self._now_s() < self._away_until_s:
            return
        with suppress(TimeoutError, BackendError):
            async with asyncio.timeout(WAIT_S):
                with translated():
                    await self._servers.commands.eval(_RELEASE, 1, _key(name), self._mine)

    async def _locked(self, key: str) -> bool:
        with translated():
            return bool(await self._servers.commands.set(key, self._mine, nx=True, px=LOCK_MS))


def _key(name: str) -> str:
    return f"building:{blake2b(name.encode(), digest_size=12).hexdigest()}"
