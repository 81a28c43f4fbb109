"""Ten sports at once through a site of separate processes: every game as one embedded node tells it.

Real recordings where there are any; rugby union and handball have none, and are played from events made here.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis

from backends.kafka_logs import made
from backends.site import Site, site_at, until
from e2e.recordings import rows
from node_process import NodeProcess, declare, event
from services.redis import RedisServer

pytestmark = [pytest.mark.data, pytest.mark.kafka, pytest.mark.redis, pytest.mark.timeout(300)]

FILES = (
    "american_football/nfl_gamecenter/2012111110.json",
    "american_football/nfl_gamecenter/2015020100.json",
    "baseball/mlb_statsapi_facts/718322_feed_live_facts.json.gz",
    "baseball/mlb_statsapi_facts/747175_feed_live_facts.json.gz",
    "basketball/nba_cdn_live/0022000001_playbyplay.json.gz",
    "basketball/nba_two_feeds_0021600270/data_nba_com_pbp.json.gz",
    "cricket/cricsheet/odi_dls_1277086.json",
    "cricket/cricsheet/t20i_super_over_902653.json",
    "ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz",
    "ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz",
    "multi_sport/espn_scoreboard_facts/nhl.json.gz",
    "soccer/metrica/sample_game_3_events.json.gz",
    "soccer/statsbomb/15986_events.json.gz",
    "soccer/statsbomb/3788741_events.json.gz",
    "soccer/wyscout/2499773_events_v2.json.gz",
    "tennis/slam_pointbypoint/2012_usopen_selected_points.csv",
    "volleyball/datavolley/example_data.dvw",
)
SPORTS = {
    "american_football", "baseball", "basketball", "cricket", "handball", "ice_hockey", "rugby_union",
    "soccer", "tennis", "volleyball",
}  # fmt: skip
TOKEN = "a-token-of-the-tests-that-is-long-enough"
VARIES = {"epoch", "updated_at", "ts", "at", "received_at"}
"""What tells when or where it was told, and not what happened: another journal has another epoch."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_BEGAN = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def site(tmp_path: Path, kafka_address: str, postgres_url: str) -> Iterator[Site]:
    with (
        made(kafka_address, postgres_url, partitions=4) as place,
        RedisServer() as redis,
        site_at(tmp_path / "site", place, redis.url) as one,
    ):
        one.folder.mkdir()
        yield one


def test_the_results_equal_those_of_one_embedded_node(tmp_path: Path, site: Site, shared_data: Path) -> None:
    embedded = NodeProcess(tmp_path / "embedded", workers=0).start()
    try:
        play(embedded, shared_data)
        expected = settled(embedded)
        expected_tables = tables(embedded)
    finally:
        embedded.close()
    intake = site.start("intake", "intake")
    site.start("games-1", "games")
    site.start("games-2", "games")
    site.start("stats-1", "stats")
    site.start("stats-2", "stats")
    home = site.start("home", "gateway", "api", SCOREWIRE__SERVER__LINK_TOKEN=TOKEN)
    with RedisServer() as far:
        away = {"SCOREWIRE__SCOREBOARD__URL": far.url}
        at_home = {"SCOREWIRE__REGION__NAME": "far", "SCOREWIRE__REGION__HOME": home.url}
        site.start("relay", "relay", **at_home, **away)
        readers = {
            "api": site.start("api", "api"),
            "another region": site.start("far", "gateway", "api", **away),
            "an edge": site.edge("edge", home.url, TOKEN),
        }
        play(intake, shared_data)
        counts = {game: len(told["rows"]) for game, told in expected.items()}
        found = {where: settled(node, counts) for where, node in readers.items()}
        # Tables are made a moment after what they are made of.
        until(lambda: canonical(tables(readers["api"])) == canonical(expected_tables), within_s=60)
        check_order_on_redis(site, expected_tables)
    assert {told["state"]["sport"] for told in expected.values()} == SPORTS
    for where, games in found.items():
        for game, told in expected.items():
            assert canonical(games[game]) == canonical(told), f"{game}, at {where}"
        assert games.keys() == expected.keys()


def play(node: NodeProcess, data: Path) -> None:
    """Post everything; each game's events in their order, games side by side."""
    command = [sys.executable, "-m", "scorewire", "replay", *(str(data / name) for name in FILES)]
    command += ["--url", node.url, "--data", str(node.data)]
    said = subprocess.run(command, capture_output=True, text=True, env=node.env, timeout=200, check=False)
    assert said.returncode in {0, 1}, said.stdout + said.stderr
    node.key("acme")
    for sport, told in {"rugby_union": RUGBY, "handball": HANDBALL}.items():
        claims = [event(sport, number, **claim) for number, claim in enumerate(told, start=1)]
        answer = node.post("acme", [declare(sport, sport=sport), *claims])
        assert answer.status_code == 202
        assert answer.json()["rejected"] == []


def settled(node: NodeProcess, rows_of: dict[str, int] | None = None) -> dict[str, dict[str, Any]]:
    """Every game with its rows, once nothing more comes; or once each has as many rows as it must have."""
    deadline = time.monotonic() + 60
    before: dict[str, int] = {}
    while True:
        # Lists are the journal's, which is told first; scores are what fans have been shown.
        now = {line["game_id"]: node.score(line["game_id"])["seq"] for line in lines(node)}
        if now == (rows_of if rows_of is not None else before) and now:
            break
        assert time.monotonic() < deadline, {
            game: (now.get(game), seq) for game, seq in (rows_of or before).items()
        }
        before = now
        time.sleep(1.0)
    return {game: {"state": node.score(game), "rows": rows(node, game)} for game in now}


def tables(node: NodeProcess) -> dict[str, Any]:
    """The table of each league that has one."""
    leagues = [one["id"] for one in node.get("/v1/leagues").json()["leagues"]]
    answers = {league: node.get(f"/v1/leagues/{league}/standings") for league in leagues}
    return {league: answer.json() for league, answer in answers.items() if answer.status_code == 200}


def check_order_on_redis(site: Site, expected: dict[str, Any]) -> None:
    """Each league's teams lie on Redis in the order of its table."""
    assert len(expected) >= 10
    with redis.Redis.from_url(site.redis, decode_responses=True) as client:
        for league, told in expected.items():
            parts = told["table"]["parts"]
            order = [
                row["team"] for part in parts if part["view"] == parts[0]["view"] for row in part["rows"]
            ]
            key = f"{{league:{league}}}:standings"
            until(lambda key=key, order=order: client.zrange(key, 0, -1) == order)


def lines(node: NodeProcess) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = node.get(f"/v1/games?limit=200{cursor}").json()
        found += page["games"]
        if not page.get("next"):
            return found
        cursor = f"&cursor={page['next']}"


def canonical(told: object) -> str:
    """JSON in one order, without what varies."""
    return json.dumps(_without(told), sort_keys=True, separators=(",", ":"))


def _without(told: object) -> object:
    if isinstance(told, dict):
        # Of what the owner itself says, the revision is the time at which it said it.
        varies = VARIES | {"revision"} if told.get("provider") == "scorewire" else VARIES
        return {name: _without(value) for name, value in told.items() if name not in varies}
    if isinstance(told, list):
        return [_without(one) for one in told]
    # A list of scores has no times of its own, so a replay gives it that of its being played.
    played = isinstance(told, str) and _TIME.fullmatch(told) and told >= _BEGAN
    return "now" if played else told


RUGBY: list[dict[str, Any]] = [
    {"type_": "PERIOD_START", "period": 1},
    {"type_": "TRY", "team": "home", "period": 1, "clock": "5:00"},
    {"type_": "CONVERSION", "team": "home", "period": 1, "clock": "6:00"},
    {"type_": "PENALTY_GOAL", "team": "away", "period": 1, "clock": "20:00"},
    {"type_": "PERIOD_END", "period": 1},
    {"type_": "PERIOD_START", "period": 2},
    {"type_": "DROP_GOAL", "team": "away", "period": 2, "clock": "55:00"},
    {"type_": "TRY", "team": "away", "period": 2, "clock": "70:00"},
    {"type_": "PERIOD_END", "period": 2},
    {"type_": "GAME_END"},
]
HANDBALL: list[dict[str, Any]] = [
    {"type_": "PERIOD_START", "period": 1},
    *(
        {"type_": "GOAL", "team": team, "period": 1, "clock": f"{at}:00"}
        for at, team in enumerate(("home", "away", "away", "home"), 1)
    ),
    {"type_": "PERIOD_END", "period": 1},
    {"type_": "PERIOD_START", "period": 2},
    {"type_": "GOAL", "team": "home", "period": 2, "clock": "31:00"},
    {"type_": "PERIOD_END", "period": 2},
    {"type_": "GAME_END"},
]
