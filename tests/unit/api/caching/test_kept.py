"""One build for all, never an answer older than what was told, and nobody fails for another."""

import asyncio
import random
import traceback
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.api.caching.kept import ENTRY_BYTES, FRESH_S, LATE_S, Built, KeptAnswers
from scorewire.errors import RequestError

from .test_purger import goal


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.s = 1000.0

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s


class Never(random.Random):
    """Dice that build nothing ahead of time."""

    def random(self) -> float:
        return 0.0


def kept(
    clock: StillClock | None = None, bytes_max: int = 100_000, rng: random.Random | None = None
) -> KeptAnswers:
    return KeptAnswers(bytes_max=bytes_max, clock=clock or StillClock(), rng=rng or Never())


class Source:
    """What is true, and how often it was read; a build waits while `open` is not set."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.truth = 0
        self.reads = 0
        self.failures = 0
        self.open = asyncio.Event()
        self.open.set()

    async def build(self) -> Built:
        self.reads += 1
        body = b"%d" % self.truth
        await asyncio.sleep(0)
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise ValueError("away")
        return Built(body, keys=self.keys)


async def body(answers: KeptAnswers, source: Source, name: str = "list") -> bytes:
    built, _ = await answers.get(name, source.build)
    return built.body


async def test_it_is_built_once_until_its_time_is_over() -> None:
    clock, source = StillClock(), Source()
    answers = kept(clock)
    assert [await body(answers, source) for _ in range(3)] == [b"0"] * 3
    source.truth = 1
    clock.s += FRESH_S - 0.01
    assert await body(answers, source) == b"0"
    clock.s += 0.02
    assert await body(answers, source) == b"1"
    assert (source.reads, answers.counts["hit"], answers.counts["built"]) == (2, 3, 2)


async def test_an_update_of_one_of_its_keys_makes_it_old() -> None:
    source = Source("games", "g:g1")
    answers = kept()
    await body(answers, source)
    answers.told([goal("g2")])
    assert (await body(answers, source), source.reads) == (b"0", 1)
    source.truth = 1
    answers.told([goal("g1")])
    assert (await body(answers, source), source.reads) == (b"1", 2)


async def test_many_who_wait_are_one_build() -> None:
    source, answers = Source(), kept()
    source.open.clear()
    asking = [asyncio.create_task(body(answers, source)) for _ in range(50)]
    await asyncio.sleep(0)
    source.open.set()
    assert await asyncio.gather(*asking) == [b"0"] * 50
    assert (source.reads, answers.counts["joined"]) == (1, 49)


async def test_who_was_told_while_it_was_built_is_given_a_newer_one() -> None:
    source, answers = Source("g:g1"), kept()
    source.open.clear()
    before = [asyncio.create_task(body(answers, source)) for _ in range(3)]
    await asyncio.sleep(0)
    source.truth = 1
    answers.told([goal("g1")])
    after = [asyncio.create_task(body(answers, source)) for _ in range(20)]
    await asyncio.sleep(0)
    source.open.set()
    assert set(await asyncio.gather(*after)) == {b"1"}
    assert set(await asyncio.gather(*before)) <= {b"0", b"1"}
    assert source.reads == 2
    assert await body(answers, source) == b"1"


async def test_a_builder_that_is_cancelled_takes_nobody_along() -> None:
    source, answers = Source(), kept()
    source.open.clear()
    first = asyncio.create_task(body(answers, source))
    await asyncio.sleep(0)
    others = [asyncio.create_task(body(answers, source)) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    source.open.set()
    assert await asyncio.gather(*others) == [b"0"] * 5
    assert source.reads == 2


async def test_a_builder_that_fails_fails_alone_and_the_next_one_builds() -> None:
    source, answers = Source(), kept()
    source.open.clear()
    source.failures = 1
    asking = [asyncio.create_task(body(answers, source)) for _ in range(5)]
    await asyncio.sleep(0)
    source.open.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(told[0], ValueError)
    assert told[1:] == [b"0"] * 4


async def test_two_failures_are_told_to_all_who_saw_them() -> None:
    source, answers = Source(), kept()
    source.failures = 2
    source.open.clear()
    asking = [asyncio.create_task(body(answers, source)) for _ in range(50)]
    await asyncio.sleep(0)
    source.open.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(one, ValueError) for one in told)
    assert source.reads == 2


async def test_each_who_is_told_of_a_failure_has_an_error_of_their_own() -> None:
    answers, opened = kept(), asyncio.Event()

    async def refused() -> Built:
        await opened.wait()
        await asyncio.sleep(0)
        raise RequestError(503, "busy", "later", retry_after_s=2)

    asking = [asyncio.create_task(answers.get("list", refused)) for _ in range(50)]
    await asyncio.sleep(0)
    opened.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert len({id(one) for one in told}) == 50
    for one in told:
        assert isinstance(one, RequestError)
        assert (one.status, one.code, one.retry_after_s, str(one)) == (503, "busy", 2, "busy: later")
        # Of whoever built it, and no longer for those who were told.
        assert len(traceback.extract_tb(one.__traceback__)) < 6
        assert one.__cause__ is None or len(traceback.extract_tb(one.__cause__.__traceback__)) < 6


async def test_while_one_builds_anew_the_others_are_given_the_old_one_for_a_while() -> None:
    clock, source = StillClock(), Source()
    answers = kept(clock)
    await body(answers, source)
    source.truth = 1
    source.open.clear()
    clock.s += FRESH_S + 0.1
    builder = asyncio.create_task(body(answers, source))
    await asyncio.sleep(0)
    assert await body(answers, source) == b"0"
    clock.s += LATE_S
    waits = asyncio.create_task(body(answers, source))
    await asyncio.sleep(0)
    assert not waits.done()
    source.open.set()
    assert await asyncio.gather(builder, waits) == [b"1", b"1"]


async def test_what_takes_long_is_built_ahead_of_time_now_and_then() -> None:
    early = []
    for seed in range(200):
        clock, source = StillClock(), Source()
        answers = kept(clock, rng=random.Random(seed))

        async def slow(clock: StillClock = clock, source: Source = source) -> Built:
            clock.s += 0.3
            return await source.build()

        await answers.get("list", slow)
        clock.s += FRESH_S - 0.3 - 0.1
        await answers.get("list", slow)
        early.append(source.reads == 2)
    # The paper: with 0.1 s to go and a build of 0.3 s, exp(-0.1/0.3) = 0.72 of all who ask.
    assert 0.6 < sum(early) / len(early) < 0.84


async def test_it_is_bounded_by_bytes_and_the_longest_unasked_leaves() -> None:
    source = Source()
    answers = kept(bytes_max=3 * (ENTRY_BYTES + 10))
    for name in ("a", "b", "c", "a", "d"):
        await body(answers, source, name)
    assert answers.bytes <= 3 * (ENTRY_BYTES + 10)
    reads = source.reads
    await body(answers, source, "a")
    assert source.reads == reads, "it was asked for lately"
    await body(answers, source, "b")
    assert source.reads == reads + 1


async def test_nothing_is_kept_where_there_is_no_room() -> None:
    source, answers = Source(), kept(bytes_max=0)
    assert [await body(answers, source) for _ in range(2)] == [b"0"] * 2
    assert (source.reads, answers.bytes) == (2, 0)
    small = kept(bytes_max=10)
    await body(small, source)
    assert small.bytes == 0


async def test_a_key_builds_past_it() -> None:
    source, answers = Source(), kept()
    await body(answers, source)
    source.truth = 1
    assert (await answers.bypass(source.build)).body == b"1"
    assert await body(answers, source) == b"0", "and leaves what is kept alone"


steps = st.lists(
    st.sampled_from(["ask", "ask", "tell", "other", "turn", "open", "close", "later", "cancel"]), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_no_answer_is_older_than_what_was_told_before_the_question(made: list[str]) -> None:
    asyncio.run(_play(made))


async def _play(made: list[str]) -> None:
    clock, source = StillClock(), Source("g:g1", "games")
    answers = kept(clock)
    asking: list[tuple[int, asyncio.Task[bytes]]] = []
    does: dict[str, Callable[[], object]] = {
        "ask": lambda: asking.append((source.truth, asyncio.create_task(body(answers, source)))),
        "other": lambda: answers.told([goal("g2")]),
        "open": source.open.set,
        "close": source.open.clear,
        "cancel": lambda: asking and asking.pop(0)[1].cancel(),
    }
    for step in made:
        if step == "tell":
            source.truth += 1
            answers.told([goal("g1", source.truth)])
        elif step == "later":
            clock.s += 0.7
        elif step != "turn":
            does[step]()
        if step in ("turn", "cancel"):
            await asyncio.sleep(0)
    source.open.set()
    for truth, task in asking:
        assert int(await task) >= truth


async def test_what_is_forgotten_of_updates_makes_all_before_it_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorewire.api.caching.kept.TOUCHED_MAX", 10)
    source, answers = Source("g:g1"), kept()
    await body(answers, source)
    answers.told([goal("g1")])
    answers.told([goal(f"h{n}") for n in range(50)])
    source.truth = 1
    assert await body(answers, source) == b"1"
