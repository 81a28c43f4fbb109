"""Edges of a real node in processes of their own, and an edge of an edge; what happens when one goes."""

import contextlib
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from authority import make_certificates
from node_process import NodeProcess, declare, event, free_port, sse
from scorewire.metrics import METRICS
from scorewire.scoreboard import link
from services.fronts import Front
from services.link import Link

TOKEN = "0123456789abcdef0123456789abcdef"
LINKED = {"SCOREWIRE__SERVER__LINK_TOKEN": TOKEN}
WAIT_S = 30.0


class EdgeProcess(NodeProcess):
    """`serve --upstream`: a node's process that follows another's."""

    def __init__(self, folder: Path, upstream: str, *, token: str = TOKEN, **settings: str) -> None:
        # It has no servers of its own, whatever nodes of this run have.
        self.data, self.workers, self.port, self.config = folder, 0, free_port(), None
        self.env = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "SCOREWIRE__SERVER__DRAIN_S": "0.2",
            "SCOREWIRE__SERVER__UPSTREAM": upstream,
            "SCOREWIRE__SERVER__UPSTREAM_TOKEN": token,
            **LINKED,
            **{f"SCOREWIRE__SERVER__{key}".upper(): value for key, value in settings.items()},
        }
        self.process = None
        self.secrets = {}
        self.log = folder.parent / f"{folder.name}.log"

    def measure(self, name: str, **labels: str) -> float:
        """One line of /metrics."""
        told = "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else ""
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(f"{name}{told} "):
                return float(line.rpartition(" ")[2])
        raise AssertionError(f"no {name}{told}")


class Fan:
    """One who listens to a stream, and notes what it is told, until it is closed."""

    def __init__(self, node: NodeProcess, query: str) -> None:
        self.told: list[dict] = []
        self.ended = threading.Event()
        self._url = f"{node.url}/v1/stream?{query}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(httpx.TransportError), httpx.stream("GET", self._url, timeout=60) as answer:
            for told in sse(answer):
                self.told.append({"id": told["id"], "event": told["event"], **json.loads(told["data"])})
        self.ended.set()

    @property
    def seqs(self) -> list[int]:
        """The seq of each state and update."""
        return [told["seq"] for told in list(self.told) if "seq" in told]

    def waits_for(self, seq: int) -> None:
        """Until it has that seq."""
        wait_until(lambda: bool(self.seqs) and self.seqs[-1] >= seq, f"{seq}, and has {self.seqs}")


def wait_until(fine: Callable[[], bool], what: str = "") -> None:
    deadline = time.monotonic() + WAIT_S
    while not fine():
        assert time.monotonic() < deadline, f"waited in vain for {what or fine}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Site"]:
    folder = tmp_path_factory.mktemp("edges")
    with ExitStack() as stack:
        node = NodeProcess(folder / "node", env=LINKED)
        stack.callback(node.close)
        node.start().key("acme")
        # The first edge has a line of its own to the node, which can be cut; and the second one to the first.
        line = stack.enter_context(Link(node.port, rng=random.Random(1)))
        near = EdgeProcess(folder / "near", f"http://127.0.0.1:{line.port}")
        stack.callback(near.close)
        near.start()
        far = EdgeProcess(folder / "far", near.url)
        stack.callback(far.close)
        far.start()
        yield Site(node, line, near, far)


class Site:
    """A node, an edge of it behind a line with faults, and an edge of that one."""

    def __init__(self, node: NodeProcess, line: Link, near: EdgeProcess, far: EdgeProcess) -> None:
        self.node = node
        self.line = line
        self.near = near
        self.far = far
        self._games = 0
        self._rows: dict[str, int] = {}

    @property
    def tiers(self) -> tuple[NodeProcess, ...]:
        return (self.node, self.near, self.far)

    def game(self, **declared: object) -> str:
        """A new game."""
        self._games += 1
        game_id = f"g{self._games}"
        self.node.post("acme", declare(game_id, **declared))
        self.node.settle(game_id, 1)
        self._rows[game_id] = 1
        self.goals(game_id, 0)
        return game_id

    def goals(self, game_id: str, count: int) -> int:
        """So many goals; returns the seq after them. The first row is the kick-off."""
        rows = self._rows[game_id]
        kinds = [("PERIOD_START", {})] if rows == 1 else []
        kinds += [("GOAL", {"team": "home"})] * count
        for number, (kind, given) in enumerate(kinds, rows):
            self.node.post("acme", event(game_id, number, kind, period=1, **given))
        self._rows[game_id] = rows + len(kinds)
        return int(self.node.settle(game_id, rows + len(kinds))["seq"])

    def linked(self) -> bool:
        return all(edge.measure("scorewire_edge_up") == 1 for edge in (self.near, self.far))


def test_a_goal_reaches_a_fan_at_every_tier_and_every_tier_says_the_same(site: Site) -> None:
    game_id = site.game()
    fans = [Fan(tier, f"game={game_id}") for tier in site.tiers]
    for fan in fans:
        fan.waits_for(2)
    last = site.goals(game_id, 3)
    for fan in fans:
        fan.waits_for(last)
        assert fan.seqs == [2, 3, 4, 5]
    told = [[{**one, "event": None} if one["event"] == "hello" else one for one in fan.told] for fan in fans]
    assert told[0] == told[1] == told[2]
    paths = ("score", "state", "events", "events?since_seq=2", "score?seq=3")
    for path in paths:
        answers = [tier.get(f"/v1/games/{game_id}/{path}") for tier in site.tiers]
        assert len({answer.status_code for answer in answers}) == 1, path
        assert len({answer.content for answer in answers}) == 1, path
        for header in ("etag", "cache-control", "content-type", "access-control-allow-origin"):
            assert len({answer.headers.get(header) for answer in answers}) == 1, (path, header)


def test_a_fixture_that_appears_comes_to_who_follows_its_league_at_an_edge(site: Site) -> None:
    league = {"id": "new-cup", "name": "New Cup"}
    first = site.game(league=league)
    fan = Fan(site.far, "league=new-cup&view=full")
    wait_until(lambda: any(told.get("game_id") == first for told in fan.told))
    second = site.game(league=league)
    wait_until(lambda: any(told.get("game_id") == second for told in fan.told))
    last = site.goals(second, 2)
    wait_until(lambda: any((told.get("game_id"), told.get("seq")) == (second, last) for told in fan.told))


def test_an_edge_follows_what_its_fans_follow_and_nothing_else(site: Site) -> None:
    games = {edge: edge.measure("scorewire_edge_games") for edge in (site.near, site.far)}
    mine, others = site.game(), [site.game() for _ in range(2)]
    fan = Fan(site.far, f"game={mine}")
    fan.waits_for(2)
    count = "scorewire_edge_staleness_seconds_count"
    before = {edge: edge.measure(count) for edge in (site.near, site.far)}
    for game_id in others:
        site.goals(game_id, 3)
    fan.waits_for(site.goals(mine, 3))
    for edge in (site.near, site.far):
        assert edge.measure(count) - before[edge] == 3
        assert edge.measure("scorewire_edge_games") <= games[edge] + 1


def test_a_score_that_is_polled_is_at_hand_and_follows_the_game(site: Site) -> None:
    game_id = site.game()
    path = f"/v1/games/{game_id}/score"
    wait_until(lambda: site.far.get(path).json()["seq"] == 2, "what it was told of a new game to be old")
    hot = site.far.measure("scorewire_hot_reads_total", status="200")
    last = site.goals(game_id, 1)
    wait_until(lambda: site.far.get(path).json()["seq"] == last)
    assert site.far.measure("scorewire_hot_reads_total", status="200") > hot
    answer = site.far.get(path)
    again = site.far.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    head = httpx.head(f"{site.far.url}{path}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    asked = site.far.measure("scorewire_edge_questions_total", answer="asked")
    assert site.far.get("/v1/games/nowhere/score").status_code == 404
    assert site.far.measure("scorewire_edge_questions_total", answer="asked") == asked + 1


def test_a_crowd_at_an_edge_is_a_question_or_two(site: Site) -> None:
    site.game()
    asked = {
        edge: edge.measure("scorewire_edge_questions_total", answer="asked") for edge in (site.near, site.far)
    }
    started_s = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: site.far.get("/v1/games?limit=3"), range(60)))
    took_s = time.monotonic() - started_s
    assert {answer.status_code for answer in answers} == {200}
    for edge, before in asked.items():
        # It may be kept for a second.
        assert edge.measure("scorewire_edge_questions_total", answer="asked") - before <= took_s + 2


def test_what_an_edge_does_not_have_is_not_there(site: Site) -> None:
    secret = site.node.secrets["acme"]
    edge = EdgeProcess.__new__(EdgeProcess)
    edge.__dict__.update(site.near.__dict__, secrets={"acme": secret})
    assert edge.post("acme", declare("elsewhere")).status_code == 404
    for path in ("/v1/admin/status", "/v1/admin/keys", "/desk", "/v1//admin/status"):
        assert site.near.get(path, headers={"authorization": "Bearer x"}).status_code == 404, path
    assert httpx.post(f"{site.near.url}/v1/games").status_code in {404, 405}
    assert httpx.delete(f"{site.near.url}/v1/games/g1").status_code in {404, 405}
    assert site.near.get("/livez").status_code == 200


def test_a_link_that_is_cut_comes_back_and_nothing_is_missed(site: Site) -> None:
    game_id = site.game()
    fans = [Fan(tier, f"game={game_id}") for tier in (site.near, site.far)]
    for fan in fans:
        fan.waits_for(2)
    links = site.near.measure("scorewire_edge_links_total")
    site.line.refuse()
    wait_until(lambda: site.near.measure("scorewire_edge_up") == 0)
    last = site.goals(game_id, 3)
    assert [fan.seqs[-1] for fan in fans] == [2, 2]
    # What is at hand is shown; what is not is refused, and soon.
    assert site.near.get(f"/v1/games/{game_id}/score").json()["seq"] == 2
    refused = site.near.get(f"/v1/games/{game_id}/events?since_seq=77")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (503, True)
    assert site.near.get("/readyz").status_code == 200
    assert "[!]upstream: no link for" in site.near.get("/readyz?verbose").text
    site.line.admit()
    for fan in fans:
        fan.waits_for(last)
        assert fan.seqs == [2, 3, 4, 5], "row by row, and not a full state"
        assert not fan.ended.is_set()
    assert site.near.measure("scorewire_edge_links_total") > links
    fans[1].waits_for(site.goals(game_id, 1))


def test_a_line_that_says_nothing_is_given_up(site: Site) -> None:
    game_id = site.game()
    fan = Fan(site.far, f"game={game_id}")
    fan.waits_for(2)
    site.line.lose()
    last = site.goals(game_id, 1)
    fan.waits_for(last)
    assert fan.seqs == [2, 3]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_middle_one_goes_and_comes_back(site: Site, number: signal.Signals) -> None:
    game_id = site.game()
    fan = Fan(site.far, f"game={game_id}")
    fan.waits_for(2)
    assert site.near.process is not None
    site.near.process.send_signal(number)
    site.near.process.wait(30)
    last = site.goals(game_id, 2)
    assert site.far.get(f"/v1/games/{game_id}/score").json()["seq"] == 2
    site.near.start()
    fan.waits_for(last)
    assert fan.seqs == [2, 3, 4]
    fan.waits_for(site.goals(game_id, 1))
    assert not fan.ended.is_set()


def test_the_node_goes_and_comes_back(site: Site) -> None:
    game_id = site.game()
    fan = Fan(site.far, f"game={game_id}")
    fan.waits_for(2)
    site.node.kill()
    site.node.start()
    last = site.goals(game_id, 2)
    fan.waits_for(last)
    assert fan.seqs == [2, 3, 4]


def test_every_metric_of_an_edge_is_fed_and_it_says_that_it_is_ready(site: Site) -> None:
    wait_until(site.linked)
    told = {line.split("{")[0].split(" ")[0] for line in site.near.get("/metrics").text.splitlines()}
    mine = {name for name in METRICS if name.startswith("scorewire_edge")}
    assert not {name for name in mine if name not in told and f"{name}_count" not in told}
    assert site.near.measure("scorewire_edges_linked") == 1
    assert site.near.get("/readyz?verbose").text.endswith("[+]upstream ok\nok\n")


def test_an_edge_stops_in_order(site: Site, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path / "edge", site.node.url).start()
    try:
        fan = Fan(edge, f"game={site.game()}")
        fan.waits_for(2)
        assert edge.stop() == 0
        assert fan.ended.wait(10)
        assert fan.told[-1]["event"] == "bye"
        assert '"byes": 1' in edge.log.read_text().splitlines()[-1]
    finally:
        edge.close()


def hello(url: str, token: str, **fields: object) -> tuple[int, str]:
    """How a link is refused: an HTTP status, or a close code with its reason."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with connect(f"{url.replace('http', 'ws')}/v1/link", additional_headers=headers, proxy=None) as one:
            given = {"version": link.VERSION, "name": "x", "pid": 1, "held": (), "heard_ms": 0, **fields}
            one.send(link.encode(link.Hello(**given)))  # type: ignore[arg-type]
            with contextlib.suppress(ConnectionClosed):
                one.recv(10)
            return one.close_code or 0, one.close_reason or ""
    except InvalidStatus as refused:
        return refused.response.status_code, ""


def test_who_is_no_edge_of_this_node_is_told_so(site: Site) -> None:
    for token in ("", "x", TOKEN[:-1], TOKEN + "0", "x" * 8000):
        assert hello(site.node.url, token) == (401, "")
    assert hello(site.node.url, TOKEN, version=link.VERSION + 1, selective=True) == (
        link.REFUSED,
        f"this pipeline speaks version {link.VERSION} of the link",
    )
    assert hello(site.node.url, TOKEN)[0] == link.REFUSED, "who wants to be told everything"
    long = f"GET /v1/link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {'x' * 100_000}\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", site.node.port), timeout=10)) as raw:
        raw.sendall(long.encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 431 ")


def test_a_token_that_is_wrong_is_told_to_the_operator_and_never_shown(site: Site, tmp_path: Path) -> None:
    wrong = "f" * 40
    edge = EdgeProcess(tmp_path / "edge", site.node.url, token=wrong)
    says(edge, "401: server.upstream_token is not the upstream's server.link_token")
    for log in (edge.log, site.node.log, site.near.log, site.far.log):
        text = log.read_text()
        assert wrong not in text
        assert TOKEN not in text


def says(edge: EdgeProcess, reason: str, *, reads: int = 200) -> None:
    """It runs, and says in its log and to whoever asks that it is not ready, and why."""
    edge.launch()
    with closing(edge):
        wait_until(lambda: reason in edge.log.read_text(), reason)
        answer = edge.get("/readyz")
        assert answer.status_code == 503
        assert reason in answer.text
        assert edge.get("/livez").status_code == 200
        assert edge.get("/v1/games").status_code == reads, "who may not follow may still read"


@pytest.mark.nginx
def test_tls_is_verified_by_the_authority_that_is_named(site: Site, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    front = Front("nginx", site.node.port)
    front._changes = {
        f"listen 127.0.0.1:{front.port} backlog=4096;": f"listen 127.0.0.1:{front.port} ssl backlog=4096;"
        f" ssl_certificate {certificates.certificate}; ssl_certificate_key {certificates.key};"
    }
    with front:
        url = f"https://localhost:{front.port}"
        game_id = site.game()
        edge = EdgeProcess(tmp_path / "edge", url, upstream_ca=str(certificates.authority))
        with closing(edge.start()):
            fan = Fan(edge, f"game={game_id}")
            fan.waits_for(2)
            fan.waits_for(site.goals(game_id, 1))
            assert edge.get(f"/v1/games/{game_id}/events").json()["seq"] == 3
        # What the system trusts is not this.
        says(EdgeProcess(tmp_path / "stranger", url), "certificate verify failed", reads=503)


def test_a_node_with_workers_has_edges_too(tmp_path: Path) -> None:
    with ExitStack() as stack:
        node = NodeProcess(tmp_path / "node", env=LINKED, workers=2)
        stack.callback(node.close)
        node.start().key("acme")
        edge = EdgeProcess(tmp_path / "edge", node.url)
        stack.callback(edge.close)
        edge.start()
        node.post("acme", declare("g1"))
        node.settle("g1", 1)
        fan = Fan(edge, "game=g1")
        fan.waits_for(1)
        node.post("acme", event("g1", 1, "PERIOD_START", period=1))
        fan.waits_for(2)
