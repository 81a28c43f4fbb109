"""Opta MA3 as JSON: its frame, its result, and what cannot be read."""

import json

import pytest

from scorewire.errors import FeedError
from scorewire.providers import recognise
from scorewire.providers.opta_ma3 import OPTA_MA3

from .opta_matches import MATCH, One, ma3


def test_the_frame_of_a_match() -> None:
    declared = OPTA_MA3.decode(ma3(*MATCH)).declaration
    assert declared is not None
    assert declared.venue is not None
    assert (declared.home.abbr, declared.season, declared.venue.name, declared.start) == (
        "RED", "2026", "Park", "2026-11-21T15:00:00Z",
    )  # fmt: skip
    assert recognise(ma3(*MATCH)) is OPTA_MA3


def test_a_match_that_is_played_states_its_result_and_one_that_is_on_does_not() -> None:
    played = OPTA_MA3.decode(ma3(*MATCH, score=(2, 1))).events[-1]
    assert (played.type, played.event) == ("GAME_FINAL", "status-played")
    assert played.score is not None
    assert (played.score.home, played.score.away) == (2, 1)
    assert "GAME_FINAL" not in [one.type for one in OPTA_MA3.decode(ma3(*MATCH)).events]


def test_an_event_that_is_none_is_counted() -> None:
    body = json.loads(ma3(One(1, 16)))
    body["liveData"]["event"] += [{"id": 1}, 7]
    told = OPTA_MA3.decode(json.dumps(body).encode())
    assert (len(told.events), told.skipped) == (1, {"unreadable_event": 2})


@pytest.mark.parametrize("body", [b"", b"{}", b'{"matchInfo":{"id":"a b"},"liveData":{}}'])
def test_what_is_no_match_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        OPTA_MA3.decode(body)
