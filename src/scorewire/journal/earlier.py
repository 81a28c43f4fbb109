"""Lists as they were some seconds ago: games that have changed since are put back to what they were. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from scorewire.journal.entities import moment_ms
from scorewire.journal.listing import UNDERWAY, Position, days_ms, is_of, read_cursor, write_cursor
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.score_state import UNDER_WAY, ScoreState


def place(line: ScoreState) -> Position:
    """Where a game stands in the order of every list."""
    return (int(line.status in UNDER_WAY), moment_ms(line.start), line.game_id)


def matches(wanted: GamesQuery, line: ScoreState) -> bool:
    """Whether a list shows a game that looked like this."""
    for group, name in (("sport", wanted.sport), ("league", wanted.league), ("team", wanted.team)):
        if name is not None and not is_of(line, group, name):
            return False
    if wanted.season is not None and wanted.season != ("" if line.season is UNSET else line.season):
        return False
    if wanted.games is not None and line.game_id not in wanted.games:
        return False
    if wanted.status == UNDERWAY:
        if line.status not in UNDER_WAY:
            return False
    elif wanted.status is not None and line.status != wanted.status:
        return False
    if wanted.date is not None:
        first, end = days_ms(wanted)
        if not first <= moment_ms(line.start) < end:
            return False
    if wanted.cursor is None:
        return True
    # As in listing.query: a list of one status has no use for the first part of the order.
    parts = 3 if wanted.status is None or wanted.status == UNDERWAY else 2
    return place(line)[-parts:] < read_cursor(wanted.cursor)[-parts:]


def joined(wanted: GamesQuery, unchanged: GamesPage, then: Iterable[ScoreState]) -> GamesPage:
    """One page of the list.

    Args:
        unchanged: the page of those that have not changed since.
        then: the others, as they were; those that the list does not show are left out here.
    """
    shown: Sequence[ScoreState] = [*unchanged.games, *(line for line in then if matches(wanted, line))]
    shown = sorted(shown, key=place, reverse=True)
    told = shown[: wanted.limit]
    more = len(shown) > len(told) or unchanged.next is not None
    return GamesPage(games=tuple(told), next=write_cursor(place(told[-1])) if more and told else None)
