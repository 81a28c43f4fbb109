"""The course of a game says of every row when it is due and how the score stood after it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scorewire.games.course import Courses
from scorewire.games.history import History
from scorewire.sports import SPORTS

from .conftest import declaration
from .test_owner import Stores, goal

KICK_OFF_MS = 1_800_000_000_000


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Goals ten seconds apart by the provider's time, the third taken back after the fifth."""
    opened = await Stores(tmp_path).open()
    await opened.say(declaration())
    for number in range(1, 7):
        await opened.say(goal(number, time_ms=KICK_OFF_MS + number * 10_000))
        if number == 5:
            await opened.say(goal(3, action="retract", revision=99, sequence=None))
    await opened.own()
    yield opened
    await opened.close()


async def test_the_score_after_every_row_is_that_of_the_state_there(stores: Stores) -> None:
    courses = Courses(journal=stores.journal, machines=SPORTS)
    history = History(journal=stores.journal, machines=SPORTS)
    head_seq = await stores.journal.head_seq("g1")
    course = await courses.course("g1", head_seq)
    assert [one.seq for one in course.moments] == list(range(1, head_seq + 1))
    for moment in course.moments:
        then = await history.state_at("g1", moment.seq)
        assert then is not None
        assert (moment.home, moment.away) == (then.state.home.score, then.state.away.score)
        assert moment.ts == then.state.updated_at
    taken_back = next(one for one in course.moments if one.type == "GOAL_CANCELLED" or one.home == 4)
    assert taken_back.seq == 5
    assert [one.home for one in course.moments] == [0, 1, 2, 3, 4, 5, 4, 5]


async def test_when_a_row_is_due(stores: Stores) -> None:
    course = await Courses(journal=stores.journal, machines=SPORTS).course("g1", 1)
    assert course.guide == "provider"
    assert [course.gap_ms(seq) for seq in range(1, 10)] == [
        0,
        0,
        10_000,
        10_000,
        10_000,
        10_000,
        0,
        10_000,
        0,
    ]
    assert [one.at for one in course.moments][-1] == 50_000
    assert course.gap_ms(3, real=True) == 10_000


async def test_a_course_is_built_once_and_again_when_the_game_has_gone_on(stores: Stores) -> None:
    courses = Courses(journal=stores.journal, machines=SPORTS)
    one, other = await asyncio.gather(courses.course("g1", 2), courses.course("g1", 8))
    assert one is other
    assert await courses.course("g1", 1) is one
    await stores.say(goal(7, time_ms=KICK_OFF_MS + 70_000))
    await stores.own()
    assert await courses.course("g1", one.seq) is one
    longer = await courses.course("g1", one.seq + 1)
    assert (longer.seq, longer.moments[-1].home) == (one.seq + 1, 6)
