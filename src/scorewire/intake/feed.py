"""One feed, from its source to the node: decode, find the news, post it, and only then keep it.

    source ─Arrived─► decode ─► FeedBook ─► FeedClient ─► kept, saved
           ─Lost────► for `lost_after_s` ─► FEED_LOST of every game that is followed
           ─Opened──► FEED_BACK; after a gap, whole games from `recover`

At least once: what was posted and not kept is posted again, under the same revisions, and is then a
duplicate. While the node cannot be reached nothing is read on, so that nothing is lost here. A payload that
cannot be decoded is counted, logged and left out. Nothing logged holds a URL, a header or a payload.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from scorewire.clock import Clock
from scorewire.errors import BackendError, FeedError
from scorewire.intake.connection import Arrived, BackOff, Lost, Opened, Signal, Sleep, Source, Unchanged
from scorewire.intake.feed_book import FeedBook, FollowedGame, News
from scorewire.intake.feed_client import BATCH, ONE, FeedClient, Rejection, new_webhook_id
from scorewire.intake.replay import message_id
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.providers.format import Decoded, Format
from scorewire.providers.native import write_batch, write_message

BATCH_MAX: Final = 200
LOST_AFTER_S: Final = 3.0
"""A connection that is back within this was never lost; servers close streams as a routine."""
RECOVER_LAG_MS: Final = 30_000
"""A whole game may be older than the stream by so much."""
STOP_S: Final = 5.0

Fetch = Callable[[str], Awaitable[bytes | None]]
"""The whole of a game, by what the provider calls it; None where it cannot be had."""

_log = structlog.get_logger("scorewire.feed")


class Shelf(Protocol):
    """Where what is known of games outlives the process."""

    async def save(self, games: Sequence[FollowedGame]) -> None: ...


@dataclass(slots=True)
class FeedReport:
    """What a feed came to so far."""

    payloads: int = 0
    unreadable: int = 0
    posted: int = 0
    accepted: int = 0
    duplicates: int = 0
    losses: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Call:
    body: bytes
    content_type: str
    webhook_id: str
    claims: tuple[Claim, ...]


class Feed:
    """Runs one source for ever.

    Args:
        whole: each payload says all that there is to say of its games.
        recover: fetches whole games after a gap; None leaves a gap to what the feed itself sends again.
        shelf: keeps the book on disk; None forgets it with the process.
    """

    def __init__(
        self,
        *,
        name: str,
        source: Source,
        format_: Format,
        book: FeedBook,
        client: FeedClient,
        clock: Clock,
        back_off: BackOff,
        whole: bool,
        recover: Fetch | None = None,
        shelf: Shelf | None = None,
        lost_after_s: float = LOST_AFTER_S,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._name = name
        self._source = source
        self._format = format_
        self._book = book
        self._client = client
        self._clock = clock
        self._back_off = back_off
        self._whole = whole
        self._recover = recover
        self._shelf = shelf
        self._lost_after_s = lost_after_s
        self._sleep = sleep
        self._calls: deque[_Call] = deque()
        self._news = News()
        self._doubted: bytes | None = None
        self._lost_since_s: float | None = None
        self.report = FeedReport()

    async def run(self) -> None:
        """Read and post until cancelled.

        Raises:
            Unauthenticated: the node does not know the key.
            BackendError: the node's answers make no sense.
        Cancellation: what is on its way is posted to its end, and the games told that this feed is gone, if
            that takes no more than STOP_S.
        """
        try:
            async with self._source as source:
                while True:
                    await self._take(await source.next())
        finally:
            await self._leave()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(STOP_S):
                await self._flush()
                await self._post(self._book.lost(now_ms=self._clock.now_ms()))
        except (TimeoutError, BackendError, FeedError) as error:
            _log.warning("feed_left_untold", feed=self._name, why=type(error).__name__)

    async def _take(self, signal: Signal) -> None:
        match signal:
            case Arrived(body):
                await self._arrived(body)
            case Unchanged() if self._doubted is not None:
                await self._arrived(self._doubted)
            case Unchanged():
                pass
            case Opened(resumed):
                gap = not resumed and bool(self._book.followed)
                _log.info("feed_opened", feed=self._name, resumed=resumed)
                self._lost_since_s = None
                await self._post(self._book.back(now_ms=self._clock.now_ms()))
                if gap:
                    await self._refill([one.own for one in self._book.followed])
            case Lost(why):
                await self._lost(why)

    async def _lost(self, why: str) -> None:
        now_s = self._clock.monotonic_s()
        if self._lost_since_s is None:
            self._lost_since_s = now_s
            self.report.losses += 1
        _log.warning("feed_lost", feed=self._name, why=why, for_s=round(now_s - self._lost_since_s, 1))
        if now_s - self._lost_since_s >= self._lost_after_s:
            await self._post(self._book.lost(now_ms=self._clock.now_ms()))

    async def _arrived(self, body: bytes) -> None:
        decoded = self._decode(body)
        if decoded is None:
            return
        news = self._book.read(decoded, now_ms=self._clock.now_ms(), whole=self._whole)
        # What is held is believed once it was said often enough, and saying it again may be a 304.
        self._doubted = body if news.held else None
        await self._post(news)
        if news.new:
            await self._refill(news.new)

    async def _refill(self, games: Sequence[str]) -> None:
        """Whole games, for what a stream did not say while nobody listened."""
        if self._recover is None:
            return
        for game in games:
            asked_ms = self._clock.now_ms()
            body = await self._recover(game)
            decoded = self._decode(body) if body is not None else None
            if decoded is not None:
                settled_ms = asked_ms - RECOVER_LAG_MS
                now_ms = self._clock.now_ms()
                await self._post(self._book.read(decoded, now_ms=now_ms, whole=True, settled_ms=settled_ms))

    def _decode(self, body: bytes) -> Decoded | None:
        self.report.payloads += 1
        try:
            return self._format.decode(body)
        except FeedError as fault:
            self.report.unreadable += 1
            _log.warning("payload_unreadable", feed=self._name, rule=fault.rule, bytes=len(body))
            return None

    async def _post(self, news: News) -> None:
        """Post and keep; whole or, after a cancellation, by the next flush."""
        self.report.skipped.update(news.skipped)
        for game_id, rule in news.held.items():
            self.report.held[rule] += 1
            _log.warning("snapshot_held", feed=self._name, game_id=game_id, rule=rule)
        assert not self._calls, "one thing after the other"
        for game in news.declarations:
            body = write_message(game, message_id=f"{game.event}.{game.time_ms}"[-128:])
            self._calls.append(_Call(body, ONE, new_webhook_id(), (game,)))
        for at in range(0, len(news.events), BATCH_MAX):
            self._calls.append(_call(news.events[at : at + BATCH_MAX]))
        self._news = news
        await self._flush()

    async def _flush(self) -> None:
        while self._calls:
            call = self._calls[0]
            await self._send(call)
            self._calls.popleft()
        news, self._news = self._news, News()
        self._book.keep(news)
        if self._shelf is not None and news.after:
            await self._shelf.save(news.after)

    async def _send(self, call: _Call) -> None:
        """Post one call, however long the node is away."""
        while True:
            try:
                answer = await self._client.post(
                    call.body, content_type=call.content_type, webhook_id=call.webhook_id
                )
                break
            except BackendError as error:
                if not error.retryable:
                    raise
                self._back_off.failed()
                _log.warning("node_away", feed=self._name)
                await self._sleep(self._back_off.wait_s())
        self._back_off.worked()
        self.report.posted += len(call.claims)
        self.report.accepted += answer.accepted
        self.report.duplicates += answer.duplicates
        for refusal in answer.rejected:
            self.report.refused[refusal.rule] += 1
            _log.warning(
                "claim_refused", feed=self._name, rule=refusal.rule, id=refusal.id, **_named(call, refusal)
            )


def _named(call: _Call, refusal: Rejection) -> dict[str, str]:
    """What a refused claim was about, for the log; nothing where the whole call was refused."""
    if not 0 <= refusal.index < len(call.claims):
        return {}
    claim = call.claims[refusal.index]
    kind = claim.type if isinstance(claim, ProviderEvent) else "GAME_SCHEDULED"
    return {"game": claim.game_id, "type": kind}


def _call(events: Sequence[ProviderEvent]) -> _Call:
    body = write_batch([write_message(one, message_id=message_id(one)) for one in events])
    return _Call(body, BATCH, new_webhook_id(), tuple(events))
