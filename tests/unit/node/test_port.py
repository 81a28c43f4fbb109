"""The port: what is taken is said, and descriptors are raised."""

import resource
import socket
from pathlib import Path

import pytest

from scorewire.config import Config, Server
from scorewire.errors import ConfigError
from scorewire.node.port import listen, listen_shared, raise_descriptor_limit, ready


def test_a_free_port_is_bound_and_a_taken_one_names_its_key() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(ConfigError) as refused:
            listen("127.0.0.1", first.getsockname()[1])
    assert refused.value.key == "server.port"


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"server\.port"):
        listen("192.0.2.1", 0)


def test_the_socket_does_not_block() -> None:
    with listen("127.0.0.1", 0) as listener:
        listener.listen()
        assert isinstance(listener, socket.socket)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_descriptors_are_raised_to_what_is_allowed() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raise_descriptor_limit() == hard
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard


def test_several_sockets_share_one_free_port() -> None:
    listeners = listen_shared("127.0.0.1", 0, 3)
    ports = {listener.getsockname()[1] for listener in listeners}
    for listener in listeners:
        listener.listen()
    assert len(ports) == 1
    assert len(listeners) == 3
    for listener in listeners:
        listener.close()


def test_nobody_else_may_share_the_port() -> None:
    listeners = listen_shared("127.0.0.1", 0, 2)
    for listener in listeners:
        listener.listen()
    with pytest.raises(ConfigError, match=r"server\.port"):
        listen_shared("127.0.0.1", listeners[0].getsockname()[1], 2)
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(
    ("server", "url"),
    [
        (Server(), "http://127.0.0.1:9000"),
        (Server(host="0.0.0.0"), "http://127.0.0.1:9000"),
        (Server(host="::1"), "http://[::1]:9000"),
        (Server(public_url="https://scores.example/"), "https://scores.example"),
    ],
)
def test_a_person_is_told_an_address_that_opens(server: Server, url: str) -> None:
    told = ready(Config(server=server), 9000)
    assert (told.url, told.port, told.data) == (url, 9000, Path(Config().storage.data))
