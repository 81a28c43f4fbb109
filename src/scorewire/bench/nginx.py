"""nginx beside the node, where this machine has it: as a server of files, or with the nchan module."""

import shutil
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from scorewire.bench.child import Child
from scorewire.bench.posts import Connection
from scorewire.errors import BackendError

PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx")
MODULES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
NCHAN = "ngx_nchan_module.so"
NO_NGINX = "NO NGINX: this machine has none, so there is nothing to hold the figures against. Install nginx."
NO_NCHAN = (
    "NO NCHAN: this machine has no nginx with the nchan module, so there is nothing to hold the figures"
    " against. On Debian: apt-get install nginx libnginx-mod-nchan."
)
START_S = 10.0
POLL_S = 0.05

_CONFIGURATION = """
{load}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile {files};
events {{ worker_connections {files}; use epoll; multi_accept on; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_timeout 75;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        {server}
    }}
}}
"""


def program() -> str | None:
    """Where nginx is; None where this machine has none."""
    return shutil.which("nginx") or next((place for place in PLACES if Path(place).exists()), None)


def nchan_module() -> Path | None:
    """Where the nchan module is; None where there is none."""
    found = (Path(place) / NCHAN for place in MODULES)
    return next((path for path in found if path.exists()), None)


class Nginx:
    """One nginx process, master and worker in one. Use it as `with`.

    Args:
        folder: an empty one, for its own files.
        server: what stands in its `server` block; `http` above it, `load` at the top.
        files: how many connections it may hold.
    """

    def __init__(
        self,
        *,
        folder: Path,
        cores: Sequence[int],
        server: str,
        http: str = "",
        load: str = "",
        files: int = 1024,
    ) -> None:
        binary = program()
        assert binary is not None
        folder.mkdir(exist_ok=True)
        self.port = _free_port()
        written = _CONFIGURATION.format(
            load=load, folder=folder, files=files, http=http, server=server, port=self.port
        )
        (folder / "nginx.conf").write_text(written, encoding="utf-8")
        given = ("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr")
        self.process = Child([binary, *given], name="nginx", cores=cores)
        try:
            self._wait()
        except BaseException:
            self.process.stop()
            raise

    def __enter__(self) -> "Nginx":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()

    def _wait(self) -> None:
        ends_s = time.monotonic() + START_S
        while True:
            self.process.check_alive()
            try:
                Connection(self.port).close()
            except OSError:
                if time.monotonic() > ends_s:
                    raise BackendError("nginx does not listen", retryable=False) from None
                time.sleep(POLL_S)
            else:
                return


class Nchan:
    """nginx with one nchan channel. Use it as `with`; fans join at `path`."""

    path = "/sub"

    def __init__(self, *, folder: Path, cores: Sequence[int], module: Path, fans: int) -> None:
        self._nginx = Nginx(
            folder=folder / "nchan",
            cores=cores,
            load=f"load_module {module};",
            http="nchan_shared_memory_size 128M;",
            server=(
                "location = /sub { nchan_subscriber eventsource websocket; nchan_channel_id g;"
                " nchan_subscriber_first_message newest; nchan_message_buffer_length 10; }"
                "location = /pub { nchan_publisher; nchan_channel_id g;"
                " nchan_message_buffer_length 10; }"
            ),
            # With less than a sixteenth of them free, nginx closes connections to take them anew.
            files=fans + fans // 8 + 200,
        )
        self.port = self._nginx.port
        self._connection = Connection(self.port)

    def __enter__(self) -> "Nchan":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._nginx.process.stop()

    def publish(self, message: bytes) -> float:
        """Have it tell all fans; returns when it was told to.

        Raises:
            BackendError: it does not take the message.
        """
        head = f"POST /pub HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(message)}\r\n\r\n"
        sent_s = time.monotonic()
        self._connection.send(head.encode() + message)
        answer = self._connection.answer()
        if answer.status not in (200, 201, 202):
            raise BackendError(f"nchan answers {answer.status} to a message", retryable=False)
        return sent_s

    def cpu_ns(self) -> int:
        """Its CPU time so far."""
        return self._nginx.process.cpu_ns()

    def user_bytes(self) -> int:
        """Memory that is its own."""
        return self._nginx.process.user_bytes()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
