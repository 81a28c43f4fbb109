"""What of a game's pages the server draws: box score, line-ups, pictures, and which of them there are.

Pure: from plays and lines to HTML. A tab is shown where it has something to show.
"""

from typing import Final

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.model.score_state import ScoreState
from scorewire.web import box_score, gallery
from scorewire.web.board import board, group
from scorewire.web.lineups import Lineup, lineups
from scorewire.web.pictures import formation
from scorewire.web.plays import Plays
from scorewire.web.render import TAB_NAMES, template

STATS, LINEUPS, PICTURES, REPLAY = "stats", "lineups", "pictures", "replay"

PARTS: Final = frozenset({STATS, LINEUPS, PICTURES})
"""The tabs whose part is made here."""

PLAYED_MIN: Final = 3
"""Rows before there is something to play back."""


def tabs(state: ScoreState, plays: Plays, box: bytes | None) -> tuple[str, ...]:
    """The tabs that have something to show, in order; the overview always has."""
    has = {
        STATS: box is not None and box_score.has_lines(box_score.read_box_score(box)),
        LINEUPS: bool(lineups(plays)),
        PICTURES: bool(gallery.pictures(_story(state, plays))),
        REPLAY: group(state.status) != "next" and state.seq >= PLAYED_MIN,
    }
    return tuple(tab for tab in TAB_NAMES if has.get(tab, True))


def lead(state: ScoreState, plays: Plays) -> str:
    """The picture that says most; empty where there is none."""
    story = _story(state, plays)
    picture = gallery.foremost(story)
    return str(picture.draw(story)) if picture is not None else ""


def drawn(tab: str, state: ScoreState, plays: Plays, box: bytes | None) -> str:
    """The part of one tab: STATS, LINEUPS or PICTURES."""
    shown = board(state, state.updated_at)
    if tab == STATS:
        read = box_score.read_box_score(box) if box is not None else None
        some = read is not None and box_score.has_lines(read)
        sides = box_score.side_tables(read) if read is not None and some else []
        return template("game_stats.html").render(
            board=shown,
            sides=sides,
            legend=box_score.legend(sides),
            compared=box_score.compared(read) if read is not None else [],
        )
    if tab == LINEUPS:
        told = lineups(plays)
        return template("game_lineups.html").render(
            board=shown,
            lineups=told,
            picture=_formation(told) if state.sport == "soccer" else None,
        )
    story = _story(state, plays)
    return template("game_pictures.html").render(
        drawn=[picture.draw(story) for picture in gallery.pictures(story)]
    )


def _story(state: ScoreState, plays: Plays) -> gallery.Story:
    return gallery.Story(plays=plays, sport=state.sport)


def _formation(told: list[Lineup]) -> Markup | None:
    sides: dict[Side, list[formation.Starter]] = {
        one.side: [
            formation.Starter(
                name=player.name,
                number=player.number,
                position=player.position,
                off=player.off is not None,
                goals=sum(mark.words == "goal" for mark in player.marks),
            )
            for player in one.starters
        ]
        for one in told
    }
    return formation.line_ups(sides, {one.side: one.name for one in told}, key="formation")
