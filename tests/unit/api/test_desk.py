"""The editor's desk over HTTP: what became of an entry, the list with its audit, handing back."""

import msgspec

from scorewire.log.base import DeadLetter
from scorewire.model.provider_event import ProviderEvent

from .conftest import World

DESK = "/v1/admin/games/g1/desk"
WHO = {"by": "anna", "reason": "the feed is wrong"}


async def test_a_score_is_put_right_and_handed_back(world: World) -> None:
    await world.started()
    entry = {**WHO, "type": "SCORE_SET", "detail": {"home": 0, "away": 1}}
    answer = await world.admin.post(DESK, json=entry)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["outcome"], told["score"]) == ("applied", "0-1")
    shown = (await world.http.get("/v1/games/g1/score")).json()
    assert (shown["home"]["score"], shown["away"]["score"]) == (0, 1)
    back = await world.admin.post(f"{DESK}/{told['event']}/hand-back", json={"by": "bert", "reason": "ok"})
    assert (back.json()["outcome"], back.json()["score"]) == ("applied", "1-0")


async def test_the_list_says_who_and_why_and_readers_do_not_learn_it(world: World) -> None:
    await world.started()
    told = (await world.admin.post(DESK, json={**WHO, "type": "GOAL", "team": "away", "period": 1})).json()
    (entry,) = (await world.admin.get(DESK)).json()["entries"]
    assert (entry["by"], entry["reason"], entry["stands"]) == ("anna", "the feed is wrong", True)
    await world.admin.post(f"{DESK}/{told['event']}/hand-back", json={"by": "bert", "reason": "ok"})
    (entry,) = (await world.admin.get(DESK)).json()["entries"]
    assert (entry["stands"], entry["handed_back_by"]) == (False, "bert")
    for path in ("events", "state"):
        public = (await world.http.get(f"/v1/games/g1/{path}")).text
        assert "GOAL" in public
        assert "anna" not in public
        assert "the feed is wrong" not in public
    again = await world.admin.post(f"{DESK}/{told['event']}/hand-back", json={"by": "bert", "reason": "ok"})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_entry")


async def test_what_intake_refuses_is_told_with_its_rule(world: World) -> None:
    await world.started()
    world.rejects = ("unknown_event_type", "no such type")
    told = (await world.admin.post(DESK, json={**WHO, "type": "TOUCHDOWN"})).json()
    assert (told["outcome"], told["rule"], told["detail"]) == (
        "refused",
        "unknown_event_type",
        "no such type",
    )


async def test_what_the_owner_refuses_is_told_with_its_rule(world: World) -> None:
    await world.started()
    seen: list[ProviderEvent] = []

    async def bury(claim: ProviderEvent) -> None:
        seen.append(claim)
        letter = DeadLetter(
            ts=claim.revision,
            provider="desk",
            game_id="g1",
            rule="game_over",
            detail="It is over.",
            payload=msgspec.json.encode(claim),
            position="0:9",
        )
        await world.log.bury([letter])

    world.taken = bury
    told = (await world.admin.post(DESK, json={**WHO, "type": "GOAL", "team": "home"})).json()
    assert (told["outcome"], told["rule"], told["event"]) == ("refused", "game_over", seen[0].event)


async def test_what_is_not_decided_in_time_is_pending(world: World) -> None:
    await world.started()

    async def lose(claim: ProviderEvent) -> None:
        assert claim.provider == "desk"

    world.taken = lose
    told = (await world.admin.post(DESK, json={**WHO, "type": "GOAL", "team": "home"})).json()
    assert told["outcome"] == "pending"


async def test_bad_bodies_and_unknown_games_are_refused(world: World) -> None:
    await world.started()
    for body in ({}, {**WHO}, {**WHO, "type": "GOAL", "more": 1}, {"by": "", "reason": "", "type": "GOAL"}):
        answer = await world.admin.post(DESK, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), body
    forged = {**WHO, "type": "GOAL", "team": "home", "detail": {"by": "bert"}}
    assert (await world.admin.post(DESK, json=forged)).json()["code"] == "private_detail"
    for path in ("/v1/admin/games/none/desk", "/v1/admin/games/no%20id/desk"):
        assert (await world.admin.get(path)).json()["code"] == "unknown_game"
    assert (await world.admin.post(f"{DESK}/cancel", json={**WHO, "seq": 1})).json()["code"] == "unknown_row"
    assert (await world.admin.post(f"{DESK}/cancel", json={**WHO, "seq": 99})).json()["code"] == "unknown_row"
