import msgspec

from contract.log_suite import goal
from scorewire.intake.recent import Recent, content_of, key_of


def heard(recent: Recent, number: int, now_ms: int, **changes: object) -> bool:
    """Whether a claim repeats; if it does not, it is remembered."""
    claim = msgspec.structs.replace(goal(1), **changes) if changes else goal(number)
    key, content = key_of(claim), content_of(claim)
    if recent.holds(key, content, now_ms):
        return True
    recent.remember({key: content}, now_ms)
    return False


def test_the_same_again_is_a_repetition() -> None:
    recent = Recent(entries_max=10, age_ms=1000)
    assert not heard(recent, 1, 0)
    assert heard(recent, 1, 1)
    assert not heard(recent, 2, 1)


def test_a_b_a_is_two_amendments() -> None:
    recent = Recent(entries_max=10, age_ms=1000)
    assert not heard(recent, 1, 0, text="A")
    assert not heard(recent, 1, 1, text="B")
    assert not heard(recent, 1, 2, text="A")
    assert heard(recent, 1, 3, text="A")


def test_a_number_of_a_dense_feed_is_content() -> None:
    recent = Recent(entries_max=10, age_ms=1000)
    assert not heard(recent, 1, 0, sequence=1)
    assert not heard(recent, 1, 0, sequence=2)


def test_memory_is_short() -> None:
    recent = Recent(entries_max=10, age_ms=1000)
    heard(recent, 1, 0)
    assert heard(recent, 1, 999)
    assert not heard(recent, 1, 1000)


def test_memory_is_bounded_and_forgets_what_was_heard_longest_ago() -> None:
    recent = Recent(entries_max=2, age_ms=1000)
    assert not heard(recent, 1, 0)
    assert not heard(recent, 2, 0)
    heard(recent, 1, 1, text="newer")
    assert not heard(recent, 3, 2)
    assert not heard(recent, 2, 3), "it was heard of longest ago"
