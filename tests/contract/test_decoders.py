"""Every decoder is total: any bytes give claims within limits, or a FeedError.

tests/adversity/test_spoilt_recordings.py cuts and spoils real ones.
"""

import subprocess
import sys

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
def test_a_format_is_found_by_its_own_name(name: str) -> None:
    assert PROVIDERS[name].name == name


@pytest.mark.slow
def test_a_node_reads_the_files_of_those_formats_only_that_it_uses() -> None:
    code = "import sys, scorewire.node.single; print(*(one for one in sys.modules if '.providers.' in one))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    assert set(told.stdout.decode().split()) == {"scorewire.providers.format", "scorewire.providers.native"}


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
