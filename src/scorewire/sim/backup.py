"""The second provider of a game: the same under names and numbers of its own, later, with faults. Pure.

One kind of trouble in a game, and one of the two is always whole, since what nobody tells truly cannot be
known:

    lies      the first provider is whole; the second leaves out minor plays, tells some that never were, and
              gives some points to the wrong side
    renames   the first provider is whole; the second takes plays back and tells them again as other events
    leaves    the first provider is whole; the second stops for good
    lost      the first provider breaks off for a while, and what it had to say is lost; the second is whole
    late      the same, and it comes all at once afterwards
    gone      the first provider stops for good; the second is whole, and may tell plays again as other events
"""

import random
from dataclasses import dataclass, field
from typing import Literal, get_args

import msgspec

from scorewire.model.provider_event import ProviderEvent
from scorewire.sim.auditor import CANCELLATIONS
from scorewire.sim.options import Options
from scorewire.sim.plays import PLAYED

BACKUP = "spare"
Trouble = Literal["lies", "renames", "leaves", "lost", "late", "gone"]
RENAMED_PLAYS = 5
"""Plays, the newest, of which one may be told again under another name."""
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


@dataclass(slots=True)
class Backup:
    """What the second provider says.

    Attributes:
        messages: beside each, the number of the first provider's message that it answers.
        cut: the messages of the first provider that are lost or late.
    """

    trouble: Trouble
    cut: range
    messages: list[tuple[int, ProviderEvent]] = field(default_factory=list)


def write(sport: str, first: list[ProviderEvent], options: Options, rng: random.Random) -> Backup:
    """Make a second provider of what the first one says."""
    trouble: Trouble = rng.choice(TROUBLES)
    start = rng.randrange(len(first) // 5, max(len(first) * 4 // 5, 2))
    cut = range(0)
    if trouble in {"lost", "late"}:
        cut = range(start, start + rng.randrange(10, 40))
    elif trouble == "gone":
        cut = range(start, len(first))
    backup = Backup(trouble, cut)
    renames = trouble == "renames" or (trouble == "gone" and rng.random() < 0.5)
    teller = _Teller(
        sport,
        options,
        rng,
        lying=trouble == "lies",
        renaming=renames,
        unnumbered=trouble == "renames",
    )
    for number, message in enumerate(first[:start] if trouble == "leaves" else first):
        backup.messages += [(number, one) for one in teller.tell(message)]
    return backup


class _Teller:
    def __init__(
        self,
        sport: str,
        options: Options,
        rng: random.Random,
        *,
        lying: bool,
        renaming: bool,
        unnumbered: bool,
    ) -> None:
        self.sport = PLAYED[sport]
        self.options = options
        self.rng = rng
        self.lying = lying
        self.renaming = renaming
        # Where nobody else tells a play, its place must be known.
        self.unnumbered = unnumbered
        self.names: dict[str, str] = {}
        self.newest: list[ProviderEvent] = []
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
            message = msgspec.structs.replace(message, detail={"event": self._name(named)})
        told.append(self._own(message))
        if self.renaming:
            gone = {message.event, named}
            self.newest = [one for one in self.newest if one.event not in gone][-RENAMED_PLAYS:]
            if message.action == "assert" and message.confirmation != "cancelled":
                self.newest.append(message)
            if self.newest and self.rng.random() < self.options.rename_p:
                told += self._renamed(self.rng.choice(self.newest))
        return told

    def _name(self, event: str) -> str:
        return self.names.get(event, f"s-{event}")

    def _renamed(self, message: ProviderEvent) -> list[ProviderEvent]:
        """Take back what it says of a play, and say it again as another event, in its place or unnumbered."""
        old = msgspec.structs.replace(self._own(message), score=None)
        self.names[message.event] = f"{old.event}~"
        again = msgspec.structs.replace(old, event=self._name(message.event))
        if self.unnumbered and self.rng.random() < 0.5:
            again = msgspec.structs.replace(again, sequence=None)
        return [msgspec.structs.replace(old, action="retract"), again]

    def _own(self, message: ProviderEvent) -> ProviderEvent:
        sequence = None
        if message.sequence is not None and not message.event.startswith("ghost"):
            sequence = self.numbers.setdefault(message.event, len(self.numbers) + 1)
        return msgspec.structs.replace(
            message, provider=BACKUP, event=self._name(message.event), sequence=sequence
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
