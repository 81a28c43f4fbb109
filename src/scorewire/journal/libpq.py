"""The journal's URL in the words of libpq, for those who speak with its server without SQLAlchemy."""

import sqlalchemy as sa


def conninfo(url: sa.URL) -> str:
    """A string for libpq that leads where the journal's own lines lead.

    SQLAlchemy reads a `host` that is repeated, `?host=a:5432&host=b:5433`, as several servers; of a URL libpq
    takes the last one, and its port for a part of the name.

    Args:
        url: of `dialect.locate`, and no file's.
    """
    from psycopg.conninfo import make_conninfo

    _, words = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**words)
