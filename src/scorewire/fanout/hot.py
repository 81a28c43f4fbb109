"""`/v1/games/{id}/score` from ready bytes: the read that everybody repeats.

The answer is that of `model/validators.py`, which the REST face gives too, so nobody can tell who answered.
"""

from collections.abc import Callable
from typing import Literal

from scorewire.fanout.answers import OK_LINE, status_line
from scorewire.fanout.request import HEAD_KEPT_BYTES, HEADS_KEPT, Head
from scorewire.model.ids import is_id
from scorewire.model.score_state import ScoreState
from scorewire.model.validators import (
    LAST_MODIFIED_AFTER_MS,
    Answer,
    not_modified,
    score_response,
    validators,
)
from scorewire.scoreboard.base import Scoreboard

READY_MAX = 10_000
"""Games whose answers are kept ready; at about 2 KB each."""

_Kind = Literal["whole", "head", "unchanged"]
"""What is answered: all of it, all but the body, or that nothing has changed."""

_PREFIX, _SUFFIX = b"/v1/games/", b"/score"
_NOT_MODIFIED_LINE = status_line(304)


class _Ready:
    """The answers for one state; `until_ms` is when Last-Modified appears in them.

    Attributes:
        etag, modified_ms: what a reader may have.
        state: whose answers these are.
    """

    __slots__ = (
        "_body",
        "_head",
        "_lines",
        "_unchanged",
        "_whole",
        "etag",
        "modified_ms",
        "state",
        "until_ms",
    )

    def __init__(self, state: ScoreState, now_ms: int) -> None:
        self.state = state
        self.etag, self.modified_ms = validators(state, now_ms)
        young = self.modified_ms is None
        self.until_ms = state.updated_at + LAST_MODIFIED_AFTER_MS if young else None
        whole = score_response(state, {}, now_ms)
        self._head = _lines(whole)
        self._body = whole.body
        self._unchanged = _lines(score_response(state, {"if-none-match": "*"}, now_ms))
        self._lines = b""
        self._whole: dict[_Kind, bytes] = {}

    def answer(self, kind: _Kind, server_lines: bytes) -> bytes:
        """The whole answer, put together once for the same lines of the server, which are of one second."""
        if server_lines is not self._lines:
            self._lines = server_lines
            self._whole.clear()
        found = self._whole.get(kind)
        if found is None:
            if kind == "unchanged":
                found = b"".join((_NOT_MODIFIED_LINE, server_lines, self._unchanged))
            else:
                found = b"".join((OK_LINE, server_lines, self._head, self._body if kind == "whole" else b""))
            self._whole[kind] = found
        return found


class _Told:
    """What a request was told, for when it is repeated; `server_lines` are those in the answer."""

    __slots__ = ("answer", "game_id", "kind", "ready", "server_lines", "status")

    def __init__(self, game_id: str, ready: _Ready, kind: _Kind, server_lines: bytes) -> None:
        self.game_id = game_id
        self.ready = ready
        self.kind: _Kind = kind
        self.status = 304 if kind == "unchanged" else 200
        self.server_lines = server_lines
        self.answer = ready.answer(kind, server_lines)


class HotScores:
    """Answers for games at hand.

    Args:
        scoreboard: whose held heads are shown.
        now_ms: wall time.

    Attributes:
        answers: given so far, by status: 200 and 304.
    """

    def __init__(self, *, scoreboard: Scoreboard, now_ms: Callable[[], int]) -> None:
        self._scoreboard = scoreboard
        self._now_ms = now_ms
        self._ready: dict[str, _Ready] = {}
        self._told: dict[bytes, _Told] = {}
        self.answers: dict[int, int] = {200: 0, 304: 0}

    def again(self, data: bytes, server_lines: bytes) -> bytes | None:
        """The answer to a head that was answered before, if nothing has changed since; None: read it anew.

        Args:
            data: the head's bytes.
            server_lines: see `answer`.
        """
        told = self._told.get(data)
        if told is None:
            return None
        ready = told.ready
        head = self._scoreboard.held(told.game_id)
        if (
            head is None
            or head.state is not ready.state
            or (ready.until_ms is not None and self._now_ms() >= ready.until_ms)
        ):
            del self._told[data]
            return None
        self.answers[told.status] += 1
        if told.server_lines is not server_lines:
            told.server_lines = server_lines
            told.answer = ready.answer(told.kind, server_lines)
        return told.answer

    def answer(self, request: Head, server_lines: bytes, data: bytes = b"") -> bytes | None:
        """The whole answer; None for any request that is not this one or whose game is not at hand.

        Args:
            server_lines: what the server adds to every answer, each with its line end.
            data: the head's bytes, by which it is known `again`; empty for one that is not to be remembered.
        """
        path = request.path
        if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)) or request.query:
            return None
        if not request.keep or not request.plain or "authorization" in request.headers:
            return None
        game_id = path[len(_PREFIX) : -len(_SUFFIX)].decode("latin-1")
        ready = self._find(game_id)
        if ready is None:
            return None
        kind: _Kind = "whole" if request.method == b"GET" else "head"
        if not_modified(request.headers, ready.etag, ready.modified_ms):
            kind = "unchanged"
        told = _Told(game_id, ready, kind, server_lines)
        if 0 < len(data) <= HEAD_KEPT_BYTES:
            if len(self._told) >= HEADS_KEPT:
                self._told.clear()
            self._told[data] = told
        self.answers[told.status] += 1
        return told.answer

    def _find(self, game_id: str) -> _Ready | None:
        head = self._scoreboard.held(game_id) if is_id(game_id) else None
        if head is None:
            return None
        ready = self._ready.get(game_id)
        current = ready is not None and ready.state is head.state
        if ready is not None and current and (ready.until_ms is None or self._now_ms() < ready.until_ms):
            return ready
        if len(self._ready) >= READY_MAX:
            self._ready.clear()
        ready = self._ready[game_id] = _Ready(head.state, self._now_ms())
        return ready


def _lines(answer: Answer) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"{lines}\r\n".encode("latin-1")
