"""What is kept of what was told: through bytes it is the same, and older bytes are read."""

import msgspec
import pytest

from scorewire.games import telling
from scorewire.games.telling import Conflict, Telling
from scorewire.model.provider_event import ProviderEvent

CLAIM = ProviderEvent(provider="b", game_id="g", event="e", revision=3, type="GOAL", team="home")


@pytest.mark.parametrize(
    "one",
    [
        Telling(claim=CLAIM, received_ms=5),
        Telling(claim=CLAIM, received_ms=5, log_offset=7, play=("a", "x"), lead_ms=-3),
        Telling(claim=CLAIM, received_ms=5, conflict=Conflict(since_ms=9, why="missing", against=(CLAIM,))),
    ],
)
def test_through_bytes_it_is_the_same(one: Telling) -> None:
    assert telling.read(telling.write(one)) == one
    assert one.key == ("b", "e")


def test_a_conflict_is_a_dispute_until_it_is_settled() -> None:
    conflict = Conflict(since_ms=9, why="missing")
    assert Telling(claim=CLAIM, received_ms=5, conflict=conflict).disputed
    settled = msgspec.structs.replace(conflict, settled="dismissed")
    assert not Telling(claim=CLAIM, received_ms=5, conflict=settled).disputed
    assert not Telling(claim=CLAIM, received_ms=5).disputed


@pytest.mark.parametrize("body", [b"", b"{}", b'{"version":2}', b"\xff"])
def test_what_is_not_that_says_so(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        telling.read(body)


def test_the_stored_form_of_version_1_is_read() -> None:
    body = (
        b'{"version":1,"claim":{"kind":"event","provider":"b","game_id":"g","event":"e","revision":3,"type":"GOAL",'
        b'"team":"home"},"received_ms":5,"play":["a","x"]}'
    )
    assert telling.read(body) == Telling(claim=CLAIM, received_ms=5, play=("a", "x"))
