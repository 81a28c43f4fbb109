"""A site under test: roles in processes of their own, over servers that whoever measures has started."""

import secrets
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import psycopg

from scorewire.bench.calls import PROVIDER
from scorewire.bench.child import Child
from scorewire.bench.machine import Cores
from scorewire.bench.target import KEY, SETTINGS, START_S, bare_environment, port_in, scorewire
from scorewire.errors import BackendError
from scorewire.log.kafka_topics import KafkaTopics, compare, wanted

RETENTION_DAYS = 1


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are.

    Attributes:
        brokers: of Kafka, `host:port`.
        journal: a PostgreSQL database whose user may make others.
        redis: URL.
    """

    brokers: str
    journal: str
    redis: str


class SiteTarget:
    """The processes of a site. Use it as `with`: they are killed at the end, and what was made for them goes.

    Args:
        partitions: of the topics.

    Attributes:
        topics, journal: the prefix of its topics and the URL of its database, named by chance.
    """

    def __init__(self, servers: Servers, *, folder: Path, cores: Cores, partitions: int) -> None:
        self._servers = servers
        self._folder = folder
        self._cores = (*cores.clients, *cores.server)
        name = f"bench_{secrets.token_hex(4)}"
        self.topics = f"{name}."
        self._database = name
        self.journal = urlsplit(servers.journal)._replace(path=f"/{name}").geturl()
        self._wanted = wanted(
            prefix=self.topics, partitions=partitions, replicas=1, retention_days=RETENTION_DAYS
        )
        self._processes = ExitStack()
        self._count = 0
        KafkaTopics(servers.brokers).repair(self._wanted, compare(self._wanted, {}))
        self._on_server(f"CREATE DATABASE {name}")

    def __enter__(self) -> "SiteTarget":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._processes.close()
        KafkaTopics(self._servers.brokers).remove([topic.name for topic in self._wanted])
        self._on_server(f"DROP DATABASE {self._database} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self._servers.journal, autocommit=True) as server:
            server.execute(statement.encode())

    def key(self) -> str:
        """A new key of the provider `bench`."""
        made = subprocess.run(
            [*scorewire(), "keys", "create", PROVIDER, "--data", str(self._data("keys")), "--json"],
            capture_output=True,
            timeout=START_S,
            env=self._environment(),
            check=False,
        )
        if made.returncode != 0:
            told = made.stderr.decode(errors="replace")
            raise BackendError(f"no key can be made: {told}", retryable=False)
        return KEY.decode(made.stdout).secret

    def start(self, *roles: str, more: Sequence[str] = (), **settings: str) -> "Role":
        """Start a process, and wait until it answers.

        Args:
            more: flags of `scorewire serve`.
            settings: `SCOREWIRE__SECTION__KEY`; they go before those of the site.
        """
        self._count += 1
        data = self._data(f"{'-'.join(roles) or 'edge'}-{self._count}")
        file = data.with_suffix(".toml")
        file.write_text(SETTINGS, encoding="utf-8")
        given = ["--config", str(file), "--data", str(data), "--port", "0", *more]
        if roles:
            given += ["--roles", ",".join(roles)]
        process = Child(
            [*scorewire(), "serve", *given],
            name=f"the process {' and '.join(roles) or 'edge'}",
            cores=self._cores,
            environment={**self._environment(shared=bool(roles)), **settings},
        )
        self._processes.callback(process.kill)
        return Role(process=process, port=port_in(process.line(START_S)))

    def _data(self, name: str) -> Path:
        return self._folder / name

    def _environment(self, *, shared: bool = True) -> dict[str, str]:
        if not shared:
            return bare_environment()
        return {
            **bare_environment(),
            "SCOREWIRE__LOG__BROKERS": self._servers.brokers,
            "SCOREWIRE__LOG__TOPICS": self.topics,
            "SCOREWIRE__LOG__GROUP": f"{self.topics}games",
            "SCOREWIRE__STORAGE__JOURNAL": self.journal,
            "SCOREWIRE__SCOREBOARD__URL": self._servers.redis,
        }


@dataclass(frozen=True, slots=True)
class Role:
    """One process of a site, and its port."""

    process: Child
    port: int
