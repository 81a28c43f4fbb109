"""Box scores: player and team lines of a game, counted from its events. Pure.

Reading order:
    columns.py   what a table of lines is made of
    box.py       the lines as they are sent
    record.py    what stands of a game's rows
    sheet.py     the sheet on which a game is counted
    book.py      one game: rows in, lines out
    basketball.py ...  one file a sport: its columns, what counts for whom, and what needs more than adding

    rows -> Record -> standing plays -> Sheet -> GameLines
"""

from scorewire.stats.lines.basketball import BASKETBALL
from scorewire.stats.lines.ice_hockey import ICE_HOCKEY
from scorewire.stats.lines.sheet import SportLines

LINES: dict[str, SportLines] = {
    "basketball": BASKETBALL,
    "ice_hockey": ICE_HOCKEY,
}
"""Every sport that has lines, by the name that a declaration uses."""
