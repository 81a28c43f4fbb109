"""Frames for the yardstick."""

import pytest

from scorewire.bench.calls import update_marker
from scorewire.bench.yardstick import frame_like


@pytest.mark.parametrize("size", [100, 355, 4096])
def test_a_frame_is_as_long_as_the_nodes_and_holds_the_marker(size: int) -> None:
    marker = update_marker("bench-1", 31)
    frame = frame_like(marker, size)
    assert len(frame) == size
    assert marker in frame
    assert frame.endswith(b"\n\n")
