"""Servers that the environment names, and what a machine has of its own."""

import os
from types import ModuleType
from urllib.parse import urlsplit

from services import kafka, postgres, redis

SERVERS: dict[str, ModuleType] = {"redis": redis, "postgres": postgres, "kafka": kafka}
"""Each module has `ENVIRONMENT`, the variable that names one, and `installed()`, its version here or None."""


def address(name: str) -> str | None:
    """Where the environment says that a server is."""
    return os.environ.get(SERVERS[name].ENVIRONMENT) or None


def available(name: str) -> bool:
    """Whether tests can have this server: named, or installed."""
    return address(name) is not None or SERVERS[name].installed() is not None


def prospect(name: str) -> str:
    """What tests of this server will run against, in words."""
    where = address(name)
    if where is not None:
        return f"at {shown(where)}"
    version = SERVERS[name].installed()
    return "absent" if version is None else f"{version}, started when a test wants it"


def shown(url: str) -> str:
    """An address without the user and password that it may hold."""
    scheme, mark, rest = url.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


class NamedRedis:
    """Somebody's Redis. Each test process clears a database of its own in it, so what is there must be ours.

    Args:
        url: `redis://host:port/0`; the number is the first worker's database.
        worker: counted on from there.

    Raises:
        AssertionError: there is data in it, perhaps that of tests which were killed.
    """

    def __init__(self, url: str, *, worker: int) -> None:
        import redis as client

        parts = urlsplit(url)
        first = int(parts.path.strip("/") or 0)
        self.url = parts._replace(path=f"/{first + worker}").geturl()
        self._client = client.Redis.from_url(self.url)
        self.version = str(self._client.info("server")["redis_version"])
        if self._client.dbsize():
            self._client.close()
            raise AssertionError(
                f"{shown(self.url)} holds data, which tests would clear: name an empty database"
            )

    def clear(self) -> None:
        """Empty this database of it."""
        self._client.flushdb()

    def close(self) -> None:
        """Leave it as it was."""
        self._client.flushdb()
        self._client.close()
