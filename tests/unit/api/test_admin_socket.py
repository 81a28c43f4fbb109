"""The operators' socket: for its owner alone, and one node a folder."""

import socket
import stat
from pathlib import Path

import pytest

from scorewire.api.admin_socket import open_admin_socket, reachable
from scorewire.errors import ConfigError


def test_nobody_else_may_open_it(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    with open_admin_socket(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_killed_node_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    open_admin_socket(path).close()
    assert path.exists()
    with open_admin_socket(path):
        assert path.is_socket()


def test_a_second_node_on_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    with open_admin_socket(path), pytest.raises(ConfigError, match="another node"):
        open_admin_socket(path)
    assert path.exists()


def test_a_file_is_not_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="not a socket"):
        open_admin_socket(path)
    assert path.read_text() == "mine"


def test_a_path_that_is_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot open"):
        open_admin_socket(tmp_path / ("x" * 120))


def test_a_data_folder_may_have_a_long_name(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 20) / ("longer-" * 20)
    folder.mkdir(parents=True)
    with open_admin_socket(folder / "admin.sock"), reachable(folder / "admin.sock") as address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.connect(address)
        with pytest.raises(ConfigError, match="another node"):
            open_admin_socket(folder / "admin.sock")
