"""What every page of a league has in common: its name, its seasons and its tabs; and the list of all leagues.

Pure: models in, what templates show out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from scorewire.journal.records import LeagueListed
from scorewire.web.front import TABS
from scorewire.web.words import sport_icon, sport_name

LEAGUE_TABS: Final = (("", "Table"), ("games", "Games"), ("leaders", "Leaders"))
SEASONS_IN_A_ROW: Final = 4
"""Seasons that are shown beside each other; more are folded up."""


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go; `current` is where the reader is."""

    name: str
    href: str
    current: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class LeagueFrame:
    """A league as the head of its pages shows it.

    Attributes:
        season: the one shown; empty where its games name none.
        newest: it is the one that is shown without asking.
        tab: of LEAGUE_TABS, by its address.
        delay_s: how late the page is; None for one that cannot be late.
    """

    id: str
    name: str
    sport: str
    season: str
    seasons: tuple[str, ...]
    newest: bool
    tab: str = ""
    delay_s: int | None = None

    @property
    def sport_name(self) -> str:
        """What people call its sport."""
        return sport_name(self.sport)

    @property
    def icon(self) -> str:
        """The symbol of its sport."""
        return sport_icon(self.sport)

    def href(self, tab: str | None = None, **query: str | None) -> str:
        """An address of this league, in the season that is shown."""
        path = f"/league/{quote(self.id, safe='')}"
        tab = self.tab if tab is None else tab
        late = str(self.delay_s) if self.delay_s else None
        kept = {"season": None if self.newest else self.season} | query | {"delay": late}
        asked = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}{'/' + tab if tab else ''}{'?' + asked if asked else ''}"

    @property
    def tabs(self) -> tuple[Link, ...]:
        """The pages of the league."""
        return tuple(Link(name, self.href(tab), tab == self.tab) for tab, name in LEAGUE_TABS)

    @property
    def season_links(self) -> tuple[Link, ...]:
        """The same page of each season, the newest first."""
        return tuple(Link(name, self.href(season=name), name == self.season) for name in self.seasons)


@dataclass(frozen=True, slots=True)
class SportLeagues:
    """The leagues of one sport."""

    sport: str
    name: str
    icon: str
    leagues: tuple[LeagueListed, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.leagues)


def frame(
    league: LeagueListed, season: str, *, newest: bool, tab: str = "", delay_s: int | None = None
) -> LeagueFrame:
    """The head of a league's pages."""
    return LeagueFrame(
        id=league.id,
        name=league.name or league.id,
        sport=league.sport,
        season=season,
        seasons=league.seasons,
        newest=newest,
        tab=tab,
        delay_s=delay_s,
    )


def directory(leagues: Iterable[LeagueListed]) -> tuple[SportLeagues, ...]:
    """All leagues by sport, in the order in which pages name sports."""
    held: dict[str, list[LeagueListed]] = {}
    for one in leagues:
        held.setdefault(one.sport, []).append(one)
    order = {sport: place for place, sport in enumerate(TABS)}
    return tuple(
        SportLeagues(
            sport=sport,
            name=sport_name(sport),
            icon=sport_icon(sport),
            leagues=tuple(sorted(own, key=lambda one: (one.name or one.id).casefold())),
        )
        for sport, own in sorted(held.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    )
