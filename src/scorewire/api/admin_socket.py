"""The Unix socket of a running node, for nobody but the user that it runs as.

uvicorn's own `uds` opens the socket to everyone (mode 0666); this one is never wider than 0600, not even
between bind and chmod.
"""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorewire.errors import ConfigError

BACKLOG = 16
PATH_BYTES_MAX = 100
"""What every system takes as the address of a Unix socket; Linux takes 107."""


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """The socket's address, however long its path is: through the folder's descriptor where it must be."""
    if len(os.fsencode(path)) <= PATH_BYTES_MAX:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def open_admin_socket(path: Path) -> socket.socket:
    """Bind and listen; a socket that a killed node left behind is replaced.

    Args:
        path: in the data folder.

    Raises:
        ConfigError: another node answers there, or something else lies there.
    """
    _clear(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with reachable(path) as address:
            listener.bind(address)
    except OSError as error:
        listener.close()
        raise ConfigError("storage.data", f"cannot open {path}: {error.strerror or error}") from error
    finally:
        os.umask(before)
    path.chmod(0o600)
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _clear(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ConfigError("storage.data", f"{path} is not a socket; move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            with reachable(path) as address:
                probe.connect(address)
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise ConfigError("storage.data", f"another node runs on this folder: it answers at {path}")
