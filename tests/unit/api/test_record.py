"""Teams, players, leagues."""

from .conftest import World


async def test_names_behind_ids(world: World) -> None:
    await world.started()
    team = (await world.http.get("/v1/teams/arg")).json()
    assert team == {
        "team": {"id": "arg", "name": "Argentina", "abbr": "ARG", "city": "Buenos Aires"},
        "games": ["g1"],
    }
    assert (await world.http.get("/v1/players/p10")).json() == {
        "player": {"id": "p10", "name": "Lionel Messi"}
    }
    assert (await world.http.get("/v1/leagues")).json() == {
        "leagues": [{"id": "cup", "name": "Cup", "sport": "soccer", "seasons": ["2026"]}]
    }


async def test_a_team_may_have_no_games_left(world: World) -> None:
    await world.declare()
    await world.claim("GAME_CANCELLED", period=None)
    assert (await world.http.get("/v1/teams/fra")).json()["games"] == []
