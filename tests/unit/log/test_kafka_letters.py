"""The dead letters are the fold of their topic, whoever reads it and however often."""

from contract.log_suite import letter
from scorewire.log.base import DeadLetter
from scorewire.log.kafka_letters import LetterBook
from scorewire.log.kafka_records import Buried, Lettered, Settled


def book(*entries: Buried, letters_max: int = 100, bytes_max: int = 10_000) -> LetterBook:
    made = LetterBook(letters_max=letters_max, bytes_max=bytes_max)
    for offset, entry in enumerate(entries, 1):
        made.fold(offset, entry)
    return made


def numbers(made: LetterBook, **asked: object) -> list[int]:
    filters: dict[str, object] = {"state": "open", "game_id": "", "rule": "", "since_ms": 0, "limit": 100}
    found: list[DeadLetter] = list(made.find(**{**filters, **asked}))  # type: ignore[arg-type]
    return [one.number for one in found]


def test_numbers_are_offsets_and_the_newest_comes_first() -> None:
    made = book(*(Lettered(letter=letter(n)) for n in (1, 2, 3)))
    assert numbers(made) == [3, 2, 1]
    assert numbers(made, limit=2) == [3, 2]
    assert made.get(2) is not None
    assert made.get(9) is None


def test_what_was_settled_is_open_no_longer() -> None:
    made = book(
        Lettered(letter=letter(1)), Lettered(letter=letter(2)), Settled(numbers=(2, 77), state="dropped")
    )
    assert numbers(made) == [1]
    assert numbers(made, state="dropped") == [2]
    assert numbers(made, state="") == [2, 1]


def test_folding_an_entry_again_changes_nothing() -> None:
    made = book(Lettered(letter=letter(1)), Settled(numbers=(1,), state="replayed"))
    made.fold(1, Lettered(letter=letter(1)))
    made.fold(2, Lettered(letter=letter(5)))
    assert (numbers(made, state=""), made.folded) == ([1], 2)


def test_an_owners_refusal_counts_once() -> None:
    made = book(
        Lettered(letter=letter(1, position="0:7")),
        Lettered(letter=letter(2, position="0:7")),
        Lettered(letter=letter(3)),
        Lettered(letter=letter(4)),
    )
    assert numbers(made) == [4, 3, 1]


def test_the_oldest_are_forgotten_beyond_the_bounds() -> None:
    made = book(*(Lettered(letter=letter(n, position=f"0:{n}")) for n in range(1, 8)), letters_max=3)
    assert (numbers(made), made.forgotten, len(made)) == ([7, 6, 5], 4, 3)
    made.fold(8, Lettered(letter=letter(9, position="0:1")))
    assert numbers(made) == [8, 7, 6]
    heavy = book(*(Lettered(letter=letter(n, payload=b"x" * 400)) for n in range(1, 8)), bytes_max=1_000)
    assert numbers(heavy) == [7, 6]
