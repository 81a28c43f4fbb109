"""The site of deploy/: its roles with their settings, Varnish, and a proxy with HTTP/2 before them."""

import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from backends.deployed import KINDS, Deployed, SiteFront
from backends.kafka_logs import made
from backends.site import until
from node_process import NodeProcess, declare, event, sse
from services import postgres, redis

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.redis,
    pytest.mark.varnish,
    pytest.mark.xkey,
    pytest.mark.timeout(300),
]

UNSIGNED = {"content-type": "application/cloudevents+json", "webhook-id": "x"}
STREAMS = 20
"""More than the six connections that a browser opens to a host over HTTP/1.1."""


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    kafka_address: str,
    postgres_server: postgres.PostgresServer | postgres.Databases,
) -> Iterator[Deployed]:
    with ExitStack() as stack:
        url = postgres_server.make_database()
        stack.callback(postgres_server.drop_database, url)
        place = stack.enter_context(made(kafka_address, url, partitions=2))
        boards = [stack.enter_context(redis.RedisServer()) for _ in range(2)]
        folder = tmp_path_factory.mktemp("deployed")
        one = Deployed(folder, place, redis=boards[0].url, elsewhere=boards[1].url)
        stack.callback(one.close)
        try:
            one.start("intake", "games", "gateway", "api", "edge", "relay", "gateway-region")
            one.nodes["intake"].key("acme")
            yield one
        except BaseException:
            print(one.told())
            raise


@pytest.fixture(params=[pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in KINDS])
def front(request: pytest.FixtureRequest, site: Deployed) -> Iterator[SiteFront]:
    with SiteFront(request.param, site) as one:
        until(lambda: httpx.get(f"{one.url}/livez").status_code == 200)
        yield one


class Match:
    """A game whose events come in through the front."""

    def __init__(self, site: Deployed, front: SiteFront) -> None:
        self.game = f"{front.kind}-{time.monotonic_ns()}"
        self._door = NodeProcess(site.folder / "unused", port=front.port)
        self._door.secrets = site.nodes["intake"].secrets
        self._number = 0
        self._door.post("acme", [declare(self.game), self._say("PERIOD_START")]).raise_for_status()
        self.reach(2)

    def _say(self, type_: str, **data: object) -> dict:
        self._number += 1
        return event(self.game, self._number, type_, period=1, **data)

    def shoot(self) -> int:
        """A goal; returns the seq of its row."""
        assert self._door.post("acme", self._say("GOAL", team="home")).status_code == 202
        return self._number + 1

    def reach(self, seq: int) -> dict:
        """The score, once readers see it at `seq`."""
        return self._door.settle(self.game, seq, timeout_s=20)


@pytest.fixture
def match(site: Deployed, front: SiteFront) -> Match:
    return Match(site, front)


def test_one_http2_connection_carries_all_streams_of_a_browser(
    tmp_path: Path, front: SiteFront, match: Match
) -> None:
    files = [tmp_path / f"stream-{number}" for number in range(STREAMS)]
    command = ["curl", "--silent", "--insecure", "--http2", "--no-buffer", "--max-time", "60"]
    command += ["--parallel", "--parallel-max", str(STREAMS)]
    for file in files:
        command += ["--output", str(file), f"{front.secure_url}/v1/stream?game={match.game}"]
    browser = subprocess.Popen(command)
    try:
        until(lambda: all(file.exists() and "full_state" in file.read_text() for file in files))
        assert connections(front.tls_port) == 1
        seq = match.shoot()
        until(lambda: all(f"!{seq}\n" in file.read_text() for file in files))
    finally:
        browser.kill()
        browser.wait()
    version = [
        "curl",
        "--silent",
        "--insecure",
        "--http2",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_version}",
    ]
    told = subprocess.run([*version, f"{front.secure_url}/livez"], check=True, capture_output=True, text=True)
    assert told.stdout == "2"


def connections(port: int) -> int:
    """How many are open at a port of the loopback, by the kernel's own list."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(where.endswith(f":{port:04X}") and state == "01" for _, where, _, state, *_ in fields)


def test_websocket_over_tls(front: SiteFront, match: Match) -> None:
    nobody_vouches = ssl.create_default_context()
    nobody_vouches.check_hostname = False
    nobody_vouches.verify_mode = ssl.CERT_NONE
    url = front.secure_url.replace("https", "wss") + "/v1/ws"
    with connect(url, ssl=nobody_vouches, subprotocols=[Subprotocol("scorewire.v1.json")]) as link:
        link.send(json.dumps({"action": "subscribe", "game_id": match.game}))
        assert [json.loads(link.recv(timeout=10))["type"] for _ in range(2)] == ["subscribed", "full_state"]
        seq = match.shoot()
        assert json.loads(link.recv(timeout=10))["seq"] == seq


def test_reads_come_from_varnish_and_follow_the_game(front: SiteFront, match: Match) -> None:
    url = f"{front.url}/v1/games/{match.game}/score"
    until(lambda: httpx.get(url).headers["x-cache"] == "HIT")
    assert match.reach(match.shoot())["home"]["score"] == 1
    assert httpx.get(f"{front.url}/game/{match.game}").status_code == 200
    assert httpx.get(f"{front.url}/v1/games?sport=soccer").json()["games"]


def test_what_is_the_operators_is_not_shown(front: SiteFront) -> None:
    for path in ("/metrics", "/v1/admin/status", "/v1/admin/keys"):
        assert httpx.get(f"{front.url}{path}").status_code == 403
    assert httpx.request("PURGE", f"{front.url}/").status_code == 405


def test_owners_have_varnish_forget(site: Deployed, front: SiteFront, match: Match) -> None:
    before = purges(site)
    match.shoot()
    until(lambda: purges(site) > before)


def purges(site: Deployed) -> float:
    """How many Varnish has carried out."""
    name = 'scorewire_cdn_purges_total{outcome="sent"} '
    lines = site.nodes["games"].get("/metrics").text.splitlines()
    return next(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def hear(told: Iterator[dict[str, str]], seq: int) -> None:
    """Read a stream up to a row; who joins may be some milliseconds behind what readers see."""
    while (heard := json.loads(next(told)["data"])["seq"]) < seq:
        pass
    assert heard == seq


def test_fans_of_an_edge_are_told(site: Deployed, front: SiteFront, match: Match) -> None:
    edge = site.nodes["edge"]
    with httpx.stream("GET", f"{edge.url}/v1/stream?game={match.game}", timeout=30) as response:
        told = sse(response)
        hear(told, 2)
        seq = match.shoot()
        hear(told, seq)
    assert edge.score(match.game)["seq"] == seq
    door = httpx.get(f"{front.url}/v1/link", headers={"authorization": "Bearer wrong"})
    assert door.status_code in {401, 403, 426}, "the door for edges is there, and shut"


def test_fans_of_another_region_are_told(site: Deployed, match: Match) -> None:
    region = site.nodes["gateway-region"]
    region.settle(match.game, 2, timeout_s=20)
    with httpx.stream("GET", f"{region.url}/v1/stream?game={match.game}", timeout=30) as response:
        told = sse(response)
        hear(told, 2)
        seq = match.shoot()
        hear(told, seq)
    assert match.reach(seq) == region.score(match.game)


def test_a_wrong_signature_reaches_the_intake_and_no_further(front: SiteFront) -> None:
    answer = httpx.post(f"{front.url}/v1/ingest/acme", content=b"{}", headers=UNSIGNED)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
