"""What pages show of a game that changes: the newest version of each thing, made once for all who ask for it.

KeptAnswers keeps whatever was asked for until there is no room. Here a version takes the place of the one
before it: a game of five hundred plays that people watch would else leave five hundred pictures behind, and
push out what others ask for.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

NAMES_MAX: Final = 400
"""Things that are remembered, some 15 KB each; what was asked for longest ago leaves first."""

Version = tuple[str, int]
"""(epoch, seq)."""


@dataclass(slots=True)
class _Held:
    version: Version | None = None
    body: bytes = b""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class NewestAnswers:
    """See the module; who fails to make one leaves it to the next who asks."""

    def __init__(self, names_max: int = NAMES_MAX) -> None:
        self._names_max = names_max
        self._held: OrderedDict[str, _Held] = OrderedDict()

    async def get(self, name: str, version: Version, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The version that is asked for, at hand or made."""
        held = self._held.setdefault(name, _Held())
        self._held.move_to_end(name)
        while len(self._held) > self._names_max:
            self._held.popitem(last=False)
        async with held.turn:
            if held.version != version:
                body = await make()
                held.version, held.body = version, body
            return held.body
