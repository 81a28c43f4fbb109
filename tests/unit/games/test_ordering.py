"""Ordering: what waits, how long, and where a play stands."""

from hypothesis import given
from hypothesis import strategies as st

from scorewire.games.ordering import ReorderBuffer, between, place_of
from scorewire.model.provider_event import ProviderEvent


def buffer(kind: str | None = "dense", wait_ms: int = 500, held_max: int = 100) -> ReorderBuffer[str]:
    return ReorderBuffer(kind=kind, wait_ms=wait_ms, held_max=held_max)  # type: ignore[arg-type]


def claim(**fields: object) -> ProviderEvent:
    base = {"provider": "acme", "game_id": "g", "event": "e", "revision": 1, "type": "GOAL", "team": "home"}
    return ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]


def test_in_order_nothing_waits() -> None:
    one = buffer()
    assert [one.offer(str(n), n, n) for n in (1, 2, 3)] == [["1"], ["2"], ["3"]]
    assert one.due_ms() is None


def test_a_gap_heals_when_the_missing_number_comes() -> None:
    one = buffer()
    assert one.offer("1", 1, 0) == ["1"]
    assert one.offer("3", 3, 10) == []
    assert one.offer("4", 4, 20) == []
    assert one.due_ms() == 510
    assert one.offer("2", 2, 400) == ["2", "3", "4"]
    assert one.due_ms() is None


def test_a_first_number_above_one_waits_for_those_before_it() -> None:
    one = buffer()
    assert one.offer("2", 2, 0) == []
    assert one.offer("1", 1, 100) == ["1", "2"]


def test_no_claim_waits_longer_than_the_limit() -> None:
    one = buffer()
    one.offer("1", 1, 0)
    assert one.offer("3", 3, 10) == []
    assert one.expire(509) == []
    assert one.expire(510) == ["3"]
    assert one.offer("4", 4, 511) == ["4"]


def test_what_waited_too_long_goes_before_a_claim_that_comes_later() -> None:
    one = buffer()
    one.offer("1", 1, 0)
    one.offer("5", 5, 10)
    one.offer("3", 3, 300)
    # At 600 the fifth has waited 590 ms, so all that stands before it goes with it, in order.
    assert one.offer("9", 9, 600) == ["3", "5"]
    assert one.held == ["9"]


def test_a_number_that_passed_goes_on_at_once() -> None:
    one = buffer()
    one.offer("1", 1, 0)
    one.offer("2", 2, 0)
    assert one.offer("1 again", 1, 5) == ["1 again"]


def test_claims_without_a_number_never_wait() -> None:
    one = buffer()
    one.offer("3", 3, 0)
    assert one.offer("desk", None, 1) == ["desk"]


def test_sparse_and_none_never_wait() -> None:
    for kind in ("sparse", "none"):
        assert buffer(kind).offer("30", 30, 0) == ["30"]


def test_an_undeclared_provider_is_sparse_after_three_unfilled_gaps() -> None:
    one = buffer(None)
    for turn, number in enumerate((10, 20, 30)):
        assert one.offer(str(number), number, turn * 1000) == []
        assert one.expire(turn * 1000 + 500) == [str(number)]
    assert one.offer("40", 40, 9000) == ["40"]


def test_a_filled_gap_keeps_an_undeclared_provider_dense() -> None:
    one = buffer(None)
    one.offer("10", 10, 0)
    one.expire(500)
    one.offer("20", 20, 1000)
    one.expire(1500)
    one.offer("22", 22, 2000)
    assert one.offer("21", 21, 2100) == ["21", "22"]
    assert one.offer("30", 30, 3000) == []


def test_too_many_waiting_close_the_gap() -> None:
    one = buffer(held_max=2)
    one.offer("1", 1, 0)
    assert one.offer("3", 3, 0) == []
    assert one.offer("4", 4, 0) == []
    assert one.offer("5", 5, 0) == ["3", "4", "5"]


def test_after_a_restart_what_follows_a_passed_number_does_not_wait() -> None:
    one = buffer()
    one.passed(41)
    assert one.offer("42", 42, 0) == ["42"]


@given(st.permutations(range(1, 40)), st.randoms(use_true_random=False))
def test_any_order_within_the_wait_comes_out_sorted(numbers: list[int], rng: object) -> None:
    one = buffer(held_max=1000)
    out: list[str] = []
    for n, number in enumerate(numbers):
        out += one.offer(str(number), number, n)
    assert out == [str(n) for n in range(1, 40)]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_nothing_is_ever_lost_or_doubled(numbers: list[int]) -> None:
    one = buffer()
    out: list[str] = []
    for n, number in enumerate(numbers):
        out += one.offer(f"{number}/{n}", number, n * 37)
    out += one.expire(10**9)
    assert sorted(out) == sorted(f"{number}/{n}" for n, number in enumerate(numbers))


def test_a_sequence_gives_the_place_whatever_the_arrival() -> None:
    late = place_of(claim(sequence=5), kind="dense", last=(9, 0, 3), arrival=4)
    assert late < (9, 0, 3)


def test_a_goal_that_comes_in_the_break_stands_before_the_whistle() -> None:
    whistle = place_of(claim(type="PERIOD_END", period=1), kind="none", last=(1, 2, 5), arrival=6)
    goal = place_of(claim(period=1), kind="none", last=whistle, arrival=7)
    second_half = place_of(claim(type="PERIOD_START", period=2), kind="none", last=whistle, arrival=8)
    assert (1, 2, 5) < goal < whistle < second_half


def test_an_interruption_does_not_swallow_what_follows_it() -> None:
    stop = place_of(claim(type="GAME_INTERRUPTED", period=1), kind="none", last=(1, 2, 5), arrival=6)
    goal = place_of(claim(period=1), kind="none", last=stop, arrival=7)
    assert stop < goal


def test_an_unnumbered_desk_event_stands_after_the_last_numbered_play() -> None:
    desk = place_of(claim(provider="desk"), kind=None, last=(31, 0, 9), arrival=10)
    following = place_of(claim(sequence=32), kind="dense", last=desk, arrival=11)
    assert (31, 0, 9) < desk < following


def test_the_oldest_that_waits_decides_how_long_whatever_its_number() -> None:
    one = buffer()
    one.offer("9", 9, 1000)
    one.offer("5", 5, 1400)
    assert one.due_ms() == 1500
    assert one.expire(1500) == ["5", "9"]
    assert one.due_ms() is None
    one.offer("20", 20, 2000)
    assert (one.due_ms(), one.held) == (2500, ["20"])


def test_numbers_that_promise_nothing_do_not_hide_the_break() -> None:
    whistle = place_of(claim(type="PERIOD_END", period=1, sequence=7), kind="none", last=(1, 2, 5), arrival=6)
    goal = place_of(claim(period=1, sequence=8), kind="none", last=whistle, arrival=7)
    assert (1, 2, 5) < goal < whistle


def test_there_is_always_room_between_two_places() -> None:
    low, high = (5, 0, 7), (6, 0, 8)
    first = between(low, high, arrival=9)
    second = between(first, high, arrival=10)
    before_first = between(low, first, arrival=11)
    assert low < before_first < first < second < high
    assert between(low, None, arrival=9) == first
    assert between(None, low, arrival=9) < low
    assert between(None, None, arrival=9) == (0, 0, 9)
    assert low < first < (5, 1, 12), "what has no number still stands after what was put in"


@given(st.lists(st.integers(0, 30), max_size=60))
def test_places_put_in_anywhere_stay_in_order(at: list[int]) -> None:
    places: list[tuple[int, ...]] = [(5, 0, 7), (6, 0, 8)]
    for number, where in enumerate(at):
        index = where % (len(places) + 1)
        low = places[index - 1] if index else None
        high = places[index] if index < len(places) else None
        places.insert(index, between(low, high, arrival=number + 9))
        assert places == sorted(set(places))
