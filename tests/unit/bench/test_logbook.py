"""What fans were told: order, gaps, repetitions, however the bytes are cut."""

import pytest

from scorewire.bench.logbook import Logbook, Page, Told, merged, reached, thinned


def update(seq: int, game: str = "g", ts: int = 5) -> bytes:
    data = f'{{"type":"score_update","game_id":"{game}","seq":{seq},"patch":{{"a":{{}}}},"ts":{ts}}}'
    return f"id: e!{game}!{seq}\nevent: score_update\ndata: {data}\n\n".encode()


def state(seq: int, game: str = "g") -> bytes:
    data = (
        f'{{"type":"full_state","game_id":"{game}","epoch":"abc","seq":{seq},"reason":"join","state":{{}}}}'
    )
    return f"event: full_state\ndata: {data}\n\n".encode()


def test_updates_are_noted_wherever_they_are_cut() -> None:
    text = state(3) + update(4) + update(5)
    for cut in range(len(text) + 1):
        book, page = Logbook(), Page()
        book.take(page, text[:cut], 1.0)
        book.take(page, text[cut:], 2.0)
        assert page.seqs == {"g": 5}, cut
        assert (book.gaps, book.repeated) == (0, 0), cut
        assert [(one.seq, one.count) for one in book.told()] == [(3, 1), (4, 1), (5, 1)]


@pytest.mark.parametrize(
    ("text", "gaps", "repeated"),
    [
        (state(3) + update(5), 1, 0),
        (state(3) + update(3), 0, 1),
        (state(3) + update(4) + update(4), 0, 1),
        (state(3) + state(9) + update(10), 0, 0),
        (update(7), 1, 0),
    ],
)
def test_what_is_missed_or_repeated_is_counted(text: bytes, gaps: int, repeated: int) -> None:
    book = Logbook()
    book.take(Page(), text, 1.0)
    assert (book.gaps, book.repeated) == (gaps, repeated)


@pytest.mark.parametrize(
    ("text", "disordered", "leapt"),
    [
        (state(3) + update(4) + update(5), 0, 0),
        (state(3) + update(4) + update(4) + update(3), 2, 0),
        (state(3) + update(4) + state(4), 0, 0),
        (state(9) + state(13) + update(14), 0, 3),
        (state(9) + state(10), 0, 0),
    ],
)
def test_what_comes_twice_and_what_a_full_state_stands_for(text: bytes, disordered: int, leapt: int) -> None:
    book = Logbook()
    book.take(Page(), text, 1.0)
    assert (book.disordered, book.leapt) == (disordered, leapt)


def test_times_are_of_every_fan_and_the_stamp_is_the_node_s() -> None:
    book, one, other = Logbook(), Page(), Page()
    assert book.take(one, state(1) + update(2, ts=1234), 1.0)
    assert not book.take(other, b":\n\n", 1.5)
    assert book.take(other, state(1) + update(2, ts=1234), 2.0)
    assert book.told()[1] == Told(game="g", seq=2, ts=1234, count=2, at_s=[1.0, 2.0])
    assert book.told() == []


def test_a_fan_has_reached_what_it_follows() -> None:
    page = Page()
    page.seqs = {"a": 4, "b": 2}
    assert reached(page, {"a": 4}, 2)
    assert not reached(page, {"a": 5}, 2)
    assert not reached(page, {}, 3)


def test_few_times_are_kept_and_many_are_thinned() -> None:
    assert thinned([1.0, 2.0], 3) == [1.0, 2.0]
    assert thinned([float(n) for n in range(11)], 3) == [0.0, 5.0, 10.0]


def test_several_books_are_one() -> None:
    def one(at_s: float, ts: int) -> Told:
        return Told(game="g", seq=2, ts=ts, count=1, at_s=[at_s])

    assert merged([[one(2.0, 0)], [one(1.0, 9)], []]) == [
        Told(game="g", seq=2, ts=9, count=2, at_s=[1.0, 2.0])
    ]
