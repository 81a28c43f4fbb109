"""Moments of games that are played out here, in the words of the pages."""

from collections.abc import Iterable
from pathlib import Path

from scorewire.alerts.moments import Moment, Wording, moment
from scorewire.model.update import Update
from scorewire.sports import SPORTS
from scorewire.web.words import SPORTS as WORDS
from scorewire.web.words import STATUSES, event_words
from unit.stats.lines import plays


class Played(plays.Game):
    """A game, and what there is to tell of it."""

    @property
    def moments(self) -> list[Moment]:
        return moments(self.updates)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Level and text of each moment, in order."""
        return [(one.level, one.text) for one in self.moments]


def played(sport: str) -> Played:
    """A game of Home against Away."""
    return Played(next(row.declared for row in plays.game(sport).rows if row.declared is not None))


def recorded(folder: Path, path: str) -> Played:
    """A recording, decided."""
    one = plays.recorded(folder, path)
    again = Played(next(row.declared for row in one.rows if row.declared is not None))
    for row in one.rows:
        if row.claim is not None:
            again.offer(row.claim)
    return again


def _period(sport: str, period: str) -> str:
    return str(WORDS[sport]["labels"].get(period, period))


def _is_key(sport: str, type_: str) -> bool:
    spec = SPORTS[sport].events.get(type_)
    return spec is not None and spec.level == "key"


PAGES = Wording(
    event=lambda sport, type_: str(event_words(sport, type_)["text"]),
    period=_period,
    status=lambda status: str(STATUSES[status]["text"]),
    key=_is_key,
)


def moments(updates: Iterable[Update]) -> list[Moment]:
    """What there is to tell of them."""
    return [one for update in updates if (one := moment(update, PAGES)) is not None]
