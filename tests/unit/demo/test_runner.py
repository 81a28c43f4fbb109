"""The runner posts the past at once, then each play when its time has come."""

import asyncio
from collections.abc import Sequence

import pytest

from scorewire.demo.loop import bundled, schedule
from scorewire.demo.runner import BATCH_MAX, Runner
from scorewire.model.provider_event import Claim, GameDeclared


class SteppedClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.s = 0.0

    def now_ms(self) -> int:
        return 1_700_000_000_000 + int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s


class Posted:
    """A provider's side of the webhook, kept."""

    def __init__(self) -> None:
        self.batches: list[list[Claim]] = []

    async def __call__(self, claims: Sequence[Claim]) -> None:
        self.batches.append(list(claims))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    stepped = SteppedClock()

    async def sleep(seconds: float) -> None:
        stepped.s += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return stepped


async def test_games_under_way_are_posted_first_and_whole(clock: SteppedClock) -> None:
    posted = Posted()
    runner = Runner(due=schedule(bundled()), post=posted, clock=clock, speed=12.0, stopped=lambda: True)
    count = await runner.catch_up()
    assert count == sum(len(batch) for batch in posted.batches)
    assert all(len(batch) <= BATCH_MAX for batch in posted.batches)
    assert all(isinstance(batch[0], GameDeclared) for batch in posted.batches)
    assert all(len({claim.game_id for claim in batch}) == 1 for batch in posted.batches)
    over = [getattr(batch[-1], "type", "") == "GAME_FINAL" for batch in posted.batches]
    assert over == sorted(over)
    assert 2 <= sum(over) <= 8


async def test_plays_are_posted_when_their_time_has_come(clock: SteppedClock) -> None:
    posted = Posted()
    runner = Runner(
        due=schedule(bundled()), post=posted, clock=clock, speed=12.0, stopped=lambda: clock.s >= 60.0
    )
    await runner.catch_up()
    posted.batches.clear()
    moments: list[tuple[float, int]] = []

    async def post(claims: Sequence[Claim]) -> None:
        moments.extend((clock.s, claim.time_ms) for claim in claims)

    runner._post = post  # the second half of the test wants the moments
    await runner.play()
    assert len(moments) > 20
    for at_s, time_ms in moments:
        late_s = at_s - (time_ms - 1_700_000_000_000) / 1000
        assert 0 <= late_s < 0.05
