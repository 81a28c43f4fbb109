"""nginx, HAProxy and Varnish before a node, with the configurations of deploy/ as they are.

Only what a machine has of its own is put in: ports, and folders for caches. `edited` fails if a line that is
to be changed is not there, so that a change in deploy/ cannot leave the tests with another configuration.
"""

import functools
import os
from pathlib import Path

from services.ports import HOST, accepts
from services.server import Server, found, version_of

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILES = {"nginx": "nginx/nginx.conf", "haproxy": "haproxy/haproxy.cfg", "varnish": "varnish/default.vcl"}
PURGE_TOKEN = "only-the-nodes-know"
"""Of a Varnish's `cdn.purge_token`."""
PROGRAMS = {"nginx": "nginx", "haproxy": "haproxy", "varnish": "varnishd"}


def edited(name: str, changes: dict[str, str]) -> str:
    """A file of deploy/ with some of its text replaced, each exactly once or more."""
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert old in text, f"deploy/{name} has no {old!r}"
        text = text.replace(old, new)
    return text


class Front(Server):
    """One proxy before one node; see `Server` for starting, stopping and harming it.

    Args:
        kind: nginx, haproxy or varnish.
        node_port: of the loopback; the node need not run yet.
        changes: more that is put in.
    """

    def __init__(self, kind: str, node_port: int, *, changes: dict[str, str] | None = None) -> None:
        self.kind = self.name = kind
        super().__init__()
        self.node_port = node_port
        self._changes = changes or {}

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def configuration(self) -> Path:
        """Its file, made from the one of deploy/."""
        return self.folder / FILES[self.kind].rpartition("/")[2]

    def prepare(self) -> None:
        own = {"nginx": self._nginx, "haproxy": self._haproxy, "varnish": self._varnish}[self.kind]()
        self.configuration.write_text(edited(FILES[self.kind], {**own, **self._changes}))

    def command(self) -> list[str]:
        file = str(self.configuration)
        path = program(self.kind)
        assert path is not None, f"a test that needs {self.kind} must carry its marker"
        if self.kind == "nginx":
            told = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
            return [str(path), "-p", str(self.folder), "-c", file, "-g", told]
        if self.kind == "haproxy":
            return [str(path), "-f", file, "-db"]
        command = [str(path), "-F", "-j", "none", "-n", str(self.folder / "varnish")]
        command += ["-a", f"{HOST}:{self.port}", "-f", file, "-s", "malloc,32m"]
        return [*command, "-p", "thread_pools=1", "-p", "thread_pool_min=20", "-p", "pipe_timeout=60"]

    def answers(self) -> bool:
        return accepts(self.port)

    def _nginx(self) -> dict[str, str]:
        return {
            "server 127.0.0.1:8080;": f"server 127.0.0.1:{self.node_port};",
            "listen 80 ": f"listen {HOST}:{self.port} ",
            "pid /run/nginx.pid;": f"pid {self.folder}/nginx.pid;",
            "proxy_cache_path /var/cache/nginx/": f"proxy_cache_path {self.folder}/",
            "worker_processes auto;": "worker_processes 1;",
        }

    def _haproxy(self) -> dict[str, str]:
        return {
            "server node1 127.0.0.1:8080": f"server node1 127.0.0.1:{self.node_port}",
            "bind :80 ": f"bind {HOST}:{self.port} ",
            "maxconn 200000": "maxconn 2000",
        }

    def _varnish(self) -> dict[str, str]:
        token = self.folder / "purge-token"
        token.write_text(f"{PURGE_TOKEN}\n")
        token.chmod(0o644)  # its worker may be another user
        self.folder.chmod(0o755)
        return {
            '.port = "8080";': f'.port = "{self.node_port}";',
            '"/etc/varnish/purge-token"': f'"{token}"',
        }


def program(kind: str) -> Path | None:
    """The proxy of this machine."""
    return found(PROGRAMS[kind])


@functools.cache
def installed(kind: str) -> str | None:
    """The version of this machine's proxy, or None."""
    path = program(kind)
    return None if path is None else version_of(path, "-V" if kind == "varnish" else "-v")
