"""What may be asked of a playback, and that it ends where /score stands."""

import json
from typing import Any

import httpx
import pytest

from scorewire.api.face import Face
from scorewire.api.playback import ONLY_HEAD
from scorewire.api.replay import read_speed
from scorewire.client.sse import EventReader
from scorewire.errors import RequestError
from scorewire.model.update import apply_update

from .conftest import World

State = dict[str, Any]
PATH = "/v1/games/g1/replay"


@pytest.fixture
async def played(world: World) -> World:
    """A goal each side, the first taken back, the game over: a correction lies in the middle."""
    await world.started()
    await world.claim("GOAL", team="away", clock="30:00")
    await world.claim("GOAL", team="home", event="goal", action="retract", revision=99, sequence=None)
    await world.claim("GOAL", team="away", clock="40:00")
    return world


def folded(body: bytes) -> tuple[list[State], list[str]]:
    """Every state that a client has, one after the other, and the names of what it was told."""
    states: list[State] = []
    names: list[str] = []
    for message in EventReader().feed(body):
        content = json.loads(message.data)
        names.append(content.get("reason", message.event))
        if message.event == "full_state":
            states.append(content["state"])
        elif message.event == "score_update":
            states.append(apply_update(states[-1], content))
    return states, names


@pytest.mark.parametrize("from_seq", range(1, 7))
async def test_from_any_seq_every_state_is_that_of_score(played: World, from_seq: int) -> None:
    answer = await played.http.get(f"{PATH}?speed=max&from_seq={from_seq}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
    assert answer.headers["cache-control"] == "no-cache, no-transform"
    states, names = folded(answer.content)
    assert [state["seq"] for state in states] == list(range(from_seq, 7))
    for state in states:
        then = (await played.http.get(f"/v1/games/g1/score?seq={state['seq']}")).json()
        assert state == then
    assert (names[0], names[-1]) == ("join", "end")
    assert ("correction" in names) == (from_seq < 5)


async def test_the_last_id_goes_on_and_the_end_is_the_end(played: World) -> None:
    epoch = played.journal.epoch
    cursor = f"replay!{epoch}!g1!4"
    by_header = await played.http.get(f"{PATH}?speed=max", headers={"last-event-id": cursor})
    by_query = await played.http.get(f"{PATH}?speed=max&since={cursor}")
    for answer in (by_header, by_query):
        ids = [message.last_id for message in EventReader().feed(answer.content)]
        assert ids == [f"replay!{epoch}!g1!5", f"replay!{epoch}!g1!6", f"ended!{epoch}!g1!6"]
    answer = await played.http.get(f"{PATH}?speed=max", headers={"last-event-id": f"ended!{epoch}!g1!6"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_cursor_of_another_epoch_or_of_a_live_stream_begins_anew(played: World) -> None:
    epoch = played.journal.epoch
    for cursor, reason in (
        ("replay!other!g1!4", "resync"),
        ("ended!other!g1!6", "resync"),
        (f"{epoch}!g1!4", "join"),
    ):
        answer = await played.http.get(f"{PATH}?speed=max&from_seq=2", headers={"last-event-id": cursor})
        states, names = folded(answer.content)
        assert (states[0]["seq"], names[0]) == (2, reason)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("speed=0.5", 400, "bad_parameter"),
        ("speed=1001", 400, "bad_parameter"),
        ("speed=fast", 400, "bad_parameter"),
        ("speed=nan", 400, "bad_parameter"),
        ("gaps=none", 400, "bad_parameter"),
        ("from_seq=0", 400, "bad_parameter"),
        ("from_seq=7", 404, "seq_above_head"),
        ("delay=30", 400, "delay_unsupported"),
    ],
)
async def test_what_cannot_be_played(played: World, query: str, status: int, code: str) -> None:
    answer = await played.http.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_unknown_game(world: World) -> None:
    for what in ("replay", "moments"):
        answer = await world.http.get(f"/v1/games/nowhere/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_game")


async def test_a_head_plays_nothing(played: World) -> None:
    answer = await played.http.head(f"{PATH}?speed=1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream"


async def test_a_head_is_marked_as_one_by_the_face(played: World) -> None:
    seen: list[tuple[str, bool]] = []

    async def app(scope: dict[str, Any], _receive: object, send: Any) -> None:
        seen.append((scope["path"], bool(scope.get(ONLY_HEAD))))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    face = Face(app, metrics=played.metrics, clock=played.clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=face), base_url="http://node") as http:  # type: ignore[arg-type]
        for path in (PATH, "/league/cup.ics"):
            for method in ("HEAD", "GET"):
                await http.request(method, path)
    assert seen == [
        (PATH, True),
        (PATH, False),
        ("/calendar/league/cup", True),
        ("/calendar/league/cup", False),
    ]


async def test_a_nul_is_refused_wherever_it_stands(played: World) -> None:
    for path in ("/v1/search?q=%00", "/v1/leagues/cup/leaders?season=%00", "/v1/teams/a%00"):
        answer = await played.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter"), path


async def test_moments_lead_from_a_clock_to_a_seq(played: World) -> None:
    answer = await played.http.get("/v1/games/g1/moments")
    found = answer.json()
    assert (found["seq"], [one["seq"] for one in found["moments"]]) == (6, [1, 2, 3, 4, 5, 6])
    assert [(one["home"], one["away"]) for one in found["moments"]] == [
        (0, 0),
        (0, 0),
        (1, 0),
        (1, 1),
        (0, 1),
        (0, 2),
    ]
    goal = next(one for one in found["moments"] if one.get("clock") == "40:00")
    assert (goal["type"], goal["team"], goal["level"], goal["seq"]) == ("GOAL", "away", "key", 6)
    assert found["length"] == found["moments"][-1]["at"]
    assert found["guide"] in {"provider", "rows", "game", "even"}
    again = await played.http.get("/v1/games/g1/moments", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    earlier = (await played.http.get("/v1/games/g1/moments?seq=3&level=key")).json()
    assert (earlier["seq"], [one["seq"] for one in earlier["moments"]]) == (3, [1, 2, 3])


def test_speeds() -> None:
    assert [read_speed(text) for text in ("1", "60", "2.5", "1000", "max")] == [1, 60, 2.5, 1000, None]
    with pytest.raises(RequestError):
        read_speed("-1")
