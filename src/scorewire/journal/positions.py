"""How far each partition of the provider log has been applied, and the fence of who says so.

A commit may move a partition's position and no head: claims that made no row. The fence of the heads does not
see it, so a former owner that was paused and wakes up could set the position back. So a position moves only
from where this process last read it or left it, as a head does; who reads it takes the partition over.
"""

from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam as given

from scorewire.errors import SequenceConflict
from scorewire.journal.dialect import insert_new, upsert
from scorewire.journal.records import Consumed
from scorewire.journal.schema import consumed

_encode = msgspec.json.Encoder().encode
_held_decoder = msgspec.json.Decoder(tuple[int, ...])

_move = (
    consumed.update()
    .where(consumed.c.partition == given("of"), consumed.c.position == given("from_position"))
    .values(position=given("to_position"), held=given("waiting"))
)


@dataclass(slots=True)
class Positions:
    """What this process believes of positions; the loop's thread alone asks and tells."""

    believed: dict[int, int] = field(default_factory=dict)

    def expect(self, move: Consumed) -> int | None:
        """Where a move starts; from now on its end is believed. None where nobody here ever read."""
        before = self.believed.get(move.partition)
        if before is not None:
            self.believed[move.partition] = move.position
        return before

    def undo(self, move: Consumed, before: int | None) -> None:
        """The move failed, as far as is known."""
        if before is not None:
            self.believed[move.partition] = before


def read(connection: sa.Connection, partition: int) -> Consumed:
    """How far a partition has been applied; `position` is 0 before anything was."""
    found = connection.execute(sa.select(consumed).where(consumed.c.partition == partition)).one_or_none()
    if found is None:
        return Consumed(partition=partition)
    return Consumed(partition=partition, position=found.position, held=_held_decoder.decode(found.held))


def write(connection: sa.Connection, move: Consumed, *, before: int | None, again: bool) -> None:
    """Move a position.

    Args:
        before: where it is believed to be; None writes whatever is stored.
        again: the move may have been made already, by a commit of unknown outcome.

    Raises:
        SequenceConflict: it is elsewhere; another owner has taken the partition over.
    """
    row = {"partition": move.partition, "position": move.position, "held": _encode(move.held).decode()}
    if before is None:
        connection.execute(upsert(connection, consumed), row)
        return
    if before == 0 and connection.execute(insert_new(connection.dialect.name, consumed), [row]).rowcount == 1:
        return
    moved = {"of": move.partition, "to_position": move.position, "waiting": row["held"]}
    if connection.execute(_move, {**moved, "from_position": before}).rowcount == 1:
        return
    if again and read(connection, move.partition) == move:
        return
    raise SequenceConflict(f"partition {move.partition}", before)
