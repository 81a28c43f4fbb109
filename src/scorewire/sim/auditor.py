"""The expected score, counted by another route than the product's.

The product folds plays in order through a machine. The auditor does not fold: of each event it keeps the
version with the highest revision, drops what was retracted, cancelled or disowned, and counts what stands by
rules of its own (counting.py).
"""

from collections.abc import Iterable

from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.sim.counting import Sheet, count
from scorewire.sim.plays import PLAYED

CANCELLATIONS = frozenset(sport.cancelled for sport in PLAYED.values())


def standing(messages: Iterable[ProviderEvent]) -> list[ProviderEvent]:
    """The plays that count in the end, in play order, whatever the order in which the messages travelled."""
    newest: dict[str, ProviderEvent] = {}
    for message in messages:
        held = newest.get(message.event)
        if held is None or message.revision >= held.revision:
            newest[message.event] = message
    asserted = [one for one in newest.values() if one.action == "assert" and one.confirmation != "cancelled"]
    cancelled = {str(one.detail["event"]) for one in asserted if one.type in CANCELLATIONS}
    return sorted((one for one in asserted if one.event not in cancelled), key=lambda one: one.sequence or 0)


def expected(declared: GameDeclared, messages: Iterable[ProviderEvent]) -> Sheet:
    """What the messages of one game come to."""
    return count(declared.sport, standing(messages), declared.rules)
