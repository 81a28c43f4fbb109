"""Which games changed in the last minutes, and what lists showed of them at each moment. Pure.

Readers who want to know later than others are shown lists as they were: of all stored games only those that
changed within the delay look different, and of those the lines are still here.

Bounded: `LINES_MAX` lines; the oldest leave first. So does a game that was quiet for longer than every delay,
whose line before the next row is then not here either. What has left is folded again from the journal if
somebody asks.
"""

from collections import OrderedDict, deque

from scorewire.model.delay import DELAY_MAX_S
from scorewire.model.score_state import ScoreState

LINES_MAX = 50_000
"""Some 0.5 KB each, because a line shares its teams with the line before it."""

KEPT_MS = (DELAY_MAX_S + 20) * 1000


class Lately:
    """See the module."""

    __slots__ = ("_count", "_lines", "_lines_max")

    def __init__(self, *, lines_max: int = LINES_MAX) -> None:
        self._lines: OrderedDict[str, deque[ScoreState]] = OrderedDict()
        self._lines_max = lines_max
        self._count = 0

    def note(self, line: ScoreState) -> None:
        """A game has changed; lines of one game come in order."""
        held = self._lines.get(line.game_id)
        if held is None:
            held = self._lines[line.game_id] = deque()
        elif held and (held[-1].epoch != line.epoch or held[-1].seq >= line.seq):
            return
        held.append(line)
        self._count += 1
        self._lines.move_to_end(line.game_id)
        # Of the lines that are older than every delay, the newest is what the longest delay shows.
        while len(held) > 1 and held[1].updated_at < line.updated_at - KEPT_MS:
            held.popleft()
            self._count -= 1
        self._forget(line.updated_at)

    def _forget(self, now_ms: int) -> None:
        while self._lines:
            oldest = next(iter(self._lines.values()))
            quiet = oldest[-1].updated_at < now_ms - KEPT_MS
            if not quiet and self._count <= self._lines_max:
                return
            if quiet or len(oldest) == 1:
                if not quiet and len(self._lines) == 1:
                    return
                _, gone = self._lines.popitem(last=False)
                self._count -= len(gone)
            else:
                oldest.popleft()
                self._count -= 1

    def changed(self, cutoff_ms: int) -> dict[str, ScoreState]:
        """The games with a row younger than `cutoff_ms`, and their newest lines."""
        found: dict[str, ScoreState] = {}
        for game_id, held in reversed(self._lines.items()):
            if held[-1].updated_at > cutoff_ms:
                found[game_id] = held[-1]
        return found

    def at(self, game_id: str, cutoff_ms: int) -> ScoreState | None:
        """The newest line of `cutoff_ms` or before; None if it is not here, or if there was none."""
        for line in reversed(self._lines.get(game_id, ())):
            if line.updated_at <= cutoff_ms:
                return line
        return None
