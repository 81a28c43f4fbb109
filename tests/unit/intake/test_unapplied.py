"""Each declaration on the log is told once, in order, whoever wrote it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from contract.log_suite import DECLARED, StoppedClock, goal, submission
from scorewire.errors import BackendError
from scorewire.intake.unapplied import ENTRIES, Unapplied
from scorewire.log.local import LocalLog
from scorewire.model.provider_event import GameDeclared


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[LocalLog]:
    opened = await LocalLog.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )
    yield opened
    await opened.close()


class Learner:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.games: list[str] = []

    async def learn(self, declared: GameDeclared) -> None:
        self.games.append(declared.game_id)

    def take(self) -> list[str]:
        games, self.games = self.games, []
        return games


def declared(game_id: str) -> GameDeclared:
    return msgspec.structs.replace(DECLARED, game_id=game_id, event=f"declared-{game_id}")


async def test_each_is_told_once_and_in_order(log: LocalLog) -> None:
    learner = Learner()
    unapplied = Unapplied(log=log)
    await log.append(submission("w1", declared("a"), goal(1), declared("b")))
    await unapplied.begin({0: 1}, learner.learn)
    assert learner.take() == ["b"]
    await unapplied.read([0], learner.learn)
    assert learner.take() == []
    await log.append(submission("w2", goal(2), declared("c"), declared("a")))
    await unapplied.read(None, learner.learn)
    await unapplied.read([0], learner.learn)
    assert learner.take() == ["c", "a"]


async def test_a_partition_of_which_nothing_is_known_is_read_whole(log: LocalLog) -> None:
    learner = Learner()
    await log.append(submission("w1", declared("a"), declared("b")))
    await Unapplied(log=log).read([0], learner.learn)
    assert learner.take() == ["a", "b"]


async def test_of_a_long_stretch_what_the_journal_has_is_passed_over(log: LocalLog) -> None:
    learner, asked = Learner(), []

    async def applied(partition: int) -> int:
        asked.append(partition)
        return ENTRIES

    unapplied = Unapplied(log=log, applied=applied)
    await log.append(submission("w1", declared("a"), *(goal(number) for number in range(1, ENTRIES))))
    await unapplied.read([0], learner.learn)
    assert (learner.take(), asked) == (["a"], [])
    await log.append(submission("w2", declared("b")))
    await Unapplied(log=log, applied=applied).read([0], learner.learn)
    assert (learner.take(), asked) == (["b"], [0])


async def test_many_who_ask_at_once_share_a_round_that_begins_after_they_asked(tmp_path: Path) -> None:
    asked: list[list[int]] = []

    class Asked(LocalLog):
        async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
            asked.append(list(partitions))
            await asyncio.sleep(0)  # as over a network, others ask meanwhile
            return await super().ends(partitions)

    log = await Asked.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )
    learner, unapplied = Learner(), Unapplied(log=log)
    await unapplied.begin({0: 0}, learner.learn)
    await log.append(submission("w1", declared("a")))
    asking = [asyncio.create_task(unapplied.read([0], learner.learn)) for _ in range(50)]
    await asyncio.gather(*asking)
    assert learner.take() == ["a"]
    assert len(asked) <= 3
    await log.append(submission("w2", declared("b")))
    await unapplied.read([0], learner.learn)
    assert learner.take() == ["b"]
    await log.close()


async def test_who_asked_while_the_brokers_were_away_is_told_and_the_next_one_served(tmp_path: Path) -> None:
    away = True

    class Away(LocalLog):
        async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
            if away:
                raise BackendError("the brokers do not answer", retryable=True)
            return await super().ends(partitions)

    log = await Away.open(
        tmp_path / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )
    learner, unapplied = Learner(), Unapplied(log=log)
    await log.append(submission("w1", declared("a")))
    asking = [asyncio.create_task(unapplied.read([0], learner.learn)) for _ in range(3)]
    came = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in came] == [BackendError] * 3
    away = False
    await unapplied.read([0], learner.learn)
    assert learner.take() == ["a"]
    await log.close()


async def test_a_part_that_is_not_there_any_more_holds_nobody_up(log: LocalLog) -> None:
    learner = Learner()
    await Unapplied(log=_Shortened(log)).read([0], learner.learn)
    assert learner.take() == []


class _Shortened(LocalLog):
    """A log whose entries were deleted by age; its ends stay where they were."""

    def __init__(self, log: LocalLog) -> None:
        self.__dict__ = log.__dict__

    async def ends(self, partitions: object) -> dict[int, int]:
        return {0: 7}
