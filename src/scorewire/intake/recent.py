"""The newest content of each provider event, remembered for a while, to see that a claim is a repetition.

Only the newest content counts: a provider may go A, B, A, and the second A is an amendment. Memory is short,
because a repetition is not always idle: the owner may have refused a claim that came too early, and takes it
when a snapshot feed says it again. What is not seen here, the owner still sees.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from scorewire.model.provider_event import Claim

Key = tuple[str, str, str]
"""(provider, game, event)"""
Contents = dict[Key, bytes]

_ENCODER = msgspec.json.Encoder()


def key_of(claim: Claim) -> Key:
    """Whose event it is."""
    return claim.provider, claim.game_id, claim.event


def content_of(claim: Claim) -> bytes:
    """A digest of everything that it says, its sequence number too: a dense feed's owner waits for that."""
    return hashlib.blake2b(_ENCODER.encode(claim), digest_size=16).digest()


@dataclass(slots=True)
class Recent:
    """Bounded in number and in age.

    Attributes:
        entries_max: events remembered; the one that was heard of longest ago goes first.
        age_ms: for how long a repetition is called one.
    """

    entries_max: int
    age_ms: int
    _held: OrderedDict[Key, tuple[bytes, int]] = field(default_factory=OrderedDict)

    def holds(self, key: Key, content: bytes, now_ms: int) -> bool:
        """Whether this is what was heard last of that event, and not too long ago."""
        held = self._held.get(key)
        return held is not None and held[0] == content and now_ms - held[1] < self.age_ms

    def remember(self, contents: Mapping[Key, bytes], now_ms: int) -> None:
        """Take note of claims that have become durable."""
        for key, content in contents.items():
            self._held[key] = (content, now_ms)
            self._held.move_to_end(key)
        while len(self._held) > self.entries_max:
            self._held.popitem(last=False)
