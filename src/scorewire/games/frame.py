"""The fold, dressed as the ScoreState that fans see. Pure.

What did not change since the previous state stays the same object, so the patch between the two costs
nothing for it (model/update.py).
"""

from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, Literal

from msgspec import UNSET, UnsetType

from scorewire.games.book import Book
from scorewire.model.provider_event import Team
from scorewire.model.score_state import OVER, ScoreState, SideState, Tree
from scorewire.model.update import Update, difference
from scorewire.sports.machine import Board

_ENDS: Final = frozenset(
    {
        "GAME_END",
        "GAME_FINAL",
        "GAME_CANCELLED",
        "GAME_ABANDONED",
        "GAME_AWARDED",
        "GAME_FORFEITED",
        "GAME_WALKOVER",
        "GAME_VOID",
        "GAME_RETIRED",
    }
)

_TIME_MS_MAX: Final = 253_402_300_800_000
"""The year 10000, which a provider's own time may name and a date cannot."""


def score_state(book: Book, epoch: str, previous: ScoreState | None) -> ScoreState:
    """What fans see of `book` now.

    Args:
        previous: the state at an earlier seq of the same game, whose unchanged parts are used again.
    """
    declared = book.declared
    assert declared is not None
    board = book.board
    status = "corrected" if book.corrected and board.status == "final" else board.status
    return ScoreState(
        game_id=book.game_id,
        epoch=epoch,
        seq=book.seq,
        sport=declared.sport,
        league=declared.league,
        season=declared.season or UNSET,
        round=declared.round or UNSET,
        start=declared.start,
        end=_end(book, status),
        venue=declared.venue if declared.venue is not None else UNSET,
        status=status,
        period=board.period or UNSET,
        clock=board.clock if board.clock is not None else UNSET,
        note=board.note or UNSET,
        home=_side(declared.home, "home", board, previous.home if previous else None),
        away=_side(declared.away, "away", board, previous.away if previous else None),
        linescore=board.linescore or UNSET,
        detail=board.detail or UNSET,
        events=tuple(book.recent),
        under_check=book.under_check,
        updated_at=book.ts,
    )


def update_of(book: Book, state: ScoreState, previous: ScoreState | None, *, correction: bool) -> Update:
    """What fans are told about the newest row of `book`, which led from `previous` to `state`."""
    return Update(
        game_id=book.game_id,
        epoch=state.epoch,
        seq=book.seq,
        ts=book.ts,
        correction=correction,
        corrected_seq=book.corrected_seq,
        event=book.recent[-1],
        patch=difference(previous, state) if previous is not None else {},
        state=state,
    )


def _side(team: Team, which: Literal["home", "away"], board: Board, held: SideState | None) -> SideState:
    kicks = _count(board.detail, "shootout", which)
    side = SideState(
        id=team.id,
        name=team.name or team.id,
        abbr=team.abbr or team.id[:3].upper(),
        color=team.color,
        score=board.home if which == "home" else board.away,
        red=_count(board.detail, "cards", which, "red") or 0,
        shootout=kicks if kicks is not None else UNSET,
        note=board.home_note if which == "home" else board.away_note,
    )
    return held if held == side and held is not None else side


def _count(detail: Tree, *path: str) -> int | None:
    """The whole number at a path of a board's detail; None where there is none."""
    value: object = detail
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int) else None


def _end(book: Book, status: str) -> str | UnsetType:
    """When the game ended, by the provider's own time of the play that ended it (else by ours).

    That play is the newest that found the game not over yet: confirmations, rulings and whatever else is
    told after it (a card in the tunnel) leave the end where it was. Where the laws ended the game (the last
    point of a match, the winning run) it is a play like any other, so all are asked once nobody's word is
    found. Read off the plays alone, so that a state folded from the journal is the same as the one that fans
    were sent.
    """
    if not _is_over(status):
        return UNSET
    said = (play for play in book.newest_first() if play.claim.type in _ENDS)
    called = (play for play in said if not _was_over(book, book.state_before(book.index_of(play.place))))
    last = (play for play, before in book.with_states() if not _was_over(book, before))
    play = next(chain(called, last), None)
    if play is None:
        return UNSET
    said_ms = play.claim.time_ms
    return _rfc3339(said_ms if 0 < said_ms < _TIME_MS_MAX else play.ts)


def _was_over(book: Book, before: Any) -> bool:
    """Whether the game was over in this state of its machine."""
    return _is_over(book.machine.board(before).status)


def _is_over(status: str) -> bool:
    return status == "ended" or status in OVER


def _rfc3339(time_ms: int) -> str:
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
