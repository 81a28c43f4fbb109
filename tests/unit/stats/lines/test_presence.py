"""Stints: who is on, who comes on, who goes off, and what is told late."""

from scorewire.stats.lines.presence import Presence
from scorewire.stats.lines.sheet import Sheet


def sheet() -> Sheet:
    held = Sheet({})
    for who in ("p1", "p2"):
        held.entry("home", who).starter = True
    return held


def test_stints_add_up_and_time_never_goes_back() -> None:
    held = sheet()
    presence = Presence(held)
    assert (presence.start("home"), presence.start("away")) == (2, 0)
    presence.until(600)
    presence.until(500)
    presence.change("home", "p1", "p3", "P3")
    presence.until(900)
    presence.change("home", "p3", "p1")
    presence.change("home", "nobody")
    presence.until(1000)
    presence.give(["home"], "match", "MIN")
    shown = {who: entry.cells["match", "MIN"] for who, entry in held.entries["home"].items()}
    assert shown == {"p1": 700, "p2": 1000, "p3": 300}
    assert held.entries["home"]["p3"].name == "P3"
