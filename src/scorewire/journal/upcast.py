"""The version stamp of stored bodies, and how a body of an older release is read.

Every stored body begins with `{"v":1,`. A field that is added with a default needs no new version; a
change of meaning raises VERSION and adds one function to STEPS, which takes a body of the version before
as plain values. A sample of each version lies in tests/vectors/journal/ and must stay readable.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from scorewire.errors import BackendError
from scorewire.model.score_state import Tree

Kind = Literal["game_event", "game_declared", "line"]
Step = Callable[[Tree], Tree]

VERSION = 1
STEPS: Mapping[tuple[Kind, int], Step] = {}
"""(kind, version) -> how to make a body of that version one of the next; absent where nothing changes."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(type=dict[str, object])


def stamp(body: bytes, version: int = VERSION) -> bytes:
    """Put the version in front of an encoded JSON object, which must hold at least one field."""
    assert body[:2] == b'{"', "only a JSON object with fields can be stamped"
    return b'{"v":%d,' % version + body[1:]


def current(
    kind: Kind,
    stored: bytes,
    *,
    version: int = VERSION,
    steps: Mapping[tuple[Kind, int], Step] = STEPS,
) -> bytes:
    """The JSON object as this release would have written it, without its stamp.

    Raises:
        BackendError: a newer release wrote it, or it has no stamp; neither heals by trying again.
    """
    head = b'{"v":%d,' % version
    if stored.startswith(head):
        return b"{" + stored[len(head) :]
    try:
        tree = _decoder.decode(stored)
    except msgspec.DecodeError as error:
        raise BackendError(f"a stored {kind} is not JSON: {error}", retryable=False) from error
    found = tree.pop("v", None)
    if not isinstance(found, int) or not 1 <= found <= version:
        raise BackendError(
            f"a stored {kind} has version {found!r}; this release reads up to {version}", retryable=False
        )
    for older in range(found, version):
        step = steps.get((kind, older))
        if step is not None:
            tree = step(tree)
    return _encoder.encode(tree)
