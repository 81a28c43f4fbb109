"""Every decoder is total: any bytes, whole, cut or spoilt, give claims within limits or a FeedError.

`SCOREWIRE_FUZZ_S` says for how many seconds each decoder is given spoilt recordings.
"""

import gzip
import os
import random
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Decoded, Format

FORMATS = sorted(PROVIDERS)
FUZZ_S = float(os.environ.get("SCOREWIRE_FUZZ_S", "0.5"))
MEMORY_TIMES = 60
"""Decoded claims are Python objects; a decoder may hold so many bytes for each byte that it is given."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def decoded(one: Format, body: bytes, name: str = "") -> Decoded | None:
    """The claims, each held to the model's limits; None for a FeedError."""
    one.recognise(body, name)
    try:
        found = one.decode(body, name)
    except FeedError:
        return None
    for claim in found.events[:50]:
        msgspec.convert(msgspec.to_builtins(claim), ProviderEvent)
    for declared in found.declarations[:50]:
        msgspec.convert(msgspec.to_builtins(declared), GameDeclared)
    return found


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


def recordings(folder: Path) -> Iterator[tuple[Format, str, bytes]]:
    """One recording of each format, the smallest that its decoder knows."""
    known: dict[str, tuple[Format, str, bytes]] = {}
    for path in sorted(folder.rglob("*.*")):
        if not path.is_file():
            continue
        for name, body in unpacked(path):
            found = next((one for one in PROVIDERS.values() if one.recognise(body, name)), None)
            if found is not None and len(body) < len(known.get(found.name, (found, "", b"x" * 10**9))[2]):
                known[found.name] = (found, name, body)
    yield from known.values()


def unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        yield path.name, gzip.decompress(content)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist()[:1])
    else:
        yield path.name, content


def spoilt(body: bytes, rng: random.Random) -> bytes:
    """The body cut, or with some bytes changed, lost, doubled or of another kind."""
    if rng.random() < 0.3:
        return body[: rng.randrange(len(body))]
    parts = bytearray(body)
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(len(parts))
        match rng.randrange(4):
            case 0:
                parts[at] = rng.randrange(256)
            case 1:
                del parts[at : at + rng.randrange(1, 40)]
            case 2:
                parts[at:at] = parts[at : at + rng.randrange(1, 400)]
            case _:
                parts[at : at + 1] = rng.choice(
                    (b"-1", b"null", b"1e999", b'"', b"{}", b"99999999999999999999")
                )
        if not parts:
            break
    return bytes(parts)


@pytest.mark.data
def test_spoilt_recordings(shared_data: Path) -> None:
    tried: dict[str, int] = {}
    for one, name, body in recordings(shared_data):
        rng = random.Random(7)
        whole = decoded(one, body, name)
        assert whole is not None
        assert whole.events or whole.declarations
        until_s = time.monotonic() + FUZZ_S
        while time.monotonic() < until_s:
            decoded(one, spoilt(body, rng), name)
            tried[one.name] = tried.get(one.name, 0) + 1
    assert len(tried) >= 8, tried


@pytest.mark.data
def test_memory_is_bounded_by_the_size_of_what_comes_in(shared_data: Path) -> None:
    for one, name, body in recordings(shared_data):
        tracemalloc.start()
        decoded(one, body, name)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MEMORY_TIMES * len(body) + 4_000_000, (one.name, peak, len(body))
