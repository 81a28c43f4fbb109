"""Who is on the pitch, and for how long: soccer, rugby, handball. The caller knows the clock."""

from collections.abc import Iterable

from scorewire.model.provider_event import Side
from scorewire.stats.lines.sheet import Sheet


class Presence:
    """Stints of the players of a sheet, in seconds of the match clock, which never goes back here."""

    __slots__ = ("_now_s", "_played_s", "_sheet", "_since_s")

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._now_s = 0
        self._since_s: dict[Side, dict[str, int]] = {"home": {}, "away": {}}
        self._played_s: dict[Side, dict[str, int]] = {"home": {}, "away": {}}

    def start(self, side: Side) -> int:
        """Put the starters of the line-up on; how many there are."""
        starters = [who for who, entry in self._sheet.entries[side].items() if entry.starter]
        self._since_s[side] = dict.fromkeys(starters, 0)
        return len(starters)

    def until(self, now_s: int) -> None:
        """Let time pass; an earlier time changes nothing, because some plays are told late."""
        self._now_s = max(self._now_s, now_s)

    def change(self, side: Side, off: str, on: str = "", name: str = "") -> None:
        """Somebody goes off, and somebody may come on, now."""
        since_s = self._since_s[side].pop(off, None)
        if since_s is not None:
            played_s = self._played_s[side]
            played_s[off] = played_s.get(off, 0) + self._now_s - since_s
        if on:
            self._sheet.entry(side, on, name)
            self._since_s[side].setdefault(on, self._now_s)

    def give(self, sides: Iterable[Side], table: str, column: str) -> None:
        """Write down what everybody has played by now."""
        for side in sides:
            for who in list(self._since_s[side]):
                self.change(side, who)
            for who, played_s in self._played_s[side].items():
                self._sheet.add(side, who, table, column, played_s)
