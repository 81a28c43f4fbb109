"""Dead letters as the fold of their topic: one partition, so every process that reads it has the same. Pure.

A letter's number is its offset, so numbers grow and have gaps where something was settled.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from scorewire.log.base import DeadLetter
from scorewire.log.kafka_records import Buried, Lettered


@dataclass(slots=True)
class LetterBook:
    """The newest letters with what became of them.

    Attributes:
        letters_max, bytes_max: beyond either the oldest are forgotten here; they stay on the topic.
        folded: the offset up to which the topic was read.
        forgotten: letters that were let go for the bounds.
    """

    letters_max: int
    bytes_max: int
    folded: int = 0
    forgotten: int = 0
    _letters: OrderedDict[int, DeadLetter] = field(default_factory=OrderedDict)
    _positions: set[str] = field(default_factory=set)
    _bytes: int = 0

    def fold(self, offset: int, buried: Buried) -> None:
        """Take the next entry of the topic; what was folded before changes nothing."""
        if offset <= self.folded:
            return
        self.folded = offset
        if isinstance(buried, Lettered):
            self._take(offset, buried.letter)
            return
        for number in buried.numbers:
            letter = self._letters.get(number)
            if letter is not None:
                self._letters[number] = msgspec.structs.replace(letter, state=buried.state)

    def find(self, *, state: str, game_id: str, rule: str, since_ms: int, limit: int) -> Sequence[DeadLetter]:
        """Newest first; an empty filter matches all."""
        found: list[DeadLetter] = []
        for letter in reversed(self._letters.values()):
            if len(found) >= limit:
                break
            if (
                letter.ts >= since_ms
                and state in ("", letter.state)
                and game_id in ("", letter.game_id)
                and rule in ("", letter.rule)
            ):
                found.append(letter)
        return found

    def get(self, number: int) -> DeadLetter | None:
        """One letter by its number."""
        return self._letters.get(number)

    def __len__(self) -> int:
        return len(self._letters)

    def _take(self, number: int, letter: DeadLetter) -> None:
        # An owner that died between burying and its commit buries the same refusal again.
        if letter.position and letter.position in self._positions:
            return
        if letter.position:
            self._positions.add(letter.position)
        self._letters[number] = msgspec.structs.replace(letter, number=number)
        self._bytes += len(letter.payload)
        while len(self._letters) > self.letters_max or self._bytes > self.bytes_max:
            _, oldest = self._letters.popitem(last=False)
            self._positions.discard(oldest.position)
            self._bytes -= len(oldest.payload)
            self.forgotten += 1
