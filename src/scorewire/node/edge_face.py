"""What an edge answers beside streams and ready scores: an ASGI application.

    /livez, /readyz, /metrics            its own
    /v1/ingest, /v1/admin, /desk         not here: 404
    anything but GET, HEAD, OPTIONS      not here: 404 or 405
    /v1/games/{id}/replay                a stream of the upstream's for each who asks
    /v1/games/{id}/score                 from the game's head, which is at hand from then on
    all else                             the upstream's, asked once for all who ask the same

Conditional requests are compared here, with the validators of the whole answer, so that a crowd that has
different ones is one question all the same. Nothing else of a request is passed on than what an answer may
depend on; no token, cookie or address is.

Source: RFC 9110 9.3.2 (HEAD), 13 (conditional requests), 15.4.5 (304); RFC 9111 4.3.2.
"""

import posixpath
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from scorewire.errors import BackendError, RequestError
from scorewire.fanout.codes import refusal
from scorewire.model.ids import is_id
from scorewire.model.validators import Answer, not_modified, read_http_date, score_response
from scorewire.node.forwarding import RETRY_AFTER_S, refuse
from scorewire.node.readers import Readers
from scorewire.node.shared_answers import Headers, Question, Reply, SharedAnswers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[..., Awaitable[None]]

_LOCAL: Final = re.compile(r"/(?:livez|readyz|metrics|desk|v1/(?:ingest|admin|stream|ws|link))(?:/|\Z)")
_REPLAY: Final = re.compile(r"/v1/games/[^/]+/replay/?")
_SCORE: Final = re.compile(r"/v1/games/([^/]+)/score")
_READS: Final = frozenset({"GET", "HEAD"})
_ASKED_BY_SCRIPTS: Final = frozenset(
    {b"origin", b"access-control-request-method", b"access-control-request-headers"}
)
_OF_CONTENT: Final = frozenset({b"content-length", b"content-type", b"content-encoding"})


class EdgeFace:
    """See the module.

    Args:
        local: answers what is this process's own, and 404 or 405 to what an edge does not have.
        answers: the upstream's.
        streams: those of the upstream that are nobody else's.
        readers: the heads of games whose score is asked for.
        now_ms: wall time.
    """

    def __init__(
        self,
        *,
        local: App,
        answers: SharedAnswers,
        streams: App,
        readers: Readers,
        now_ms: Callable[[], int],
    ) -> None:
        self._local = local
        self._streams = streams
        self._answers = answers
        self._readers = readers
        self._now_ms = now_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        method, path = scope["method"], scope["path"]
        if is_local(method, path):
            await self._local(scope, receive, send)
            return
        try:
            if method in _READS and _REPLAY.fullmatch(path):
                await self._streams(scope, receive, send)
                return
            game_id = score_of(scope) if method in _READS else None
            if game_id is None or not await self._score(game_id, scope, send):
                await self._pass_on(scope, send)
        except RequestError as error:
            await refuse(send, error)

    async def _score(self, game_id: str, scope: Scope, send: Send) -> bool:
        """Whether there is such a game, and so its score was answered."""
        try:
            head = await self._readers.head(game_id)
        except BackendError:
            told = "The upstream of this edge does not answer."
            raise refusal("unavailable", told, retry_after_s=RETRY_AFTER_S) from None
        if head is None:
            return False
        answer = score_response(head.state, _by_name(scope["headers"]), self._now_ms())
        await _say(send, scope["method"], _reply(answer))
        return True

    async def _pass_on(self, scope: Scope, send: Send) -> None:
        method: str = scope["method"]
        reply = await self._answers.ask(question_of(scope))
        if method in _READS and reply.status == 200:
            modified_ms = read_http_date(reply.header(b"last-modified") or "none")
            if not_modified(_by_name(scope["headers"]), reply.header(b"etag"), modified_ms):
                kept = tuple(pair for pair in reply.headers if pair[0] not in _OF_CONTENT)
                reply = Reply(304, kept, b"")
        await _say(send, method, reply)


def is_local(method: str, path: str) -> bool:
    """Whether a request is this process's own, or for what an edge does not have.

    However the path is written: a proxy before the upstream might read `//` and `..` as files are named.
    """
    if method not in _READS and method != "OPTIONS":
        return True
    return _LOCAL.match(posixpath.normpath("/" + path.lstrip("/"))) is not None


def score_of(scope: Scope) -> str | None:
    """The game whose score is asked for as it is now, with nothing else; None for any other request."""
    named = _SCORE.fullmatch(scope["path"])
    if scope["query_string"] or named is None or not is_id(named[1]):
        return None
    return str(named[1])


def question_of(scope: Scope) -> Question:
    """What is asked of the upstream: the target as it came, and what of the headers an answer depends on."""
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    given: Headers = tuple(scope["headers"])
    if scope["method"] == "OPTIONS":
        return Question(b"OPTIONS", target, tuple(pair for pair in given if pair[0] in _ASKED_BY_SCRIPTS))
    passed = [pair for pair in given if pair[0] == b"accept"]
    if any(name == b"accept-encoding" and b"gzip" in value for name, value in given):
        passed.append((b"accept-encoding", b"gzip"))
    return Question(b"GET", target, tuple(passed))


def _by_name(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _reply(answer: Answer) -> Reply:
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers)
    return Reply(answer.status, headers, answer.body)


async def _say(send: Send, method: str, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers)})
    body = b"" if method == "HEAD" else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": False})
