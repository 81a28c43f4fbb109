"""Which games the schedule shows: a week of the viewer's own calendar, day by day, league by league. Pure.

A game without a time of day belongs to its day in every zone, and stands after those whose time is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scorewire.journal.records import GamesQuery
from scorewire.model.ids import is_id
from scorewire.model.score_state import ScoreState
from scorewire.web.front import Choice, Row, row
from scorewire.web.words import sport_icon, sport_name

GAMES_MAX = 400
"""On one page: a busy week of one sport. Of more, a league has to be chosen."""
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a viewer asked for; `day` lies in the week that is shown."""

    day: date
    tz: str
    sport: str | None = None
    league: str | None = None
    team: str | None = None

    @property
    def monday(self) -> date:
        """The first day of the week."""
        return self.day - timedelta(days=self.day.weekday())

    def step(self, weeks: int) -> str:
        """The day so many weeks later."""
        return (self.day + timedelta(weeks=weeks)).isoformat()

    def href(self, **changes: str | None) -> str:
        """The address of this choice with something changed."""
        kept = {
            "date": self.day.isoformat(),
            "sport": self.sport,
            "league": self.league,
            "team": self.team,
        } | changes
        query = urlencode({name: value for name, value in kept.items() if value is not None})
        return f"/schedule?{query}" if query else "/schedule"


@dataclass(frozen=True, slots=True)
class LeagueOfDay:
    """One league's games of a day."""

    id: str
    name: str
    sport: str
    icon: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """One day, with its heading `Saturday 21 November`."""

    iso: str
    name: str
    today: bool
    leagues: tuple[LeagueOfDay, ...]


def read_wanted(params: Mapping[str, str], tz: str, now_ms: int) -> Wanted:
    """What a query asks for; what cannot be read is left out, because a page should still open."""
    today = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(tz)).date()
    try:
        day = date.fromisoformat(params.get("date", ""))
    except ValueError:
        day = today
    if not 2 <= day.year <= 9998:
        day = today
    named = {name: params.get(name, "") for name in ("sport", "league", "team")}
    return Wanted(day=day, tz=tz, **{name: text for name, text in named.items() if is_id(text)})


def query(wanted: Wanted, cursor: str | None = None) -> GamesQuery:
    """The games of the week, and of a day before and after: games without a time start at midnight UTC."""
    return GamesQuery(
        date=(wanted.monday - timedelta(days=1)).isoformat(),
        days=WEEK_DAYS + 2,
        tz=wanted.tz,
        sport=wanted.sport,
        league=wanted.league,
        team=wanted.team,
        limit=200,
        cursor=cursor,
    )


def week(games: Iterable[ScoreState], wanted: Wanted, now_ms: int) -> tuple[DayOfWeek, ...]:
    """The days of the week, those without games too."""
    zone = ZoneInfo(wanted.tz)
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    by_day: dict[date, list[ScoreState]] = {}
    for state in {one.game_id: one for one in games}.values():
        by_day.setdefault(_day(state.start, zone), []).append(state)
    days = [wanted.monday + timedelta(days=n) for n in range(WEEK_DAYS)]
    return tuple(
        DayOfWeek(
            iso=day.isoformat(),
            name=f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else ""),
            today=day == today,
            leagues=_leagues(by_day.get(day, ()), wanted, now_ms),
        )
        for day in days
    )


def _leagues(games: Iterable[ScoreState], wanted: Wanted, now_ms: int) -> tuple[LeagueOfDay, ...]:
    choice = Choice(tz=wanted.tz)
    found: dict[str, list[ScoreState]] = {}
    for state in sorted(games, key=_place):
        found.setdefault(state.league.id, []).append(state)
    return tuple(
        LeagueOfDay(
            id=league,
            name=own[0].league.name or league,
            sport=own[0].sport,
            icon=sport_icon(own[0].sport),
            rows=tuple(row(state, choice, now_ms) for state in own),
        )
        for league, own in sorted(
            found.items(), key=lambda item: (sport_name(item[1][0].sport), item[1][0].league.name)
        )
    )


def _place(state: ScoreState) -> tuple[bool, float, str]:
    timed = "T" in state.start
    return not timed, _moment(state.start).timestamp(), state.game_id


def _day(start: str, zone: ZoneInfo) -> date:
    moment = _moment(start)
    return moment.astimezone(zone).date() if "T" in start else moment.date()


def _moment(start: str) -> datetime:
    at = datetime.fromisoformat(start)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
