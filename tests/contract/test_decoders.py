"""Every decoder is total: any bytes give claims within limits, or a FeedError.

tests/adversity/test_spoilt_recordings.py cuts and spoils real ones.
"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoded import decoded
from scorewire.providers import PROVIDERS

FORMATS = sorted(PROVIDERS)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", FORMATS)
@given(body=st.binary(max_size=300))
def test_any_bytes(name: str, body: bytes) -> None:
    decoded(PROVIDERS[name], body)


@pytest.mark.parametrize("name", FORMATS)
@given(tree=JSON)
def test_any_json(name: str, tree: object) -> None:
    body = msgspec.json.encode(tree)
    decoded(PROVIDERS[name], body)
    decoded(PROVIDERS[name], b"[" * 3_000 + body)
