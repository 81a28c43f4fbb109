"""What is true of a game at its head, at a seq, and N seconds ago, where nothing newer shows."""

import random

import httpx
import pytest

from scorewire.api import reads
from scorewire.errors import RequestError
from scorewire.model.score_state import UNDER_WAY
from scorewire.scoreboard.base import Head

from .conftest import World, decoded


async def test_a_view_says_whether_it_may_be_kept(world: World) -> None:
    state = await world.started()
    views = {
        (None, None): (3, False),
        (None, state.epoch): (3, False),
        (3, None): (3, False),
        (3, state.epoch): (3, True),
        (1, state.epoch): (1, True),
    }
    for (seq, epoch), (shown, immutable) in views.items():
        view = await world.rooms.reads.view("g1", seq, epoch)
        assert (view.head.state.seq, view.immutable) == (shown, immutable)


async def test_a_past_state_is_folded_once_while_it_is_remembered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.started()
    for _ in range(3):
        await world.claim("CORNER", team="home")
    state_at, folded = world.rooms.reads._state_at, []

    async def counted(game_id: str, seq: int) -> Head | None:
        folded.append(seq)
        return await state_at(game_id, seq)

    monkeypatch.setattr(world.rooms.reads, "_state_at", counted)
    monkeypatch.setattr(reads, "FOLDED_MAX", 2)
    for seq in (1, 2, 1, 2, 3, 2, 1, 3):
        view = await world.rooms.reads.view("g1", seq, None)
        assert (view.head.state.seq, view.is_head) == (seq, False)
        assert view.head == await state_at("g1", seq)
    assert folded == [1, 2, 3, 1, 3]
    assert len(world.rooms.reads._folded) == 2


async def test_a_renewed_epoch_ends_old_names(world: World) -> None:
    state = await world.started()
    await world.journal.renew_epoch()
    world.scoreboard._heads._heads.clear()  # as after a restart
    with pytest.raises(RequestError) as caught:
        await world.rooms.reads.view("g1", 2, state.epoch)
    assert caught.value.code == "other_epoch"
    assert (await world.rooms.reads.view("g1", 2, world.journal.epoch)).immutable


async def test_rows_come_in_any_number_of_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.started()
    monkeypatch.setattr(reads, "ROWS_A_READ", 2)
    for upto in (1, 2, 3):
        found = await world.rooms.reads.rows("g1", upto)
        assert [row.seq for row in found] == list(range(1, upto + 1))


async def test_a_game_of_too_many_rows_is_paged(world: World) -> None:
    with pytest.raises(RequestError) as caught:
        await world.rooms.reads.rows("g1", reads.ROWS_OF_GAME_MAX + 1)
    assert (caught.value.status, caught.value.code) == (422, "too_many_rows")


# Delayed.


async def history(world: World) -> list[tuple[int, dict]]:
    """A game of rows some seconds apart, a correction and its end among them: (when, /score then)."""
    told = []

    async def note(state: object) -> None:
        told.append((world.clock.ms, (await world.http.get("/v1/games/g1/score")).json()))
        world.clock.ms += 4000

    await note(await world.declare())
    await note(await world.claim("PERIOD_START", event="ko"))
    await note(await world.claim("GOAL", team="home", event="goal"))
    await note(await world.claim("GOAL", team="away"))
    await note(await world.claim("GOAL_CANCELLED", team="home", detail={"event": "goal"}))
    await note(await world.claim("GAME_ABANDONED", period=None))
    return told


def then(told: list[tuple[int, dict]], now_ms: int, delay_s: int) -> dict | None:
    return next((state for ts, state in reversed(told) if ts <= now_ms - delay_s * 1000), None)


@pytest.mark.parametrize("delay_s", [5, 30, 180])
@pytest.mark.parametrize("restarted", [False, True])
async def test_at_every_moment_every_read_is_the_one_of_then(
    world: World, delay_s: int, restarted: bool
) -> None:
    told = await history(world)
    if restarted:
        world.scoreboard._heads._heads.clear()
        world.journal._lately.__init__()  # type: ignore[misc]
    start, end = told[0][0] - 1000, told[-1][0] + 1000
    seen = set()
    for now_ms in range(start + delay_s * 1000, end + delay_s * 1000 + 1, 1000):
        world.clock.ms = now_ms
        expected = then(told, now_ms, delay_s)
        seen.add(expected and expected["seq"])
        await check(world.http, delay_s, expected)
    assert seen == {None, *range(1, len(told) + 1)}


async def check(http: httpx.AsyncClient, delay_s: int, expected: dict | None) -> None:
    q = f"delay={delay_s}"
    score, state, events, listed = [
        await http.get(path)
        for path in (
            f"/v1/games/g1/score?{q}",
            f"/v1/games/g1/state?{q}",
            f"/v1/games/g1/events?{q}",
            f"/v1/games?{q}",
        )
    ]
    if expected is None:
        nowhere = (await http.get(f"/v1/games/nowhere/score?{q}")).text
        for answer in (score, state, events):
            assert answer.status_code == 404
            assert answer.text == nowhere.replace("nowhere", "g1")
        assert listed.json() == {"games": [], "next": None}
        return
    seq = expected["seq"]
    assert score.json() == expected
    assert score.headers["etag"] == f'"g1-{expected["epoch"]}-{seq}"'
    assert state.json()["score"] == expected
    assert [row["seq"] for row in state.json()["events"]] == list(range(1, seq + 1))
    assert state.headers["etag"] == score.headers["etag"]
    assert events.json()["seq"] == seq
    assert [row["seq"] for row in events.json()["events"]] == list(range(1, seq + 1))
    line = {name: value for name, value in expected.items() if name not in {"events", "detail"}}
    assert listed.json() == {"games": [line], "next": None}
    above = await http.get(f"/v1/games/g1/score?seq={seq + 1}&epoch={expected['epoch']}&{q}")
    assert (above.status_code, above.json()["code"]) == (404, "seq_above_head")
    assert above.headers["cache-control"] == "no-store"
    assert f"seq {seq}." in above.json()["detail"]
    below = await http.get(f"/v1/games/g1/score?seq=1&epoch={expected['epoch']}&{q}")
    assert (below.status_code, below.json()["seq"]) == (200, 1)
    unchanged = await http.get(f"/v1/games/g1/score?{q}", headers={"if-none-match": score.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    for status in ("scheduled", "live", "abandoned", "underway"):
        shown = (await http.get(f"/v1/games?status={status}&{q}")).json()["games"]
        now = line["status"]
        assert bool(shown) == (now in UNDER_WAY if status == "underway" else now == status)


async def test_a_state_is_young_for_two_seconds_after_it_is_shown(world: World) -> None:
    state = await world.started()
    made_ms = state.updated_at
    for after_ms, named in ((0, False), (1999, False), (2000, True)):
        world.clock.ms = made_ms + 30_000 + after_ms
        answer = await world.http.get("/v1/games/g1/score?delay=30")
        assert decoded(answer) == state
        assert ("last-modified" in answer.headers) == named


async def test_the_journal_is_asked_once_for_a_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.started()
    world.clock.ms += 20_000
    await world.claim("GOAL", team="home")
    asked = []
    seq_at = world.journal.seq_at

    async def counted(game_id: str, time_ms: int) -> tuple[int, int | None]:
        asked.append(time_ms)
        return await seq_at(game_id, time_ms)

    monkeypatch.setattr(world.journal, "seq_at", counted)
    for _ in range(5):
        world.clock.ms += 1000
        assert (await world.http.get("/v1/games/g1/score?delay=10")).json()["seq"] == 3
    assert len(asked) == 1
    world.clock.ms += 5000
    assert (await world.http.get("/v1/games/g1/score?delay=10")).json()["seq"] == 4


async def test_pages_of_a_delayed_list_are_those_of_then(world: World) -> None:
    """Many games that change at random: page by page, the list of then, in its order."""
    rng = random.Random(7)
    told: list[tuple[int, list[dict]]] = []
    started: set[str] = set()
    ids = [f"g{number}" for number in range(12)]
    for number, game_id in enumerate(ids):
        await world.declare(game_id, start=f"2026-11-{10 + number % 5}T15:00:00Z")
    for _ in range(40):
        world.clock.ms += 2000
        game_id = rng.choice(ids)
        fresh = game_id not in started
        started.add(game_id)
        await world.claim("PERIOD_START" if fresh else "CORNER", game_id, team=None if fresh else "home")
        told.append((world.clock.ms, (await world.http.get("/v1/games")).json()["games"]))
    world.clock.ms = told[-1][0] + 500
    for delay_s in (0, 5, 15, 40, 60):
        games = next(games for ts, games in reversed(told) if ts <= world.clock.ms - delay_s * 1000)
        found, cursor = [], ""
        while True:
            page = (
                await world.http.get(f"/v1/games?limit=5&delay={delay_s}" + (cursor and f"&cursor={cursor}"))
            ).json()
            found += page["games"]
            cursor = page["next"]
            if cursor is None:
                break
        assert found == games, delay_s


async def test_the_longer_of_two_delays_holds(world: World) -> None:
    await world.started()
    world.clock.ms += 7000
    for query in ("delay=5&delay=30", "delay=30&delay=5"):
        assert (await world.http.get(f"/v1/games/g1/score?{query}")).status_code == 404
