"""HTML of the pages, from model objects: pure functions, complete without JavaScript.

Every value goes through Jinja's autoescape; the two data blocks (the state for the page's own modules, and
JSON-LD for search engines) are JSON in which `<` is escaped, so that no text can end the block.
"""

from collections.abc import Collection, Iterable
from functools import cache
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from msgspec import UNSET

from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import ScoreState
from scorewire.web.board import ScoreBoard, board, group
from scorewire.web.bundle import Bundle
from scorewire.web.front import GROUPS, TABS, Choice, Row, Section, day_strip, follows, start_text
from scorewire.web.playback import Course, bar_of, clocked, data_of, stops, where
from scorewire.web.standings import Standings, around, painted
from scorewire.web.timeline import lines, scorers
from scorewire.web.viewer import Viewer
from scorewire.web.words import DEFAULTS, SPORTS, sport_name

_SCHEMA_STATUSES = {
    "postponed": "EventPostponed",
    "cancelled": "EventCancelled",
    "void": "EventCancelled",
}
"""A game at a new date is scheduled again: `EventRescheduled` would want the old date, which is not kept."""
_ENCODER = msgspec.json.Encoder()

TAB_NAMES = {
    "": "Overview",
    "stats": "Box score",
    "lineups": "Line-ups",
    "pictures": "Pictures",
    "replay": "Replay",
}
"""The tabs of a game in order, by their place in its address."""


def front_page(
    *,
    bundle: Bundle,
    listed: tuple[Section, ...],
    featured: ScoreState | None,
    choice: Choice,
    whole: bool,
    now_ms: int,
    delay_s: int = 0,
) -> str:
    """The list of games.

    Args:
        featured: the full state of the one that wide screens show beside the list.
        whole: that is all games of the choice.
        now_ms: of the moment that is shown.
        delay_s: how long ago that is.
    """
    return template("front.html").render(
        bundle=bundle,
        choice=choice,
        sections=listed,
        follows=urlencode(follows(choice, listed, whole=whole)),
        days=day_strip(choice, now_ms),
        tabs=[(sport, sport_name(sport)) for sport in TABS],
        live=sum(section.live for section in listed),
        feature=_game(featured, (), now_ms, choice.tz) if featured else None,
        now_ms=now_ms,
        delay_s=delay_s,
        canonical=choice.href(tz=None),
    )


def game_page(
    *,
    bundle: Bundle,
    state: ScoreState,
    earlier: Iterable[CompactEvent],
    now_ms: int,
    standings: Standings | None = None,
    playing: Collection[str] = (),
    viewer: Viewer | None = None,
    tabs: Iterable[str] = (),
    tab: str = "",
    part: str = "",
    origin: str = "",
) -> str:
    """One game: its overview, or another tab of it.

    Args:
        earlier: events older than those of the state, oldest first.
        standings: of its league, of which the places around the two teams are shown.
        playing: teams of the league whose game goes on now.
        tabs: those that the game has, by their place in the address; "" is the overview.
        tab: the one that is shown.
        part: what the server has drawn for it: HTML.
        origin: how the outside reaches this node, for who copies its address; without, nothing is offered.
    """
    viewer = viewer or Viewer()
    older = _older(state, earlier)
    game = _game(state, older, now_ms, viewer.tz)
    data = {"state": state, "earlier": older, "now": now_ms}
    sides = (state.home, state.away)
    places = around(standings, [side.id for side in sides], playing) if standings is not None else []
    return template("game_tab.html" if tab else "game.html").render(
        bundle=bundle,
        game=game,
        tabs=game_tabs(state.game_id, tabs, tab),
        tab=tab,
        tab_name=TAB_NAMES[tab],
        part=Markup(part),  # noqa: S704 (what game_parts.py has escaped)
        title=f"{state.home.name} v {state.away.name}",
        delay_s=viewer.delay_s,
        origin=origin,
        canonical=f"/game/{state.game_id}/{tab}".rstrip("/"),
        places=painted(places, {side.id: side.color for side in sides}),
        data=_block(data),
        linked=_block(sports_event(state)),
    )


def replay_page(
    *,
    bundle: Bundle,
    state: ScoreState,
    newest: ScoreState,
    course: Course,
    earlier: Collection[CompactEvent],
    tabs: Iterable[str],
    viewer: Viewer,
) -> str:
    """A game at one of its rows, to be played back from there.

    Args:
        newest: the game as it is now, of which nothing is shown.
        course: of the whole game.
        earlier: rows of the whole game; those up to the state's are shown.
    """
    older = _older(state, earlier)
    before, after = stops(state, course)
    here = course.moment(state.seq)
    live, late = group(newest.status) == "live", viewer.delay_s > 0
    data = data_of(state, course) | {"state": state, "events": earlier, "live": live, "late": late}
    return template("replay.html").render(
        bundle=bundle,
        game=_game(clocked(state, course), older, state.updated_at, viewer.tz),
        newest=newest,
        live=live,
        tabs=[(one, TAB_NAMES[one]) for one in TAB_NAMES if one in (*tabs, "replay")],
        title=f"{state.home.name} v {state.away.name}",
        delay_s=viewer.delay_s,
        canonical=f"/game/{state.game_id}/replay",
        bar=bar_of(state, course),
        before=before,
        after=after,
        where=where(state, course),
        length=course.length,
        at=here.at if here is not None else 0,
        data=_block(data),
    )


def game_tabs(game_id: str, tabs: Iterable[str], tab: str = "") -> Markup:
    """The way to a game's tabs, of which `tab` is shown; hidden where there is but one."""
    shown = [(one, TAB_NAMES[one]) for one in TAB_NAMES if one in (*tabs, tab)]
    return Markup(template("game_tabs.html").render(game_id=game_id, tabs=shown, tab=tab))  # noqa: S704


def missing_page(*, bundle: Bundle) -> str:
    """What an unknown game's address shows."""
    return template("missing.html").render(bundle=bundle)


def desk_page(*, bundle: Bundle) -> str:
    """The editor's desk. It holds nothing of any game: its script asks the administrators' routes."""
    return template("desk.html").render(bundle=bundle)


def choose_featured(listed: tuple[Section, ...]) -> str | None:
    """The game for the panel: one being played, else under way, else the newest result, else the next."""
    rows: list[Row] = [row for section in listed for row in section.rows]
    ranked = sorted(rows, key=lambda row: (GROUPS.index(row.board.group), row.state.status != "live"))
    return ranked[0].state.game_id if ranked else None


def title(shown: ScoreBoard) -> str:
    """What names a game with its score: `2–1 Argentina v France · 67'`."""
    teams = f"{shown.home.name} v {shown.away.name}"
    if shown.group == "next":
        return teams
    status = " ".join(part for part in (shown.short, shown.sub) if part)
    return f"{shown.home.score}–{shown.away.score} {teams} · {status}"


def sports_event(state: ScoreState) -> dict[str, object]:
    """JSON-LD of a game. Source: schema.org/SportsEvent."""
    status = _SCHEMA_STATUSES.get(state.status, "EventScheduled")
    home, away = ({"@type": "SportsTeam", "name": side.name} for side in (state.home, state.away))
    event: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "SportsEvent",
        "name": f"{state.home.name} v {state.away.name}",
        "sport": sport_name(state.sport),
        "startDate": state.start,
        "eventStatus": f"https://schema.org/{status}",
        "homeTeam": home,
        "awayTeam": away,
        "competitor": [home, away],
        "organizer": {"@type": "SportsOrganization", "name": state.league.name or state.league.id},
        "superEvent": {"@type": "SportsEvent", "name": state.league.name or state.league.id},
    }
    if state.end is not UNSET:
        event["endDate"] = state.end
    if state.venue is not UNSET:
        event["location"] = {"@type": "Place", "name": state.venue.name}
    return event


def _game(
    state: ScoreState, older: Iterable[CompactEvent], now_ms: int, tz: str = "UTC"
) -> dict[str, object]:
    held = state.events if state.events is not UNSET else ()
    events = (*older, *held)
    clock, day = start_text(state.start, tz, now_ms)
    return {
        "state": state,
        "board": board(state, now_ms),
        "lines": lines(state.sport, events, state.home.score, state.away.score, state),
        "scorers": scorers(state.sport, events),
        "clock": clock,
        "day": day,
        "sport_name": sport_name(state.sport),
        "filter": SPORTS.get(state.sport, DEFAULTS)["filter"],
        "facts": _facts(state),
        "group": group(state.status),
    }


def _facts(state: ScoreState) -> list[str]:
    told = [state.league.name or state.league.id]
    told += [text for text in (state.round, state.season) if text is not UNSET]
    if state.venue is not UNSET:
        told.append(state.venue.name)
    return told


def _older(state: ScoreState, earlier: Iterable[CompactEvent]) -> tuple[CompactEvent, ...]:
    """Without what the state holds itself, and without rows that were made after it was read."""
    held = state.events if state.events is not UNSET else ()
    first = held[0].seq if held else state.seq + 1
    return tuple(event for event in earlier if event.seq < first)


def _block(value: object) -> Markup:
    text = _ENCODER.encode(value).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("scorewire.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """A template of the pages, with everything escaped."""
    return _environment().get_template(name)
