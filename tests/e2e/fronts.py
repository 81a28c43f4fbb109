"""nginx, HAProxy and Varnish on a free port of the loopback, with the configurations of deploy/ as they are.

Only what a machine has of its own is put in: ports, and folders for caches. `edited` fails if a line that is
to be changed is not there, so that a change in deploy/ cannot leave the tests with another configuration.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from node_process import free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
START_S = 15.0


def edited(name: str, changes: dict[str, str]) -> str:
    """A file of deploy/ with some of its text replaced, each exactly once or more."""
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert old in text, f"deploy/{name} has no {old!r}"
        text = text.replace(old, new)
    return text


class Front:
    """One proxy in front of one node; `stop` and `start` again keep port and configuration.

    Args:
        changes: more that is put in.
    """

    def __init__(
        self, kind: str, folder: Path, node_port: int, *, changes: dict[str, str] | None = None
    ) -> None:
        self.kind = kind
        self.port = free_port()
        self.log = folder / f"{kind}.log"
        self._folder = folder
        self._changes = changes or {}
        make: dict[str, Callable[[int], list[str]]] = {
            "nginx": self._nginx, "haproxy": self._haproxy, "varnish": self._varnish
        }  # fmt: skip
        self._command = make[kind](node_port)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Front":
        with self.log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self._folder)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.05)
        raise AssertionError(f"{self.kind} did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        """End it at once, and every connection that it holds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def _nginx(self, node_port: int) -> list[str]:
        changes = {
            "server 127.0.0.1:8080;": f"server 127.0.0.1:{node_port};",
            "listen 80 ": f"listen 127.0.0.1:{self.port} ",
            "pid /run/nginx.pid;": f"pid {self._folder}/nginx.pid;",
            "proxy_cache_path /var/cache/nginx/": f"proxy_cache_path {self._folder}/",
            "worker_processes auto;": "worker_processes 1;",
        }
        path = self._folder / "nginx.conf"
        path.write_text(edited("nginx/nginx.conf", changes))
        told = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        return [_found("nginx"), "-p", str(self._folder), "-c", str(path), "-g", told]

    def _haproxy(self, node_port: int) -> list[str]:
        changes = {
            "server node1 127.0.0.1:8080": f"server node1 127.0.0.1:{node_port}",
            "bind :80 ": f"bind 127.0.0.1:{self.port} ",
            "maxconn 200000": "maxconn 2000",
            **self._changes,
        }
        path = self._folder / "haproxy.cfg"
        path.write_text(edited("haproxy/haproxy.cfg", changes))
        return [_found("haproxy"), "-f", str(path), "-db"]

    def _varnish(self, node_port: int) -> list[str]:
        path = self._folder / "default.vcl"
        path.write_text(edited("varnish/default.vcl", {'.port = "8080";': f'.port = "{node_port}";'}))
        command = [_found("varnishd"), "-F", "-j", "none", "-n", str(self._folder / "varnish")]
        command += ["-a", f"127.0.0.1:{self.port}", "-f", str(path), "-s", "malloc,32m"]
        return [*command, "-p", "thread_pools=1", "-p", "thread_pool_min=20", "-p", "pipe_timeout=60"]


def _found(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert path is not None, f"a test that needs {name} must carry its marker"
    return path
