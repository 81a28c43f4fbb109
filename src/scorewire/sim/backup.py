"""The second provider of a game: the same under names and numbers of its own, later, with faults. Pure.

Two kinds of trouble, never both in one game, since what nobody tells truly cannot be known:

    lies    the first provider is whole; the second leaves out minor plays, tells some that never were, and
            gives some points to the wrong side
    cut     the first provider breaks off for a while, and what it had to say is lost or comes all at once
            afterwards; the second is whole
"""

import random
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from scorewire.model.provider_event import ProviderEvent
from scorewire.sim.auditor import CANCELLATIONS
from scorewire.sim.options import Options
from scorewire.sim.plays import PLAYED

BACKUP = "spare"
Trouble = Literal["lies", "lost", "late"]


@dataclass(slots=True)
class Backup:
    """What the second provider says.

    Attributes:
        messages: beside each, the number of the first provider's message that it answers.
        cut: the messages of the first provider that are lost or late, as a range.
    """

    trouble: Trouble
    cut: range
    messages: list[tuple[int, ProviderEvent]] = field(default_factory=list)


def write(sport: str, first: list[ProviderEvent], options: Options, rng: random.Random) -> Backup:
    """Make a second provider of what the first one says."""
    trouble: Trouble = rng.choice(("lies", "lost", "late"))
    start = rng.randrange(len(first) // 5, max(len(first) * 4 // 5, 2))
    cut = range(start, start + rng.randrange(10, 40)) if trouble != "lies" else range(0)
    backup = Backup(trouble, cut)
    teller = _Teller(sport, options, rng, lying=trouble == "lies")
    for number, message in enumerate(first):
        backup.messages += [(number, one) for one in teller.tell(message)]
    return backup


class _Teller:
    def __init__(self, sport: str, options: Options, rng: random.Random, *, lying: bool) -> None:
        self.sport = PLAYED[sport]
        self.options = options
        self.rng = rng
        self.lying = lying
        self.numbers: dict[str, int] = {}
        self.left_out: set[str] = set()
        self.wrong: dict[str, ProviderEvent] = {}
        self.invented = 0

    def tell(self, message: ProviderEvent) -> list[ProviderEvent]:
        """What it says when the first provider says this."""
        told: list[ProviderEvent] = []
        if self.lying and self.rng.random() < self.options.lie_p and message.event not in self.numbers:
            told += self._lie(message)
        if message.event in self.left_out:
            return told
        named = str(message.detail.get("event", ""))
        if named and message.type in CANCELLATIONS:
            message = msgspec.structs.replace(message, detail={"event": f"s-{named}"})
        return [*told, self._own(message)]

    def _own(self, message: ProviderEvent) -> ProviderEvent:
        sequence = None
        if message.sequence is not None and not message.event.startswith("ghost"):
            sequence = self.numbers.setdefault(message.event, len(self.numbers) + 1)
        return msgspec.structs.replace(
            message, provider=BACKUP, event=f"s-{message.event}", sequence=sequence
        )

    def _lie(self, message: ProviderEvent) -> list[ProviderEvent]:
        """Leave this play out, if it scores nothing; or invent one that does beside it."""
        if message.type not in self.sport.kinds:
            return []
        if message.type not in self.sport.scoring and not self.sport.sets:
            self.left_out.add(message.event)
            return []
        if self.sport.sets:
            return []
        self.invented += 1
        kind = self.rng.choice(self.sport.scoring)
        never = msgspec.structs.replace(
            message,
            event=f"never-{self.invented}",
            type=kind,
            team=self.sport.side(self.rng, message.period or 1),
            detail=self.sport.detail(self.rng, kind),
            confirmation="confirmed",
        )
        return [self._own(never)]
