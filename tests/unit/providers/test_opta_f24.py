"""Opta F24 as XML: its frame, its doubts, and bodies that are made to hurt."""

import time

import pytest

from scorewire.errors import FeedError
from scorewire.providers import recognise
from scorewire.providers.opta_f24 import OPTA_F24

from .opta_matches import MATCH, One, f24

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 20))
    + b']><Games><Game id="m1"><Event id="1" type_id="1">&a19;</Event></Game></Games>'
)


def test_the_frame_of_a_match() -> None:
    declared = OPTA_F24.decode(f24(*MATCH)).declaration
    assert declared is not None
    assert (declared.game_id, declared.home.name, declared.league.id, declared.start) == (
        "opta-m1", "Red", "opta-8", "2026-11-21T15:00:00Z",
    )  # fmt: skip
    assert recognise(f24(*MATCH)) is OPTA_F24


def test_a_billion_laughs_are_refused_at_once() -> None:
    began_s = time.monotonic()
    with pytest.raises(FeedError, match="document type"):
        OPTA_F24.decode(LAUGHS)
    assert time.monotonic() - began_s < 0.5


def test_a_file_of_this_machine_is_not_read() -> None:
    body = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Games><Game id="&f;"/></Games>'
    with pytest.raises(FeedError, match="document type"):
        OPTA_F24.decode(body)


@pytest.mark.parametrize(
    "body", [b"", b"<Games/>", b"<Games><Game/></Games>", b"<Games><Game id='a b'/></Games>"]
)
def test_what_is_no_match_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        OPTA_F24.decode(body)


def test_events_without_type_or_id_are_counted() -> None:
    body = f24(One(1, 16)).replace(b'type_id="16"', b'type_id="x"')
    assert OPTA_F24.decode(body).skipped == {"unreadable_event": 1}


def test_without_a_time_of_edit_the_version_is_the_revision() -> None:
    body = f24(One(1, 16)).replace(b'last_modified="2026-11-21T15:00:00Z"', b"")
    assert OPTA_F24.decode(body).events[0].revision == 9
