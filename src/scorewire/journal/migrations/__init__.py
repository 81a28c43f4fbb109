"""How a data folder of an older release becomes one of this release.

Reading order:
    __init__.py   whether there is anything to do, and doing it
    env.py        what Alembic runs; it takes our connection and our transaction
    versions/     one file a step, numbered; never edited once released

    stored revision == NEWEST ──► nothing, and Alembic (100 ms and more to import) stays on the shelf
    a file without any table  ──► what schema.py says, at once; a test holds that the steps come to the same
                    otherwise ──► Alembic's steps, all in one transaction

To add a step: change schema.py, write versions/vNNNN_name.py by hand, append its revision to REVISIONS.
A test compares what the steps make with schema.py.
"""

import threading

import sqlalchemy as sa

from scorewire.errors import BackendError
from scorewire.journal import dialect
from scorewire.journal.schema import metadata

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""In order; the last is what this release needs."""

_alembic_version = sa.table("alembic_version", sa.column("version_num"))

# Alembic's environment is a global of its module, so two journals of one process take turns.
_turn = threading.Lock()


def up_to_date(connection: sa.Connection) -> bool:
    """Whether the stored tables are those of this release.

    Raises:
        BackendError: a newer release wrote them.
    """
    if not sa.inspect(connection).has_table(_alembic_version.name):
        return False
    stored = connection.execute(sa.select(_alembic_version.c.version_num)).scalar()
    if stored is not None and stored not in REVISIONS:
        raise BackendError(
            f"the journal has revision {stored!r}, this release knows {REVISIONS[-1]!r}:"
            " it was written by a newer release",
            retryable=False,
        )
    return stored == REVISIONS[-1]


def bring_up(connection: sa.Connection) -> None:
    """Run the steps that are missing, in the caller's transaction."""
    dialect.alone(connection)
    dialect.unhurried(connection)
    # Asked again under the lock: another process may have been first.
    if up_to_date(connection):
        return
    if connection.dialect.name == "sqlite" and not sa.inspect(connection).get_table_names():
        make_new(connection)
        return
    by_steps(connection)


def make_new(connection: sa.Connection) -> None:
    """All tables of this release, where there are none; a server's need more than schema.py can say."""
    metadata.create_all(connection)
    connection.execute(
        sa.schema.CreateTable(
            sa.Table(
                _alembic_version.name,
                sa.MetaData(),
                sa.Column("version_num", sa.String(32), nullable=False),
                sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
            )
        )
    )
    connection.execute(sa.insert(_alembic_version).values(version_num=REVISIONS[-1]))


def by_steps(connection: sa.Connection) -> None:
    """Alembic's way from whatever there is."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    # The package form finds the folder in an installed wheel too, whatever its path holds.
    config.set_main_option("script_location", "scorewire.journal:migrations")
    config.set_main_option("path_separator", "os")
    with _turn:
        command.upgrade(config, "head")
