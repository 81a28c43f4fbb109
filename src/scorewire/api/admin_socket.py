"""The Unix socket of a running node, for nobody but the user that it runs as.

uvicorn's own `uds` opens the socket to everyone (mode 0666); this one is never wider than 0600, not even
between bind and chmod.
"""

import os
import socket
import stat
from pathlib import Path

from scorewire.errors import ConfigError

BACKLOG = 16


def open_admin_socket(path: Path) -> socket.socket:
    """Bind and listen; a socket that a killed node left behind is replaced.

    Args:
        path: at most about 100 bytes, a limit of the operating system.

    Raises:
        ConfigError: another node answers there, something else lies there, or the path is too long.
    """
    _clear(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
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
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise ConfigError("storage.data", f"another node runs on this folder: it answers at {path}")
