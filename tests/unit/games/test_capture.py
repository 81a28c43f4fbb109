"""A capture: written, read, decided again, and compared row by row."""

from collections.abc import Sequence

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.games.capture import Capture, CaptureHead, compare, read, reproduce, write
from scorewire.games.partition import ALONE
from scorewire.games.tellers import Terms
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.sports import SPORTS

from .conftest import declaration
from .test_partition import Durable


def goal(sequence: int, *, revision: int = 1) -> ProviderEvent:
    return ProviderEvent(
        provider="acme",
        game_id="g1",
        event=f"e{sequence}",
        revision=revision,
        type="GOAL",
        team="home",
        period=1,
        sequence=sequence,
    )


START = msgspec.structs.replace(goal(1), type="PERIOD_START", team=None)


def lived(claims: Sequence[tuple[int, Claim]], terms: Terms = ALONE) -> Capture:
    """What a node made of claims that came in at these times; its own clock ran five seconds late."""
    durable = Durable(terms)
    for received_ms, claim in claims:
        durable.append(claim, received_ms)
        durable.work(received_ms + 5_000)
        durable.write()
    durable.games.expire(1_000_000, now_s=1_000.0)
    durable.write()
    head = CaptureHead(
        scorewire="0",
        game_id="g1",
        epoch="epoch",
        captured_ms=1_000_000,
        reorder_ms=500,
        held_max=100,
        kinds={"acme": "dense", "spare": "dense"},
        terms=terms,
    )
    return Capture(head=head, entries=tuple(durable.log), rows=tuple(durable.rows))


OUT_OF_ORDER = [
    (0, declaration()),
    (10, START),
    (20, goal(3)),
    (30, goal(2)),
    (2_000, goal(5)),
    (2_900, goal(4)),
]


def test_what_was_written_is_read_again() -> None:
    taken = lived(OUT_OF_ORDER)
    assert read(write(taken)) == taken


def test_a_capture_is_reproduced_with_its_waits_and_its_late_claim() -> None:
    taken = lived(OUT_OF_ORDER)
    assert [row.claim.event for row in taken.rows if row.claim is not None] == ["e1", "e2", "e3", "e5", "e4"]
    again = reproduce(taken, SPORTS)
    assert compare(taken.rows, again) is None
    assert [row.ts for row in again] != [row.ts for row in taken.rows]


def test_a_capture_of_two_providers_is_reproduced_on_its_own_terms() -> None:
    """The second provider takes over when the first has been silent for as long as the terms say."""
    backup = [
        msgspec.structs.replace(one, provider="spare", event=f"s{number}", sequence=number)
        for number, one in enumerate((START, goal(2), goal(3)), 1)
    ]
    claims: list[tuple[int, Claim]] = [
        (0, declaration(providers=("acme", "spare"))),
        (10, START),
        (20, goal(2)),
    ]
    claims += [(1_000 + number, one) for number, one in enumerate(backup)]
    claims.append((9_000, msgspec.structs.replace(backup[2], event="s4", sequence=4, type="CORNER")))
    taken = lived(claims, Terms(failover_ms=3_000))
    assert "PROVIDER_CHANGED" in [row.type for row in taken.rows]
    assert compare(taken.rows, reproduce(taken, SPORTS)) is None
    patient = msgspec.structs.replace(taken.head, terms=Terms(failover_ms=10**7))
    slower = msgspec.structs.replace(taken, head=patient)
    assert compare(taken.rows, reproduce(read(write(slower)), SPORTS)) is not None


def test_the_first_row_that_differs_is_named() -> None:
    taken = lived(OUT_OF_ORDER)
    wrong = list(taken.rows)
    wrong[3] = msgspec.structs.replace(wrong[3], level="touch")
    found = compare(wrong, reproduce(taken, SPORTS))
    assert found is not None
    assert found.seq == 4
    assert '"touch"' in found.stored
    shorter = compare(taken.rows[:-1], taken.rows)
    assert shorter is not None
    assert (shorter.seq, shorter.stored) == (len(taken.rows), "")


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "first line"), (b"{}", "line 1"), (b"\xff", "line 1"), (b"[" * 20_000, "line 1")],
)
def test_what_is_no_capture_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(FeedError, match=said) as refused:
        read(body)
    assert refused.value.rule == "unreadable_capture"


def test_a_cut_line_is_named() -> None:
    body = write(lived(OUT_OF_ORDER))
    with pytest.raises(FeedError, match="line 13"):
        read(body[:-20])
