"""A site to be harmed: real servers behind links, two of each role where two matter, and a supervisor.

providers ─► intake-1, -2 ─► [link] Kafka ─► games-1, -2 ─► [link] PostgreSQL
                                                 └─► [link "shows"] Redis [link "hears"] ─► gateway-1, -2 ─► fans
                                                                                     api ─┘
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from backends.kafka_logs import Place, made
from backends.site import Site, site_at
from node_process import NodeProcess
from services.kafka import KafkaServer
from services.link import Link
from services.ports import HOST, choose_port
from services.postgres import PostgresServer
from services.redis import RedisServer

PARTITIONS: Final = 4
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
        links: kafka, postgres, shows, hears.
        journal: URL of the database, past the link.

    Attributes:
        kept: by name, what the supervisor sees to.
    """

    def __init__(
        self,
        *,
        site: Site,
        kafka: KafkaServer,
        postgres: PostgresServer,
        redis: RedisServer,
        links: dict[str, Link],
        supervisor: Supervisor,
    ) -> None:
        self.site = site
        self.kafka = kafka
        self.postgres = postgres
        self.redis = redis
        self.links = links
        self.supervisor = supervisor
        self.trials = 0

    @property
    def journal(self) -> str:
        """URL of the journal's database, past the link."""
        return at_port(self.site.place.url, self.postgres.port)

    @property
    def names(self) -> Sequence[str]:
        """The processes that the supervisor sees to."""
        return list(ROLES)

    def answers(self, name: str) -> bool:
        """Whether a process is ready."""
        try:
            return self.process(name).get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def start(self) -> None:
        """Start every process, and let the provider in."""
        for name, role in ROLES.items():
            self.prepare(name, role)
        self.supervisor.keep(*self.site.processes.values())
        self.intakes[0].key(PROVIDER)

    def prepare(self, name: str, role: str, **env: str) -> NodeProcess:
        """A process that is not started yet, connected through the links."""
        redis = {"games": "shows", "gateway": "hears"}.get(role)
        if redis is not None:
            url = at_port(self.redis.url, self.links[redis].port)
            env = {"SCOREWIRE__SCOREBOARD__URL": url, **env}
        return self.site.process(name, role, **env)

    def process(self, name: str) -> NodeProcess:
        """One of them."""
        return self.site.processes[name]

    @property
    def intakes(self) -> Sequence[NodeProcess]:
        """Where providers may post."""
        return [self.process("intake-1"), self.process("intake-2")]

    @property
    def gateways(self) -> Sequence[NodeProcess]:
        """Where fans may come."""
        return [self.process("gateway-1"), self.process("gateway-2")]

    @property
    def api(self) -> NodeProcess:
        """Who answers reads."""
        return self.process("api")

    def repairs(self) -> int:
        """Updates that were shown on Redis again, as far as the owners that run now count them."""
        found = 0
        for name in ("games-1", "games-2"):
            for line in self.process(name).get("/metrics").text.splitlines():
                if line.startswith("scorewire_scoreboard_resent_total "):
                    found += int(float(line.split()[1]))
        return found


@contextlib.contextmanager
def ground_at(folder: Path) -> Iterator[Ground]:
    """Everything that a trial needs, started; it ends with the block."""
    folder.mkdir(exist_ok=True)
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
        for one in (*links.values(), kafka, postgres, redis):
            stack.enter_context(one)  # type: ignore[arg-type]
        url = at_port(postgres.make_database(), links["postgres"].port)
        place: Place = stack.enter_context(made(f"{HOST}:{outside}", url, partitions=PARTITIONS))
        site = stack.enter_context(site_at(folder, place, redis.url))
        supervisor = stack.enter_context(Supervisor())
        ground = Ground(
            site=site, kafka=kafka, postgres=postgres, redis=redis, links=links, supervisor=supervisor
        )
        ground.start()
        yield ground


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
