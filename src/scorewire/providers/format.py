"""What every decoder is, and the transcript in which it writes down what it read."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from scorewire.errors import FeedError
from scorewire.model.provider_event import GameDeclared, ProviderEvent, SequenceKind

T = TypeVar("T")

UNDATED = "1970-01-01T00:00:00Z"
"""The start of a game whose recording holds no date: the same in every run, and plainly not a date."""

Companions = Mapping[str, bytes]
"""What lies beside a recording and belongs to it: `{"boxscore": ..., "lineups": ...}`. All are optional."""

NO_COMPANIONS: Companions = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one payload says.

    Attributes:
        game: what the provider itself calls the game (`0022000001`); empty where the payload is silent.
        declarations: one a game, in the order of the payload; empty where the teams cannot be told.
        events: in the provider's own order of play. `provider` is the format's name and `game_id` a slug;
            whoever posts them replaces both.
        skipped: how many entries made no claim, by reason.
    """

    game: str
    declarations: tuple[GameDeclared, ...]
    events: tuple[ProviderEvent, ...]
    skipped: Mapping[str, int]

    @property
    def declaration(self) -> GameDeclared | None:
        """The only declaration, or the first of several."""
        return self.declarations[0] if self.declarations else None


class Decode(Protocol):
    """Bytes in, claims out; pure, and total: any bytes give claims or a FeedError."""

    def __call__(self, body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:
        """Decode one payload.

        Args:
            body: the payload, not compressed.
            name: the file's name, for formats whose payload does not name its game.
            companions: what lies beside it; a companion that cannot be read is as good as absent.

        Raises:
            FeedError: `unreadable_payload`, for bytes that are not of this format.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One provider format: its name, what its numbers promise, and its pure functions.

    Attributes:
        sport: of its games; empty for native events, which say so themselves.
        sequence: the kind of sequence that a whole decoded payload has.
        recognise: whether bytes, under a file's name, look like this format; cheap, and never raises.
        companions: what its decoder can use of what lies beside a recording, by name.
        grow: for a feed that publishes the whole game again after every action, the payload as it was
            after growing parts of its actions: (body, steps) -> snapshots, the last one whole. None for
            formats that are published once.
    """

    name: str
    sport: str
    sequence: SequenceKind
    recognise: Callable[[bytes, str], bool]
    decode: Decode
    companions: tuple[str, ...] = ()
    grow: Callable[[bytes, int], Iterator[bytes]] | None = None


class Transcript:
    """Collects the claims of one game in order, and numbers them.

    Guarantees: `sequence` runs 1..N without a gap over what was added, whatever was skipped; each claim
    keeps the limits of the model (an entry that breaks one is skipped as `outside_limits`).
    """

    __slots__ = ("events", "game_id", "provider", "skipped")

    def __init__(self, *, provider: str, game_id: str) -> None:
        self.provider = provider
        self.game_id = game_id
        self.events: list[ProviderEvent] = []
        self.skipped: Counter[str] = Counter()

    def skip(self, reason: str) -> None:
        """Count an entry that makes no claim."""
        self.skipped[reason] += 1

    def add(self, event: ProviderEvent) -> None:
        """Take a claim as the next one; its provider, game and sequence are set here."""
        numbered = msgspec.structs.replace(
            event, provider=self.provider, game_id=self.game_id, sequence=len(self.events) + 1
        )
        try:
            # Struct constructors check nothing, so a number out of range would travel on unseen.
            checked = msgspec.convert(msgspec.to_builtins(numbered), ProviderEvent)
        except msgspec.ValidationError:
            self.skip("outside_limits")
            return
        self.events.append(checked)

    def add_numbered(self, event: ProviderEvent, sequence: int | None) -> None:
        """Take a claim under a number of the feed's own, for formats whose sequence is sparse."""
        before = len(self.events)
        self.add(event)
        if len(self.events) > before:
            self.events[-1] = msgspec.structs.replace(self.events[-1], sequence=sequence)

    def decoded(self, *, game: str, declaration: GameDeclared | None) -> Decoded:
        """Close the transcript."""
        declarations: tuple[GameDeclared, ...] = ()
        if declaration is not None:
            try:
                declarations = (msgspec.convert(msgspec.to_builtins(declaration), GameDeclared),)
            except msgspec.ValidationError:
                self.skip("declaration_outside_limits")
        return Decoded(game, declarations, tuple(self.events), dict(self.skipped))


def slices(count: int, steps: int) -> Iterator[int]:
    """Growing lengths up to `count`, each once, in at most `steps` steps: 10 in 3 -> 3, 6, 10."""
    steps = max(steps, 1)
    yield from sorted({count * step // steps for step in range(1, steps + 1)} - ({0} if count else set()))


def read_json(decoder: msgspec.json.Decoder[T], body: bytes, what: str) -> T:
    """Decode JSON, or blame the provider.

    Raises:
        FeedError: `unreadable_payload`.
    """
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedError("unreadable_payload", f"this is not {what}: {error}") from None


def read_companion(decoder: msgspec.json.Decoder[T], companions: Companions, name: str) -> T | None:
    """Decode a companion; None where it is absent or not what its name says."""
    body = companions.get(name)
    if body is None:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def time_ms(text: str) -> int | None:
    """RFC 3339, with Z or an offset, to integer milliseconds UTC; None for anything else.

    A time without an offset is taken for UTC, which is what the feeds mean by it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        value = round(moment.timestamp() * 1000)
    except (OverflowError, ValueError):
        return None
    return value if value >= 0 else None


def rfc3339(ms: int) -> str:
    """Integer milliseconds to RFC 3339 UTC; whole seconds are written without a fraction."""
    seconds, fraction = divmod(ms, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:03}Z" if fraction else f"{text}Z"
