"""Times to come back, and the order of goodbyes."""

import random

from scorewire.fanout.audience import FanLike
from scorewire.fanout.frames import ByeReason
from scorewire.fanout.goodbye import RETRY_MS, any_retry_ms, say_goodbye
from terrace import Match, Terrace


def test_any_time_between_the_two_may_come_and_no_other() -> None:
    rng = random.Random(1)
    times = {any_retry_ms(rng) for _ in range(60_000)}
    assert times == set(range(RETRY_MS[0], RETRY_MS[1] + 1))


async def test_each_is_told_once_with_a_time_of_its_own_and_who_has_left_is_not() -> None:
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    readers = [terrace.sse("game=g1") for _ in range(30)]
    await terrace.settle()
    fans: list[FanLike] = terrace.hub.wheel.fans()
    readers[3].leave()
    told: list[tuple[FanLike, int | None]] = []

    def say_bye(fan: FanLike, reason: ByeReason, retry_ms: int | None, /) -> None:
        assert reason == "drain"
        told.append((fan, retry_ms))

    assert await say_goodbye(fans, say_bye, 0.1, random.Random(1)) == 29
    assert len(told) == len({fan for fan, _ in told}) == 29
    assert len({retry_ms for _, retry_ms in told}) == 29
