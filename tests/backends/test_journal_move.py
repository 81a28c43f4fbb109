"""A site that grows keeps its games: a stopped node's journal in an empty PostgreSQL, and a site on it."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from backends.kafka_logs import Place, made
from backends.site import reached, site_at, until
from contract.journal_world import World
from e2e.recordings import BY_NAME, final, replay, rows
from node_process import NodeProcess, declare, event, sse
from scorewire.clock import SystemClock
from scorewire.errors import BackendError, ConfigError
from scorewire.journal.journal import Journal
from scorewire.journal.keys import Keys
from scorewire.journal.moving import Progress
from scorewire.journal.moving import move as move_journal
from scorewire.journal.records import Commit, Consumed
from services.redis import RedisServer

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

RECORDINGS = ("warriors-nets",)
EMBEDDED = {
    "SCOREWIRE__LOG__BROKERS": "",
    "SCOREWIRE__STORAGE__JOURNAL": "",
    "SCOREWIRE__SCOREBOARD__URL": "",
}
"""Whatever profile the tests run in: what is moved is a file."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """An embedded node with a live game, `live`, at 1-0."""
    one = NodeProcess(tmp_path / "data", env=EMBEDDED, workers=0).start()
    try:
        one.key("acme")
        one.post("acme", [declare("live"), event("live", 1, "PERIOD_START", period=1)])
        one.post("acme", event("live", 2, "GOAL", team="home", period=1))
        one.settle("live", 3)
        yield one
    finally:
        one.close()


@pytest.fixture
def place(kafka_address: str, postgres_url: str) -> Iterator[Place]:
    with made(kafka_address, postgres_url, partitions=2) as one:
        yield one


def move(node: NodeProcess, url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scorewire", "journal", "move", url, "--data", str(node.data), *words]
    return subprocess.run(command, capture_output=True, text=True, env=node.env, timeout=60, check=False)


def refused(node: NodeProcess, url: str) -> str:
    """What a move that must not be done says."""
    said = move(node, url)
    assert (said.returncode, said.stdout) == (2, ""), said.stderr
    return said.stderr


@pytest.mark.data
@pytest.mark.kafka
@pytest.mark.redis
def test_a_site_goes_on_with_the_games_of_an_embedded_node(
    node: NodeProcess, place: Place, tmp_path: Path, shared_data: Path
) -> None:
    for name in RECORDINGS:
        replay(node, shared_data / BY_NAME[name].path, name)
        final(node, name)
    games = ("live", *RECORDINGS)
    before = {game: node.get(f"/v1/games/{game}/score").content for game in games}
    told = {game: rows(node, game) for game in games}
    etag = node.get("/v1/games/live/score").headers["etag"]
    with httpx.stream("GET", f"{node.url}/v1/stream?game=live", timeout=10) as response:
        cursor = next(sse(response))["id"]
    assert "stop it" in refused(node, place.url)
    assert node.stop() == 0

    said = move(node, place.url, "--json")
    assert said.returncode == 0, said.stderr
    moved = json.loads(said.stdout)
    assert (moved["folded"], moved["differ"]) == (2, [])
    assert moved["rows"]["events"] == sum(map(len, told.values()))
    assert cursor.startswith(moved["epoch"])
    assert "is not empty" in refused_again(node, place.url)

    with RedisServer() as redis, site_at(tmp_path / "site", place, redis.url) as site:
        site.folder.mkdir()
        intake = site.start("intake", "intake")
        intake.secrets = node.secrets
        site.start("games-1", "games")
        api = site.start("api", "api", "gateway")
        for game, state in before.items():
            assert api.get(f"/v1/games/{game}/score").content == state
            assert rows(api, game) == told[game]
        assert api.get("/v1/games/live/score", headers={"if-none-match": etag}).status_code == 304
        goes_on(intake, api, cursor)
        assert rows(api, "live")[:3] == told["live"]


def refused_again(node: NodeProcess, url: str) -> str:
    """What a second move says: first that the file was moved, and of a new history, that there is no room."""
    assert "were moved already" in refused(node, url)
    node.launch()
    assert node.process is not None
    assert node.process.wait(30) == 2
    assert "were moved to a server" in node.log.read_text()
    # A history of its own may go on here; a copy of it has no room where the games of the first are.
    restored = [sys.executable, "-m", "scorewire", "journal", "restored", "--data", str(node.data)]
    subprocess.run(restored, check=True, capture_output=True, env=node.env, timeout=60)
    return refused(node, url)


def goes_on(intake: NodeProcess, api: NodeProcess, cursor: str) -> None:
    """The next goal is taken under the key of before, decided on top, and told to a fan of before."""
    assert intake.post("acme", event("live", 3, "GOAL", team="away", period=1)).status_code == 202
    until(lambda: reached(api, "live", 4))
    state = api.score("live")
    assert (state["home"]["score"], state["away"]["score"], state["seq"]) == (1, 1, 4)
    assert cursor.startswith(state["epoch"])
    assert [row["seq"] for row in rows(api, "live")] == [1, 2, 3, 4]
    # What a fan holds of before the move is still the same game: the goal, and no full state.
    with httpx.stream("GET", f"{api.url}/v1/stream?game=live&since={cursor}", timeout=10) as response:
        first = json.loads(next(sse(response))["data"])
    assert (first["type"], first["seq"]) == ("score_update", 4)


def test_claims_that_are_not_decided_yet_are_not_lost(node: NodeProcess, postgres_url: str) -> None:
    assert node.stop() == 0
    with closing(sqlite3.connect(node.data / "log.sqlite")) as log, log:
        log.execute(
            "INSERT INTO claims (game_id, received_ms, webhook_id, value)"
            " SELECT game_id, received_ms, 'later', value FROM claims LIMIT 2"
        )
    assert "2 claims on log.sqlite" in refused(node, postgres_url)
    node.start()
    node.post("acme", event("live", 3, "GOAL", team="home", period=1))
    node.settle("live", 4)
    assert node.stop() == 0
    said = move(node, postgres_url)
    assert said.returncode == 0, said.stderr
    assert "4 events" in said.stdout


def test_a_game_under_way_of_two_providers_is_over_first(node: NodeProcess, postgres_url: str) -> None:
    node.post(
        "acme", [declare("pair", providers=["acme", "backup"]), event("pair", 1, "PERIOD_START", period=1)]
    )
    node.settle("pair", 2)
    assert node.stop() == 0
    assert "1 games under way are told by several providers" in refused(node, postgres_url)


async def played(path: Path) -> str:
    """A file with games of two months, one that no month takes, and a key; returns its epoch."""
    world = World()
    journal = await Journal.open(path)
    for game, start in (
        ("a", "2022-12-18T15:00:00Z"),
        ("b", "2026-11-21T15:00:00Z"),
        ("c", "9998-01-01T00:00:00Z"),
    ):
        await journal.commit(world.append(game, 3, line=world.line(game, 3, start=start)))
    await journal.commit(Commit(consumed=Consumed(partition=0, position=9)))
    await journal.keys(clock=SystemClock()).create("acme")
    await journal.close()
    return journal.epoch


async def test_each_row_lies_in_its_month_and_the_epoch_is_kept(tmp_path: Path, postgres_url: str) -> None:
    epoch = await played(tmp_path / "journal.sqlite")
    # A server on which somebody has made the tables already.
    before = await Journal.open(postgres_url)
    await before.close()
    moved = move_journal(tmp_path / "journal.sqlite", postgres_url, progress=Progress())
    counted = [moved.rows[name] for name in ("events", "game_heads", "keys")]
    assert counted == [9, 3, 1]
    there = await Journal.open(postgres_url)
    assert (before.epoch != epoch, there.epoch) == (True, epoch)
    assert await there.applied(0) == Consumed(partition=0)
    assert await there.follow("kafka:scorewire.") == "kafka:scorewire."
    await there.close()
    with psycopg.connect(postgres_url) as server:
        lies = server.execute(
            "SELECT tableoid::regclass::text, count(*) FROM events GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert lies == [("events_default", 3), ("events_y2022m12", 3), ("events_y2026m11", 3)]


async def test_what_is_not_the_same_on_the_server_is_taken_back(tmp_path: Path, postgres_url: str) -> None:
    await played(tmp_path / "journal.sqlite")
    await (await Journal.open(postgres_url)).close()
    with psycopg.connect(postgres_url) as server:
        server.execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN NEW.level := 'key'; RETURN NEW; END$$;"
            " CREATE TRIGGER spoils BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.game_id = 'b')"
            " EXECUTE FUNCTION spoil()"
        )
    with pytest.raises(BackendError, match="events is not the same"):
        move_journal(tmp_path / "journal.sqlite", postgres_url, progress=Progress())
    with psycopg.connect(postgres_url) as server:
        counted = server.execute(
            "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM keys)"
        ).fetchone()
    assert counted == (0, 0)


async def test_a_database_that_is_used_is_not_moved_to(tmp_path: Path, postgres_url: str) -> None:
    await played(tmp_path / "journal.sqlite")

    def refusal() -> str:
        with pytest.raises(ConfigError) as refused:
            move_journal(tmp_path / "journal.sqlite", postgres_url, progress=Progress())
        return refused.value.detail

    somebody = await Journal.open(postgres_url)
    await somebody.commit(Commit(consumed=Consumed(partition=1, position=9)))
    assert "in use by" in refusal()
    await somebody.close()
    assert "has counted the claims of a log" in refusal()
    keys = await Keys.open(postgres_url, clock=SystemClock())
    await keys.create("acme")
    await keys.close()
    assert "keys has 1 rows" in refusal()


@pytest.mark.kafka
@pytest.mark.redis
def test_a_journal_never_goes_on_from_another_log(node: NodeProcess, place: Place, tmp_path: Path) -> None:
    """Of a database that was an embedded node's, and of one that is a site's."""
    assert node.stop() == 0
    on_server = NodeProcess(
        tmp_path / "on-server", env={**EMBEDDED, "SCOREWIRE__STORAGE__JOURNAL": place.url}, workers=0
    ).start()
    try:
        on_server.key("acme")
        on_server.post("acme", declare("g"))
        on_server.settle("g", 1)
    finally:
        on_server.stop()
    with RedisServer() as redis, site_at(tmp_path / "site", place, redis.url) as site:
        site.folder.mkdir()
        for roles in ("intake", "games"):
            one = site.process(roles, roles)
            one.launch()
            assert one.process is not None
            assert one.process.wait(30) == 2
            assert (
                "log.brokers: the games of storage.journal were decided from a log.sqlite"
                in one.log.read_text()
            )
