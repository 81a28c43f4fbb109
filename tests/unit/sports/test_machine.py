"""The contract: how sports write a clock, and what every table must hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports import SPORTS
from scorewire.sports.lifecycle import LIFECYCLE
from scorewire.sports.machine import ANYTHING, CANCELS_ANYTHING, Refusal, check_common, clock_ms
from unit.sports.plays import any_claim, claim


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("", "`type` is missing"),
        ("GAOL", "'GAOL' is not an event of this sport; did you mean GOAL?"),
        ("yellow-card", "'yellow-card' is not an event of this sport; did you mean YELLOW_CARD?"),
        ("HOME_RUN_DERBY_XYZ", "'HOME_RUN_DERBY_XYZ' is not an event of this sport"),
    ],
)
def test_a_type_that_is_none_is_told_from_one_that_is_missing(kind: str, said: str) -> None:
    refusal = check_common(SPORTS["soccer"].events, claim(kind))
    assert refusal == Refusal("unknown_event_type", said)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0:00", 0),
        ("22:41", 1_361_000),
        ("45+2:10", 2_830_000),
        ("45+2", 2_820_000),
        ("0:45.3", 45_300),
        ("0:45.375", 45_375),
        ("67", 4_020_000),
        ("120:00", 7_200_000),
        ("", None),
        ("45.3", None),
        ("1:60", None),
        ("1:5", None),
        ("1:05\n", None),
        ("-1:05", None),
        ("1000:00", None),
        ("٤٥:00", None),
    ],
)
def test_clock_ms(text: str, ms: int | None) -> None:
    assert clock_ms(text) == ms


@pytest.mark.parametrize("sport", SPORTS)
def test_tables_are_complete(sport: str) -> None:
    machine = SPORTS[sport]
    assert machine.sport == sport
    assert LIFECYCLE.items() <= machine.events.items()
    for kind, spec in machine.events.items():
        assert kind == kind.upper()
        assert spec.meaning.endswith((".", "...")), kind
        assert not spec.points or (spec.level == "key" and spec.team), kind
        negated = () if spec.negates == ANYTHING else spec.negates
        for named in (*negated, *filter(None, [spec.correction])):
            assert named in machine.events, f"{kind} names {named}"
        if spec.correction:
            assert kind in machine.events[spec.correction].negates


@pytest.mark.parametrize("sport", SPORTS)
def test_the_cancellation_of_a_play_is_refused_nowhere_and_changes_nothing_itself(sport: str) -> None:
    machine = SPORTS[sport]
    cancels = {kind for kind, spec in machine.events.items() if spec.negates == ANYTHING}
    assert cancels == CANCELS_ANYTHING
    cancelled = claim("PLAY_CANCELLED", detail={"event": "e1"})
    state = machine.begin({})
    for kind in ("GAME_FINAL", "GAME_CANCELLED"):
        state = machine.evolve(state, claim(kind), 1)
        assert machine.check({}, cancelled) is None
        assert machine.decide(state, cancelled) is None
        assert machine.board(machine.evolve(state, cancelled, 2)) == machine.board(state)


@pytest.mark.parametrize("sport", SPORTS)
@settings(max_examples=40)
@given(data=st.data())
def test_what_changes_nothing_leaves_the_same_object(sport: str, data: st.DataObject) -> None:
    machine = SPORTS[sport]
    state = machine.begin({})
    for one in data.draw(st.lists(any_claim(machine), max_size=12)):
        if machine.check({}, one) is not None:
            continue
        after = machine.evolve(state, one, 5)
        assert after is state or after != state, one.type
        state = after
