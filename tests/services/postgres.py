"""PostgreSQL 15 on a free port of the loopback, as durable as it is where it matters: fsync is on.

It refuses to run as root: then it runs as the user `postgres`, or as `nobody` where there is none.
"""

import functools
import os
import pwd
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from services.guard import GUARD
from services.ports import HOST
from services.server import Server, at_least, found, version_of

ENVIRONMENT = "SCOREWIRE_TEST_POSTGRES"
MAJOR_MIN = 15
USER = "scorewire"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    # After a kill it makes sure of all files before it recovers: one call instead of a thousand, 0.3 s for 3.
    "recovery_init_sync_method": "syncfs",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}

_TEMPLATES: list[Path] = []


class PostgresServer(Server):
    """See `Server` for starting, stopping and harming it.

    Args:
        port: of the loopback; 0 chooses one.
        settings: further parameters, `{"wal_level": "logical"}`.
    """

    name = "postgres"
    # "Fast shutdown": SIGTERM would wait until every client has gone.
    stop_signal = signal.SIGINT

    def __init__(self, *, port: int = 0, settings: dict[str, str] | None = None) -> None:
        super().__init__(port=port)
        self._settings = {**SETTINGS, "port": str(self.port), **(settings or {})}
        self._databases = Databases(self.url, prefix="test")

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Its database `postgres`; tests take one of their own from `make_database`."""
        return f"postgresql://{USER}@{HOST}:{self.port}/postgres"

    def owner(self) -> str | None:
        if os.geteuid() != 0:
            return None
        with suppress(KeyError):
            return pwd.getpwnam("postgres").pw_name
        return "nobody"

    def prepare(self) -> None:
        # A cluster takes a second or two to make and a tenth to copy, so each process makes one.
        if not _TEMPLATES:
            template = Path(tempfile.mkdtemp(prefix="scorewire-postgres-template-"))
            GUARD.keep(template)
            self.own(template)
            # --no-sync spares the disk for what no test relies upon: a cluster that has no data yet.
            options = [
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ]
            self.run([program("initdb"), "-D", str(template / "data"), "-U", USER, *options])
            _TEMPLATES.append(template)
        self.run(["cp", "-a", str(_TEMPLATES[0] / "data"), str(self.data)])

    def command(self) -> list[str]:
        settings = [word for key, value in self._settings.items() for word in ("-c", f"{key}={value}")]
        return [program("postgres"), "-D", str(self.data), *settings]

    def answers(self) -> bool:
        import psycopg

        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                row = connection.execute("show data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row == (str(self.data),)

    def make_database(self, template: str = "template1") -> str:
        """A new database, a copy of `template`, and its address."""
        return self._databases.make_database(template)

    def drop_database(self, url: str) -> None:
        """Remove it, whoever is connected still."""
        self._databases.drop_database(url)


class Databases:
    """Databases of tests in any PostgreSQL, whose user may create them.

    Args:
        url: a database that is there.
        prefix: begins the names, so that test processes side by side do not meet.
    """

    def __init__(self, url: str, *, prefix: str) -> None:
        self.url = url
        self._prefix = prefix
        self._made = 0

    @property
    def version(self) -> str:
        """As the server tells it."""
        import psycopg

        with psycopg.connect(self.url, connect_timeout=10) as connection:
            (version,) = connection.execute("show server_version").fetchone() or ("unknown",)
        return str(version).split()[0]

    def make_database(self, template: str = "template1") -> str:
        """A new database, a copy of `template`, and its address."""
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        run_sql(self.url, f"create database {name} template {template}")
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_database(self, url: str) -> None:
        """Remove it, whoever is connected still."""
        run_sql(self.url, f"drop database if exists {urlsplit(url).path.strip('/')} with (force)")


def run_sql(url: str, statement: str) -> None:
    """One statement outside a transaction."""
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)


def program(name: str) -> str:
    """A program of PostgreSQL of this machine: `pg_basebackup`; all are of one version."""
    head = _postgres()
    path = None if head is None else shutil.which(name, path=str(head.resolve().parent))
    assert path is not None, f"no {name} on this machine; a test that needs it carries @pytest.mark.postgres"
    return path


@functools.cache
def installed() -> str | None:
    """The version of this machine's newest PostgreSQL; None if there is none, or only older ones."""
    path = _postgres()
    version = "" if path is None else version_of(path)
    return version if at_least(version, MAJOR_MIN) else None


def _postgres() -> Path | None:
    """The server itself, of the newest version where Debian keeps several."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: -float(place.parent.name))
    return found("postgres", *map(str, places))
