"""What an edge has asked its upstream over HTTP: one question for all who ask it at once, and kept a moment.

    ask ──► kept and fresh? ──► asked already? ──► fetch ──► kept for as long as its Cache-Control says
                                     └─ waits for the same answer

An answer is kept for its `max-age`, as browsers are told, not for the longer time that a CDN may keep it:
this cache is asked anew once a second at most, whatever the crowd. When the upstream does not answer, what is
kept is given for as long as `stale-if-error` allows. Answers to many are such that say nothing of who asks:
a question holds all that is passed on of a request.

Source: RFC 9111 3 (storing), 4 (reuse; collapsed requests), 4.2.3 (age), 5.2.2; RFC 5861 4.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from scorewire.errors import RequestError

BYTES_MAX: Final = 64 << 20
ANSWER_BYTES_MAX: Final = 4 << 20
"""Of all that is kept, and of one answer; larger ones are given to those who wait for them, and not kept."""
OVERHEAD_BYTES: Final = 1024

Headers = tuple[tuple[bytes, bytes], ...]

_SECONDS = re.compile(r"(?:^|[,\s])(s-maxage|max-age|stale-if-error)\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])(?:no-store|no-cache|private)(?:$|[,\s=])", re.IGNORECASE)


class Question(NamedTuple):
    """All that is asked."""

    method: bytes
    target: bytes
    headers: Headers


class Reply(NamedTuple):
    """A whole answer; header names are lower case."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> str:
        """A header's values, joined with commas; empty where there is none."""
        return b", ".join(value for given, value in self.headers if given == name).decode("latin-1")


class Lifespan(NamedTuple):
    """Seconds from when it came: fresh until, and better than nothing until."""

    fresh_s: float
    usable_s: float


class _Kept(NamedTuple):
    reply: Reply
    came_s: float
    lifespan: Lifespan


Fetch = Callable[[Question], Awaitable[Reply]]


class SharedAnswers:
    """See the module.

    Args:
        fetch: asks the upstream.
        now_s: monotonic time.

    Attributes:
        counts: questions by how they were answered.
    """

    def __init__(self, fetch: Fetch, *, now_s: Callable[[], float], bytes_max: int = BYTES_MAX) -> None:
        self._fetch = fetch
        self._now_s = now_s
        self._bytes_max = bytes_max
        self._bytes = 0
        self._kept: OrderedDict[Question, _Kept] = OrderedDict()
        self._asked: dict[Question, asyncio.Future[Reply | None]] = {}
        self.counts = {"asked": 0, "shared": 0, "kept": 0, "stale": 0}

    async def ask(self, question: Question) -> Reply:
        """The answer, with its age where it was kept.

        Raises:
            RequestError: the upstream does not answer, and nothing is kept that may be given instead.
        Cancellation: of who asked; the others that wait ask again, one of them for all.
        """
        while True:
            kept = self._kept.get(question)
            if kept is not None and self._now_s() - kept.came_s < kept.lifespan.fresh_s:
                return self._again(question, kept, "kept")
            asked = self._asked.get(question)
            if asked is None:
                return await self._ask(question, kept)
            reply = await asyncio.shield(asked)
            if reply is not None:
                self.counts["shared"] += 1
                return reply

    async def _ask(self, question: Question, kept: _Kept | None) -> Reply:
        done: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._asked[question] = done
        reply: Reply | None = None
        try:
            self.counts["asked"] += 1
            reply = await self._fetch(question)
            self._keep(question, reply)
        except RequestError as error:
            if kept is None or self._now_s() - kept.came_s >= kept.lifespan.usable_s:
                # All who wait would be told the same, each after a time of its own.
                done.set_exception(error)
                done.exception()
                raise
            reply = self._again(question, kept, "stale")
        finally:
            del self._asked[question]
            if not done.done():
                done.set_result(reply)
        return reply

    def _again(self, question: Question, kept: _Kept, how: str) -> Reply:
        self.counts[how] += 1
        self._kept.move_to_end(question)
        reply = kept.reply
        age_s = int(self._now_s() - kept.came_s) + _seconds_of(reply.header(b"age"))
        if not age_s:
            return reply
        others = tuple(pair for pair in reply.headers if pair[0] != b"age")
        return reply._replace(headers=(*others, (b"age", b"%d" % age_s)))

    def _keep(self, question: Question, reply: Reply) -> None:
        before = self._kept.pop(question, None)
        if before is not None:
            self._bytes -= _size(question, before.reply)
        lifespan, size = lifespan_of(question, reply), _size(question, reply)
        if lifespan is None or size > ANSWER_BYTES_MAX:
            return
        self._kept[question] = _Kept(reply, self._now_s(), lifespan)
        self._bytes += size
        while self._bytes > self._bytes_max:
            asked, oldest = self._kept.popitem(last=False)
            self._bytes -= _size(asked, oldest.reply)


def lifespan_of(question: Question, reply: Reply) -> Lifespan | None:
    """For how long an answer may be given again; None where it may not be kept at all."""
    said = reply.header(b"cache-control")
    if question.method != b"GET" or reply.status != 200 or _NOT_KEPT.search(said):
        return None
    if reply.header(b"set-cookie") or reply.header(b"vary").strip() == "*":
        return None
    seconds = {name.lower(): int(value) for name, value in _SECONDS.findall(said)}
    fresh_s = seconds.get("s-maxage", seconds.get("max-age", 0)) - _seconds_of(reply.header(b"age"))
    usable_s = fresh_s + seconds.get("stale-if-error", 0)
    return Lifespan(fresh_s, usable_s) if usable_s > 0 else None


def _seconds_of(age: str) -> int:
    return int(age) if age.isascii() and age.isdigit() and len(age) <= 10 else 0


def _size(question: Question, reply: Reply) -> int:
    """What an answer takes; whoever asks chooses how long its question is."""
    headers = (*question.headers, *reply.headers)
    told = sum(len(name) + len(value) for name, value in headers)
    return len(question.target) + told + len(reply.body) + OVERHEAD_BYTES
