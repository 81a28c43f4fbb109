"""The shell of intake: one call of a provider, from its bytes to its durable answer.

Order, and why: size before anything is computed; then who says so and when, and whoever fails that leaves no
trace on the log; then how often; then whether the call was answered before, as far as that can be told
without waiting; only then is anything decoded.
"""

import asyncio
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

import msgspec
import structlog

from scorewire.clock import Clock
from scorewire.errors import BackendError, FeedError, RequestError, Unauthenticated
from scorewire.intake.admission import Admission
from scorewire.intake.cloudevents import BATCH, SINGLE, read
from scorewire.intake.known import KnownGames
from scorewire.intake.offers import (
    JSON,
    PROBLEM_JSON,
    UNFORESEEN,
    UNREADABLE_EVENT,
    Answer,
    Offer,
    Offers,
    Refused,
    refusal,
)
from scorewire.intake.rate import Bucket
from scorewire.intake.signature import check_time, matches, read_headers
from scorewire.log.base import ProviderLog, Receipt
from scorewire.model.ids import is_id
from scorewire.model.trace import read_trace
from scorewire.providers.format import Decode

OFF_LOOP_BYTES = 262_144
"""A larger body is hashed and decoded in a thread: a snapshot of 16 MiB takes some 100 ms."""
FRESH_SECRETS_PER_S = 20
"""Wrong signatures for which the keys are read anew; the rest of a flood is refused from memory."""

Done = TypeVar("Done")

_log = structlog.get_logger("scorewire.intake")


class Secrets(Protocol):
    """The active secrets of a provider; empty for an unknown one."""

    async def __call__(self, provider: str, *, fresh: bool = False) -> Sequence[str]:
        """`fresh` passes by any memory, for a signature that no remembered secret explains."""
        ...


class Intake:
    """Where providers' calls come in.

    Args:
        log, known, admission: where calls go once they are read.
        secrets: see `Secrets`; journal.keys.Keys.secrets.
        formats: decoders of providers that send their own payloads, by provider.
        clock: for the age of signatures, and the rate.
        tolerance_s: how far a webhook-timestamp may lie from our clock, either way.
        body_bytes_max: of native CloudEvents; provider_body_bytes_max: of a provider's own payload.
        batch_max: messages of one call.
        calls_per_s: of one provider.
    """

    def __init__(
        self,
        *,
        log: ProviderLog,
        known: KnownGames,
        admission: Admission,
        secrets: Secrets,
        formats: Mapping[str, Decode],
        clock: Clock,
        tolerance_s: int,
        body_bytes_max: int,
        provider_body_bytes_max: int,
        batch_max: int,
        calls_per_s: int,
    ) -> None:
        self._log = log
        self._known = known
        self._admission = admission
        self._secrets = secrets
        self._formats = formats
        self._clock = clock
        self._tolerance_s = tolerance_s
        self._body_bytes_max = body_bytes_max
        self._provider_body_bytes_max = provider_body_bytes_max
        self._batch_max = batch_max
        self._calls_per_s = calls_per_s
        # Only providers that have signed a call have a bucket, so their number is that of the keys.
        self._buckets: dict[str, Bucket] = {}
        self._fresh = Bucket(FRESH_SECRETS_PER_S)

    async def receive(
        self, provider: str, headers: Mapping[str, str], body: bytes, content_type: str, received_ms: int
    ) -> Answer:
        """One call, whatever it is, to status, body and headers; see `take`."""
        try:
            receipt = await self.take(provider, {**headers, "content-type": content_type}, body, received_ms)
        except (FeedError, RequestError, BackendError) as error:
            return refusal(error)
        kind = JSON if receipt.status < 300 else PROBLEM_JSON
        return Answer(receipt.status, receipt.answer, {"content-type": kind})

    def admit(self, provider: str, content_type: str) -> int:
        """How many bytes a body may have, before it is read.

        Raises:
            RequestError: 415 `unsupported_media_type`.
        """
        if _kind(content_type) in (SINGLE, BATCH):
            return self._body_bytes_max
        if provider in self._formats:
            return self._provider_body_bytes_max
        raise RequestError(415, "unsupported_media_type", f"send {SINGLE} or {BATCH}")

    async def take(
        self, provider: str, headers: Mapping[str, str], body: bytes, received_ms: int | None = None
    ) -> Receipt:
        """One call.

        Args:
            provider: as the path names it.
            headers: by lower-case name.
            body: as it came.
            received_ms: when it came; now, if it is left out.
        Returns:
            Status and body, durable: 202, or 422 for a body that cannot be read, or the first answer of a
            call that is repeated.
        Raises:
            Unauthenticated: `unknown_provider`, or as signature.verify.
            WebhookConflict: the id was used for another body.
            RequestError: 413, 415, 429.
            BackendError: nothing was acknowledged.
        """
        now_ms = self._clock.now_ms() if received_ms is None else received_ms
        content_type = headers.get("content-type", "")
        bytes_max = self.admit(provider, content_type)
        if len(body) > bytes_max:
            raise RequestError(413, "body_too_large", f"{len(body)} bytes; at most {bytes_max} here")
        webhook_id = await self._authenticate(provider, headers, body, now_ms)
        self._spend(provider)
        digest = await _off_loop(body, lambda: hashlib.sha256(body).digest())
        earlier = await self._recall(provider, webhook_id, digest, body)
        if earlier is not None:
            return earlier
        try:
            offers = await self._read(provider, _kind(content_type), body)
        except FeedError as error:
            return await self._admission.refuse(
                provider=provider,
                webhook_id=webhook_id,
                digest=digest,
                received_ms=now_ms,
                body=body,
                error=error,
            )
        return await self._admission.post(
            provider=provider,
            webhook_id=webhook_id,
            digest=digest,
            received_ms=now_ms,
            offers=offers,
            traceparent=read_trace(headers.get("traceparent", "")),
        )

    async def _recall(self, provider: str, webhook_id: str, digest: bytes, body: bytes) -> Receipt | None:
        """The first answer of a call that is repeated.

        The log finds every repetition when it appends, so it is asked beforehand only where that costs less
        than decoding: a look into the file is 15 us of CPU, and a thread to wait for.
        """
        if len(body) <= OFF_LOOP_BYTES:
            return self._log.recall_at_hand(provider, webhook_id, digest)
        return await self._log.recall(provider, webhook_id, digest)

    async def _authenticate(self, provider: str, headers: Mapping[str, str], body: bytes, now_ms: int) -> str:
        signed = read_headers(headers)
        check_time(signed, now_ms=now_ms, tolerance_s=self._tolerance_s)
        if not is_id(provider):
            raise Unauthenticated("unknown_provider", "no provider has such a name")
        secrets: Sequence[str] = await self._secrets(provider)
        if await _off_loop(body, partial(matches, signed, body, secrets)):
            return signed.webhook_id
        # A key may have been made beside the running node a moment ago.
        if self._fresh.take(self._clock.monotonic_s()) == 0.0:
            fresh = await self._secrets(provider, fresh=True)
            newer = [secret for secret in fresh if secret not in secrets]
            if await _off_loop(body, partial(matches, signed, body, newer)):
                return signed.webhook_id
            secrets = fresh
        if not secrets:
            raise Unauthenticated("unknown_provider", f"there is no active key for {provider!r}")
        raise Unauthenticated("bad_signature", "no active secret of this provider explains the signature")

    def _spend(self, provider: str) -> None:
        bucket = self._buckets.get(provider)
        if bucket is None:
            bucket = self._buckets[provider] = Bucket(self._calls_per_s)
        wait_s = bucket.take(self._clock.monotonic_s())
        if wait_s > 0:
            raise RequestError(
                429,
                "too_many_calls",
                f"at most {self._calls_per_s} calls a second; put more events into one",
                retry_after_s=math.ceil(wait_s),
            )

    async def _read(self, provider: str, kind: str, body: bytes) -> Offers:
        if kind in (SINGLE, BATCH):
            return await _off_loop(
                body,
                lambda: read(body, provider=provider, batch=kind == BATCH, batch_max=self._batch_max),
            )
        return await read_own(provider, body, self._formats[provider], self._known)


async def read_own(provider: str, body: bytes, decode: Decode, known: KnownGames) -> Offers:
    """A provider's own payload as offers about our game.

    The payload's own declaration is not used: a declaration says what the provider calls a game, and one
    that nobody made is what the dead letter `unmapped_game` is about.

    Raises:
        FeedError: it cannot be read.
    """
    try:
        decoded = await _off_loop(body, lambda: decode(body))
    except FeedError:
        raise
    except Exception as error:
        _log.error("payload_unreadable", provider=provider, exc_info=error)
        raise FeedError(UNREADABLE_EVENT, UNFORESEEN) from error
    game_id = await known.game_of(provider, decoded.game) if decoded.game else None
    if game_id is None:
        detail = f"no declaration's provider_ids say which game {provider!r} calls {decoded.game!r}"
        return Offers([], [Refused(0, decoded.game, "", "unmapped_game", detail, body)])
    offered = [
        Offer(index, claim.event, msgspec.structs.replace(claim, provider=provider, game_id=game_id), None)
        for index, claim in enumerate(decoded.events)
    ]
    return Offers(offered, [])


def _kind(content_type: str) -> str:
    """A media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


async def _off_loop(body: bytes, work: Callable[[], Done]) -> Done:
    """Do what takes long with a large body where it does not hold up every fan."""
    if len(body) <= OFF_LOOP_BYTES:
        return work()
    return await asyncio.to_thread(work)
