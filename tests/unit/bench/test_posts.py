"""What counts as accepted."""

import pytest

from scorewire.bench.calls import HttpAnswer
from scorewire.bench.posts import check
from scorewire.errors import BackendError


def test_all_accepted_passes() -> None:
    check(HttpAnswer(202, b'{"accepted":50,"duplicates":0,"rejected":[]}', b""), 50)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (202, b'{"accepted":49,"duplicates":1,"rejected":[]}'),
        (202, b'{"accepted":49,"duplicates":0,"rejected":[{"index":3}]}'),
        (200, b'{"accepted":50,"duplicates":0,"rejected":[]}'),
        (429, b'{"code":"rate_limited"}'),
    ],
)
def test_anything_else_ends_the_run(status: int, body: bytes) -> None:
    with pytest.raises(BackendError, match=f"the node answers {status} "):
        check(HttpAnswer(status, body, b""), 50)
