import pytest

from scorewire.log.base import LogEntry
from scorewire.log.tail import Tail
from scorewire.model.provider_event import ProviderEvent


def entry(offset: int) -> LogEntry:
    claim = ProviderEvent(provider="acme", game_id="g1", event=f"e{offset}", revision=1)
    return LogEntry(partition=0, offset=offset, received_ms=0, webhook_id="w", claim=claim)


def filled(count: int, *, last: int = 0, entries_max: int = 100, bytes_max: int = 10_000) -> Tail:
    tail = Tail(last, entries_max, bytes_max)
    for offset in range(last + 1, last + count + 1):
        tail.extend([entry(offset)], [100])
    return tail


def offsets(found: list[LogEntry] | None) -> list[int] | None:
    return None if found is None else [one.offset for one in found]


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [
        (-1, 3, [1, 2, 3]),
        (0, 3, [1, 2, 3]),
        (7, 100, [8, 9, 10]),
        (10, 100, []),
        (99, 100, []),
    ],
)
def test_what_is_held_is_read_from_memory(after: int, limit: int, expected: list[int]) -> None:
    assert offsets(filled(10).after(after, limit)) == expected


def test_what_was_there_before_is_on_disk_only() -> None:
    tail = filled(3, last=7)
    assert tail.after(6, 10) is None
    assert tail.after(-1, 10) is None
    assert offsets(tail.after(7, 10)) == [8, 9, 10]


def test_an_empty_tail_knows_the_end() -> None:
    tail = Tail(7, 10, 1000)
    assert tail.after(7, 10) == []
    assert tail.after(6, 10) is None


def test_the_number_of_entries_is_bounded() -> None:
    tail = filled(1000, entries_max=10)
    assert tail.after(980, 100) is None
    held = offsets(tail.after(994, 100))
    assert held == [995, 996, 997, 998, 999, 1000]


def test_the_bytes_are_bounded_even_for_one_entry() -> None:
    tail = Tail(0, 100, 1000)
    tail.extend([entry(1)], [5000])
    assert tail.after(0, 10) is None
    assert tail.last == 1
    tail.extend([entry(2)], [500])
    assert offsets(tail.after(1, 10)) == [2]


def test_a_gap_is_our_bug() -> None:
    with pytest.raises(AssertionError):
        filled(3).extend([entry(5)], [1])
