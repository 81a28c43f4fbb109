"""Identifiers, and the two opaque names that are built from them: ETag and cursor.

An id never holds `!`, `"`, a comma or a space, so cursors and ETags need no escaping, neither in a
header nor in a query string.
"""

import re
from typing import Annotated

import msgspec

ID_CHARACTERS = r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}"
_ID = re.compile(ID_CHARACTERS + r"\Z")
_CURSOR_PART = re.compile(rf"({ID_CHARACTERS})!(\d{{1,12}})\Z")
CURSOR_BYTES_MAX = 2048

# `$` would let a trailing newline pass, and `\\Z` is not known to JSON Schema, which shows this pattern.
Id = Annotated[str, msgspec.Meta(pattern=rf"^{ID_CHARACTERS}(?![\s\S])", max_length=64)]
"""Game, team, player, league, venue: 1 to 64 characters, as `wc2022-final`."""

EventId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
"""A provider's own id of an event; theirs to choose, so only its length is bounded."""

ShortText = Annotated[str, msgspec.Meta(max_length=200)]
"""A name or label for people."""


def is_id(text: str) -> bool:
    """Whether `text` may name a game, team, player or league."""
    return _ID.match(text) is not None


def etag(game_id: str, epoch: str, seq: int) -> str:
    """The strong validator of a game's state, quotes included: `"wc2022-final-k3v9x2aa-31"`."""
    return f'"{game_id}-{epoch}-{seq}"'


def write_cursor(epoch: str, seqs: list[tuple[str, int]]) -> str:
    """Name the place of a reader in several games: `EPOCH!GAME!SEQ!GAME!SEQ`.

    At most CURSOR_BYTES_MAX long; games that do not fit are left out, and so come as full states.
    """
    parts = [epoch]
    length = len(epoch)
    for game_id, seq in seqs:
        part = f"{game_id}!{seq}"
        length += len(part) + 1
        if length > CURSOR_BYTES_MAX:
            break
        parts.append(part)
    return "!".join(parts)


def read_cursor(text: str) -> tuple[str, dict[str, int]] | None:
    """Read what write_cursor wrote; None for anything else, which is then treated as a join."""
    if len(text) > CURSOR_BYTES_MAX:
        return None
    epoch, *rest = text.split("!")
    if not is_id(epoch) or len(rest) % 2:
        return None
    seqs: dict[str, int] = {}
    for game_id, seq in zip(rest[::2], rest[1::2], strict=True):
        if _CURSOR_PART.match(f"{game_id}!{seq}") is None:
            return None
        seqs[game_id] = int(seq)
    return epoch, seqs
