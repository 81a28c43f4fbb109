"""The site of deploy/compose as real processes: its settings, environment and proxies, on the loopback.

Only what a machine has of its own is put in: ports, folders, and which topics and database are the test's.
"""

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

from backends.kafka_logs import Place
from contract.deploy_files import DEPLOY, SITE, Process, processes
from node_process import NodeProcess, free_port
from services.fronts import PURGE_TOKEN, Front, edited
from services.ports import HOST, choose_port

KINDS = ("nginx", "haproxy")
AS_A_STANDBY = "target_session_attrs=any&options=-c%20default_transaction_read_only%3Don"
"""A line to PostgreSQL on which nothing can be written, as to a standby of the journal in another region."""


class Deployed:
    """Roles of the Compose file, by their names in it; started with `start`.

    Args:
        folder: for everything that is written.
        place: topics and database.
        redis, elsewhere: URLs of the home region's Redis and of the second one's.

    Attributes:
        secrets: what prepare.sh has made.
        nodes: by the names of their services.
        varnish: before the api.
        front: the nginx before all of it, which edges follow.
    """

    def __init__(self, folder: Path, place: Place, *, redis: str, elsewhere: str) -> None:
        self.folder = folder
        self.secrets = prepared(folder / "secrets")
        (self.secrets / "journal").chmod(0o600)
        (self.secrets / "journal").write_text(place.url)
        (self.secrets / "standby").write_text(place.url + ("&" if "?" in place.url else "?") + AS_A_STANDBY)
        (self.secrets / "purge_token").chmod(0o600)
        (self.secrets / "purge_token").write_text(PURGE_TOKEN)
        self.nodes: dict[str, NodeProcess] = {}
        self._wanted = {
            process.place.removeprefix("compose.yaml, "): process
            for process in processes()
            if process.place.startswith("compose.yaml")
        }
        self._own = {
            "SCOREWIRE__LOG__TOPICS": place.prefix,
            "SCOREWIRE__LOG__GROUP": f"{place.prefix}games",
            "SCOREWIRE__SERVER__HOST": HOST,
            "SCOREWIRE__SERVER__TRUSTED_PROXIES": HOST,
        }
        self._places = {
            "kafka:9092": place.brokers,
            "redis://redis:6379/0": redis,
            "redis://redis-region:6379/0": elsewhere,
            "trial": place.prefix.strip("."),
        }
        self.api_port = free_port()
        self.varnish = Front("varnish", self.api_port)
        self.front: SiteFront | None = None

    def start(self, *names: str) -> None:
        """Start Varnish and services of the Compose file, each as soon as the one before it is ready."""
        self._places["http://varnish:6081/"] = f"{self.varnish.start().url}/"
        for name in names:
            if name == "edge":  # which follows the whole site, and not one process of it
                self.front = SiteFront("nginx", self)
                self._places["http://nginx:8080"] = self.front.start().url
            node = self._node(name, self._wanted[name])
            self.nodes[name] = node.start()
            self._places[f"http://{name}:8080"] = node.url

    def _node(self, name: str, process: Process) -> NodeProcess:
        settings = dict(self._own)
        for key, value in process.settings.items():
            if value.startswith("/run/secrets/"):
                settings[key] = str(self.secrets / value.rpartition("/")[2])
            else:
                settings[key] = self._places.get(value, value)
        if name == "gateway-region":
            settings["SCOREWIRE__STORAGE__JOURNAL_FILE"] = str(self.secrets / "standby")
        if process.roles == ("edge",):
            upstream = process.words[process.words.index("--upstream") + 1]
            settings["SCOREWIRE__SERVER__UPSTREAM"] = self._places[upstream]
        else:
            settings["SCOREWIRE__SERVER__ROLES"] = ",".join(process.roles)
        port = self.api_port if name == "api" else free_port()
        return NodeProcess(self.folder / name, port=port, config=SITE, env=settings, workers=0)

    def close(self) -> None:
        """Kill whatever runs."""
        with ExitStack() as closing:
            closing.callback(self.varnish.close)
            if self.front is not None:
                closing.callback(self.front.close)
            for node in self.nodes.values():
                closing.callback(node.close)

    def told(self) -> str:
        """What the processes logged last."""
        return "\n".join(
            f"--- {name}\n{os.linesep.join(node.log.read_text().splitlines()[-30:])}"
            for name, node in self.nodes.items()
            if node.log.exists()
        )


def prepared(folder: Path) -> Path:
    """Passwords, tokens and a certificate for `localhost`, as prepare.sh makes them."""
    script = DEPLOY / "compose" / "prepare.sh"
    made = subprocess.run(["sh", script, folder], check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder


class SiteFront(Front):
    """nginx/site.conf or haproxy/site.cfg, as it is, before the processes of a site.

    Args:
        site: with gateway, intake and Varnish running.

    Attributes:
        tls_port: where it speaks TLS, and HTTP/2.
    """

    def __init__(self, kind: str, site: Deployed) -> None:
        super().__init__(kind, 0)
        self.tls_port = choose_port()
        self._site = site

    def prepare(self) -> None:
        nodes, secrets = self._site.nodes, self._site.secrets
        served = {
            "gateway:8080": f"{HOST}:{nodes['gateway'].port}",
            "intake:8080": f"{HOST}:{nodes['intake'].port}",
            "varnish:6081": f"{HOST}:{self._site.varnish.port}",
        }
        if self.kind == "nginx":
            changes = {
                "listen 8443 ": f"listen {HOST}:{self.tls_port} ",
                "listen 8080 ": f"listen {HOST}:{self.port} ",
                "/etc/nginx/tls/": f"{secrets}/",
                "/tmp/nginx": f"{self.folder}/nginx",
                "worker_processes auto;": "worker_processes 1;",
            }
            text = edited("nginx/site.conf", {**served, **changes})
        else:
            both = (secrets / "site.crt").read_bytes() + (secrets / "site.key").read_bytes()
            (self.folder / "site.pem").write_bytes(both)
            changes = {
                "bind :8443 ": f"bind {HOST}:{self.tls_port} ",
                "bind :8080 ": f"bind {HOST}:{self.port} ",
                "/etc/haproxy/tls/": f"{self.folder}/",
                "maxconn 200000": "maxconn 2000",
            }
            text = edited("haproxy/site.cfg", {**served, **changes})
        self.configuration.write_text(text)

    @property
    def secure_url(self) -> str:
        """With a certificate for `localhost`, which nobody vouches for."""
        return f"https://localhost:{self.tls_port}"
