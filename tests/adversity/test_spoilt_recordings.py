"""Real recordings, cut anywhere and spoilt by chance: decoders give claims or a FeedError, within bounds.

`SCOREWIRE_FUZZ_S` says for how many seconds each decoder is tried; by hand more than here.
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

import pytest

from decoded import decoded
from scorewire.providers import PROVIDERS
from scorewire.providers.format import Format

FUZZ_S = float(os.environ.get("SCOREWIRE_FUZZ_S", "1"))
TIMES = 40
"""Bytes that a decoder may hold for each byte that it is given, beside its claims."""
CLAIM_BYTES = 1500
MEASURED_BYTES_MAX = 200_000
"""Larger recordings are not measured: counting their memory takes a minute and says the same."""

Recordings = list[tuple[Format, str, bytes]]


@pytest.fixture(scope="module")
def recordings(shared_data: Path) -> Recordings:
    """The smallest recording of each format that is at hand."""
    known: dict[str, tuple[Format, str, bytes]] = {}
    for path in sorted(shared_data.rglob("*.*")):
        for name, body in unpacked(path):
            found = next((one for one in PROVIDERS.values() if one.recognise(body, name)), None)
            if found is not None and (found.name not in known or len(body) < len(known[found.name][2])):
                known[found.name] = (found, name, body)
    return list(known.values())


def unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a path; the first of an archive."""
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
def test_spoilt_recordings(recordings: Recordings) -> None:
    tried: dict[str, int] = {}
    for one, name, body in recordings:
        rng = random.Random(7)
        whole = decoded(one, body, name)
        assert whole is not None
        assert whole.events or whole.declarations
        until_s = time.monotonic() + FUZZ_S
        while time.monotonic() < until_s:
            decoded(one, spoilt(body, rng), name)
            tried[one.name] = tried.get(one.name, 0) + 1
    assert len(tried) >= 20, tried


@pytest.mark.data
def test_memory_is_bounded_by_what_comes_in_and_what_comes_out(recordings: Recordings) -> None:
    measured = 0
    for one, name, body in recordings:
        if len(body) > MEASURED_BYTES_MAX:
            continue
        tracemalloc.start()
        found = decoded(one, body, name)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found is not None
        bound = TIMES * len(body) + CLAIM_BYTES * len(found.events) + 1_000_000
        assert peak < bound, (one.name, peak, bound)
        measured += 1
    assert measured >= 10
