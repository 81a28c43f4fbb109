"""The operators' routes, over the socket and with a token."""

import httpx
import pytest

from scorewire.games.capture import read
from scorewire.log.base import DeadLetter

from .conftest import World

ROUTES = [
    ("GET", "/v1/admin/status"),
    ("GET", "/v1/admin/dead-letters"),
    ("GET", "/v1/admin/dead-letters/1"),
    ("POST", "/v1/admin/dead-letters/1/replay"),
    ("POST", "/v1/admin/dead-letters/1/drop"),
    ("GET", "/v1/admin/keys"),
    ("POST", "/v1/admin/keys"),
    ("DELETE", "/v1/admin/keys/key_1"),
    ("POST", "/v1/admin/rebuild"),
    ("GET", "/v1/admin/games/g1/explain"),
    ("GET", "/v1/admin/games/g1/capture"),
    ("GET", "/v1/admin/games/g1/desk"),
    ("POST", "/v1/admin/games/g1/desk"),
    ("POST", "/v1/admin/games/g1/desk/cancel"),
    ("POST", "/v1/admin/games/g1/desk/e1/hand-back"),
    ("GET", "/v1/admin/games/g1/conflicts"),
    ("POST", "/v1/admin/games/g1/conflicts"),
    ("GET", "/v1/admin/providers/report"),
]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_every_route_of_the_main_port_wants_an_administrator(world: World) -> None:
    reader = await world.keys.create("paper", "reader")
    webhook = await world.keys.create("acme")
    for method, path in ROUTES:
        for headers in ({}, bearer("swa_guess"), bearer(webhook.secret), {"Authorization": "Bearer"}):
            answer = await world.http.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path
            assert answer.headers["www-authenticate"].startswith("Bearer")
        answer = await world.http.request(method, path, headers=bearer(reader.secret))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


async def test_the_list_of_routes_is_whole(world: World) -> None:
    described = (await world.http.get("/openapi.json")).json()["paths"]
    found = {(method.upper(), path) for path in described for method in described[path]}
    listed = {
        (method, path.replace("/1/", "/{number}/").replace("letters/1", "letters/{number}"))
        for method, path in ROUTES
    }
    named = (("key_1", "{key_id}"), ("/g1/", "/{game_id}/"), ("/e1/", "/{event}/"))
    for given, name in named:
        listed = {(method, path.replace(given, name)) for method, path in listed}
    assert {(method, path) for method, path in found if path.startswith("/v1/admin")} == listed


async def test_an_administrators_token_opens_until_it_is_revoked(world: World) -> None:
    made = await world.keys.create("ops", "admin")
    answer = await world.http.get("/v1/admin/status", headers=bearer(made.secret))
    assert (answer.status_code, answer.json()) == (200, {"roles": ["all"]})
    await world.keys.revoke(made.id)
    assert (await world.http.get("/v1/admin/status", headers=bearer(made.secret))).status_code == 401


async def test_the_socket_has_no_public_routes(world: World) -> None:
    await world.declare()
    assert (await world.admin.get("/v1/games/g1/score")).status_code == 404
    assert (await world.admin.get("/v1/admin/status")).status_code == 200


async def test_a_secret_is_shown_once(world: World) -> None:
    made = await world.admin.post("/v1/admin/keys", json={"provider": "acme"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert await world.keys.secrets("acme") == (secret,)
    listed = await world.admin.get("/v1/admin/keys")
    assert secret not in listed.text
    [key] = listed.json()["keys"]
    assert (key["id"], key["provider"], key["revoked_ms"]) == (made.json()["id"], "acme", None)

    assert (await world.admin.delete(f"/v1/admin/keys/{key['id']}")).status_code == 204
    again = await world.admin.delete(f"/v1/admin/keys/{key['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_key")
    assert await world.keys.secrets("acme") == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"provider":"a b"}',
        b'{"provider":"a","kind":"king"}',
        b'{"provider":"a","x":1}',
        b"\xff",
    ],
)
async def test_a_key_for_nobody_is_not_made(world: World, body: bytes) -> None:
    answer = await world.admin.post("/v1/admin/keys", content=body)
    assert answer.status_code == 400, answer.text
    assert await world.keys.list() == ()


async def test_a_body_without_end_is_not_read(world: World) -> None:
    answer = await world.admin.post("/v1/admin/keys", content=b"x" * 20_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def letter(**fields: object) -> DeadLetter:
    base: dict[str, object] = {
        "ts": 1,
        "provider": "acme",
        "rule": "negative_score",
        "detail": "home is -1",
        "payload": b'{"id":"m-1"}',
    }
    return DeadLetter(**{**base, **fields})  # type: ignore[arg-type]


async def buried(world: World) -> httpx.Response:
    letters = [
        letter(),
        letter(ts=2, rule="unreadable", payload=b"\xff\x00", game_id="g1"),
    ]
    await world.log.bury(letters)
    return await world.admin.get("/v1/admin/dead-letters")


async def test_dead_letters_are_listed_and_shown(world: World) -> None:
    listed = (await buried(world)).json()["dead_letters"]
    assert [(one["rule"], one["bytes"]) for one in listed] == [("unreadable", 2), ("negative_score", 12)]
    assert all("payload" not in one and "payload_base64" not in one for one in listed)
    by_rule = await world.admin.get("/v1/admin/dead-letters?rule=unreadable&game=g1&since_ms=2&limit=1")
    assert [one["rule"] for one in by_rule.json()["dead_letters"]] == ["unreadable"]
    first, second = (one["number"] for one in listed)
    assert (await world.admin.get(f"/v1/admin/dead-letters/{first}")).json()["payload_base64"] == "/wA="
    assert (await world.admin.get(f"/v1/admin/dead-letters/{second}")).json()["payload"] == '{"id":"m-1"}'
    for number in ("999", "0", "-1", "99999999999999999999"):
        assert (await world.admin.get(f"/v1/admin/dead-letters/{number}")).status_code == 404
    assert (await world.admin.get("/v1/admin/dead-letters?state=lost")).status_code == 400


async def test_a_dead_letter_is_settled_once(world: World) -> None:
    listed = (await buried(world)).json()["dead_letters"]
    first, second = (one["number"] for one in listed)
    answer = await world.admin.post(f"/v1/admin/dead-letters/{second}/replay")
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [one.payload for one in world.replayed] == [b'{"id":"m-1"}']
    assert (await world.admin.post(f"/v1/admin/dead-letters/{first}/drop")).json()["state"] == "dropped"
    for number in (first, second):
        again = await world.admin.post(f"/v1/admin/dead-letters/{number}/replay")
        assert (again.status_code, again.json()["code"]) == (409, "already_settled")
    assert (await world.admin.get("/v1/admin/dead-letters")).json() == {"dead_letters": []}
    everything = (await world.admin.get("/v1/admin/dead-letters?state=all")).json()["dead_letters"]
    assert {one["number"]: one["state"] for one in everything} == {first: "dropped", second: "replayed"}


async def test_rebuild_and_explain(world: World) -> None:
    await world.started()
    report = (await world.admin.post("/v1/admin/rebuild?game=g1")).json()
    assert (report["rows"], report["differences"]) == (3, [])
    explained = (await world.admin.get("/v1/admin/games/g1/explain?seq=2")).json()
    assert [row["type"] for row in explained["rows"]] == ["GAME_SCHEDULED", "PERIOD_START"]
    for path in ("/v1/admin/games/nope/explain", "/v1/admin/games/a%20b/explain"):
        answer = await world.admin.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_game")
    assert (await world.admin.get("/v1/admin/games/g1/explain?seq=0")).status_code == 400


async def test_a_capture_holds_the_games_rows(world: World) -> None:
    await world.started()
    taken = await world.admin.get("/v1/admin/games/g1/capture")
    assert taken.headers["content-type"].startswith("application/jsonl")
    captured = read(taken.content)
    assert [row.type for row in captured.rows] == ["GAME_SCHEDULED", "PERIOD_START", "GOAL"]
    assert (await world.admin.get("/v1/admin/games/none/capture")).json()["code"] == "unknown_game"
