"""What stands of a game's plays, as pages and pictures are given it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scorewire.model.provider_event import GameDeclared, ProviderEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Plays:
    """A game after row `seq`.

    Attributes:
        declared: its frame; None before anybody has said it.
        claims: the newest of every play that was not taken back, in order of play.
        seqs: (provider, event) of a claim -> the row that told it so.
        formats: provider -> the format that its payloads come in, where that is not its own name: places on
            the ground are told in the format's frame.
    """

    seq: int = 0
    declared: GameDeclared | None = None
    claims: Sequence[ProviderEvent] = ()
    seqs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)

    def format_of(self, provider: str) -> str:
        """The format whose frame a provider's places are in."""
        return self.formats.get(provider) or provider
