"""nginx, where this machine has it."""

from pathlib import Path

import pytest

from scorewire.bench.nginx import Nchan, Nginx, nchan_module, program
from scorewire.bench.posts import Connection
from scorewire.errors import BackendError

CORES = (0,)

pytestmark = pytest.mark.skipif(program() is None, reason="no nginx on this machine")


def test_it_serves_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"hello")
    with Nginx(folder=tmp_path / "own", cores=CORES, server=f"root {tmp_path};") as nginx:
        connection = Connection(nginx.port)
        connection.send(b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().body == b"hello"
        connection.close()
        assert nginx.process.cpu_ns() > 0


def test_what_it_does_not_understand_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="unknown directive"):
        Nginx(folder=tmp_path / "own", cores=CORES, server="nonsense;")


@pytest.mark.skipif(nchan_module() is None, reason="no nchan module on this machine")
def test_nchan_tells_who_listens(tmp_path: Path) -> None:
    module = nchan_module()
    assert module is not None
    with Nchan(folder=tmp_path, cores=CORES, module=module, fans=1) as nchan:
        fan = Connection(nchan.port)
        fan.send(b"GET /sub HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
        fan.sock.settimeout(10)
        text = fan.sock.recv(4096)
        assert b"text/event-stream" in text
        nchan.publish(b'{"goal":1}')
        while b"goal" not in text:
            text += fan.sock.recv(4096)
        assert b'data: {"goal":1}' in text
        fan.close()
