"""Which games the front page lists, in which order, for which day.

Games stand in sections by league; within one, those under way come first, then results, newest first,
then what is to come, soonest first. Sections with games under way come first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scorewire.journal.records import GamesQuery
from scorewire.model.ids import is_id
from scorewire.model.score_state import ScoreState
from scorewire.web.board import ScoreBoard, board
from scorewire.web.viewer import known_zone
from scorewire.web.words import SPORTS, sport_icon, sport_name

GAMES_MAX = 80
"""One stream may follow 100 games, so every row is live; this many keep the first HTML under 100 KB."""
STRIP_DAYS = 3
"""Days before and after today in the strip."""
TABS = tuple(SPORTS)

GROUPS = ("live", "over", "next")
"""The order of a list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a viewer asked to see; `day` None is the mix of now, today and the newest."""

    day: date | None = None
    tz: str = "UTC"
    sport: str | None = None
    league: str | None = None
    live: bool = False

    def href(self, **changes: object) -> str:
        """The address of this choice with something changed."""
        kept = {
            "date": self.day.isoformat() if self.day else None,
            "tz": self.tz if self.tz != "UTC" else None,
            "sport": self.sport,
            "league": self.league,
            "live": "1" if self.live else None,
        } | changes
        query = urlencode({name: value for name, value in kept.items() if value is not None})
        return f"/?{query}" if query else "/"


@dataclass(frozen=True, slots=True)
class Day:
    """One chip of the day strip."""

    label: str
    name: str
    iso: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One game of a list; `with_line` where its sport's followers read the line score beside the score."""

    state: ScoreState
    board: ScoreBoard
    clock: str
    day: str
    with_line: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One league of a list."""

    id: str
    name: str
    sport: str
    sport_name: str
    icon: str
    live: int
    rows: tuple[Row, ...]


def read_choice(params: Mapping[str, str], tz: str = "") -> Choice:
    """What a query string asks for; what cannot be read is left out, because a page should still open.

    Args:
        tz: the viewer's zone, where the query names none.
    """
    sport, league = params.get("sport", ""), params.get("league", "")
    return Choice(
        day=_date(params.get("date", "")),
        tz=known_zone(params.get("tz", "")) or tz or "UTC",
        sport=sport if is_id(sport) else None,
        league=league if is_id(league) else None,
        live=params.get("live", "") == "1",
    )


def queries(choice: Choice, now_ms: int) -> tuple[GamesQuery, ...]:
    """What to ask the journal; the answers are merged, the first one's order does not matter."""

    def query(day: date | None, status: str | None = None) -> GamesQuery:
        return GamesQuery(
            date=day.isoformat() if day else None,
            tz=choice.tz,
            sport=choice.sport,
            league=choice.league,
            status=status,
            limit=GAMES_MAX,
        )

    if choice.live:
        return (query(choice.day, "underway"),)
    if choice.day:
        return (query(choice.day),)
    return query(None, "underway"), query(today(choice, now_ms)), query(None)


def sections(games: Iterable[ScoreState], choice: Choice, now_ms: int) -> tuple[Section, ...]:
    """Put each game once into its league's section; at most GAMES_MAX games, the most wanted first."""
    known = {state.game_id: state for state in games}
    rows = sorted((row(state, choice, now_ms) for state in known.values()), key=_wanted)[:GAMES_MAX]
    if choice.live:
        rows = [one for one in rows if one.board.group == "live"]
    leagues: dict[tuple[str, str], list[Row]] = {}
    for one in rows:
        leagues.setdefault((one.state.sport, one.state.league.id), []).append(one)
    made = [
        Section(
            id=league,
            name=own[0].state.league.name or league,
            sport=sport,
            sport_name=sport_name(sport),
            icon=sport_icon(sport),
            live=sum(one.board.group == "live" for one in own),
            rows=tuple(own),
        )
        for (sport, league), own in leagues.items()
    ]
    return tuple(sorted(made, key=_section_place))


def row(state: ScoreState, choice: Choice, now_ms: int) -> Row:
    """One game with its start as the viewer's zone has it; the day is empty for a game of today."""
    clock, day = start_text(state.start, choice.tz, now_ms)
    with_line = bool(SPORTS.get(state.sport, {}).get("line_in_rows"))
    return Row(state=state, board=board(state, now_ms), clock=clock, day=day, with_line=with_line)


def follows(choice: Choice, listed: Iterable[Section], *, whole: bool) -> tuple[tuple[str, str], ...]:
    """What to follow beside the listed games, so that fixtures which are declared later join by themselves.

    Nothing where that would bring more than the list may show: for a day, for what is live only, and where
    the list was cut.

    Args:
        whole: the list holds every game of the choice.
    """
    if choice.day or choice.live or not whole:
        return ()
    if choice.league:
        return (("league", choice.league),)
    sports = {choice.sport} if choice.sport else {section.sport for section in listed}
    return tuple(("sport", sport) for sport in sorted(sports))


def day_strip(choice: Choice, now_ms: int) -> tuple[Day, ...]:
    """A week around today, and the chosen day where it lies outside."""
    now = today(choice, now_ms)
    days = [now + timedelta(days=n) for n in range(-STRIP_DAYS, STRIP_DAYS + 1)]
    if choice.day and choice.day not in days:
        days = sorted([*days, choice.day])
    return tuple(
        Day(
            label=f"{day.day} {day:%b}" + (f" {day.year}" if day.year != now.year else ""),
            name="Today" if day == now else f"{day:%a}",
            iso=day.isoformat(),
            href=choice.href(date=day.isoformat(), live=None),
            current=day == choice.day,
        )
        for day in days
    )


def today(choice: Choice, now_ms: int) -> date:
    """The calendar day in the viewer's zone."""
    return datetime.fromtimestamp(now_ms / 1000, ZoneInfo(choice.tz)).date()


def start_text(start: str, tz: str, now_ms: int) -> tuple[str, str]:
    """`("15:00", "22 Nov")`; a start without a time of day is `TBD`, never midnight."""
    zone = ZoneInfo(tz)
    now = datetime.fromtimestamp(now_ms / 1000, zone).date()
    if "T" not in start:
        day = _date(start)
        return "TBD", _day_text(day, now) if day else ""
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return "TBD", ""
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)
    day_text = (
        "" if at.date() == now else f"{at.day} {at:%b}" + (f" {at.year}" if at.year != now.year else "")
    )
    return f"{at:%H:%M}", day_text


def _section_place(section: Section) -> tuple[int, int, int, str]:
    sport = TABS.index(section.sport) if section.sport in TABS else len(TABS)
    return _wanted(section.rows[0])[0], sport, -section.live, section.name


def _day_text(day: date, now: date) -> str:
    if day == now:
        return ""
    return f"{day.day} {day:%b}" if day.year == now.year else f"{day.day} {day:%b} {day.year}"


def _wanted(one: Row) -> tuple[int, float, str]:
    rank = GROUPS.index(one.board.group)
    try:
        at = datetime.fromisoformat(one.state.start)
        start = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        start = 0.0
    return rank, -start if rank == 1 else start, one.state.game_id


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
