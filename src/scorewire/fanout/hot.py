"""`/v1/games/{id}/score` from ready bytes: the read that everybody repeats.

The answer is that of `model/validators.py`, which the REST face gives too, so nobody can tell who answered.
"""

from collections.abc import Callable

from scorewire.fanout.answers import OK_LINE, status_line
from scorewire.fanout.request import Head
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

_PREFIX, _SUFFIX = b"/v1/games/", b"/score"
_NOT_MODIFIED_LINE = status_line(304)


class _Ready:
    """The answers for one state; `until_ms` is when Last-Modified appears in them."""

    __slots__ = ("body", "etag", "head", "modified_ms", "state", "unchanged", "until_ms")

    def __init__(self, state: ScoreState, now_ms: int) -> None:
        self.state = state
        self.etag, self.modified_ms = validators(state, now_ms)
        young = self.modified_ms is None
        self.until_ms = state.updated_at + LAST_MODIFIED_AFTER_MS if young else None
        whole = score_response(state, {}, now_ms)
        self.head = _lines(whole)
        self.body = whole.body
        self.unchanged = _lines(score_response(state, {"if-none-match": "*"}, now_ms))


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
        self.answers: dict[int, int] = {200: 0, 304: 0}

    def answer(self, request: Head, server_lines: bytes) -> bytes | None:
        """The whole answer; None for any request that is not this one or whose game is not at hand.

        Args:
            server_lines: what the server adds to every answer, each with its line end.
        """
        path = request.path
        if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)) or request.query:
            return None
        if not request.keep or not request.plain or "authorization" in request.headers:
            return None
        ready = self._find(path[len(_PREFIX) : -len(_SUFFIX)].decode("latin-1"))
        if ready is None:
            return None
        if not_modified(request.headers, ready.etag, ready.modified_ms):
            self.answers[304] += 1
            return b"%b%b%b" % (_NOT_MODIFIED_LINE, server_lines, ready.unchanged)
        self.answers[200] += 1
        body = b"" if request.method == b"HEAD" else ready.body
        return b"%b%b%b%b" % (OK_LINE, server_lines, ready.head, body)

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
