"""Box scores: player and team lines of a game, counted from its events. Pure.

Reading order:
    columns.py   what a table of lines is made of
    box.py       the lines as they are sent
    record.py    what stands of a game's rows
    sheet.py     the sheet on which a game is counted
    book.py      one game: rows in, lines out
    presence.py  who is on the pitch, and for how long
    basketball.py ...  one file a sport: its columns, what counts for whom, and what needs more than adding
    document.py  docs/statistics.md, written from the tables

    rows -> Record -> standing plays -> Sheet -> GameLines
"""

from scorewire.stats.lines.american_football import AMERICAN_FOOTBALL
from scorewire.stats.lines.baseball import BASEBALL
from scorewire.stats.lines.basketball import BASKETBALL
from scorewire.stats.lines.cricket import CRICKET
from scorewire.stats.lines.handball import HANDBALL
from scorewire.stats.lines.ice_hockey import ICE_HOCKEY
from scorewire.stats.lines.rugby_union import RUGBY_UNION
from scorewire.stats.lines.sheet import SportLines
from scorewire.stats.lines.soccer import SOCCER
from scorewire.stats.lines.tennis import TENNIS
from scorewire.stats.lines.volleyball import VOLLEYBALL

LINES: dict[str, SportLines] = {
    "american_football": AMERICAN_FOOTBALL,
    "baseball": BASEBALL,
    "basketball": BASKETBALL,
    "cricket": CRICKET,
    "handball": HANDBALL,
    "ice_hockey": ICE_HOCKEY,
    "rugby_union": RUGBY_UNION,
    "soccer": SOCCER,
    "tennis": TENNIS,
    "volleyball": VOLLEYBALL,
}
"""Every sport that has lines, by the name that a declaration uses."""
