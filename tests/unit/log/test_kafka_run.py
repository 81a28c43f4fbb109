"""A run answers as the partition would, or says that it cannot."""

from hypothesis import given
from hypothesis import strategies as st

from scorewire.log.kafka_run import Run


def run(start: int = 0, kept_max: int = 3, room: int = 5, bytes_room: int = 10_000) -> Run[int]:
    return Run(start=start, kept_max=kept_max, room=room, bytes_room=bytes_room)


def fill(one: Run[int], offsets: list[int], size: int = 1) -> None:
    one.extend(offsets, offsets, [size] * len(offsets))


def test_entries_come_in_order_up_to_the_limit() -> None:
    one = run()
    fill(one, [1, 2, 5, 9])
    assert one.after(0, 2) == [1, 2]
    assert one.after(2, 10) == [5, 9]
    assert one.after(9, 10) == []


def test_it_covers_what_lies_between_its_ends() -> None:
    one = run(start=10)
    assert [one.covers(after) for after in (9, 10, 11)] == [False, True, False]
    fill(one, [14])
    assert [one.covers(after) for after in (9, 10, 13, 14, 15)] == [False, True, True, True, False]


def test_the_end_of_the_partition_is_known_until_something_comes() -> None:
    one = run()
    assert not one.at_end
    one.reached(3)
    assert (one.at_end, one.end) == (True, 3)
    fill(one, [4])
    assert (one.at_end, one.end) == (False, 4)


def test_what_lies_far_behind_the_reader_is_forgotten() -> None:
    one = run(kept_max=3)
    fill(one, list(range(1, 21)))
    one.after(15, 1)
    assert one.start == 12
    assert not one.covers(11)
    assert one.after(12, 3) == [13, 14, 15]


def test_it_is_full_of_what_waits_and_not_of_what_was_read() -> None:
    one = run(kept_max=100, room=5)
    fill(one, list(range(1, 7)))
    assert one.full
    one.after(1, 1)
    assert not one.full


def test_it_is_full_of_bytes_until_they_were_read() -> None:
    one = run(kept_max=100, room=100, bytes_room=50)
    fill(one, [1, 2, 3], size=20)
    assert one.full
    assert one.after(2, 5) == [3]
    assert not one.full


@given(st.lists(st.integers(1, 40), unique=True), st.lists(st.integers(0, 40)), st.integers(0, 4))
def test_whatever_was_asked_before_it_never_leaves_out_an_entry(
    offsets: list[int], asked: list[int], kept_max: int
) -> None:
    offsets.sort()
    one = run(kept_max=kept_max, room=2, bytes_room=5)
    fill(one, offsets)
    for after in asked:
        if one.covers(after):
            assert one.after(after, 100) == [offset for offset in offsets if offset > after]
