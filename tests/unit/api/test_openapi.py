"""/openapi.json says what the answers are: each real answer is held against its schema."""

import jsonschema_rs

from .conftest import World

OPERATIONS = {
    "/v1/games": "/v1/games?limit=1",
    "/v1/games/{game_id}/score": "/v1/games/g1/score",
    "/v1/games/{game_id}/state": "/v1/games/g1/state",
    "/v1/games/{game_id}/events": "/v1/games/g1/events",
    "/v1/teams/{team_id}": "/v1/teams/arg",
    "/v1/players/{player_id}": "/v1/players/p10",
    "/v1/leagues": "/v1/leagues",
}


def accepts(document: dict, schema: dict, value: object) -> bool:
    return jsonschema_rs.is_valid({**schema, "components": document["components"]}, value)


async def test_the_document_is_3_1_and_names_every_public_route(world: World) -> None:
    document = (await world.http.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert set(OPERATIONS) <= set(document["paths"])
    for schema in ("ScoreState", "GameView", "EventPage", "Problem"):
        assert document["components"]["schemas"][schema]["properties"]
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


async def test_real_answers_fit_their_schemas(world: World) -> None:
    await world.started()
    await world.claim("YELLOW_CARD", team="away", detail={"reason": "dissent"})
    await world.claim("GOAL_CANCELLED", team="home", detail={"event": "goal"})
    document = (await world.http.get("/openapi.json")).json()
    for path, asked in OPERATIONS.items():
        found = document["paths"][path]["get"]["responses"]["200"]
        schema = found["content"]["application/json"]["schema"]
        value = (await world.http.get(asked)).json()
        jsonschema_rs.validate({**schema, "components": document["components"]}, value)
        assert not accepts(document, schema, {"nothing": "of the kind"})


async def test_real_problems_fit_their_schema(world: World) -> None:
    document = (await world.http.get("/openapi.json")).json()
    schema = {"$ref": "#/components/schemas/Problem"}
    for path in ("/nope", "/v1/games?limit=0", "/v1/games/nope/score"):
        assert accepts(document, schema, (await world.http.get(path)).json())


async def test_there_is_no_other_page_of_the_framework(world: World) -> None:
    for path in ("/schema", "/schema/openapi.json", "/schema/swagger", "/docs"):
        answer = await world.http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
