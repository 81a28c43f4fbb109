"""The port: what is taken is said, and descriptors are raised."""

import resource
import socket

import pytest

from scorewire.errors import ConfigError
from scorewire.port import listen, raise_descriptor_limit


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
