"""Redis 7, alone, on a free port of the loopback.

Nothing is kept on disk unless `append_only` is set: what a scoreboard loses with it, it must regain.
"""

import functools
import socket
from pathlib import Path

from services.ports import HOST
from services.server import Server, at_least, found, version_of

ENVIRONMENT = "SCOREWIRE_TEST_REDIS"
MAJOR_MIN = 7
_NOTHING = '""'


class RedisServer(Server):
    """See `Server` for starting, stopping and harming it.

    Args:
        port: of the loopback; 0 chooses one.
        append_only: keep every write on disk (`appendfsync always`), so that a kill loses nothing.
        settings: further lines of redis.conf, `{"maxmemory": "10mb"}`.
    """

    name = "redis"

    def __init__(
        self, *, port: int = 0, append_only: bool = False, settings: dict[str, str] | None = None
    ) -> None:
        super().__init__(port=port)
        kept = {"appendonly": "yes", "appendfsync": "always"} if append_only else {}
        self.settings = {**kept, **(settings or {})}

    @property
    def url(self) -> str:
        """Its database 0."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def configuration(self) -> Path:
        """Its redis.conf."""
        return self.folder / "redis.conf"

    def prepare(self) -> None:
        settings = {
            "port": str(self.port),
            "bind": HOST,
            "dir": f'"{self.folder}"',
            "save": "",
            "daemonize": "no",
            **self.settings,
        }
        # Redis, told to follow another, writes into its file as it runs; what it wrote holds from then on.
        lines = [f"{key} {value or _NOTHING}\n" for key, value in settings.items()]
        self.configuration.write_text("".join(lines))

    def command(self) -> list[str]:
        return [program(), str(self.configuration)]

    def answers(self) -> bool:
        info = ask(self.port, "INFO")
        return f"process_id:{self.pid}\r" in info and "loading:0" in info

    def clear(self) -> None:
        """Empty all its databases, and forget scripts and functions."""
        for command in ("FLUSHALL", "SCRIPT FLUSH", "FUNCTION FLUSH"):
            said = ask(self.port, command)
            assert said == "+OK\r\n", f"{command}: {said}"


def program() -> str:
    """redis-server of this machine."""
    path = found("redis-server")
    assert path is not None, (
        "no redis-server on this machine; a test that needs it carries @pytest.mark.redis"
    )
    return str(path)


@functools.cache
def installed() -> str | None:
    """The version of this machine's redis-server; None if there is none, or one without sharded pub/sub."""
    path = found("redis-server")
    version = "" if path is None else version_of(path)
    return version if at_least(version, MAJOR_MIN) else None


def ask(port: int, command: str, timeout_s: float = 2.0) -> str:
    """One command, and the raw answer as far as it is one string; no client is needed to wait for a server.

    Raises:
        OSError: nobody answered.
    """
    with socket.create_connection((HOST, port), timeout_s) as sock:
        sock.sendall(f"{command}\r\n".encode())
        data = sock.recv(65_536)
        if data[:1] == b"$" and b"\r\n" in data:
            head, _, _ = data.partition(b"\r\n")
            size = int(head[1:])
            whole = len(head) + 2 + (size + 2 if size >= 0 else 0)  # -1 is no string at all, and no line more
            while len(data) < whole and (more := sock.recv(65_536)):
                data += more
    return data.decode(errors="replace")
