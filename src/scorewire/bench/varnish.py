"""The Varnish of deploy/ before a node, where this machine has it."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from scorewire.bench.child import Child
from scorewire.bench.machine import PACKAGE
from scorewire.errors import BackendError, ConfigError

PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
CONFIGURATION = PACKAGE.parents[1] / "deploy" / "varnish" / "default.vcl"
START_S = 20.0
POLL_S = 0.05


def program(name: str = "varnishd") -> str | None:
    """Where one of its programs is; None where this machine has none."""
    return shutil.which(name) or shutil.which(name, path=PATH)


class Varnish:
    """One Varnish, with the configuration as it is but for ports and the token. Use it as `with`.

    Args:
        folder: an empty one, for its own files.
        port: where it listens; of the loopback, as the node.
        token: that purges must carry.

    Raises:
        ConfigError: this machine has no Varnish, or this is no checkout with its configuration.
    """

    def __init__(self, *, folder: Path, cores: Sequence[int], node_port: int, port: int, token: str) -> None:
        binary = program()
        if binary is None or not CONFIGURATION.exists():
            raise ConfigError("bench spike", "needs Varnish with varnish-modules, and deploy/ of a checkout")
        folder.mkdir()
        folder.chmod(0o755)  # its worker is another user
        (folder / "purge-token").write_text(token)
        text = CONFIGURATION.read_text(encoding="utf-8")
        for ours, theirs in (
            ('.port = "8080";', f'.port = "{node_port}";'),
            ('"/etc/varnish/purge-token"', f'"{folder}/purge-token"'),
        ):
            assert ours in text, f"deploy/varnish has no {ours}"
            text = text.replace(ours, theirs)
        (folder / "node.vcl").write_text(text, encoding="utf-8")
        self._place = folder / "varnish"
        self.port = port
        command = [binary, "-F", "-j", "none", "-n", str(self._place), "-a", f"127.0.0.1:{port}"]
        command += ["-f", str(folder / "node.vcl"), "-s", "malloc,64m", "-p", "thread_pools=1"]
        self.process = Child(command, name="Varnish", cores=cores)
        try:
            self._wait()
        except BaseException:
            self.process.kill()
            raise

    def __enter__(self) -> "Varnish":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()

    def asked(self) -> int:
        """Requests that it has made to the node so far, its probes not among them."""
        statistics = program("varnishstat")
        assert statistics is not None, "it comes with Varnish"
        done = subprocess.run(
            [statistics, "-n", str(self._place), "-1", "-j", "-f", "MAIN.backend_req"],
            capture_output=True,
            timeout=START_S,
            check=True,
        )
        value: int = json.loads(done.stdout)["counters"]["MAIN.backend_req"]["value"]
        return value

    def _wait(self) -> None:
        ends_s = time.monotonic() + START_S
        while True:
            self.process.check_alive()
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if time.monotonic() > ends_s:
                raise BackendError("Varnish does not listen", retryable=False)
            time.sleep(POLL_S)


def free_port() -> int:
    """A port of the loopback that nobody has now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
