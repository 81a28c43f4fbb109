"""A fan on server-sent events. Source: WHATWG HTML 9.2."""

import asyncio

from scorewire.errors import RequestError
from scorewire.fanout.answers import OK_LINE, STREAM_HEAD, problem_answer
from scorewire.fanout.fan import CLOSE_S, Fan
from scorewire.fanout.follow import Arrival, Follow
from scorewire.fanout.frames import HEARTBEAT, SEVERAL, SINGLE, ByeReason, bye, retry_line
from scorewire.fanout.hub import Hub


class SseFan(Fan):
    """One stream; what the client sends after its request is ignored.

    Args:
        server_lines: what the server adds to every answer's head; dropped once the stream is open.
    """

    __slots__ = ("_server_lines",)

    def __init__(
        self,
        hub: Hub,
        transport: asyncio.Transport,
        *,
        follows: tuple[Follow, ...],
        address: str,
        server_lines: bytes,
    ) -> None:
        single = len(follows) == 1 and follows[0].kind == "game"
        super().__init__(hub, transport, form=SINGLE if single else SEVERAL, address=address)
        self._server_lines: bytes | None = server_lines

    def open(self, arrival: Arrival, games: list[str]) -> bytes:  # noqa: ARG002
        """The response's head and the time to reconnect after."""
        lines, self._server_lines = self._server_lines or b"", None
        return b"".join((OK_LINE, lines, STREAM_HEAD, retry_line(self.hub.retry_ms())))

    def refuse(self, arrival: Arrival, error: RequestError) -> None:  # noqa: ARG002
        """A problem, before the stream has begun; what may pass is a stream that says bye."""
        self.hub.leave(self)
        if error.status == 503:
            self.turn_away("overload")
        else:
            self.write(problem_answer(error, self._server_lines or b"", keep=False))
            self._close()

    def turn_away(self, reason: ByeReason) -> None:
        """200, `retry`, `bye`: a browser's EventSource gives up for good on a 503."""
        retry_ms = self.hub.retry_ms()
        head = b"".join((OK_LINE, self._server_lines or b"", STREAM_HEAD))
        self.write(head + bye(reason, retry_ms, self.form))
        self._close()

    def farewell(self, reason: ByeReason, retry_ms: int, block: bytes) -> None:
        """The last event, and the end."""
        if self._server_lines is not None:
            self.turn_away(reason)  # it was still waiting for its games
            return
        self.write(block + bye(reason, retry_ms, self.form))
        self._close()

    def heartbeat(self) -> None:
        """A comment."""
        if self._server_lines is None:
            self.transport.write(HEARTBEAT)

    def _close(self) -> None:
        self.hub.wheel.watch(self, CLOSE_S)
        self.transport.close()
