"""HTML of the pages of leagues, from model objects: pure functions, complete without JavaScript."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from scorewire.model.score_state import ScoreState
from scorewire.web.bundle import Bundle
from scorewire.web.front import Choice, Row, row
from scorewire.web.leaders import cards, stat_groups, whole
from scorewire.web.leagues import LeagueFrame, Link, SportLeagues
from scorewire.web.render import template
from scorewire.web.rounds import Stage, day_name, day_of, round_name, short_day, start_ms
from scorewire.web.standings import Standings, painted
from scorewire.web.statistics import read_leaders
from scorewire.web.table_views import table_views, view_parts


def late(frame: LeagueFrame) -> dict[str, int]:
    """How late the page is, for base.html; nothing for one that cannot be late, which then hides results."""
    return {} if frame.delay_s is None else {"delay_s": frame.delay_s}


@dataclass(frozen=True, slots=True)
class Heap:
    """Games under one heading: a day of a round, or a round."""

    name: str
    rows: tuple[Row, ...]


def leagues_page(*, bundle: Bundle, sports: Sequence[SportLeagues]) -> bytes:
    """Every league, by sport."""
    return template("leagues.html").render(bundle=bundle, sports=sports).encode()


def table_tab(
    *,
    bundle: Bundle,
    frame: LeagueFrame,
    standings: Standings | None,
    view: str,
    playing: Collection[str],
    days: Sequence[date],
    day: date | None,
    rounds: Mapping[str, tuple[str, ...]],
    games: Mapping[str, ScoreState],
    colors: Mapping[str, str],
    now_ms: int,
) -> bytes:
    """A league's table; None says that there is none yet.

    Args:
        days: those on which a table can be asked for; day: the one asked for.
        rounds: games outside the table, of which `games` holds the states.
    """
    table = standings.table if standings is not None else None
    table_parts = table.parts if table is not None else ()
    views = table_views(standings) if standings is not None else ()
    chosen = next((one for one in views if one.key == view), None)
    as_of = day.isoformat() if day is not None else None
    choice = Choice()
    shown = painted(view_parts(standings, view, playing), colors) if standings is not None else []
    if rounds and standings is not None and not any(row.played for part in table_parts for row in part.rows):
        # A cup is its rounds: a table in which nobody has played says nothing.
        shown = []
    return (
        template("league.html")
        .render(
            bundle=bundle,
            league=frame,
            **late(frame),
            league_id=frame.id,
            name=frame.name,
            season=frame.season,
            tables_shown=shown,
            views=[
                Link(one.name, frame.href(view=one.key, as_of=as_of), one.key == view, one.note)
                for one in views
            ],
            note=chosen.note if chosen is not None else "",
            deductions=table.deductions if table is not None else (),
            names=_names(standings),
            live=bool(playing),
            whole=view == "" and day is None and (bool(shown) or not rounds),
            when=when_links(frame, days, day, view),
            as_of=short_day(day) if day is not None else "",
            heaps=_heaps_of_rounds(rounds, games, choice, now_ms),
            now_ms=now_ms,
        )
        .encode()
    )


def _names(standings: Standings | None) -> dict[str, str]:
    if standings is None:
        return {}
    return {row.team: row.name for part in standings.table.parts for row in part.rows}


@dataclass(frozen=True, slots=True)
class When:
    """Where the days of a table lead; `months` are folded up."""

    earlier: Link | None
    later: Link | None
    now: Link
    months: tuple[tuple[str, tuple[Link, ...]], ...]


def when_links(frame: LeagueFrame, days: Sequence[date], day: date | None, view: str) -> When:
    """The table as of another day: one step back and on, and every day on which there were games."""

    def link(one: date, name: str) -> Link:
        return Link(name, frame.href(view=view, as_of=one.isoformat()), one == day, short_day(one))

    before = [one for one in days if day is None or one < day]
    after = [one for one in days if day is not None and one > day]
    # The newest day is that of now: a step back from now leads to the one before it.
    back = before[:-1] if day is None else before
    return When(
        earlier=link(back[-1], "Earlier") if back else None,
        later=link(after[0], "Later") if after else None,
        now=Link("Now", frame.href(view=view), day is None),
        months=tuple(
            (name, tuple(link(one, str(one.day)) for one in own))
            for name, own in groupby(days, key=lambda one: f"{one:%b %Y}")
        ),
    )


def games_tab(
    *,
    bundle: Bundle,
    frame: LeagueFrame,
    stages: Sequence[Stage],
    place: int,
    chosen: bool,
    games: Mapping[str, ScoreState],
    whole: bool,
    choice: Choice,
    now_ms: int,
) -> bytes:
    """The games of one round or day.

    Args:
        place: which of `stages`; -1 where there are none.
        chosen: it was asked for, and is not just that of now.
        whole: the season has no more games than `stages` hold.
    """

    def link(at: int) -> Link:
        one = stages[at]
        return Link(one.label, frame.href(**{one.by: one.key}), at == place, one.when)

    stage = stages[place] if stages else None
    return (
        template("league_games.html")
        .render(
            bundle=bundle,
            league=frame,
            **late(frame),
            stage=stage,
            chosen=chosen,
            earlier=link(place - 1) if place > 0 else None,
            later=link(place + 1) if 0 <= place < len(stages) - 1 else None,
            links=[link(at) for at in range(len(stages))] if len(stages) > 1 else (),
            heaps=_heaps_by_day([games[one] for one in (stage.games if stage else ()) if one in games],
                                choice, now_ms),
            hidden=len(stage.games) - len(games) if stage else 0,
            whole=whole,
            choice=choice,
            now_ms=now_ms,
        )
        .encode()
    )  # fmt: skip


def _heaps_by_day(games: Sequence[ScoreState], choice: Choice, now_ms: int) -> list[Heap]:
    found: list[Heap] = []
    for day, own in groupby(games, key=lambda one: day_of(start_ms(one.start), choice.tz)):
        found.append(Heap(day_name(day), tuple(row(one, choice, now_ms) for one in own)))
    return found


def _heaps_of_rounds(
    rounds: Mapping[str, tuple[str, ...]], games: Mapping[str, ScoreState], choice: Choice, now_ms: int
) -> list[Heap]:
    found = []
    for name, ids in rounds.items():
        own = tuple(row(games[one], choice, now_ms) for one in ids if one in games)
        if own:
            found.append(Heap(round_name(name), own))
    return found


def leaders_tab(
    *,
    bundle: Bundle,
    frame: LeagueFrame,
    body: bytes | None,
    stat: str | None,
    table: str | None,
    colors: Mapping[str, str],
) -> bytes:
    """Leaders of the sport's main columns, or of one column in full.

    Args:
        body: as JSON; None where there are none.
        stat, table: of one column; None for the main ones.
    """
    found = read_leaders(body) if body is not None else None
    one = whole(found, colors) if found is not None and stat is not None else None
    return (
        template("league_leaders.html")
        .render(
            bundle=bundle,
            league=frame,
            **late(frame),
            games=found.games if found is not None else 0,
            cards=cards(found, colors) if found is not None and one is None else (),
            one=one,
            groups=stat_groups(found, one.table if one else table or "", one.stat if one else stat or "")
            if found is not None
            else (),
        )
        .encode()
    )
