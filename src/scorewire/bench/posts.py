"""A provider: one call at a time, or thousands over connections that stay, each with one call under way."""

import select
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from scorewire.bench.calls import HttpAnswer, call, read_answer, score_request, seq_in
from scorewire.errors import BackendError

READ_BYTES = 65_536
ANSWER_S = 30.0
"""For one answer, the wait for the disk included."""
POLL_S = 0.005
"""Between two looks at the scores while the last events are on their way."""
AGAIN_S = 0.05
"""Before a call that nobody answered is made again."""
NOBODY = (502, 503, 504)
"""What a node, or a worker in front of it, answers while it stops or is not there."""


class Connection:
    """One kept-alive connection to the node."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._held = b""

    def send(self, data: bytes) -> None:
        """Send a whole request.

        Raises:
            BackendError: the node has closed the connection.
        """
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise _lost(error) from None

    def read(self) -> HttpAnswer | None:
        """Read what has come; the answer if it is whole now.

        Raises:
            BackendError: the node has closed the connection, does not answer in time, or not in HTTP.
        """
        try:
            some = self.sock.recv(READ_BYTES)
        except TimeoutError:
            raise BackendError(f"no answer within {ANSWER_S:g} s", retryable=False) from None
        except OSError as error:
            raise _lost(error) from None
        if not some:
            raise _lost("closed")
        self._held += some
        try:
            answer = read_answer(self._held)
        except ValueError as error:
            raise BackendError(str(error), retryable=False) from None
        if answer is not None:
            self._held = answer.rest
        return answer

    def answer(self) -> HttpAnswer:
        """Wait for the answer; see `read`."""
        while True:
            answer = self.read()
            if answer is not None:
                return answer

    def close(self) -> None:
        """Close it."""
        self.sock.close()


@dataclass(slots=True)
class Lane:
    """One connection's calls, in order."""

    connection: Connection
    calls: Sequence[bytes]
    sent: int = 0
    sent_s: float = 0.0


@dataclass(slots=True)
class Pumped:
    """What became of many calls: when the first was sent and the last answered, and how long each took."""

    began_s: float
    ended_s: float = 0.0
    taken_s: list[float] = field(default_factory=list)


class Provider:
    """The provider `bench`. Use it as `with`.

    Args:
        port, secret: of the node, and its key.
        patience_s: for how long a call is made again, over a new connection, while nobody answers it: the
            node restarts. It keeps its webhook-id, so that nothing is told twice.
        scores_port: where scores are read, if that is another process.
    """

    def __init__(
        self, *, port: int, secret: str, patience_s: float = 0.0, scores_port: int | None = None
    ) -> None:
        self.calls_again = 0
        self._port = port
        self._scores = Connection(scores_port) if scores_port is not None else None
        self._secret = secret
        self._patience_s = patience_s
        self._run = uuid.uuid4().hex[:8]
        self._calls = 0
        self.connection = Connection(port)

    def __enter__(self) -> "Provider":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        if self._scores is not None:
            self._scores.close()

    def prepare(self, *messages: bytes) -> bytes:
        """A signed request, ready to be sent once within the next minutes."""
        self._calls += 1
        return call(
            port=self._port,
            secret=self._secret,
            webhook_id=f"bench-{self._run}-{self._calls}",
            timestamp_s=int(time.time()),
            messages=messages,
        )

    def post(self, *messages: bytes) -> float:
        """Send messages in one call and wait until they are durable; returns when it was sent.

        Raises:
            BackendError: they were not all accepted.
        """
        request = self.prepare(*messages)
        sent_s = time.monotonic()
        check(self._answer(request), len(messages))
        return sent_s

    def _answer(self, request: bytes) -> HttpAnswer:
        ends_s = time.monotonic() + self._patience_s
        while True:
            try:
                self.connection.send(request)
                answer = self.connection.answer()
            except BackendError:
                if time.monotonic() >= ends_s:
                    raise
            else:
                if answer.status not in NOBODY or time.monotonic() >= ends_s:
                    return answer
            self.calls_again += 1
            time.sleep(AGAIN_S)
            with suppress(OSError):
                fresh = Connection(self._port)
                self.connection.close()
                self.connection = fresh

    def pump(self, lanes: Sequence[Sequence[bytes]], *, events_each: int, limit_s: float) -> Pumped:
        """Send prepared calls over a connection for each lane, each call when the one before is answered.

        Raises:
            BackendError: something was not accepted, or it took longer than `limit_s`.
        """
        opened = [Lane(Connection(self._port), calls) for calls in lanes]
        try:
            return _pump(opened, events_each, limit_s)
        finally:
            for lane in opened:
                lane.connection.close()

    def get(self, path: str) -> HttpAnswer:
        """Read something of the node's."""
        return self._answer(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n".encode())

    def until(self, wanted: Mapping[str, int], *, limit_s: float) -> float:
        """Wait until the score of each game shows its seq; returns when the last one did.

        Raises:
            BackendError: it took longer than `limit_s`; names a game.
        """
        ends_s = time.monotonic() + limit_s
        for game_id, seq in wanted.items():
            request = score_request(self._port, game_id)
            while True:
                held = seq_in(self._read_score(request).body)
                if held >= seq:
                    break
                if time.monotonic() > ends_s:
                    raise BackendError(
                        f"{game_id} stands at {held} of {seq} after {limit_s:g} s", retryable=False
                    )
                time.sleep(POLL_S)
        return time.monotonic()

    def _read_score(self, request: bytes) -> HttpAnswer:
        if self._scores is None:
            return self._answer(request)
        self._scores.send(request)
        return self._scores.answer()


def _pump(lanes: Sequence[Lane], events_each: int, limit_s: float) -> Pumped:
    poll = select.epoll()
    by_fd = {lane.connection.sock.fileno(): lane for lane in lanes if lane.calls}
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    pumped = Pumped(began_s=time.monotonic())
    ends_s = pumped.began_s + limit_s
    for lane in by_fd.values():
        _next(lane)
    busy = len(by_fd)
    with poll:
        while busy:
            if time.monotonic() > ends_s:
                raise BackendError(f"not all calls are answered after {limit_s:g} s", retryable=False)
            for fd, _ in poll.poll(1.0):
                lane = by_fd[fd]
                answer = lane.connection.read()
                if answer is None:
                    continue
                check(answer, events_each)
                pumped.ended_s = time.monotonic()
                pumped.taken_s.append(pumped.ended_s - lane.sent_s)
                if lane.sent < len(lane.calls):
                    _next(lane)
                else:
                    busy -= 1
    return pumped


def _next(lane: Lane) -> None:
    lane.sent_s = time.monotonic()
    lane.connection.send(lane.calls[lane.sent])
    lane.sent += 1


def _lost(why: object) -> BackendError:
    return BackendError(f"the provider's connection to the node is lost: {why}", retryable=False)


def check(answer: HttpAnswer, events: int) -> None:
    """Whether all events of a call were accepted.

    Raises:
        BackendError: with what the node says instead.
    """
    wanted = b'{"accepted":%d,"duplicates":0,"rejected":[]}' % events
    if answer.status != 202 or answer.body != wanted:
        said = answer.body[:300].decode(errors="replace")
        raise BackendError(f"the node answers {answer.status} {said}", retryable=False)
