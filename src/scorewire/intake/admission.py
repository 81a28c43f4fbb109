"""The shell around acceptance: looks up what is known, makes a call durable, and only then knows it.

Events that came before their game was declared lie among the dead letters. The declaration takes them up:
those of the last minutes are offered again in the order in which they came, under an id that is made of
their numbers, so that doing it twice does it once.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

import msgspec
import structlog

from scorewire.errors import BackendError, FeedError
from scorewire.intake.acceptance import Sports, Verdict, accept
from scorewire.intake.cloudevents import UNREADABLE, read
from scorewire.intake.known import KnownGames
from scorewire.intake.offers import Offer, Offers, Refused, accepted, letters, problem
from scorewire.intake.recent import Recent
from scorewire.log.base import DeadLetter, ProviderLog, Receipt, Submission
from scorewire.model.provider_event import Claim

TAKEN_UP_MAX = 10_000
"""Events of one game that a declaration takes up; a soccer match with every touch has some 4,000."""

_CLAIM = msgspec.json.Decoder(Claim)
_log = structlog.get_logger("scorewire.intake")


class Admission:
    """From what a call offers to its durable answer.

    Guarantees: what is answered is on the log; what was not made durable leaves no trace here.

    Args:
        log: where claims, answers and dead letters go, in one commit.
        known: declarations.
        recent: what was heard last of each event.
        sports: every sport by name.
        unknown_game_park_s: for how long events of an undeclared game wait for its declaration.
    """

    def __init__(
        self,
        *,
        log: ProviderLog,
        known: KnownGames,
        recent: Recent,
        sports: Sports,
        unknown_game_park_s: int,
    ) -> None:
        self._log = log
        self._known = known
        self._recent = recent
        self._sports = sports
        self._park_ms = unknown_game_park_s * 1000

    async def post(
        self,
        *,
        provider: str,
        webhook_id: str,
        digest: bytes,
        received_ms: int,
        offers: Offers,
        traceparent: str = "",
    ) -> Receipt:
        """Decide, append, answer; then take up what waited for a game that is declared now.

        Args:
            traceparent: of the call; see model.trace.

        Raises:
            WebhookConflict, BackendError: as ProviderLog.append.
        Cancellation: the call may have become durable; what waited is then taken up by `resume`.
        """
        verdict = await self._decide(offers.offered, received_ms, self._recent)
        verdict.refused.extend(offers.refused)
        receipt = await self._append(
            provider, webhook_id, digest, received_ms, verdict, traceparent=traceparent
        )
        if not receipt.repeated:
            early = {one.game_id for one in verdict.refused if one.rule == "unknown_game"}
            await self._take_up(verdict.declared, received_ms, early=early)
        return receipt

    async def again(self, letter: DeadLetter, offers: Offers, *, received_ms: int) -> Receipt:
        """Offer what a dead letter holds once more; a repetition is taken, since a person asked for it."""
        verdict = await self._decide(offers.offered, received_ms, Recent(entries_max=0, age_ms=0))
        verdict.refused.extend(offers.refused)
        webhook_id = f"replay-{letter.number}-{received_ms}"
        digest = hashlib.sha256(letter.payload).digest()
        receipt = await self._append(letter.provider, webhook_id, digest, received_ms, verdict)
        await self._take_up(verdict.declared, received_ms)
        return receipt

    async def refuse(
        self,
        *,
        provider: str,
        webhook_id: str,
        digest: bytes,
        received_ms: int,
        body: bytes,
        error: FeedError,
    ) -> Receipt:
        """Dead-letter a body that cannot be read at all, and remember the answer."""
        refused = Refused(0, webhook_id, "", error.rule, error.detail, body)
        return await self._log.append(
            Submission(
                provider=provider,
                webhook_id=webhook_id,
                digest=digest,
                received_ms=received_ms,
                claims=(),
                status=422,
                answer=problem(error),
                refused=letters(provider, webhook_id, received_ms, [refused]),
            )
        )

    async def resume(self, *, after: Mapping[int, int], now_ms: int) -> None:
        """At start: know what lies on the log and is not in the journal yet, then take up what waits.

        Args:
            after: by partition, the offset up to which everything is in the journal.
        """
        await self._known.resume(self._log, after)
        await self.look_after(now_ms)

    async def look_after(self, now_ms: int) -> None:
        """Take up what waits although its game is declared: who declared it ended before it came to that.

        To be called every now and then where several intakes share the log; costs little where nothing waits.
        """
        waiting = await self._log.dead_letters(
            rule="unknown_game", since_ms=now_ms - self._park_ms, limit=TAKEN_UP_MAX
        )
        game_ids = {one.game_id for one in waiting}
        await self._known.refresh(game_ids)
        await self._take_up(await self._known.resolve(game_ids), now_ms)

    async def _decide(self, offered: Sequence[Offer], now_ms: int, recent: Recent) -> Verdict:
        game_ids = {offer.claim.game_id for offer in offered}
        games = await self._known.resolve(game_ids)
        verdict = accept(offered, games=games, sports=self._sports, recent=recent, now_ms=now_ms)
        # Nothing is refused for the want of what another intake has made durable and answered.
        if verdict.refused and await self._known.refresh(game_ids & {one.game_id for one in verdict.refused}):
            games = await self._known.resolve(game_ids)
            verdict = accept(offered, games=games, sports=self._sports, recent=recent, now_ms=now_ms)
        return verdict

    async def _append(
        self,
        provider: str,
        webhook_id: str,
        digest: bytes,
        received_ms: int,
        verdict: Verdict,
        *,
        traceparent: str = "",
    ) -> Receipt:
        for one in verdict.refused:
            if one.cause is not None:
                _log.error("event_unreadable", provider=provider, webhook_id=webhook_id, exc_info=one.cause)
        receipt = await self._log.append(
            Submission(
                provider=provider,
                webhook_id=webhook_id,
                digest=digest,
                received_ms=received_ms,
                claims=tuple(verdict.accepted),
                status=202,
                answer=accepted(len(verdict.accepted), verdict.duplicates, verdict.refused),
                refused=letters(provider, webhook_id, received_ms, verdict.refused),
                traceparent=traceparent,
            )
        )
        if not receipt.repeated:
            self._recent.remember(verdict.contents, received_ms)
            for declared in verdict.declared.values():
                self._known.learn(declared)
        return receipt

    async def _take_up(self, game_ids: Iterable[str], now_ms: int, *, early: Collection[str] = ()) -> None:
        """Offer again what waited for these games.

        A declaration may have become durable while a call's own event was being refused for the want of it,
        too late for that event to be found among the letters: so for `early` ones this side looks as well.
        Whoever declares writes, then reads the letters; whoever refuses writes the letter, then reads the
        declarations: one of the two sees the other, and if both do it is taken up once.
        """
        try:
            await self._known.refresh(early)
            for game_id in sorted({*game_ids, *filter(self._known.holds, early)}):
                waiting = await self._log.dead_letters(
                    game_id=game_id,
                    rule="unknown_game",
                    since_ms=now_ms - self._park_ms,
                    limit=TAKEN_UP_MAX,
                )
                for provider, of_one in groupby(reversed(waiting), key=lambda one: one.provider):
                    await self._take_up_of(provider, list(of_one), now_ms)
        except BackendError as error:
            # The call itself is durable and must be answered; the letters stay open, where `resume` and
            # the operator find them.
            _log.warning("parked_events_left", detail=str(error))

    async def _take_up_of(self, provider: str, waiting: Sequence[DeadLetter], now_ms: int) -> None:
        offers = Offers([], [])
        for index, letter in enumerate(waiting):
            found = reopen(letter)
            offers.offered.extend(Offer(index, one.message_id, one.claim, one.raw) for one in found.offered)
            offers.refused.extend(found.refused)
        verdict = await self._decide(offers.offered, now_ms, self._recent)
        verdict.refused.extend(offers.refused)
        numbers = ",".join(str(letter.number) for letter in waiting)
        digest = hashlib.sha256(numbers.encode()).digest()
        await self._append(provider, f"taken-up-{digest.hex()[:32]}", digest, now_ms, verdict)
        await self._log.settle([letter.number for letter in waiting], "replayed")


def reopen(letter: DeadLetter) -> Offers:
    """What a dead letter holds: a claim that the owner refused, a CloudEvent, or a batch of them."""
    payload = letter.payload
    try:
        if letter.position:
            claim = _CLAIM.decode(payload)
            return Offers([Offer(0, claim.event, claim, None)], [])
        batch = payload.lstrip()[:1] == b"["
        # Whoever refused it has seen to its size.
        return read(payload, provider=letter.provider, batch=batch, batch_max=len(payload))
    except UNREADABLE as error:
        rule, detail = "unreadable_json", f"this is no claim of this version: {error}"
    except FeedError as error:
        rule, detail = error.rule, error.detail
    return Offers([], [Refused(0, letter.webhook_id, letter.game_id, rule, detail, payload)])
