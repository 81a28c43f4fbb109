"""The expected score, counted by another route than the product's.

The product folds plays in order through a machine. The auditor does not fold: of each event it keeps the
version with the highest revision, drops what was retracted or cancelled, and adds up points.
"""

from collections.abc import Iterable

from scorewire.model.provider_event import ProviderEvent
from scorewire.sim.script import CANCELS, POINTS

Score = tuple[int, int]


def expected_score(messages: Iterable[ProviderEvent]) -> Score:
    """What the messages of one game come to, in whatever order they travelled."""
    newest: dict[str, ProviderEvent] = {}
    for message in messages:
        held = newest.get(message.event)
        if held is None or message.revision > held.revision:
            newest[message.event] = message
    standing = [message for message in newest.values() if message.action == "assert"]
    cancelled = {str(message.detail["event"]) for message in standing if message.type in CANCELS.values()}
    home = sum(POINTS.get(m.type, 0) for m in standing if m.team == "home" and m.event not in cancelled)
    away = sum(POINTS.get(m.type, 0) for m in standing if m.team == "away" and m.event not in cancelled)
    return home, away
