"""Box scores, leaders and what players and teams did are passed on as they are counted; who asks wrongly is
told by name."""

import random

import pytest

from scorewire.api.caching.kept import KeptAnswers
from scorewire.model.update import Update

from .conftest import World


class Counted:
    """Statistics that a test knows."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | int | None, ...]] = []

    async def lines(self, game_id: str, seq: int) -> bytes | None:
        self.asked.append((game_id, seq))
        return None if game_id == "odd" else b'{"seq":%d}' % seq

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None = None, table: str | None = None
    ) -> bytes | None:
        self.asked.append((league_id, season, stat, table))
        if stat == "NOPE":
            raise ValueError("soccer has no column NOPE; it has G, A")
        return b'{"season":"2026"}' if (league_id, season) == ("cup", None) else None

    async def player(self, player_id: str, season: str | None = None) -> bytes | None:
        return b'{"player":{"id":"p10"}}' if (player_id, season) == ("p10", None) else None

    async def team(self, team_id: str, season: str | None = None) -> bytes | None:
        return b'{"team":{"id":"arg"}}' if (team_id, season) == ("arg", "2026") else None


@pytest.fixture
def counted(world: World) -> Counted:
    assert world.rooms.reads is not None
    told = Counted()
    world.rooms.reads.statistics = told
    return told


async def test_a_box_score_is_that_of_the_head_or_of_the_seq_that_is_named(
    world: World, counted: Counted
) -> None:
    state = await world.started()
    answer = await world.http.get("/v1/games/g1/stats")
    assert (answer.status_code, answer.json()) == (200, {"seq": 3})
    assert answer.headers["surrogate-key"] == "g:g1 l:cup t:arg t:fra s:soccer"
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await world.http.get("/v1/games/g1/stats", headers=tag)).status_code == 304
    past = await world.http.get("/v1/games/g1/stats", params={"seq": 2, "epoch": state.epoch})
    assert past.json() == {"seq": 2}
    assert past.headers["etag"] != answer.headers["etag"]
    # Not for ever: another release may count something else.
    assert "immutable" not in past.headers["cache-control"]


async def test_a_delayed_box_score_knows_nothing_newer(world: World, counted: Counted) -> None:
    await world.started()
    world.clock.ms += 60_000
    await world.claim("GOAL", team="away")
    assert (await world.http.get("/v1/games/g1/stats")).json() == {"seq": 4}
    assert (await world.http.get("/v1/games/g1/stats?delay=30")).json() == {"seq": 3}


async def test_a_box_score_at_a_seq_is_counted_once_whatever_happens_in_the_game(
    world: World, counted: Counted
) -> None:
    await world.started()
    assert world.rooms.reads is not None
    kept = KeptAnswers(bytes_max=10_000, clock=world.clock, rng=random.Random(1))
    world.rooms.reads.kept = kept
    for _ in range(2):
        assert (await world.http.get("/v1/games/g1/stats?seq=2")).json() == {"seq": 2}
        await world.claim("GOAL", team="away")
        kept.told([update_of(world)])
    assert counted.asked == [("g1", 2)]


def update_of(world: World) -> Update:
    state = world.desks["g1"].shown
    assert state is not None
    return Update(
        game_id="g1",
        epoch=state.epoch,
        seq=state.seq,
        ts=state.updated_at,
        correction=False,
        corrected_seq=0,
        event=None,
        patch={},
        state=state,
    )


async def test_a_sport_without_lines_says_so(world: World, counted: Counted) -> None:
    await world.declare("odd")
    answer = await world.http.get("/v1/games/odd/stats")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_statistics")
    assert "soccer" in answer.json()["detail"]


async def test_where_nobody_keeps_lines_there_are_none(world: World) -> None:
    await world.started()
    for path in ("games/g1/stats", "leagues/cup/leaders", "players/p10/stats", "teams/arg/stats"):
        assert (await world.http.get(f"/v1/{path}")).json()["code"] == "unknown_statistics"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("leagues/cup/leaders", {"season": "2026"}),
        ("players/p10/stats", {"player": {"id": "p10"}}),
        ("teams/arg/stats?season=2026", {"team": {"id": "arg"}}),
    ],
)
async def test_sums_come_as_they_are_made_for_half_a_minute(
    world: World, counted: Counted, path: str, body: object
) -> None:
    answer = await world.http.get(f"/v1/{path}")
    assert (answer.status_code, answer.json()) == (200, body)
    assert "max-age=30" in answer.headers["cache-control"]
    again = await world.http.get(f"/v1/{path}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_column_is_asked_for_by_name_and_table(world: World, counted: Counted) -> None:
    await world.http.get("/v1/leagues/cup/leaders?stat=AVG&table=batting&season=2025")
    assert counted.asked == [("cup", "2025", "AVG", "batting")]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("games/none/stats", 404, "unknown_game"),
        ("games/g1/stats?seq=9", 404, "seq_above_head"),
        ("games/g1/stats?seq=1&epoch=longago1", 404, "other_epoch"),
        ("games/g1/stats?delay=7", 400, "bad_parameter"),
        ("leagues/other/leaders", 404, "unknown_statistics"),
        ("leagues/no%20id/leaders", 404, "unknown_statistics"),
        ("leagues/cup/leaders?season=1999", 404, "unknown_statistics"),
        ("leagues/cup/leaders?stat=NOPE", 400, "bad_parameter"),
        ("leagues/cup/leaders?delay=30", 400, "delay_unsupported"),
        (f"leagues/cup/leaders?season={'x' * 101}", 400, "bad_parameter"),
        ("players/p11/stats", 404, "unknown_statistics"),
        ("players/no%20id/stats", 404, "unknown_statistics"),
        ("teams/arg/stats", 404, "unknown_statistics"),
        ("teams/no%20id/stats", 404, "unknown_statistics"),
    ],
)
async def test_what_is_not_there_is_refused_by_name(
    world: World, counted: Counted, path: str, status: int, code: str
) -> None:
    await world.started()
    answer = await world.http.get(f"/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_wrong_column_is_told_those_that_there_are(world: World, counted: Counted) -> None:
    answer = await world.http.get("/v1/leagues/cup/leaders?stat=NOPE")
    assert "it has G, A" in answer.json()["detail"]
