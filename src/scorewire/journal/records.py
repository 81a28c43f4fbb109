"""What goes into the journal and what comes out of it.

A Commit is all or nothing. Its rows are gap-free for each game and end where its head moves to; `flaw`
says where one is not, because only a bug of ours can make such a commit.
"""

from typing import Literal

from msgspec import Struct

from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import GameDeclared
from scorewire.model.score_state import ScoreState


class HeadMove(Struct, frozen=True, kw_only=True):
    """One game's head moves from `from_seq` to `to_seq`, or the whole commit fails: the fence.

    Attributes:
        from_seq: the head that the owner believes in; 0 creates the game.
        corrected_seq: the newest row at or before `to_seq` that was a correction, 0 if there is none.
        line: the list form of the state at `to_seq`.
    """

    game_id: str
    from_seq: int
    to_seq: int
    corrected_seq: int
    line: ScoreState


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """A claim that is remembered although it made no row: a touch, the retraction of an unknown event, a
    newer revision of the same content, or what a provider told that is not followed.

    The journal keeps one entry for each (game, provider, event): the last that was committed.

    Attributes:
        body: of an event of a game that several providers tell; the journal does not look into it.
    """

    game_id: str
    provider: str
    event: str
    revision: int
    what: Literal["touch", "retracted", "same", "told"]
    body: bytes = b""


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The book of a game at `seq`; the journal does not look into `body`."""

    game_id: str
    seq: int
    body: bytes


class Consumed(Struct, frozen=True, kw_only=True):
    """How far a partition of the provider log has been applied.

    Attributes:
        position: everything up to this offset is applied, except what is in `held`.
        held: offsets at or below `position` that still wait for a missing number, ascending; a restart
            reads again from the first of them.
        term: which take-over its owner's is, counted from 1; 0 before the first.
    """

    partition: int
    position: int = 0
    held: tuple[int, ...] = ()
    term: int = 0


class Commit(Struct, frozen=True, kw_only=True):
    """Everything that becomes true in one transaction.

    Attributes:
        declared: the frames now held of games whose declaration is new or has changed.
        consumed_from: what the owner believes to be stored where it writes `consumed`, its own term
            included; where something else is, the whole commit fails. None writes over whatever is stored.
        published: game id -> newest seq that the scoreboard has been given; it never goes down.
    """

    rows: tuple[GameEvent, ...] = ()
    heads: tuple[HeadMove, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    declared: tuple[GameDeclared, ...] = ()
    consumed: Consumed | None = None
    consumed_from: Consumed | None = None
    published: dict[str, int] = {}


class Stored(Struct, frozen=True, kw_only=True):
    """A game as read back: fold `rows` over the book of `checkpoint`, or over nothing.

    Attributes:
        head_seq: the game's newest seq, even where an older one was asked for.
        corrected_seq: the newest correction at or before the last row that is told.
        published_seq: what the scoreboard was last known to have.
        rows: those after the checkpoint, up to the seq that was asked for.
        ledger: all of it, whichever seq was asked for.
    """

    head_seq: int
    corrected_seq: int
    checkpoint: Checkpoint | None
    rows: tuple[GameEvent, ...]
    ledger: tuple[LedgerEntry, ...]
    published_seq: int = 0


class GamesQuery(Struct, frozen=True, kw_only=True):
    """Which games to list; everything that is given must hold.

    Attributes:
        date: a calendar day, `2022-12-18`, as seen in `tz`.
        days: how many days from `date` on.
        tz: an IANA name.
        season: as games name it; empty for games that name none.
        games: only these, by id; at most as many as fit on a page.
        team: plays on either side.
        status: one status exactly, or `underway` for all of `score_state.UNDER_WAY`.
        limit: 1 to 200; more is taken as 200.
        cursor: `GamesPage.next` of the page before.
    """

    date: str | None = None
    days: int = 1
    tz: str = "UTC"
    sport: str | None = None
    league: str | None = None
    season: str | None = None
    games: tuple[str, ...] | None = None
    team: str | None = None
    status: str | None = None
    limit: int = 50
    cursor: str | None = None


class GamesPage(Struct, frozen=True, kw_only=True):
    """One page of a list; `next` is None on the last."""

    games: tuple[ScoreState, ...]
    next: str | None


class LeagueListed(Struct, frozen=True, kw_only=True):
    """A league as lists show it; `seasons` newest first, by name."""

    id: str
    name: str
    sport: str
    seasons: tuple[str, ...] = ()


def flaw(commit: Commit) -> str | None:
    """What is wrong with the shape of a commit, as a sentence; None for a sound one."""
    move, origin = commit.consumed, commit.consumed_from
    if origin is not None and (
        move is None or (move.partition, move.term) != (origin.partition, origin.term)
    ):
        return "a position moves from another partition or term"
    heads = {head.game_id: head for head in commit.heads}
    if len(heads) != len(commit.heads):
        return "a game has two heads"
    at = {head.game_id: head.from_seq for head in commit.heads}
    for row in commit.rows:
        last = at.get(row.game_id)
        if last is None:
            return f"game {row.game_id} has rows but no head"
        if row.seq != last + 1:
            return f"game {row.game_id}: row {row.seq} follows {last}"
        at[row.game_id] = row.seq
    for game_id, head in heads.items():
        if at[game_id] != head.to_seq or head.to_seq < 1:
            return f"game {game_id}: rows end at {at[game_id]}, the head at {head.to_seq}"
    return None
