"""Tables are pushed to fans of workers and of an edge: they end at what REST says, no delay is early."""

import asyncio
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from e2e.test_edges import LINKED, EdgeProcess, Fan, wait_until
from node_process import NodeProcess, declare, event
from scorewire.client import Client, Standings

DELAY_S = 5


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A pipeline and two workers."""
    one = NodeProcess(tmp_path_factory.mktemp("tables") / "node", env=LINKED, workers=2).start()
    one.key("acme")
    yield one
    one.close()


@pytest.fixture(scope="module")
def edge(node: NodeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    folder: Path = tmp_path_factory.mktemp("edge") / "edge"
    one = EdgeProcess(folder, node.url)
    one.start()
    yield one
    one.close()


class WsFan:
    """One who has subscribed to a league with its table over WebSocket."""

    def __init__(self, node: NodeProcess, league_id: str) -> None:
        self.told: list[dict[str, Any]] = []
        self._node, self._league_id = node, league_id
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        address = self._node.url.replace("http", "ws") + "/v1/ws"
        with suppress(OSError, WebSocketException), connect(address, proxy=None) as socket:
            asked = {"action": "subscribe", "league_id": self._league_id, "standings": True}
            socket.send(json.dumps(asked))
            for message in socket:
                self.told.append(json.loads(message))


def tables(fan: Fan | WsFan) -> list[dict[str, Any]]:
    return [told for told in list(fan.told) if told.get("type") == "standings_update"]


def play(node: NodeProcess, league_id: str, home: str, away: str) -> str:
    """A game of a league of its own that has begun."""
    name = f"{league_id}-{home}-{away}"
    told = declare(name)
    told["data"] |= {"league": {"id": league_id, "name": league_id.upper()}, "season": "2024"}
    told["data"] |= {"home": {"id": home, "name": home.title()}, "away": {"id": away, "name": away.title()}}
    say(node, told, event(name, 1, "PERIOD_START", period=1))
    node.settle(name, 2)  # whoever comes earlier is told that there is no such league
    return name


def say(node: NodeProcess, *messages: dict[str, Any]) -> None:
    assert node.post("acme", list(messages)).status_code == 202


def ends_at_rest(fan: Fan | WsFan, node: NodeProcess, league_id: str, rows: int, leader: str) -> None:
    """Until a fan's newest table is led by somebody, and is the one that REST answers."""

    def fine() -> bool:
        answer = node.get(f"/v1/leagues/{league_id}/standings")
        if answer.status_code != 200 or not tables(fan):
            return False
        newest = tables(fan)[-1]
        (part,) = newest["table"]["parts"]
        ranks = [row["team"] for row in part["rows"]]
        return newest["table"] == answer.json()["table"] and len(ranks) == rows and ranks[0] == leader

    wait_until(fine, f"{leader} in {tables(fan)[-1:]}")


def test_fans_of_workers_and_of_an_edge_have_the_table_that_rest_answers(
    node: NodeProcess, edge: EdgeProcess
) -> None:
    game = play(node, "cup", "ars", "che")
    query = "league=cup&standings=1"
    fans = [Fan(node, query), Fan(edge, query), WsFan(node, "cup"), WsFan(edge, "cup")]
    without = Fan(node, "league=cup")
    say(node, event(game, 2, "GOAL", team="away", period=1))
    for fan in fans:
        ends_at_rest(fan, node, "cup", 2, "che")
        newest = tables(fan)[-1]
        assert (newest["league_id"], newest["season"]) == ("cup", "2024")
        assert newest["table"]["provisional"] == 1
    say(node, *(event(game, n, "GOAL", team="home", period=1) for n in (3, 4)))
    second = play(node, "cup", "eve", "liv")
    say(node, event(second, 2, "GOAL", team="home", period=1))
    for fan in fans:
        ends_at_rest(fan, node, "cup", 4, "ars")
    joined = Fan(edge, query)
    ends_at_rest(joined, node, "cup", 4, "ars")
    over = (event(game, 5, "PERIOD_END", period=1), event(game, 6, "GAME_END"), event(game, 7, "GAME_FINAL"))
    say(node, *over)
    wait_until(lambda: all(tables(fan)[-1]["table"]["provisional"] == 1 for fan in fans), "one that is final")
    document = node.get("/asyncapi.json").json()
    schema = {"$ref": "#/components/schemas/standings_update", "components": document["components"]}
    for fan in fans:
        for told in tables(fan):
            jsonschema_rs.validate(schema, told)
    assert [told["event"] for told in without.told if told["event"] == "standings_update"] == []


IN_NODE = """
const [client, url] = process.argv.slice(1);
const { follow } = await import(client);
follow({ url, leagues: ["client"], standings: (told) => console.log(JSON.stringify(told)) });
"""


@pytest.mark.nodejs
def test_both_clients_hand_out_what_rest_answers(node: NodeProcess) -> None:
    game = play(node, "client", "ars", "che")
    script = Path(__file__).resolve().parents[2] / "clients" / "js" / "scorewire.js"
    command = ["node", "--input-type=module", "-e", IN_NODE, str(script), node.url]
    in_js: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = process.stdout
        threading.Thread(target=lambda: in_js.extend(map(json.loads, lines)), daemon=True).start()
        say(node, event(game, 2, "GOAL", team="away", period=1))
        in_python = asyncio.run(led_by(node, "client", "che"))
        wait_until(lambda: any(leader(one["table"]) == "che" for one in in_js), f"che in {in_js}")
        process.kill()
    rest = node.get("/v1/leagues/client/standings").json()["table"]
    assert in_js[-1]["table"] == in_python.table == rest
    assert in_js[-1]["league_id"] == in_python.league_id == "client"


def leader(table: Any) -> str:
    return str(table["parts"][0]["rows"][0]["team"])


async def led_by(node: NodeProcess, league_id: str, team: str) -> Standings:
    """The first table of a league with this leader, as the Python client tells it."""
    async with asyncio.timeout(30), Client(node.url) as client:
        async for told in client.follow(leagues=[league_id], standings=True):
            if isinstance(told, Standings) and leader(told.table) == team:
                return told
    raise AssertionError("it ended")


def test_a_delayed_fan_sees_no_table_sooner_than_it_asked_for(node: NodeProcess) -> None:
    game = play(node, "slow", "ars", "che")
    say(node, event(game, 2, "GOAL", team="home", period=1))
    live, delayed = (
        Fan(node, "league=slow&standings=1"),
        Fan(node, f"league=slow&standings=1&delay={DELAY_S}"),
    )
    ends_at_rest(live, node, "slow", 2, "ars")
    wait_until(lambda: bool(tables(delayed)), "the first")
    say(node, *(event(game, n, "GOAL", team="away", period=1) for n in (3, 4)))
    ends_at_rest(live, node, "slow", 2, "che")
    seen_s = time.monotonic()
    assert tables(delayed)[-1]["table"]["parts"][0]["rows"][0]["team"] == "ars"
    ends_at_rest(delayed, node, "slow", 2, "che")
    # What stands between making a table and the live fan is less than a second and some turns.
    assert time.monotonic() - seen_s > DELAY_S - 3


def test_an_edge_whose_upstream_was_away_goes_on(node: NodeProcess, edge: EdgeProcess) -> None:
    game = play(node, "back", "ars", "che")
    say(node, event(game, 2, "GOAL", team="home", period=1))
    fan = Fan(edge, "league=back&standings=1")
    ends_at_rest(fan, node, "back", 2, "ars")
    node.kill()
    node.start()
    say(node, *(event(game, n, "GOAL", team="away", period=1) for n in (3, 4)))
    ends_at_rest(fan, node, "back", 2, "che")
    assert not fan.ended.is_set()
