"""Finding by name over REST; what is found is the journal's, see tests/contract/journal_names.py."""

import pytest

from scorewire.model.provider_event import Player, Team

from .conftest import World


async def test_a_name_finds_teams_leagues_players_and_games(world: World) -> None:
    await world.declare(home=Team(id="koln", name="1. FC Köln", abbr="KOE"))
    await world.claim("PERIOD_START")
    await world.claim("GOAL", team="home", player=Player(id="p1", name="Davie Selke-Köln"))
    answer = await world.http.get("/v1/search", params={"q": "KOLN"})
    told = answer.json()
    assert [one["id"] for one in told["teams"]] == ["koln"]
    assert [one["id"] for one in told["players"]] == ["p1"]
    assert [one["game_id"] for one in told["games"]] == ["g1"]
    assert answer.headers["surrogate-key"] == "games g:g1"
    again = await world.http.get(
        "/v1/search", params={"q": "koln"}, headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    leagues = (await world.http.get("/v1/search", params={"q": "cup"})).json()["leagues"]
    assert leagues == [{"id": "cup", "name": "Cup", "sport": "soccer"}]


async def test_a_game_is_as_it_was_before_the_delay(world: World) -> None:
    await world.declare()
    world.clock.ms += 100_000
    await world.claim("PERIOD_START")
    await world.claim("GOAL", team="home")
    world.clock.ms += 10_000

    async def scores(delay: int) -> list[int]:
        answer = await world.http.get(f"/v1/search?q=argentina&delay={delay}")
        return [one["home"]["score"] for one in answer.json()["games"]]

    assert await scores(0) == [1]
    assert await scores(30) == [0]
    assert await scores(180) == []


@pytest.mark.parametrize("query", ["", "?q=", f"?q={'x' * 81}", "?q=a&delay=7"])
async def test_what_cannot_be_searched_is_refused(world: World, query: str) -> None:
    answer = await world.http.get(f"/v1/search{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
