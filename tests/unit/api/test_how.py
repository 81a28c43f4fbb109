"""What shows how a node works is passed on; a practice game that cannot begin says when to ask again."""

from dataclasses import replace

import pytest
from msgspec.json import encode

from scorewire.api.app import build_app
from scorewire.api.how import HowItWorks
from scorewire.model.journey import Journeys, Moment, Moments, Race

from .conftest import World, client

RACE = Race(
    game_id="practice-1",
    of="g1",
    home="Argentina",
    away="France",
    speed=60,
    span_ms=60_000,
    changes=7,
    begins_ms=2000,
    ends_ms=3000,
    now_ms=1000,
)
MOMENTS = Moments(game_id="practice-1", now_ms=2500, over=False, moments=(Moment(seq=2, ts=2000),))
JOURNEYS = encode(Journeys(now_ms=1, decides=True, fans_here=True, races=True, journeys=()))


@pytest.fixture
def busy(world: World) -> list[int]:
    """Whose first number, if there is one, is told to whoever wants to begin a practice game."""
    seconds: list[int] = []

    async def race() -> Race | int:
        return seconds[0] if seconds else RACE

    how = HowItWorks(journeys=lambda: JOURNEYS, race=race, moments={"practice-1": MOMENTS}.get)
    world.rooms = replace(world.rooms, how=how)
    world.http = client(build_app(world.rooms))
    return seconds


async def test_the_way_of_a_goal_is_read_by_anybody_and_compared(world: World, busy: list[int]) -> None:
    answer = await world.http.get("/v1/how")
    assert (answer.status_code, answer.content) == (200, JOURNEYS)
    assert "max-age=1," in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    again = await world.http.get("/v1/how", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_practice_game_begins_and_tells_its_moments(world: World, busy: list[int]) -> None:
    begun = await world.http.post("/v1/how/races")
    assert (begun.status_code, begun.content) == (201, encode(RACE))
    assert begun.headers["cache-control"] == "no-store"
    told = await world.http.get("/v1/how/races/practice-1")
    assert (told.status_code, told.content) == (200, encode(MOMENTS))


async def test_one_that_cannot_begin_says_when_to_ask_again(world: World, busy: list[int]) -> None:
    busy.append(30)
    refused = await world.http.post("/v1/how/races")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["retry-after"] == "30"
    unknown = await world.http.get("/v1/how/races/practice-9")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_game")
