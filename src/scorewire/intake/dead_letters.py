"""What was refused, through acceptance once more: once a game is mapped or a rule mended."""

from collections.abc import Mapping

from scorewire.clock import Clock
from scorewire.errors import FeedError
from scorewire.intake.admission import Admission, reopen
from scorewire.intake.known import KnownGames
from scorewire.intake.offers import Offers
from scorewire.intake.webhook import read_own
from scorewire.log.base import DeadLetter, ProviderLog
from scorewire.providers.format import Decode


class DeadLetters:
    """Replays dead letters under the name of the provider that sent them; no signature is asked for.

    Args:
        log, known, admission, clock: as for Intake.
        formats: decoders of providers that send their own payloads, by provider.
    """

    def __init__(
        self,
        *,
        log: ProviderLog,
        known: KnownGames,
        admission: Admission,
        formats: Mapping[str, Decode],
        clock: Clock,
    ) -> None:
        self._log = log
        self._known = known
        self._admission = admission
        self._formats = formats
        self._clock = clock

    async def replay(self, letter: DeadLetter) -> bytes:
        """Offer it once more and settle it; what is refused again is a new dead letter.

        Returns:
            The body that an ingest call would be answered with.
        Raises:
            BackendError: the log; the letter stays open.
        """
        offers = await self._offers(letter)
        receipt = await self._admission.again(letter, offers, received_ms=self._clock.now_ms())
        await self._log.settle([letter.number], "replayed")
        return receipt.answer

    async def _offers(self, letter: DeadLetter) -> Offers:
        offers = reopen(letter)
        decode = self._formats.get(letter.provider)
        if offers.offered or decode is None or letter.position:
            return offers
        try:
            return await read_own(letter.provider, letter.payload, decode, self._known)
        except FeedError:
            return offers
