"""How far each partition of the provider log has been applied, and the fence of who says so.

An owner begins with `take_over`, which counts the partition's term up and tells where to go on. From then on
each of its commits says where it believes the position to be, what waits there, and its own term; it moves
the position from exactly there, or the whole commit is undone:

    another term   another owner has taken over. It may have decided things that show in neither the heads nor
                   the position (a claim that waited was dropped, a timer ended), so nothing that the former
                   owner still holds in memory may be written, of whichever game.
    another place  our own commits were lost, as after a failover to a standby that had not had them all.

Positions count the claims of one log, and mean nothing on another: `follow` keeps which one that is.

The partition's row is locked from the move to the end of the transaction, so a commit that a paused owner
has begun is either there before a take-over reads, or fails.
"""

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from scorewire.errors import OwnerFenced, SequenceConflict
from scorewire.journal.dialect import alone, insert_new, upsert
from scorewire.journal.records import Consumed
from scorewire.journal.schema import consumed, meta

_encode = msgspec.json.Encoder().encode
_held_decoder = msgspec.json.Decoder(tuple[int, ...])

_begin_term = consumed.update().where(consumed.c.partition == given("of")).values(term=consumed.c.term + 1)

_move = (
    consumed.update()
    .where(
        consumed.c.partition == given("of"),
        consumed.c.position == given("from_position"),
        consumed.c.held == given("from_held"),
        consumed.c.term == given("in_term"),
    )
    .values(position=given("to_position"), held=given("waiting"))
)


LOCAL = "local"
"""The log of the data folder: what a journal of a release that did not keep the name was decided from."""

MOVED = "moved"
"""No log any more: the games go on elsewhere (moving.py)."""

_LOG = "log"


def followed(connection: sa.Connection) -> str | None:
    """The log whose claims the positions count; None while none has been counted, so any may begin."""
    if (
        connection.execute(sa.select(consumed.c.position).where(consumed.c.position > 0).limit(1)).first()
        is None
    ):
        return None
    held = connection.execute(sa.select(meta.c.value).where(meta.c.name == _LOG)).scalar()
    return LOCAL if held is None else held


def follow(connection: sa.Connection, log: str) -> str:
    """Keep the name of the log, unless claims of another have been counted; returns the name that is kept."""
    # Two processes may begin at once, with different settings.
    alone(connection)
    held = followed(connection)
    if held is None or held == log:
        connection.execute(upsert(connection, meta), {"name": _LOG, "value": log})
        return log
    return held


def leave(connection: sa.Connection, *, to: str | None) -> None:
    """Change the kept name whatever was counted; None forgets it."""
    alone(connection)
    if to is None:
        connection.execute(meta.delete().where(meta.c.name == _LOG))
    else:
        connection.execute(upsert(connection, meta), {"name": _LOG, "value": to})


def take_over(connection: sa.Connection, partition: int) -> Consumed:
    """Begin a new term, and tell how far the partition has been applied."""
    if connection.execute(_begin_term, {"of": partition}).rowcount == 0:
        fresh = {"partition": partition, "position": 0, "held": _held(()), "term": 1}
        if connection.execute(insert_new(connection.dialect.name, consumed), [fresh]).rowcount == 0:
            connection.execute(_begin_term, {"of": partition})  # somebody else was first
    return read(connection, partition)


def read(connection: sa.Connection, partition: int) -> Consumed:
    """How far a partition has been applied; `position` is 0 before anything was."""
    found = connection.execute(sa.select(consumed).where(consumed.c.partition == partition)).one_or_none()
    if found is None:
        return Consumed(partition=partition)
    return Consumed(
        partition=partition,
        position=found.position,
        held=_held_decoder.decode(found.held),
        term=found.term,
    )


def write(connection: sa.Connection, move: Consumed, *, origin: Consumed | None, again: bool) -> None:
    """Move a position.

    Args:
        origin: what is believed to be stored; None writes over whatever is, and leaves the term.
        again: the move may have been made already, by a commit of unknown outcome.

    Raises:
        OwnerFenced, SequenceConflict: something else is stored.
    """
    if origin is None:
        row = {"partition": move.partition, "position": move.position, "held": _held(move.held)}
        names = ("position", "held")
        connection.execute(upsert(connection, consumed, names=names), {**row, "term": move.term})
        return
    place = {
        "of": move.partition,
        "from_position": origin.position,
        "from_held": _held(origin.held),
        "in_term": origin.term,
        "to_position": move.position,
        "waiting": _held(move.held),
    }
    if connection.execute(_move, place).rowcount == 1:
        return
    if again and read(connection, move.partition) == move:
        return
    check(connection, origin)
    raise SequenceConflict(f"partition {move.partition}", origin.position)


def check(connection: sa.Connection, origin: Consumed) -> None:
    """See whether the partition is still this owner's.

    Raises:
        OwnerFenced: it is another's.
    """
    # An older term is stored where a failover has lost our own beginning: that is nobody's fence.
    if read(connection, origin.partition).term > origin.term:
        raise OwnerFenced(origin.partition, origin.position)


def _held(offsets: tuple[int, ...]) -> str:
    return _encode(offsets).decode()
