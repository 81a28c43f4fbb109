"""One payload decoded, and what comes of it held to the model's limits."""

import msgspec

from scorewire.errors import FeedError
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers.format import Decoded, Format

CHECKED = 50
"""Claims of a payload whose limits are checked."""


def decoded(one: Format, body: bytes, name: str = "") -> Decoded | None:
    """The claims; None for a FeedError, which is the only exception that a decoder may raise."""
    one.recognise(body, name)
    try:
        found = one.decode(body, name)
    except FeedError:
        return None
    for claim in found.events[:CHECKED]:
        msgspec.convert(msgspec.to_builtins(claim), ProviderEvent)
    for declared in found.declarations[:CHECKED]:
        msgspec.convert(msgspec.to_builtins(declared), GameDeclared)
    return found
