"""What is remembered of lists."""

import pytest

from scorewire.scoreboard import upstream_lists as module
from scorewire.scoreboard.upstream_lists import Asked


def test_the_lists_that_were_asked_for_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASKED_MAX", 2)
    asked = Asked()
    asked.note("league", "l1", ["g1"])
    asked.note("team", "a", ["g1", "g2"])
    asked.note("league", "l1", ["g3"])
    asked.note("sport", "soccer", [])
    assert asked.lists() == (("league", "l1"), ("sport", "soccer"))
    assert asked.games("league", "l1") == {"g3"}
    assert asked.games("team", "a") == frozenset()
