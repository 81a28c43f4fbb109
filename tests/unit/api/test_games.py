"""Reads of games: validators, caches, seqs, epochs, lists, rows."""

import httpx
import pytest

from scorewire.games.engine import decide
from scorewire.model.lifetimes import IMMUTABLE, cache_headers, kept
from scorewire.model.provider_event import League, ProviderEvent, Team
from scorewire.model.validators import score_response

from .conftest import World, decoded


async def test_the_score_is_the_answer_that_the_hot_path_gives(world: World) -> None:
    state = await world.started()
    world.clock.ms += 5000
    answer = await world.http.get("/v1/games/g1/score")
    wanted = score_response(state, {}, world.clock.now_ms())
    assert answer.content == wanted.body
    assert [(n.decode(), v.decode()) for n, v in answer.headers.raw] == list(wanted.headers)
    assert decoded(answer).home.score == 1


async def test_a_304_is_the_one_that_the_hot_path_gives(world: World) -> None:
    state = await world.started()
    asked = {"if-none-match": f'"other", W/"g1-{state.epoch}-{state.seq}"'}
    answer = await world.http.get("/v1/games/g1/score", headers=asked)
    wanted = score_response(state, asked, world.clock.now_ms())
    assert (answer.status_code, answer.content) == (304, b"")
    assert [(n.decode(), v.decode()) for n, v in answer.headers.raw] == list(wanted.headers)


LIGA = League(id="liga", name="Liga")
BOCA = Team(id="boca", name="Boca Juniors", abbr="BOC")
READS = [
    "/v1/games",
    "/v1/games/g1/score",
    "/v1/games/g1/score?seq=2",
    "/v1/games/g1/score?seq=2&epoch=EPOCH",
    "/v1/games/g1/state",
    "/v1/games/g1/state?seq=2&epoch=EPOCH",
    "/v1/games/g1/events",
    "/v1/teams/arg",
    "/v1/players/p10",
    "/v1/leagues",
    "/openapi.json",
    "/asyncapi.json",
]


@pytest.mark.parametrize("path", READS)
async def test_every_read_answers_304_head_and_any_origin(world: World, path: str) -> None:
    await world.started()
    path = path.replace("EPOCH", world.journal.epoch)
    world.clock.ms += 5000
    whole = await world.http.get(path)
    assert whole.status_code == 200, whole.text
    assert whole.headers["access-control-allow-origin"] == "*"
    assert whole.headers["access-control-expose-headers"] == "etag, retry-after"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-length"] == str(len(whole.content))

    head = await world.http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers.raw == whole.headers.raw

    for asked in (whole.headers["etag"], "*", f'"x", W/{whole.headers["etag"]}'):
        again = await world.http.get(path, headers={"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b"")
        kept = ("etag", "cache-control", "access-control-allow-origin")
        assert {name: again.headers[name] for name in kept} == {name: whole.headers[name] for name in kept}
        assert "content-type" not in again.headers
    other = await world.http.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, whole.content)


async def test_if_none_match_wins_over_a_date(world: World) -> None:
    await world.started()
    assert "last-modified" not in (await world.http.get("/v1/games/g1/score")).headers
    world.clock.ms += 5000
    whole = await world.http.get("/v1/games/g1/score")
    date = whole.headers["last-modified"]
    by_date = await world.http.get("/v1/games/g1/score", headers={"If-Modified-Since": date})
    assert by_date.status_code == 304
    both = {"If-Modified-Since": date, "If-None-Match": '"other"'}
    assert (await world.http.get("/v1/games/g1/score", headers=both)).status_code == 200


async def test_each_seq_is_the_state_of_that_time(world: World) -> None:
    shown = [await world.declare(), await world.claim("PERIOD_START"), await world.claim("GOAL", team="away")]
    for state in shown:
        answer = await world.http.get(f"/v1/games/g1/score?seq={state.seq}&epoch={state.epoch}")
        assert decoded(answer) == state
        assert answer.headers["cache-control"] == IMMUTABLE
        short = await world.http.get(f"/v1/games/g1/score?seq={state.seq}")
        assert short.content == answer.content
        assert short.headers["cache-control"] == cache_headers(kept(state.status))[0][1]
        assert short.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("what", ["score", "state"])
@pytest.mark.parametrize(
    ("query", "code"),
    [("seq=4", "seq_above_head"), ("seq=2&epoch=old", "other_epoch"), ("epoch=old", "other_epoch")],
)
async def test_a_name_for_nothing_is_not_kept(world: World, what: str, query: str, code: str) -> None:
    await world.started()
    answer = await world.http.get(f"/v1/games/g1/{what}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("game_id", ["nope", "a%20b", "%22", "x" * 65])
async def test_an_unknown_game_is_a_problem(world: World, game_id: str) -> None:
    for what in ("score", "state", "events"):
        answer = await world.http.get(f"/v1/games/{game_id}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_game")


BAD = [
    ("/v1/games", "limit", "0"),
    ("/v1/games", "limit", "201"),
    ("/v1/games", "limit", "ten"),
    ("/v1/games", "status", "playing"),
    ("/v1/games", "team", "a b"),
    ("/v1/games", "cursor", "x" * 600),
    ("/v1/games/g1/score", "seq", "0"),
    ("/v1/games/g1/score", "seq", "1.5"),
    ("/v1/games/g1/state", "seq", "99999999999999999999"),
    ("/v1/games/g1/events", "since_seq", "-1"),
    ("/v1/games/g1/events", "limit", "1000"),
    ("/v1/games/g1/events", "level", "loud"),
]


@pytest.mark.parametrize(("path", "name", "value"), BAD)
async def test_a_bad_value_is_named(world: World, path: str, name: str, value: str) -> None:
    await world.started()
    answer = await world.http.get(path, params={name: value})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "bad_parameter"), told
    assert [error["parameter"] for error in told["errors"]] == [name]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "query", "expected", "says"),
    [
        ("/v1/games", "tz=Mars/Olympus", (400, "unknown_time_zone"), "Europe/Berlin"),
        ("/v1/games", "tz=../etc/passwd", (400, "unknown_time_zone"), "Europe/Berlin"),
        ("/v1/games", "date=2026-13-01", (400, "bad_date"), "2022-12-18"),
        ("/v1/games", "date=today", (400, "bad_date"), "2022-12-18"),
        ("/v1/games", "date=20261121", (400, "bad_date"), "2022-12-18"),
        ("/v1/games", "sport=tenis", (404, "unknown_sport"), "tennis"),
        ("/v1/games", "status=playing", (400, "bad_parameter"), "underway, scheduled, pre, live"),
        ("/v1/games/g1/events", "level=loud", (400, "bad_parameter"), "key, play, touch"),
    ],
)
async def test_a_bad_value_says_what_would_be_a_good_one(
    world: World, path: str, query: str, expected: tuple[int, str], says: str
) -> None:
    await world.started()
    answer = await world.http.get(f"{path}?{query}")
    told = answer.json()
    assert (answer.status_code, told["code"]) == expected
    assert [error["parameter"] for error in told["errors"]] == [query.partition("=")[0]]
    assert says in told["errors"][0]["detail"]


async def test_a_sport_that_nobody_plays_now_is_an_empty_list(world: World) -> None:
    answer = await world.http.get("/v1/games?sport=handball")
    assert (answer.status_code, answer.json()["games"]) == (200, [])


async def test_a_cursor_of_somebody_else_is_refused(world: World) -> None:
    answer = await world.http.get("/v1/games?cursor=abc")
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_cursor")


@pytest.mark.parametrize("path", ["/v1/games", "/v1/games/g1/score", "/v1/games/g1/events"])
async def test_a_delay_that_is_none_is_never_ignored(world: World, path: str) -> None:
    await world.started()
    for value in ("7", "-5", "", "soon", "185"):
        answer = await world.http.get(path, params={"delay": value})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
    assert (await world.http.get(f"{path}?delay=0&delay=7")).status_code == 400
    assert (await world.http.get(path, params={"delay": "0", "unknown": "x"})).status_code == 200


@pytest.mark.parametrize("path", ["/v1/leagues", "/v1/teams/arg", "/v1/players/p10"])
async def test_what_cannot_be_delayed_says_so(world: World, path: str) -> None:
    await world.started()
    answer = await world.http.get(path, params={"delay": "30"})
    assert (answer.status_code, answer.json()["code"]) == (400, "delay_unsupported")
    assert (await world.http.get(path, params={"delay": "0"})).status_code == 200


async def listed(http: httpx.AsyncClient, **query: str) -> list[str]:
    answer = await http.get("/v1/games", params=query)
    assert answer.status_code == 200, answer.text
    return [game["game_id"] for game in answer.json()["games"]]


async def test_lists_filter_and_go_on(world: World) -> None:
    await world.started()
    await world.declare("g2", start="2026-11-22T01:00:00Z", league=LIGA, home=BOCA)
    await world.declare("g3", start="2026-11-20T15:00:00Z")
    assert await listed(world.http) == ["g1", "g2", "g3"]
    assert await listed(world.http, league="liga") == ["g2"]
    assert await listed(world.http, team="boca") == ["g2"]
    assert await listed(world.http, sport="tennis") == []
    assert await listed(world.http, status="scheduled") == ["g2", "g3"]
    assert await listed(world.http, status="underway") == ["g1"]
    assert await listed(world.http, date="2026-11-21") == ["g1"]
    assert await listed(world.http, date="2026-11-21", tz="America/New_York") == ["g1", "g2"]

    found, cursor = [], None
    for _ in range(3):
        params = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await world.http.get("/v1/games", params=params)).json()
        found += [game["game_id"] for game in page["games"]]
        cursor = page["next"]
    assert (found, cursor) == (["g1", "g2", "g3"], None)


async def test_a_list_is_without_events_and_detail(world: World) -> None:
    await world.started()
    [game] = (await world.http.get("/v1/games")).json()["games"]
    assert game["home"] == {"id": "arg", "name": "Argentina", "abbr": "ARG", "score": 1}
    assert not {"events", "detail"} & set(game)


async def test_rows_tell_their_causes_and_what_they_correct(world: World) -> None:
    await world.started()
    await world.claim("GOAL_CANCELLED", team="home", detail={"event": "goal"})
    page = (await world.http.get("/v1/games/g1/events")).json()
    assert (page["game_id"], page["epoch"], page["seq"]) == ("g1", world.journal.epoch, 4)
    assert [row["seq"] for row in page["events"]] == [1, 2, 3, 4]
    goal, cancelled = page["events"][2:]
    assert goal == {
        "seq": 3,
        "type": "GOAL",
        "level": "key",
        "ts": goal["ts"],
        "team": "home",
        "player": "Lionel Messi",
        "player_id": "p10",
        "period": 1,
        "clock": "22:41",
        "cause": {"provider": "acme", "event": "goal", "revision": goal["cause"]["revision"]},
        "text": "From the spot.",
        "detail": {"penalty": True},
        "x": 0.885,
        "y": 0.5,
    }
    assert (cancelled["type"], cancelled["corrects"]) == ("GOAL_CANCELLED", 3)


async def test_rows_come_in_pages_and_by_level(world: World) -> None:
    await world.started()
    await world.claim("CORNER", team="home")
    seqs = []
    for _ in range(3):
        after = seqs[-1] if seqs else 0
        page = (await world.http.get(f"/v1/games/g1/events?since_seq={after}&limit=2")).json()
        seqs += [row["seq"] for row in page["events"]]
    assert seqs == [1, 2, 3, 4]
    key = (await world.http.get("/v1/games/g1/events?level=key")).json()["events"]
    assert "CORNER" not in {row["type"] for row in key}


async def test_a_row_waits_for_the_scoreboard(world: World) -> None:
    """The journal is written first; a reader never sees a row of a state that is not shown yet."""
    await world.started()
    desk = world.desks["g1"]
    ahead = await unpublished(world)
    assert desk.book.seq == ahead == 4
    page = (await world.http.get("/v1/games/g1/events")).json()
    assert (page["seq"], len(page["events"])) == (3, 3)
    assert len((await world.http.get("/v1/games/g1/state")).json()["events"]) == 3


async def unpublished(world: World) -> int:
    desk = world.desks["g1"]
    claim = ProviderEvent(
        provider="acme",
        game_id="g1",
        event="late",
        revision=1,
        sequence=99,
        type="CORNER",
        team="home",
        period=1,
    )
    before = desk.book.seq
    verdict = decide(desk, claim, now_ms=world.clock.ms + 5, log_offset=-1, kind="sparse")
    await world.commit(verdict.rows, before, desk)
    return desk.book.seq


async def test_the_whole_state_is_of_one_seq(world: World) -> None:
    await world.declare()
    await world.claim(
        "LINEUP", team="home", detail={"p10": "10|Lionel Messi|Right Wing|starter"}, period=None
    )
    await world.claim("PERIOD_START")
    state = await world.claim("GOAL", team="home", event="goal")
    cancelled = await world.claim("GOAL_CANCELLED", team="home", detail={"event": "goal"})

    then = (await world.http.get(f"/v1/games/g1/state?seq={state.seq}&epoch={state.epoch}")).json()
    assert then["score"]["home"]["score"] == 1
    assert then["statistics"]["home"] == {"GOAL": 1}
    assert then["teams"]["home"]["city"] == "Buenos Aires"
    assert then["lineups"] == {
        "home": [
            {"id": "p10", "name": "Lionel Messi", "number": "10", "position": "Right Wing", "role": "starter"}
        ]
    }
    now = (await world.http.get("/v1/games/g1/state")).json()
    assert now["score"]["seq"] == cancelled.seq
    assert now["score"]["home"]["score"] == 0
    assert now["statistics"]["home"] == {"GOAL_CANCELLED": 1}
    assert [row["type"] for row in now["events"]][-2:] == ["GOAL", "GOAL_CANCELLED"]


async def test_too_many_who_read_at_once_are_asked_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.started()
    monkeypatch.setattr("scorewire.journal.database.PUBLIC_READS_MAX", 0)
    answer = await world.http.get("/v1/games")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["code"] == "unavailable"
    assert (await world.http.get("/v1/games/g1/score")).status_code == 200, "the scoreboard has it"
