"""What an edge asks its upstream over HTTP: one GET after another on connections that are kept.

Nothing of who asked is passed on, since an answer is for all who ask the same; see `shared_answers`.

Source: RFC 9110 9.3.1 (GET), 15.6.4 (503); RFC 5861 4 (which failures are).
"""

import asyncio
from collections.abc import Callable
from typing import Final

from scorewire import __version__
from scorewire.errors import RequestError
from scorewire.fanout.codes import refusal
from scorewire.node.courier import Courier, Couriers, Dial, Lost
from scorewire.node.forwarding import KNOCK_S, RETRY_AFTER_S, end_to_end
from scorewire.node.shared_answers import Question, Reply

CONNECTIONS_MAX: Final = 100
ANSWER_S: Final = 10.0
"""For a whole answer."""
AWAY_S: Final = 2.0
"""How long an upstream that refuses connections is tried; a node restarts within this."""
BODY_BYTES_MAX: Final = 64 << 20
"""Of one answer, which is whole before it is given on; the largest, `/state`, has some 100 KB."""

_FAILED: Final = frozenset({502, 503, 504})
_OURS: Final = frozenset({b"date", b"server", b"content-length"})


class Asking:
    """See the module; call it with a question.

    Args:
        dial: opens a connection.
        authority: the upstream's name and port, as its Host header says them.
        now_s: monotonic time.
    """

    def __init__(
        self, *, dial: Dial, authority: str, now_s: Callable[[], float], away_s: float = AWAY_S
    ) -> None:
        self._couriers = Couriers(dial=dial, count_max=CONNECTIONS_MAX)
        self._own = ((b"host", authority.encode()), (b"user-agent", f"scorewire-edge/{__version__}".encode()))
        self._now_s = now_s
        self._away_s = away_s

    def close(self) -> None:
        """End the connections that nobody uses."""
        self._couriers.close()

    async def __call__(self, question: Question) -> Reply:
        """The upstream's answer.

        Raises:
            RequestError: 503, it does not answer, or fails.
        """
        due_s = self._now_s() + self._away_s
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    reply = await self._ask(question)
            except TimeoutError:
                raise _away() from None
            except (OSError, Lost):
                if self._now_s() >= due_s:
                    raise _away() from None
            else:
                if reply.status in _FAILED:
                    raise _away()
                return reply
            await asyncio.sleep(KNOCK_S)

    async def _ask(self, question: Question) -> Reply:
        courier = await self._couriers.take()
        try:
            courier.ask(question.method, question.target, (*self._own, *question.headers), has_body=False)
            await courier.headed
            body = await _whole(courier)
            headers = [pair for pair in end_to_end(courier.headers) if pair[0] not in _OURS]
            length = (b"content-length", b"%d" % len(body))
            return Reply(courier.status, (*headers, length), body)
        finally:
            # One that was left in the middle of an answer is ended.
            self._couriers.give_back(courier)


async def _whole(courier: Courier) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in courier.body():
        parts.append(part)
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise _away()
    return b"".join(parts)


def _away() -> RequestError:
    return refusal("unavailable", "The upstream of this edge does not answer.", retry_after_s=RETRY_AFTER_S)
