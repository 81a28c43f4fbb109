"""The one transaction of a commit, and its fence.

The fence is `game_heads.head_seq`: a commit moves it from the seq that its owner believes in, or moves
nothing and raises SequenceConflict, and the owner reads the game again. It comes first, so that a loser
has written nothing else, and on a database with several writers it holds the game's row until the end.

    fence ─► rows ─► ledger, checkpoints ─► declared, entities ─► published ─► position ─► commit (fsync)
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from scorewire.errors import SequenceConflict
from scorewire.journal import entities, schema
from scorewire.journal.dialect import insert_many, upsert
from scorewire.journal.entities import News, moment_ms
from scorewire.journal.records import Commit, HeadMove
from scorewire.journal.schema import events, game_heads
from scorewire.journal.upcast import stamp
from scorewire.model.game_event import Cause, GameEvent

DAY_MS = 86_400_000
EPOCH_DAY = date(1970, 1, 1).toordinal()

CHECKPOINTS_NEWEST = 5
"""Checkpoints of a game that are kept as they come: near its head, where states are asked for most."""
CHECKPOINT_BLOCK = 1000
"""Of older ones, the first in each block of so many seqs: a state of long ago folds about that many rows."""
THINNED_MAX = 50
"""Checkpoints that one commit deletes of a game; what an older release left goes little by little."""

_encode = msgspec.json.Encoder().encode

_PLACE = ("new_game_date", "new_game_id", "new_seq")

_Row = dict[str, str | int | bytes | date]

_heads_now = (
    sa.select(game_heads.c.game_id, game_heads.c.head_seq, game_heads.c.game_date)
    .order_by(game_heads.c.game_id)
    .with_for_update()
)

_move = (
    game_heads.update()
    .where(game_heads.c.game_id == given("game"), game_heads.c.head_seq == given("from_seq"))
    .values(
        head_seq=given("to_seq"),
        epoch=given("in_epoch"),
        corrected_seq=given("corrected"),
        status=given("is_now"),
        line=given("shown"),
    )
)

_versions = events.alias("versions")
_number_and_insert = events.insert().values(
    **{column.name: given(f"new_{column.name}") for column in events.columns if column.name != "nth"},
    # One seek in the unique index that is about to be written, so its page is at hand. See docs/adr/0003.
    nth=sa.select(sa.func.coalesce(sa.func.max(_versions.c.nth) + 1, 0))
    .where(
        *(
            _versions.c[name] == given(f"new_{name}")
            for name in ("game_date", "game_id", "provider", "event", "revision")
        )
    )
    .scalar_subquery(),
)

_take_back = events.delete().where(
    *(events.c[name] == given(f"new_{name}") for name in ("game_date", "game_id", "seq"))
)

_declare = (
    schema.games.update().where(schema.games.c.game_id == given("game")).values(declared=given("content"))
)

_publish = (
    game_heads.update()
    .where(game_heads.c.game_id == given("game"), game_heads.c.published_seq < given("seen"))
    .values(published_seq=given("seen"))
)


def append(connection: sa.Connection, commit: Commit, news: News, epoch: str) -> None:
    """Write a sound commit (see records.flaw) in the caller's transaction, all but its position.

    Raises:
        SequenceConflict: a head was elsewhere; the caller's transaction must be rolled back.
    """
    if commit.heads:
        days = _fence(connection, commit.heads, epoch)
        if commit.rows:
            _rows(connection, commit.rows, days)
    if commit.ledger:
        connection.execute(
            upsert(connection, schema.ledger), [msgspec.structs.asdict(one) for one in commit.ledger]
        )
    if commit.checkpoints:
        connection.execute(
            upsert(connection, schema.checkpoints),
            [msgspec.structs.asdict(one) for one in commit.checkpoints],
        )
        _thin_out(connection, sorted({one.game_id for one in commit.checkpoints}))
    entities.write(connection, news)
    if commit.declared:
        # After the entities, which make the game's row.
        connection.execute(
            _declare, [{"game": one.game_id, "content": stamp(_encode(one))} for one in commit.declared]
        )
    if commit.published:
        connection.execute(
            _publish, [{"game": game_id, "seen": seq} for game_id, seq in commit.published.items()]
        )


def stands(connection: sa.Connection, commit: Commit) -> bool:
    """Whether a commit of unknown outcome was made: each head is where it goes, and the row there is its own.

    Waits for a transaction that still holds a head, which may be the very one whose end nobody heard of.
    False where no head moves: all else that a commit writes may be written twice.
    """
    ends = {head.game_id: head.to_seq for head in commit.heads}
    if not ends:
        return False
    heads = connection.execute(_heads_now.where(game_heads.c.game_id.in_(list(ends)))).all()
    if {game_id: seq for game_id, seq, _ in heads} != ends:
        return False
    ours = {row.game_id: stamp(_encode(row)) for row in commit.rows if row.seq == ends[row.game_id]}
    body = sa.select(events.c.body)
    return all(
        connection.execute(
            body.where(events.c.game_date == day, events.c.game_id == game_id, events.c.seq == seq)
        ).scalar()
        == ours[game_id]
        for game_id, seq, day in heads
    )


def _fence(connection: sa.Connection, heads: tuple[HeadMove, ...], epoch: str) -> dict[str, date]:
    """Move the heads, or raise; returns where each game's rows lie."""
    found = {
        game_id: (seq, day)
        for game_id, seq, day in connection.execute(
            # Locks the rows where a database has several writers, in one order so that two never wait for
            # each other; SQLite's write lock is held already, and it leaves the clause out.
            _heads_now.where(game_heads.c.game_id.in_([head.game_id for head in heads]))
        )
    }
    days: dict[str, date] = {}
    created: list[_Row] = []
    moved: list[_Row] = []
    for head in heads:
        seq, day = found.get(head.game_id, (0, None))
        if seq != head.from_seq:
            raise SequenceConflict(head.game_id, head.from_seq)
        if day is None:
            day = game_date(head.line.start)
            created.append(_new_head(head, day, epoch))
        else:
            moved.append(_moved_head(head, epoch))
        days[head.game_id] = day
    # The counts are the fence itself: what was read above only names the game.
    if created and connection.execute(upsert(connection, game_heads, replace=False), created).rowcount != len(
        created
    ):
        raise SequenceConflict(str(created[0]["game_id"]), 0)
    if moved and connection.execute(_move, moved).rowcount != len(moved):
        raise SequenceConflict(str(moved[0]["game"]), int(str(moved[0]["from_seq"])))
    return days


def _new_head(head: HeadMove, day: date, epoch: str) -> _Row:
    return {
        "game_id": head.game_id,
        "game_date": day,
        "head_seq": head.to_seq,
        "published_seq": 0,
        "epoch": epoch,
        "corrected_seq": head.corrected_seq,
        "status": head.line.status,
        "line": stamp(_encode(head.line)),
    }


def _moved_head(head: HeadMove, epoch: str) -> _Row:
    return {
        "game": head.game_id,
        "from_seq": head.from_seq,
        "to_seq": head.to_seq,
        "in_epoch": epoch,
        "corrected": head.corrected_seq,
        "is_now": head.line.status,
        "shown": stamp(_encode(head.line)),
    }


def _rows(connection: sa.Connection, rows: tuple[GameEvent, ...], days: dict[str, date]) -> None:
    """Write rows and number the versions of each cause.

    Nearly always no row of a cause is stored yet, so the numbers within this commit are tried first: looking
    each of them up costs a server more than the row itself, and many rows can then go as one COPY. Where one
    is taken, all are written again with the look-up; the game's head is ours until the transaction ends.
    """
    counts: Counter[tuple[str, Cause]] = Counter()
    made: list[_Row] = []
    for row in rows:
        place = (row.game_id, row.cause)
        made.append(_row(row, days[row.game_id], counts[place]))
        counts[place] += 1
    if insert_many(connection, events, made):
        return
    given_names = [{f"new_{name}": value for name, value in one.items() if name != "nth"} for one in made]
    connection.execute(_take_back, [{name: one[name] for name in _PLACE} for one in given_names])
    connection.execute(_number_and_insert, given_names)


def _row(row: GameEvent, day: date, nth: int) -> _Row:
    return {
        "game_date": day,
        "game_id": row.game_id,
        "seq": row.seq,
        "ts": row.ts,
        "type": row.type,
        "level": row.level,
        "correction": int(row.correction),
        "provider": row.cause.provider,
        "event": row.cause.event,
        "revision": row.cause.revision,
        "nth": nth,
        "body": stamp(_encode(row)),
    }


def _thin_out(connection: sa.Connection, game_ids: Sequence[str]) -> None:
    """Delete what `superseded` names: each holds every play, so that all of them would grow as a square."""
    table = schema.checkpoints
    # The keys alone are read, not the bodies.
    places = sa.select(table.c.game_id, table.c.seq).where(table.c.game_id.in_(game_ids))
    held: dict[str, list[int]] = {}
    for game_id, seq in connection.execute(places.order_by(table.c.game_id, table.c.seq)):
        held.setdefault(game_id, []).append(seq)
    for game_id, seqs in held.items():
        gone = superseded(seqs)[:THINNED_MAX]
        if gone:
            connection.execute(table.delete().where(table.c.game_id == game_id, table.c.seq.in_(gone)))


def superseded(seqs: Sequence[int]) -> list[int]:
    """Which of a game's checkpoints, ascending, may go; asking again of those that stay names none."""
    older = seqs[:-CHECKPOINTS_NEWEST]
    return [seq for before, seq in pairwise(older) if before // CHECKPOINT_BLOCK == seq // CHECKPOINT_BLOCK]


def game_date(start: str) -> date:
    """The UTC day of a start; the first one decides where a game's rows lie, for good."""
    return date.fromordinal(EPOCH_DAY + moment_ms(start) // DAY_MS)
