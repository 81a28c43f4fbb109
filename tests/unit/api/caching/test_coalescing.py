"""Keys are due at once, then seldom, and none that was offered is forgotten."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scorewire.api.caching.coalescing import Coalescing

INTERVAL_S = 1.0


def coalescing(keys_max: int = 100) -> Coalescing:
    return Coalescing(interval_s=INTERVAL_S, keys_max=keys_max)


def test_the_first_is_due_at_once_and_once_more_later() -> None:
    keys = coalescing()
    keys.offer(["g:1"], 10.0)
    assert keys.due_s() == 10.0
    assert keys.take(10.0, 100) == ["g:1"]
    assert keys.due_s() == 11.0
    assert keys.take(10.9, 100) == []
    assert keys.take(11.0, 100) == ["g:1"]
    assert keys.take(12.0, 100) == []
    assert (keys.due_s(), len(keys)) == (None, 0)


def test_what_rests_is_due_when_it_has_rested() -> None:
    keys = coalescing()
    keys.offer(["g:1"], 10.0)
    assert keys.take(10.0, 100) + keys.take(11.0, 100) == ["g:1", "g:1"]
    keys.offer(["g:1"], 11.2)
    assert keys.take(11.9, 100) == []
    assert keys.take(12.0, 100) == ["g:1"]
    assert keys.take(13.0, 100) == ["g:1"]


def test_a_burst_of_one_game_is_two_purges_and_the_last_is_after_it() -> None:
    keys = coalescing()
    taken = []
    for n in range(20):
        keys.offer(["g:1"], 10 + n * 0.04)
        taken += keys.take(10 + n * 0.04, 100)
    assert len(taken) == 1
    assert keys.take(11.0, 100) == ["g:1"]
    assert keys.due_s() == 12.0, "what came in between is purged once more, as the first was"
    assert (keys.offered, keys.coalesced) == (20, 19)


def test_a_batch_has_at_most_so_many_bytes_and_never_none() -> None:
    keys = coalescing()
    keys.offer([f"g:{n}" for n in range(5)], 0.0)
    assert keys.take(0.0, 7) == ["g:0", "g:1"]
    assert keys.take(0.0, 1) == ["g:2"]
    assert keys.take(0.0, 100) == ["g:3", "g:4"]


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    keys = coalescing(keys_max=2)
    keys.offer(["a", "b", "c", "a"], 0.0)
    assert (len(keys), keys.dropped, keys.coalesced) == (2, 1, 1)
    assert keys.take(0.0, 100) == ["a", "b"]


offers = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 0.9)), max_size=40)


@given(offers)
def test_every_offer_is_taken_within_the_interval_and_none_twice_in_one(
    made: list[tuple[str, float]],
) -> None:
    keys = coalescing()
    now_s, taken = 0.0, []
    for key, wait_s in made:
        now_s += wait_s
        while (due_s := keys.due_s()) is not None and due_s <= now_s:
            taken += [(one, due_s) for one in keys.take(due_s, 1)]
        keys.offer([key], now_s)
    while (due_s := keys.due_s()) is not None:
        taken += [(one, due_s) for one in keys.take(due_s, 1)]
    now_s = 0.0
    for key, wait_s in made:
        now_s += wait_s
        assert any(one == key and now_s <= at_s <= now_s + INTERVAL_S for one, at_s in taken)
    for key in "abc":
        times = [at_s for one, at_s in taken if one == key]
        assert all(later - earlier >= INTERVAL_S - 1e-9 for earlier, later in pairwise(times))
