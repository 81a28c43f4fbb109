"""A look at a journal's server before a node is started on it; it makes nothing and changes nothing."""

from collections.abc import Callable

import sqlalchemy as sa
from msgspec import Struct

from scorewire.journal import dialect
from scorewire.journal.partitions import DEFAULT


class Checkup(Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        version: of the server, `15.18`.
        doubts: settings by which an acknowledged commit may be lost, in words.
        strays: rows in the default partition; 0 where no node has made the tables yet.
        ahead_ms: the server's clock's distance from ours, positive where it is ahead; as exact as a round
            trip.
    """

    version: str
    doubts: tuple[str, ...]
    strays: int
    ahead_ms: float = 0.0


def look(url: str, now_ms: Callable[[], int]) -> Checkup:
    """Ask a server.

    Raises:
        BackendError: it cannot be reached, or is too old.
        ConfigError: not the URL of a server that this release knows.
    """
    engine = dialect.engine(
        dialect.locate(url), connections=1, busy_timeout_s=dialect.CONNECT_TIMEOUT_S, writes=False
    )
    try:
        with engine.begin() as connection:
            present = sa.inspect(connection).has_table(DEFAULT)
            asked_ms = now_ms()
            there_ms = connection.exec_driver_sql(
                "SELECT extract(epoch FROM clock_timestamp()) * 1000"
            ).scalar_one()
            ahead_ms = float(there_ms) - (asked_ms + now_ms()) / 2
            count = sa.select(sa.func.count()).select_from(sa.table(DEFAULT))
            return Checkup(
                version=".".join(map(str, connection.dialect.server_version_info or ())),
                doubts=dialect.doubts(connection),
                strays=connection.execute(count).scalar_one() if present else 0,
                ahead_ms=ahead_ms,
            )
    except sa.exc.DBAPIError as error:
        raise dialect.explained(error) from error
    finally:
        engine.dispose()
