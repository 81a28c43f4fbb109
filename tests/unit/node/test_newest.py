import asyncio

import pytest

from scorewire.node.newest import NewestAnswers


class Maker:
    """Makes what it is told to, and remembers what."""

    def __init__(self) -> None:
        self.made: list[bytes] = []
        self.fails = False

    def of(self, body: bytes):  # type: ignore[no-untyped-def]
        async def make() -> bytes:
            await asyncio.sleep(0)
            if self.fails:
                raise ValueError("it cannot be drawn")
            self.made.append(body)
            return body

        return make


async def test_a_version_is_made_once_for_all_who_ask_and_takes_the_place_of_the_last() -> None:
    answers, maker = NewestAnswers(), Maker()
    asked = [answers.get("a", ("e", 1), maker.of(b"1")) for _ in range(5)]
    assert await asyncio.gather(*asked) == [b"1"] * 5
    assert await answers.get("a", ("e", 2), maker.of(b"2")) == b"2"
    assert await answers.get("b", ("e", 2), maker.of(b"b")) == b"b"
    assert maker.made == [b"1", b"2", b"b"]
    assert await answers.get("a", ("f", 2), maker.of(b"3")) == b"3"


async def test_who_fails_leaves_it_to_the_next() -> None:
    answers, maker = NewestAnswers(), Maker()
    await answers.get("a", ("e", 1), maker.of(b"1"))
    maker.fails = True
    with pytest.raises(ValueError, match="drawn"):
        await answers.get("a", ("e", 2), maker.of(b"2"))
    maker.fails = False
    assert await answers.get("a", ("e", 2), maker.of(b"2")) == b"2"


async def test_what_was_asked_for_longest_ago_leaves_first() -> None:
    answers, maker = NewestAnswers(names_max=2), Maker()
    for name in ("a", "b", "a", "c", "a", "b"):
        await answers.get(name, ("e", 1), maker.of(name.encode()))
    assert maker.made == [b"a", b"b", b"c", b"b"]
