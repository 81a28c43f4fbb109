"""A site to be harmed: real servers behind links, two of each role where two matter, and a supervisor.

    provider ─► intake-1, -2 ─► [link] Kafka ─► games-1, -2 ─► [link] PostgreSQL
                                                    │
                                                    └─► [link "shows"] Redis
                                                                        │
                                            fans ◄─ gateway-1, -2 ◄─ [link "hears"], api

A smaller one has one of each, and a Redis that is several servers.
"""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from backends.kafka_logs import made
from backends.site import Site, site_at
from node_process import NodeProcess
from services.cluster import RedisCluster
from services.kafka import KafkaServer
from services.link import Link
from services.ports import HOST, choose_port
from services.postgres import PostgresServer, run_sql
from services.redis import RedisServer
from services.sentinel import RedisWithSentinel
from services.server import Server

PARTITIONS: Final = 4
DISK_MB: Final = 160
AGAIN_S: Final = 1.0
"""So long after its end a process is started again, as systemd does with `RestartSec=1`."""
START_S: Final = 120.0
"""For seven processes at once, on two cores that others use too."""
ROLES: Final = {
    "intake-1": "intake",
    "intake-2": "intake",
    "games-1": "games",
    "games-2": "games",
    "gateway-1": "gateway",
    "gateway-2": "gateway",
    "api": "api",
}
FEWER_ROLES: Final = {"intake-1": "intake", "games-1": "games", "gateway-1": "gateway", "api": "api"}
PROVIDER: Final = "acme"


class Supervisor:
    """Starts again what has ended, unless it was told to; as systemd or Kubernetes would."""

    def __init__(self) -> None:
        self.restarts = 0
        self._kept: dict[str, NodeProcess] = {}
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(10)

    def keep(self, *processes: NodeProcess) -> None:
        """Start them, all at once, wait until they are ready, and see to them from now on."""
        for one in processes:
            one.launch()
        with ThreadPoolExecutor(len(processes)) as threads:
            list(threads.map(lambda one: one.await_ready(START_S), processes))
        with self._lock:
            self._kept |= {one.url: one for one in processes}

    def let_go(self, *processes: NodeProcess) -> None:
        """Let them end."""
        with self._lock:
            for one in processes:
                del self._kept[one.url]

    def _watch(self) -> None:
        ended: dict[str, float] = {}
        while not self._done.wait(0.05):
            with self._lock:
                for url, one in self._kept.items():
                    assert one.process is not None
                    if one.process.poll() is None:
                        ended.pop(url, None)
                    elif time.monotonic() > ended.setdefault(url, time.monotonic()) + AGAIN_S:
                        one.launch()
                        self.restarts += 1


class Ground:
    """See the module.

    Args:
        journal: URL of its database, past the link.
        roles: of each process, by name; the supervisor sees to them.

    Attributes:
        servers: kafka, postgres, redis, as far as a trial may harm them.
        links: kafka, postgres, shows, hears, as far as there are any.
        disks: of kafka and postgres, where they are small.
        group: the Redis servers, where Redis is several.
        games: of the trial that runs.
    """

    def __init__(
        self,
        *,
        site: Site,
        journal: str,
        roles: Mapping[str, str],
        supervisor: Supervisor,
        servers: Mapping[str, Server] | None = None,
        links: Mapping[str, Link] | None = None,
        disks: Mapping[str, Path] | None = None,
        group: RedisWithSentinel | RedisCluster | None = None,
    ) -> None:
        self.site = site
        self.journal = journal
        self.supervisor = supervisor
        self.servers = dict(servers or {})
        self.links = dict(links or {})
        self.disks = dict(disks or {})
        self.group = group
        self.games: list[str] = []
        self.trials = 0
        self._roles = dict(roles)

    @property
    def names(self) -> Sequence[str]:
        """The processes that the supervisor sees to."""
        return list(self._roles)

    def answers(self, name: str) -> bool:
        """Whether a process is ready."""
        try:
            return self.process(name).get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def start(self) -> None:
        """Start every process, and let the provider in."""
        for name, role in self._roles.items():
            self.prepare(name, role)
        self.supervisor.keep(*self.site.processes.values())
        self.intakes[0].key(PROVIDER)

    def prepare(self, name: str, role: str, **env: str) -> NodeProcess:
        """A process that is not started yet, connected through the links."""
        link = self.links.get({"games": "shows", "gateway": "hears"}.get(role, ""))
        if link is not None:
            env = {"SCOREWIRE__SCOREBOARD__URL": at_port(self.site.redis, link.port), **env}
        return self.site.process(name, role, **env)

    def process(self, name: str) -> NodeProcess:
        """One of them."""
        return self.site.processes[name]

    def all_of(self, role: str) -> Sequence[NodeProcess]:
        """Those of one role."""
        return [self.process(name) for name, one in self._roles.items() if one == role]

    @property
    def intakes(self) -> Sequence[NodeProcess]:
        """Where providers may post."""
        return self.all_of("intake")

    @property
    def gateways(self) -> Sequence[NodeProcess]:
        """Where fans may come."""
        return self.all_of("gateway")

    @property
    def api(self) -> NodeProcess:
        """Who answers reads."""
        return self.process("api")

    def repairs(self) -> int:
        """Updates that were shown on Redis again, as far as the owners that run now count them."""
        found = 0
        for one in self.all_of("games"):
            for line in one.get("/metrics").text.splitlines():
                if line.startswith("scorewire_scoreboard_resent_total "):
                    found += int(float(line.split()[1]))
        return found


@contextlib.contextmanager
def ground_at(folder: Path, *, small_disks: bool = False) -> Iterator[Ground]:
    """Everything that a trial needs, started; it ends with the block.

    Args:
        small_disks: Kafka and the journal have a disk each, of DISK_MB, that can be filled; root only.
    """
    with ExitStack() as stack:
        outside = choose_port()
        kafka = KafkaServer(settings={"advertised.listeners": f"PLAINTEXT://{HOST}:{outside}"})
        postgres, redis = PostgresServer(), RedisServer()
        links = {
            "kafka": Link(kafka.port, port=outside),
            "postgres": Link(postgres.port),
            "shows": Link(redis.port),
            "hears": Link(redis.port),
        }
        disks: dict[str, Path] = {}
        if small_disks:
            disks["kafka"] = stack.enter_context(_disk_at(kafka.data))
        for link in links.values():
            stack.enter_context(link)
        for server in (kafka, postgres, redis):
            stack.enter_context(server)
        journal = postgres.make_database()
        if small_disks:
            disks["postgres"] = stack.enter_context(_disk_at(postgres.folder / "disk"))
            _move(journal, postgres, disks["postgres"])
        url = at_port(journal, links["postgres"].port)
        place = stack.enter_context(made(f"{HOST}:{outside}", url, partitions=PARTITIONS))
        site = stack.enter_context(site_at(folder, place, redis.url))
        ground = Ground(
            site=site,
            journal=journal,
            roles=ROLES,
            supervisor=stack.enter_context(Supervisor()),
            servers={"kafka": kafka, "postgres": postgres, "redis": redis},
            links=links,
            disks=disks,
        )
        ground.start()
        yield ground


@contextlib.contextmanager
def smaller_ground_at(
    folder: Path, *, group: RedisWithSentinel | RedisCluster, kafka: str, postgres: str
) -> Iterator[Ground]:
    """One process of each role over a Redis that is several servers; Kafka and PostgreSQL are others'."""
    with ExitStack() as stack:
        stack.enter_context(group)
        place = stack.enter_context(made(kafka, postgres, partitions=PARTITIONS))
        site = stack.enter_context(site_at(folder, place, group.url))
        ground = Ground(
            site=site,
            journal=postgres,
            roles=FEWER_ROLES,
            supervisor=stack.enter_context(Supervisor()),
            group=group,
        )
        ground.start()
        yield ground


@contextlib.contextmanager
def _disk_at(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        # Who writes there is ended after us.
        subprocess.run(["umount", "-l", place], check=True)


def _move(journal: str, postgres: PostgresServer, place: Path) -> None:
    """Give the database a disk of its own, while it is still empty."""
    space = place / "space"
    space.mkdir()
    postgres.own(place)
    postgres.own(space)
    run_sql(postgres.url, f"create tablespace small location '{space}'")
    run_sql(postgres.url, f"alter database {urlsplit(journal).path.strip('/')} set tablespace small")


def at_port(url: str, port: int) -> str:
    """The same address at another port."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{port}")).geturl()


def until(holds: Callable[[], bool], what: str, *, within_s: float = 60.0) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: it did not in time; says what.
    """
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.02)
