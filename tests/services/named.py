"""Servers that the environment names, and what a machine has of its own."""

import os
from types import ModuleType
from urllib.parse import urlsplit

from services import kafka, postgres, redis

SERVERS: dict[str, ModuleType] = {"redis": redis, "postgres": postgres, "kafka": kafka}
"""Each module has `ENVIRONMENT`, the variable that names one, and `installed()`, its version here or None."""

MARK = "scorewire:tests"


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
        return f"at {where}"
    version = SERVERS[name].installed()
    return "absent" if version is None else f"{version}, started when a test wants it"


class NamedRedis:
    """Somebody's Redis. Each test process clears a database of its own in it, so what is there must be ours.

    Args:
        url: `redis://host:port/0`; the number is the first worker's database.
        worker: counted on from there.

    Raises:
        AssertionError: there is data in it that no test has left.
    """

    def __init__(self, url: str, *, worker: int) -> None:
        import redis as client

        parts = urlsplit(url)
        first = int(parts.path.strip("/") or 0)
        self.url = parts._replace(path=f"/{first + worker}").geturl()
        self._client = client.Redis.from_url(self.url)
        self.version = str(self._client.info("server")["redis_version"])
        if self._client.dbsize() and not self._client.exists(MARK):
            raise AssertionError(f"{self.url} holds data; tests would clear it: name an empty database")

    def clear(self) -> None:
        """Empty it, but for the mark that says that it is ours to empty."""
        self._client.flushdb()
        self._client.set(MARK, "cleared by tests")
