"""The shape of a Retrosheet event file: rows of comma-separated values, one game after the other.

A game begins with its `id`; then come `info` rows, the line-ups (`start`), and in order of play `play`,
`sub`, `com` and adjustments; last the earned runs (`data`). What a row means stands in retrosheet.py.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

GAME = re.compile(r"[A-Z0-9]{3}\d{9}\Z", re.ASCII)
"""The home club, the date, and 0 or the number of the game on that date."""
_TIME = re.compile(r"(\d{1,2}):(\d\d)\s*(AM|PM)\Z", re.ASCII | re.IGNORECASE)
_SMALL = re.compile(r"\d{1,3}\Z", re.ASCII)
NOON_MS = 12 * 3_600_000


@dataclass(slots=True)
class Game:
    """Rows of one game. `info` has its rows by name, `rows` the others in order."""

    id: str
    info: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def start_ms(self) -> int | None:
        """The start as the file has it, read as UTC; noon where it has only the day."""
        try:
            day = datetime.strptime(self.info.get("date", ""), "%Y/%m/%d").replace(tzinfo=UTC)
        except ValueError:
            return None
        midnight_ms = int(day.timestamp()) * 1000
        match = _TIME.match(self.info.get("starttime", ""))
        hour = int(match[1]) if match else 0
        if match is None or not 1 <= hour <= 12:
            return max(0, midnight_ms + NOON_MS)
        minutes = (hour % 12 + 12 * (match[3].upper() == "PM")) * 60 + int(match[2])
        return max(0, midnight_ms + minutes * 60_000)


def whole(text: str) -> int | None:
    """A small number of a row; None for anything else, however long it is."""
    return int(text) if _SMALL.match(text) else None


def read(body: bytes) -> tuple[list[Game], int]:
    """The games of a file, and how many rows belong to none or cannot be read."""
    games: list[Game] = []
    lost = 0
    for line in body.decode("utf-8", errors="replace").splitlines():
        if not line.strip():
            continue
        try:
            row = next(csv.reader([line]))
        except (csv.Error, StopIteration):
            lost += 1
            continue
        if row[0] == "id":
            if len(row) > 1 and GAME.match(row[1]):
                games.append(Game(row[1]))
            else:
                lost += 1
        elif not games:
            lost += 1
        elif row[0] == "info":
            if len(row) > 2:
                games[-1].info[row[1]] = row[2]
        elif row[0] != "version":
            games[-1].rows.append(row)
    return games, lost
