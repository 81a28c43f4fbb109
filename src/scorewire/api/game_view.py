"""The whole game at one seq, folded from its rows: pure.

A row stores a change to the plays. What stands at seq N is: the newest assert or amendment of every
(provider, event) that was not retracted after it, unless a standing play annuls it. Line-ups and
statistics count what stands; the list of events shows every row, corrections too.

Example of a line-up's claim: `{"p10": "10|Lionel Messi|Right Wing|starter"}`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType

from scorewire.intake.desk import shown_detail
from scorewire.model.game_event import Cause, GameEvent, Level
from scorewire.model.provider_event import Detail, ProviderEvent, Side, Team
from scorewire.model.score_state import ScoreState

Value = TypeVar("Value")

LINEUP = "LINEUP"
SIDES: tuple[Side, Side] = ("home", "away")


class EventRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a game's log as readers see it; `corrects` names the seq that it corrects.

    Example:
        {"seq":31,"type":"GOAL","level":"key","ts":1671376990000,"team":"home","player":"Lionel Messi",
         "period":1,"clock":"22:41","cause":{"provider":"acme","event":"prov-124","revision":7},
         "detail":{"penalty":true}}
    """

    seq: int
    type: str
    level: Level
    ts: int
    team: Side | UnsetType = UNSET
    player: str | UnsetType = UNSET
    player_id: str | UnsetType = UNSET
    period: int | UnsetType = UNSET
    clock: str | UnsetType = UNSET
    cause: Cause
    corrects: int | UnsetType = UNSET
    text: str | UnsetType = UNSET
    detail: Detail | UnsetType = UNSET
    x: float | UnsetType = UNSET
    y: float | UnsetType = UNSET


class EventPage(Struct, frozen=True, kw_only=True):
    """Rows after a seq, in order; `seq` is the game's head, so a reader knows whether there are more."""

    game_id: str
    epoch: str
    seq: int
    events: tuple[EventRow, ...]


class LineupPlayer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`{"id":"p10","name":"Lionel Messi","number":"10","position":"Right Wing","role":"starter"}`."""

    id: str
    name: str
    number: str = ""
    position: str = ""
    role: str = ""


class Teams(Struct, frozen=True, kw_only=True):
    """Both teams as last declared."""

    home: Team
    away: Team


class GameView(Struct, frozen=True, kw_only=True):
    """Everything about a game at `score.seq`.

    Attributes:
        lineups: by side; a side without one is absent.
        events: every row up to that seq, corrections too.
        statistics: by side, how often each type of event stands.
    """

    score: ScoreState
    teams: Teams
    lineups: dict[Side, tuple[LineupPlayer, ...]]
    events: tuple[EventRow, ...]
    statistics: dict[Side, dict[str, int]]


def game_view(score: ScoreState, rows: Sequence[GameEvent]) -> GameView:
    """Fold rows 1..score.seq into everything that is known at that seq.

    Args:
        rows: in order, from the first.
    """
    plays = standing(rows)
    return GameView(
        score=score,
        teams=_teams(score, rows),
        lineups=_lineups(plays),
        events=tuple(event_row(row) for row in rows),
        statistics=_statistics(plays),
    )


def event_row(row: GameEvent) -> EventRow:
    """A row as readers see it: the compact event, with its cause and what only the claim has."""
    compact, claim = row.compact, row.claim
    detail = {**shown_detail(claim), **compact.detail} if claim is not None else compact.detail
    return EventRow(
        seq=row.seq,
        type=row.type,
        level=row.level,
        ts=row.ts,
        team=compact.team or UNSET,
        player=compact.player or UNSET,
        player_id=claim.player.id if claim is not None and claim.player is not None else UNSET,
        period=_present(compact.period),
        clock=_present(compact.clock),
        cause=row.cause,
        corrects=_present(row.corrects),
        text=_present(claim.text) if claim is not None else UNSET,
        detail=detail or UNSET,
        x=_present(claim.x) if claim is not None else UNSET,
        y=_present(claim.y) if claim is not None else UNSET,
    )


def standing(rows: Iterable[GameEvent]) -> list[ProviderEvent]:
    """The claims that stand after these rows, by the seq at which each was first asserted."""
    held: dict[tuple[str, str], GameEvent] = {}
    for row in rows:
        play = (row.cause.provider, row.cause.event)
        if row.change in {"assert", "amend"}:
            held[play] = row
        elif row.change == "retract":
            held.pop(play, None)
    annulled = {row.annuls for row in held.values() if row.annuls is not None}
    return [row.claim for play, row in held.items() if play not in annulled and row.claim is not None]


def _teams(score: ScoreState, rows: Sequence[GameEvent]) -> Teams:
    for row in reversed(rows):
        if row.declared is not None:
            return Teams(home=row.declared.home, away=row.declared.away)
    home, away = score.home, score.away
    return Teams(
        home=Team(id=home.id, name=home.name, abbr=home.abbr),
        away=Team(id=away.id, name=away.name, abbr=away.abbr),
    )


def _lineups(plays: Iterable[ProviderEvent]) -> dict[Side, tuple[LineupPlayer, ...]]:
    newest: dict[Side, ProviderEvent] = {}
    for claim in plays:
        if claim.type == LINEUP and claim.team is not None:
            newest[claim.team] = claim
    return {
        side: tuple(_lineup_player(player_id, str(text)) for player_id, text in newest[side].detail.items())
        for side in SIDES
        if side in newest
    }


def _lineup_player(player_id: str, text: str) -> LineupPlayer:
    number, name, position, role = (*text.split("|", 3), "", "", "", "")[:4]
    return LineupPlayer(id=player_id, name=name, number=number, position=position, role=role)


def _statistics(plays: Iterable[ProviderEvent]) -> dict[Side, dict[str, int]]:
    counted: dict[Side, Counter[str]] = {side: Counter() for side in SIDES}
    for claim in plays:
        if claim.team is not None and claim.type != LINEUP:
            counted[claim.team][claim.type] += 1
    return {side: dict(sorted(counted[side].items())) for side in SIDES}


def _present(value: Value | None) -> Value | UnsetType:
    return UNSET if value is None else value
