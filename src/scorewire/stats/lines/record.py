"""The plays of a game that stand, read off its rows: what a box score may count.

The rules are those of the owner's book (games/book.py), without its states: a row asserts a play at its
place, amends it, or takes it out; an event that negates takes back the play that it names while it stands
itself, and only if that is of a type that it negates. What is taken back comes back when what took it back
goes.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from scorewire.model.game_event import GameEvent, Place
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.sports.machine import AnyMachine, EventSpec

PlayKey = tuple[str, str]
"""(provider, event)."""


@dataclass(slots=True)
class Told:
    """The newest version of one play, at its place; `annuls` is the play that it takes back."""

    key: PlayKey
    place: Place
    claim: ProviderEvent
    annuls: PlayKey | None


@dataclass(slots=True)
class Record:
    """The rows 1..seq of one game, reduced to what stands.

    Attributes:
        changed: how often the plays have changed: what was made of them holds while it is the same.
    """

    machines: Mapping[str, AnyMachine]
    declared: GameDeclared | None = None
    seq: int = 0
    changed: int = 0
    _plays: dict[PlayKey, Told] = field(default_factory=dict)
    _order: list[Told] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)
    _annullers: dict[PlayKey, list[Told]] = field(default_factory=dict)

    def apply(self, row: GameEvent) -> None:
        """Take the next row; one that is here already is left aside, so rows may be delivered twice.

        Raises:
            ValueError: a row is missing before it.
        """
        if row.seq <= self.seq:
            return
        if row.seq != self.seq + 1:
            raise ValueError(f"row {row.seq} of {row.game_id} does not follow {self.seq}")
        self.seq = row.seq
        if row.change == "note":
            return
        self.changed += 1
        if row.change == "declare":
            self.declared = row.declared or self.declared
            return
        assert row.claim is not None, f"row {row.seq} of {row.game_id} has no claim"
        key = (row.claim.provider, row.claim.event)
        if row.change != "assert":
            key = row.play or key
            self._take_out(key)
        if row.change != "retract":
            assert row.place is not None, f"row {row.seq} of {row.game_id} has no place"
            self._put(Told(key, row.place, row.claim, row.annuls))

    def standing(self) -> list[ProviderEvent]:
        """What stands, in play order; without what the provider itself calls cancelled."""
        return [
            play.claim
            for play in self._order
            if play.claim.confirmation != "cancelled" and (not self._annullers or self._stands(play))
        ]

    def _put(self, play: Told) -> None:
        index = bisect_left(self._places, play.place)
        self._order.insert(index, play)
        self._places.insert(index, play.place)
        self._plays[play.key] = play
        if play.annuls is not None:
            self._annullers.setdefault(play.annuls, []).append(play)

    def _take_out(self, key: PlayKey) -> None:
        play = self._plays.pop(key)
        index = bisect_left(self._places, play.place)
        del self._order[index], self._places[index]
        if play.annuls is not None:
            others = [other for other in self._annullers.pop(play.annuls) if other is not play]
            if others:
                self._annullers[play.annuls] = others

    def _stands(self, play: Told) -> bool:
        events: Mapping[str, EventSpec] = {}
        if self.declared is not None:
            events = self.machines[self.declared.sport].events
        return not any(
            spec.takes_back(play.claim.type) and self._stands(other)
            for other in self._annullers.get(play.key, ())
            if (spec := events.get(other.claim.type)) is not None
        )
