"""A real node for tests over real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from node_process import NodeProcess


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node that runs, with the provider `acme`."""
    one = NodeProcess(tmp_path / "data").start()
    one.key("acme")
    yield one
    one.close()
