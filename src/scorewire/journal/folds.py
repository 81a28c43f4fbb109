"""How a database compares names without case and accents, so that no second copy of them is kept.

SQLite calls our own function. PostgreSQL has none for it without an extension: its own normalisation is put
together with the letters that we replace; of capitals outside ASCII it knows those of Greek, Cyrillic,
Armenian and our table. Names of ASCII alone need none of this, and are most.
"""

from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from scorewire.journal.dialect import FOLDED
from scorewire.model.folding import LETTERS


class Folding(NamedTuple):
    """Of a column of names: whether there is more than ASCII in one, and how `model.folding` has it."""

    needed: sa.ColumnElement[bool]
    text: sa.ColumnElement[str]


def folds(connection: sa.Connection, column: sa.Column[Any]) -> Folding:
    """How this database folds a column."""
    if connection.dialect.name == "sqlite":
        return Folding(column.op("GLOB")("*[^ -~]*"), getattr(sa.func, FOLDED)(column))
    text: sa.ColumnElement[Any] = sa.func.normalize(column, sa.literal_column("NFKD"))
    text = sa.func.regexp_replace(text, "[\\u0300-\\u036f]", "", "g")
    text = sa.func.lower(sa.func.translate(text, *_capitals()))
    for letter, plain in LETTERS.items():
        if len(plain) > 1:
            text = sa.func.replace(text, letter, plain)
    single = {letter: plain for letter, plain in LETTERS.items() if len(plain) == 1}
    text = sa.func.translate(text, "".join(single), "".join(single.values()))
    return Folding(column.op("~")("[^ -~]"), text)


@cache
def _capitals() -> tuple[str, str]:
    """Capitals and their small letters: `lower` of a column sorted by code point knows ASCII alone."""
    others = [chr(code) for code in range(0x370, 0x590)] + [letter.upper() for letter in LETTERS]
    found = [one for one in others if len(one) == 1 and one.lower() != one and len(one.lower()) == 1]
    return "".join(found), "".join(one.lower() for one in found)
