"""A whole site: roles in processes of their own, over a real Kafka, PostgreSQL and Redis.

Every process has a folder for its socket and its log; what they share lies on the servers.
"""

import contextlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from backends.kafka_logs import Place
from node_process import NodeProcess, free_port


class Site:
    """The processes of one site, by name.

    Args:
        folder: for the processes' own folders.
        place: topics and database; made already.
        redis: URL.
    """

    def __init__(self, folder: Path, place: Place, redis: str) -> None:
        self.folder = folder
        self.place = place
        self.redis = redis
        self.processes: dict[str, NodeProcess] = {}

    def process(self, name: str, *roles: str, **env: str) -> NodeProcess:
        """A process that is not started yet; with more settings, if they are given.

        Args:
            env: `SCOREWIRE__SECTION__KEY`.
        """
        settings = {
            "SCOREWIRE__SERVER__ROLES": ",".join(roles),
            "SCOREWIRE__LOG__BROKERS": self.place.brokers,
            "SCOREWIRE__LOG__TOPICS": self.place.prefix,
            "SCOREWIRE__LOG__GROUP": f"{self.place.prefix}games",
            "SCOREWIRE__STORAGE__JOURNAL": self.place.url,
            "SCOREWIRE__SCOREBOARD__URL": self.redis,
            **env,
        }
        if roles == ("intake",):
            del settings["SCOREWIRE__SCOREBOARD__URL"]
        one = NodeProcess(self.folder / name, port=free_port(), env=settings, workers=0)
        self.processes[name] = one
        return one

    def edge(self, name: str, upstream: str, token: str) -> NodeProcess:
        """An edge of a node of the site, which runs: it knows its address and the token, and nothing else."""
        settings = {"SCOREWIRE__SERVER__UPSTREAM": upstream, "SCOREWIRE__SERVER__UPSTREAM_TOKEN": token}
        one = NodeProcess(self.folder / name, port=free_port(), env=settings, workers=0)
        self.processes[name] = one
        return one.start()

    def start(self, name: str, *roles: str, **env: str) -> NodeProcess:
        """A process that runs."""
        return self.process(name, *roles, **env).start()

    def close(self) -> None:
        """Kill whatever still runs."""
        with ExitStack() as closing:
            for one in self.processes.values():
                closing.callback(one.close)

    def told(self) -> str:
        """What the processes logged, for a test that failed."""
        parts = []
        for name, one in self.processes.items():
            lines = one.log.read_text().splitlines()[-40:] if one.log.exists() else []
            parts.append("\n".join([f"--- {name}", *lines]))
        return "\n".join(parts)


@contextlib.contextmanager
def site_at(folder: Path, place: Place, redis: str) -> Iterator[Site]:
    """A site whose processes end with the block; what they said is printed if it fails."""
    site = Site(folder, place, redis)
    try:
        yield site
    except BaseException:
        print(site.told())
        raise
    finally:
        site.close()


def four(site: Site, *, games: int = 1) -> tuple[NodeProcess, NodeProcess, NodeProcess]:
    """Intake, gateway and api in processes of their own, and some owners; each started by itself."""
    intake = site.start("intake", "intake")
    for number in range(games):
        site.start(f"games-{number + 1}", "games")
    return intake, site.start("gateway", "gateway"), site.start("api", "api")


def until(holds: object, within_s: float = 30.0) -> None:
    """Wait until a callable is true."""
    deadline = time.monotonic() + within_s
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.05)


def reached(api: NodeProcess, game_id: str, seq: int) -> bool:
    """Whether readers see a game at `seq` or later."""
    with contextlib.suppress(httpx.TransportError):
        answer = api.get(f"/v1/games/{game_id}/score")
        return answer.status_code == 200 and answer.json()["seq"] >= seq
    return False
