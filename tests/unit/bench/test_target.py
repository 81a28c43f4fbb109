"""The node's first line."""

import pytest

from scorewire.bench.target import port_in
from scorewire.errors import BackendError


def test_the_port_is_in_the_first_line() -> None:
    assert port_in(b"Scorewire  http://127.0.0.1:40123/") == 40123


def test_another_line_is_no_port() -> None:
    with pytest.raises(BackendError, match="does not name its port"):
        port_in(b"Traceback (most recent call last):")
