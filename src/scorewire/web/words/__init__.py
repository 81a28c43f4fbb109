"""Every word that a page shows for what the vocabulary names; served to browsers as words.js.

The tables are plain JSON (dict, list, str, int), so that Python and JavaScript read the same ones: what a
live line says can never differ from what the server would have said. A type that is not here is shown
under its own name, humanised: `CORNER_WON` reads "Corner won".

Reading order:
    shared.py  what all sports share: statuses, the life cycle, details, statistics
    soccer.py, basketball.py and so on: each sport's periods and the titles of its events

An entry of SPORTS:
    clock         up or down: how it runs on between updates; empty: it does not
    clock_in      where events have no clock, the name in their detail of what counts instead: the over
    minutes       lists show the minute, with added time beyond `bases`, instead of period and clock
    periods, moments, columns   a period in a sentence, beside a line, and over the line score
    regular       periods of regulation; what comes after them is extra time, if there is an entry `extra`
    quarters      it may be played in two halves instead, as its labels then tell
    labels, shorts   a label of the board in full, and where there is little room
    line_in_rows  lists show the line score beside the score
    shootout      its period and label, the title of its column, and how a result by it reads
    totals        what stands after the line score: titles, and the pairs of detail under them
    figures       the tree of detail with little figures beside the line score: tie-breaks
    turns         the tree of detail that tells by period whose turn it was: the other side has no cell
    points_by     what points are counted to, where lists of them tell more than lines: game or set
    calls         the title of what is told of points: a game, with it the set, the match; one still open,
                  one left unfinished
    filter        which lines of the timeline are shown first: key or all
    winner        where detail says who has won, and whether the score tells where it does not
    at_side, in_game   what fans ask beside the score, see situation.py
    details       words for details of events, before those of all sports

An entry of EVENTS:
    text    the title of the line
    icon    a symbol of templates/icons.html
    weight  score, card, period, correction, review, key: shown by the key filter; play: shown by "all";
            quiet: a row that says nothing to a person (a clock was set)
    points  what it adds to the side it names, for the running score beside the line
    points_in  where the event's detail says how many it adds
    who     how the player is written, where not by name alone
"""

from collections.abc import Mapping
from types import ModuleType

from scorewire.web.words import (
    american_football,
    baseball,
    basketball,
    cricket,
    handball,
    ice_hockey,
    rugby_union,
    soccer,
    tennis,
    volleyball,
)
from scorewire.web.words.shared import (
    DEFAULTS,
    DETAILS,
    KEY_WEIGHTS,
    LIFECYCLE,
    REVIEW,
    STATS,
    STATUSES,
    STRUCK,
    Words,
)

__all__ = [
    "ALL",
    "DEFAULTS",
    "DETAILS",
    "EVENTS",
    "KEY_WEIGHTS",
    "LIFECYCLE",
    "REVIEW",
    "SPORTS",
    "STATS",
    "STATUSES",
    "STRUCK",
    "Words",
    "event_words",
    "humanise",
    "sport_icon",
    "sport_name",
]

_TABLES: Mapping[str, ModuleType] = {
    "soccer": soccer,
    "basketball": basketball,
    "american_football": american_football,
    "ice_hockey": ice_hockey,
    "baseball": baseball,
    "cricket": cricket,
    "tennis": tennis,
    "rugby_union": rugby_union,
    "volleyball": volleyball,
    "handball": handball,
}

SPORTS: Words = {name: {**DEFAULTS, **table.SPORT} for name, table in _TABLES.items()}
EVENTS: Words = {"": LIFECYCLE, **{name: table.EVENTS for name, table in _TABLES.items()}}

ALL: Words = {
    "key_weights": list(KEY_WEIGHTS),
    "sports": SPORTS,
    "defaults": DEFAULTS,
    "sport_names": {name: words["name"] for name, words in SPORTS.items()},
    "statuses": STATUSES,
    "events": EVENTS,
    "details": DETAILS,
    "stats": STATS,
    "struck": STRUCK,
    "review": REVIEW,
}
"""What words.js exports."""


def humanise(name: str) -> str:
    """`FREE_KICK_WON` reads "Free kick won"."""
    text = name.replace("_", " ").strip().lower()
    return text[:1].upper() + text[1:]


def event_words(sport: str, event_type: str) -> Words:
    """The entry of an event type, made up from its name where no table has it."""
    entry = EVENTS.get(sport, {}).get(event_type) or LIFECYCLE.get(event_type)
    if entry is not None:
        found: Words = entry
        return found
    weight = "correction" if event_type.endswith("_CANCELLED") else "play"
    return {"text": humanise(event_type), "icon": "dot", "weight": weight}


def sport_name(sport: str) -> str:
    """What people call a sport."""
    known = SPORTS.get(sport)
    return str(known["name"] if known else humanise(sport))


def sport_icon(sport: str) -> str:
    """The symbol of a sport in templates/icons.html."""
    return str(SPORTS.get(sport, {}).get("icon", "dot"))
