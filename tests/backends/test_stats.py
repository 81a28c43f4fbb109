"""The role `stats` over real servers: tables and lines right whoever dies, each order on Redis, fans told."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from backends.kafka_logs import made
from backends.site import Site, site_at, until
from e2e.test_edges import Fan
from node_process import NodeProcess, declare, event
from services.redis import RedisServer

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.postgres]

TEAMS = ("ars", "che", "eve", "liv")


@pytest.fixture
def own() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, kafka_address: str, postgres_url: str, own: RedisServer) -> Iterator[Site]:
    with (
        made(kafka_address, postgres_url, partitions=2) as place,
        site_at(tmp_path, place, own.url) as one,
    ):
        yield one


def play(intake: NodeProcess, home: str, away: str, *goals: str) -> None:
    """A game that begins; a goal for each side that is named."""
    name = f"{home}-{away}"
    told = declare(name)
    told["data"] |= {"home": {"id": home, "name": home}, "away": {"id": away, "name": away}}
    claims = [event(name, number, "GOAL", team=side, period=1) for number, side in enumerate(goals, start=2)]
    answer = intake.post("acme", [told, event(name, 1, "PERIOD_START", period=1), *claims])
    assert answer.status_code == 202, answer.text


def points(api: NodeProcess) -> dict[str, int]:
    answer = api.get("/v1/leagues/cup/standings")
    if answer.status_code != 200:
        return {}
    return {row["team"]: row["points"] for row in answer.json()["table"]["parts"][0]["rows"]}


def pushed(fan: Fan) -> dict[str, int]:
    """The newest table that a fan was told."""
    newest = [one for one in list(fan.told) if one["event"] == "standings_update"][-1:]
    return {row["team"]: row.get("points", 0) for one in newest for row in one["table"]["parts"][0]["rows"]}


def lagging(url: str) -> int:
    """Games whose lines are older than their head."""
    with psycopg.connect(url) as connection:
        both = "game_heads left join lines using (game_id)"
        found = connection.execute(
            f"select count(*) from {both} where seq is distinct from head_seq"
        ).fetchone()
    assert found is not None
    return int(found[0])


def totals(api: NodeProcess, team: str) -> tuple[int, int]:
    """Games of a team, and its goals."""
    (season,) = api.get(f"/v1/teams/{team}/stats").json()["seasons"]
    return season["games"], season["totals"]["match"]["GF"]


def test_tables_are_kept_whoever_dies(site: Site, own: RedisServer) -> None:
    for role in ("intake", "games", "stats", "api", "gateway"):
        site.process(role, role).launch()
    for one in site.processes.values():
        one.await_ready()
    intake, api = site.processes["intake"], site.processes["api"]
    intake.key("acme")
    play(intake, "ars", "che", "home")
    until(lambda: points(api) == {"ars": 3, "che": 0})
    fan = Fan(site.processes["gateway"], "league=cup&standings=1")
    until(lambda: pushed(fan) == {"ars": 3, "che": 0})
    # Nobody keeps tables while a game is played; who starts then finds it.
    site.processes["stats"].kill()
    play(intake, "eve", "liv", "away", "away")
    stats = site.start("stats-2", "stats")
    until(lambda: points(api) == {"liv": 3, "ars": 3, "che": 0, "eve": 0})
    # Once the group has missed the one that was killed.
    until(lambda: "scorewire_stats_partitions 2.0" in stats.get("/metrics").text)
    play(intake, "liv", "che", "home")
    until(lambda: points(api)["liv"] == 6)
    for name in ("ars-che", "eve-liv", "liv-che"):
        assert intake.post("acme", [event(name, 9, "GAME_FINAL")]).status_code == 202
    until(lambda: lagging(site.place.url) == 0)
    assert [totals(api, team) for team in TEAMS] == [(1, 1), (2, 0), (1, 0), (2, 3)]
    with redis.Redis.from_url(own.url, decode_responses=True) as client:

        def order() -> list[tuple[str, float]]:
            return [tuple(one) for one in client.zrange("{league:cup}:standings", 0, -1, withscores=True)]

        until(lambda: pushed(fan) == {"liv": 6, "ars": 3, "che": 0, "eve": 0})
        expected = [("liv", 1.0), ("ars", 2.0), ("che", 3.0), ("eve", 4.0)]
        until(lambda: order() == expected)
        assert client.pubsub_numsub("tables") == [("tables", 1)], "the gateway"
        with client.pubsub(ignore_subscribe_messages=True) as words:
            words.subscribe("tables")
            words.get_message(timeout=5)
            client.flushall()
            until(lambda: order() == expected)
            until(lambda: (words.get_message(timeout=1) or {}).get("data") == "cup")
        # A gateway that is told nothing finds the table by comparing; one that is told has it sooner.
        assert client.execute_command("ACL", "SETUSER", "default", "-publish")
        play(intake, "che", "ars", "home")
        until(lambda: pushed(fan) == {"liv": 6, "ars": 3, "che": 3, "eve": 0})
