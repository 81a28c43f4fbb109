"""The purger: what it is told reaches the cache, and whatever the cache does is nobody's trouble."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from scorewire.api.caching.purger import Purger
from scorewire.clock import SystemClock
from scorewire.errors import BackendError
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update

STATE = ScoreState(
    game_id="g1",
    epoch="k3v9x2aa",
    seq=31,
    sport="soccer",
    league=League(id="cup"),
    start="1994-11-06T08:00:00Z",
    status="live",
    home=SideState(id="red", name="Red", abbr="RED", score=1),
    away=SideState(id="blu", name="Blue", abbr="BLU", score=0),
    updated_at=1,
)
INTERVAL_S = 0.05


def goal(game_id: str = "g1", seq: int = 32) -> Update:
    return Update(
        game_id=game_id,
        epoch=STATE.epoch,
        seq=seq,
        ts=2,
        correction=False,
        corrected_seq=0,
        event=None,
        patch={"home": {"score": 2}},
        state=msgspec.structs.replace(STATE, game_id=game_id, seq=seq),
    )


class Cache:
    """Stands for a cache: remembers what it was told, and does what a test says before."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.before: Callable[[], object] = lambda: None
        self.calls = 0

    async def purge(self, keys: Sequence[str]) -> None:
        self.calls += 1
        done = self.before()
        if isinstance(done, asyncio.Event):
            await done.wait()
        self.told += keys

    def fail(self, *, retryable: bool) -> None:
        def raises() -> None:
            raise BackendError("away", retryable=retryable)

        self.before = raises


@asynccontextmanager
async def running(cache: Cache, keys_max: int = 100) -> AsyncIterator[Purger]:
    purger = Purger(
        purge=cache.purge, name="test", interval_s=INTERVAL_S, clock=SystemClock(), keys_max=keys_max
    )
    task = asyncio.create_task(purger.run())
    try:
        yield purger
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 (what is waited for knows no event)
            await asyncio.sleep(0.005)


async def test_an_update_is_purged_and_once_more() -> None:
    cache = Cache()
    async with running(cache) as purger:
        purger.told([goal()])
        await until(lambda: cache.told == ["g:g1", "g:g1"])
        await asyncio.sleep(3 * INTERVAL_S)
        assert cache.told == ["g:g1", "g:g1"]
        assert (purger.sent, purger.failed) == (2, 0)


async def test_games_go_together_in_one_call() -> None:
    cache = Cache()
    async with running(cache) as purger:
        purger.told([goal("g1"), goal("g2")])
        await until(lambda: purger.sent == 4)
        assert (cache.calls, set(cache.told)) == (2, {"g:g1", "g:g2"})


async def test_a_cache_that_hangs_holds_up_nobody() -> None:
    cache, hangs = Cache(), asyncio.Event()
    cache.before = lambda: hangs
    async with running(cache, keys_max=10) as purger:
        purger.told([goal()])
        await until(lambda: cache.calls == 1)
        begun_s = time.monotonic()
        for n in range(10_000):
            purger.told([goal(f"g{n % 50}", n)])
        assert time.monotonic() - begun_s < 5
        assert len(purger.coalescing) == 10
        assert purger.coalescing.dropped > 0
        hangs.set()
        await until(lambda: len(purger.coalescing) == 0)


async def test_a_call_that_fails_is_made_again() -> None:
    cache = Cache()
    cache.fail(retryable=True)
    async with running(cache) as purger:
        purger.told([goal()])
        await until(lambda: cache.calls == 1)
        cache.before = lambda: None
        await until(lambda: purger.sent == 2)
        assert purger.failed == 0


async def test_a_cache_that_is_away_is_given_up_and_taken_up_again() -> None:
    cache = Cache()
    cache.fail(retryable=True)
    async with running(cache) as purger:
        purger.told([goal()])
        await until(lambda: purger.failed == 2)
        assert cache.calls == 4, "three tries, then one each while it is away"
        cache.before = lambda: None
        purger.told([goal(seq=33)])
        await until(lambda: cache.told == ["g:g1", "g:g1"])


async def test_a_refusal_is_not_repeated() -> None:
    cache = Cache()
    cache.fail(retryable=False)
    async with running(cache) as purger:
        purger.told([goal()])
        await until(lambda: purger.failed == 1)
        assert cache.calls == 1
