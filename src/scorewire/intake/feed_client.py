"""The other end of the webhook: signs calls as a provider does, sends them, and repeats what failed.

Idempotent: a call keeps its webhook-id and its body through all its attempts, so one that was stored though
its answer was lost gets that answer again. Only the timestamp and signature are made anew, because a
signature ages.

Source: Standard Webhooks, "Sending"; RFC 9110 10.2.3 (Retry-After).
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

import httpx
import msgspec
from msgspec import Struct

from scorewire.clock import Clock
from scorewire.errors import BackendError, FeedError, Unauthenticated
from scorewire.intake.connection import USER_AGENT
from scorewire.intake.signature import signed_headers
from scorewire.model.ids import is_id
from scorewire.model.provider_event import GameDeclared
from scorewire.providers.native import write_batch, write_message

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PAYLOAD = "application/json"

CALL_S = 30.0
"""How long one attempt may take, the wait for the disk included."""
ATTEMPTS_MAX = 8
BACK_OFF_S = 0.2
BACK_OFF_MAX_S = 10.0
ANSWERED = frozenset({409, 413, 415, 422})
"""Statuses by which a node refuses a whole call for good."""

Sleep = Callable[[float], Awaitable[None]]


class Rejection(Struct, frozen=True, kw_only=True):
    """One event that was refused, as the answer says; index -1 stands for the whole call."""

    index: int = -1
    id: str = ""
    rule: str = ""
    detail: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What a call came to."""

    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[Rejection, ...] = ()


class Problem(Struct, frozen=True):
    """RFC 9457, as far as it is read here."""

    code: str = ""
    detail: str = ""


_ANSWER = msgspec.json.Decoder(Answer)
_PROBLEM = msgspec.json.Decoder(Problem)


class FeedClient:
    """One provider's side of a node's webhook. Use it as `async with`.

    Args:
        url: of the node, `http://127.0.0.1:8080`.
        provider: the name under which it posts.
        secret: `whsec_...`, or `whsk_...` to sign with Ed25519.
        clock: for the timestamps of the signatures.
        rng: spreads the repeats of many clients.
        sleep: waits so many seconds.
        transport: another way to the node than its URL, for tests.

    Raises:
        FeedError: no provider can have this name (`bad_id`), or no secret this form (`bad_secret`).
    """

    def __init__(
        self,
        *,
        url: str,
        provider: str,
        secret: str,
        clock: Clock,
        rng: random.Random,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if not is_id(provider):
            raise FeedError("bad_id", f"{provider!r} cannot be the name of a provider")
        _check(secret)
        self.provider = provider
        self._secret = secret
        self._clock = clock
        self._rng = rng
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            base_url=url, headers={"user-agent": USER_AGENT}, timeout=CALL_S, transport=transport
        )

    async def __aenter__(self) -> "FeedClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def knows(self, game_id: str) -> bool:
        """Whether the node has this game.

        Raises:
            BackendError: it cannot be reached.
        """
        try:
            answer = await self._http.head(f"/v1/games/{game_id}/score")
        except httpx.HTTPError as error:
            raise BackendError(
                f"the node cannot be reached at {self._http.base_url}: {_why(error)}", retryable=True
            ) from error
        return answer.status_code == 200

    async def declare(self, game: GameDeclared) -> Answer:
        """Post a declaration; see `post`."""
        message = write_message(game, message_id=game.event)
        return await self.post(message, content_type=ONE)

    async def post_events(self, messages: Sequence[bytes], *, webhook_id: str = "") -> Answer:
        """Post encoded CloudEvents in one call; see `post`."""
        if len(messages) == 1:
            return await self.post(messages[0], content_type=ONE, webhook_id=webhook_id)
        return await self.post(write_batch(messages), content_type=BATCH, webhook_id=webhook_id)

    async def post(self, body: bytes, *, content_type: str, webhook_id: str = "") -> Answer:
        """Sign a body and send it until it is answered.

        Args:
            webhook_id: of an earlier call with this body, to repeat it; empty makes a new one.

        Returns:
            What the node says; a call that it refuses as a whole is one rejection without an index.

        Raises:
            Unauthenticated: the key or the clock is wrong.
            BackendError: it gave no answer in ATTEMPTS_MAX attempts.
        Cancellation: the call may have been stored; repeat it under the same id.
        """
        webhook_id = webhook_id or new_webhook_id()
        why = ""
        for attempt in range(ATTEMPTS_MAX):
            try:
                answer = await self._http.post(
                    f"/v1/ingest/{self.provider}",
                    content=body,
                    headers={"content-type": content_type, **self._signed(webhook_id, body)},
                )
            except httpx.HTTPError as error:
                why = _why(error)
                await self._sleep(self._back_off_s(attempt, ""))
                continue
            if answer.status_code == 429 or answer.status_code >= 500:
                why = f"status {answer.status_code}"
                await self._sleep(self._back_off_s(attempt, answer.headers.get("retry-after", "")))
                continue
            return _read(answer)
        raise BackendError(f"no answer in {ATTEMPTS_MAX} attempts, at last {why}", retryable=True)

    def _signed(self, webhook_id: str, body: bytes) -> dict[str, str]:
        timestamp_s = self._clock.now_ms() // 1000
        return signed_headers(secret=self._secret, webhook_id=webhook_id, timestamp_s=timestamp_s, body=body)

    def _back_off_s(self, attempt: int, retry_after: str) -> float:
        if retry_after.isdecimal():
            return min(float(retry_after), BACK_OFF_MAX_S) + self._rng.random() * BACK_OFF_S
        return min(BACK_OFF_S * 2.0**attempt, BACK_OFF_MAX_S) * (0.5 + self._rng.random() / 2)


def _check(secret: str) -> None:
    """Find a wrong secret before anything is sent."""
    try:
        signed_headers(secret=secret, webhook_id="check", timestamp_s=0, body=b"")
    except ValueError as error:
        raise Unauthenticated("bad_secret", str(error)) from None


def new_webhook_id() -> str:
    """An id that no other call has: `msg_` and 32 hexadecimal digits."""
    return f"msg_{uuid.uuid4().hex}"


def _why(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _read(answer: httpx.Response) -> Answer:
    if answer.is_success:
        try:
            return _ANSWER.decode(answer.content)
        except msgspec.DecodeError as error:
            raise BackendError(f"the node's answer cannot be read: {error}", retryable=False) from None
    try:
        problem = _PROBLEM.decode(answer.content)
    except msgspec.DecodeError:
        problem = Problem(code=f"status_{answer.status_code}", detail=answer.text[:200])
    if answer.status_code in {401, 403}:
        raise Unauthenticated(problem.code, problem.detail)
    if answer.status_code in ANSWERED:
        return Answer(rejected=(Rejection(rule=problem.code, detail=problem.detail),))
    raise BackendError(
        f"the node answers {answer.status_code} {problem.code}: {problem.detail}", retryable=False
    )
