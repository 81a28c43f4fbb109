"""The Varnish of deploy/ forgets by key what has changed, at the word of a node and nobody else's."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from e2e.origin import Asked, Origin, Said
from node_process import NodeProcess, declare, event, free_port
from scorewire.api.caching.varnish import VarnishXkey
from scorewire.errors import BackendError
from services.fronts import PURGE_TOKEN, Front
from services.ports import HOST

pytestmark = pytest.mark.varnish

KEPT = {
    "cache-control": "public, max-age=1, stale-if-error=60",
    "cdn-cache-control": "public, max-age=300, stale-while-revalidate=60, stale-if-error=600",
}
LONG = {"if (beresp.ttl > 1s": "if (beresp.ttl > 60s", "set beresp.ttl = 1s;\n": "set beresp.ttl = 60s;\n"}
"""Longer than these tests, so that nothing ends by itself."""


class Counting:
    """Answers of a game with how often it was asked for, under the game's key; by seq for ever."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def __call__(self, asked: Asked) -> Said:
        path = asked.target.partition("?")[0]
        game = path.strip("/")
        self.counts[path] = self.counts.get(path, 0) + 1
        return Said(body=b"%d" % self.counts[path], headers={**KEPT, "surrogate-key": f"g:{game} l:cup"})


@pytest.fixture(scope="module")
def ground() -> Iterator[tuple[Front, Origin]]:
    with Origin(Counting()) as origin, Front("varnish", origin.port, changes=LONG) as front:
        yield front, origin


def purge(front: Front, keys: str, *, token: str = PURGE_TOKEN, source: str = HOST) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as client:
        headers = {"Surrogate-Key": keys}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return client.request("PURGE", front.url, headers=headers)


def get(front: Front, path: str) -> str:
    answer = httpx.get(f"{front.url}{path}")
    assert answer.status_code == 200, answer.text
    assert not {"xkey", "x-kept"} & set(answer.headers)
    return answer.text


def test_what_carries_a_key_is_asked_for_anew_and_nothing_else(ground: tuple[Front, Origin]) -> None:
    front, _ = ground
    assert [get(front, path) for path in ("/a", "/a", "/b", "/b")] == ["1", "1", "1", "1"]
    assert purge(front, "g:none").text == "0\n"
    assert get(front, "/a") == "1"
    assert purge(front, "g:a").text == "1\n"
    assert [get(front, path) for path in ("/a", "/a", "/b")] == ["2", "2", "1"]
    assert purge(front, "l:cup").text in ("2\n", "3\n"), "the one before may not be swept up yet"
    assert [get(front, path) for path in ("/a", "/b")] == ["3", "2"]
    assert purge(front, "g:none g:a g:b").text != "0\n"
    assert [get(front, path) for path in ("/a", "/b")] == ["4", "3"]


@pytest.mark.parametrize(
    ("token", "source"), [("", HOST), ("wrong", HOST), (PURGE_TOKEN + "x", HOST), (PURGE_TOKEN, "127.0.0.9")]
)
def test_nobody_else_may_purge(ground: tuple[Front, Origin], token: str, source: str) -> None:
    front, _ = ground
    before = get(front, "/c")
    assert purge(front, "g:c", token=token, source=source).status_code == 403
    assert get(front, "/c") == before


def test_without_keys_nothing_is_purged(ground: tuple[Front, Origin]) -> None:
    front, _ = ground
    before = get(front, "/d")
    answer = httpx.request("PURGE", f"{front.url}/d", headers={"Authorization": f"Bearer {PURGE_TOKEN}"})
    assert answer.status_code == 403
    assert get(front, "/d") == before


def test_a_missing_token_file_lets_nobody_purge() -> None:
    counting = Counting()
    with Origin(counting) as origin, Front("varnish", origin.port, changes=LONG) as front:
        (front.folder / "purge-token").unlink()
        assert get(front, "/a") == "1"
        for token in ("", PURGE_TOKEN, "null"):
            assert purge(front, "g:a", token=token).status_code in (403, 503)
        assert get(front, "/a") == "1"


def test_what_was_purged_is_still_given_when_the_node_cannot_be_asked(ground: tuple[Front, Origin]) -> None:
    front, origin = ground
    before, shown = origin.answer, get(front, "/e")
    origin.answer = lambda _: Said(500, b"broken")
    try:
        assert purge(front, "g:e").text == "1\n"
        assert get(front, "/e") == shown
        origin.answer = before
        deadline = time.monotonic() + 5
        while get(front, "/e") == shown:
            assert time.monotonic() < deadline, "the old one is given although the node answers again"
            time.sleep(0.05)
    finally:
        origin.answer = before


def test_the_same_question_in_another_order_is_the_same_answer(ground: tuple[Front, Origin]) -> None:
    front, _ = ground
    assert [get(front, path) for path in ("/f?b=2&a=1", "/f?a=1&b=2", "/f?a=1&b=3")] == ["1", "1", "2"]


async def test_the_purger_has_it_forget_what_has_changed(ground: tuple[Front, Origin]) -> None:
    front, _ = ground
    assert [get(front, "/g"), get(front, "/h")] == ["1", "1"]
    async with VarnishXkey(url=f"{front.url}/", token=PURGE_TOKEN) as varnish:
        await varnish.purge(["g:none", "g:g"])
        assert [get(front, "/g"), get(front, "/h")] == ["2", "1"]
    async with VarnishXkey(url=f"{front.url}/", token="wrong") as varnish:
        with pytest.raises(BackendError, match="403"):
            await varnish.purge(["g:h"])
    assert get(front, "/h") == "1"


def test_a_goal_is_seen_through_varnish_as_soon_as_it_is_told(tmp_path: Path) -> None:
    """Kept for a minute, so that nothing but the purge can make it new; then the purge is broken."""
    front = Front("varnish", free_port(), changes=LONG)
    env = {
        "SCOREWIRE__CDN__PURGE_URLS": f"{front.url}/",
        "SCOREWIRE__CDN__PURGE_TOKEN": PURGE_TOKEN,
        "SCOREWIRE__CDN__PURGE_INTERVAL_MS": "100",
    }
    node = NodeProcess(tmp_path / "data", port=front.node_port, env=env)
    with ExitStack() as stack:
        stack.callback(node.close)
        stack.callback(front.close)
        node.start()
        node.key("acme")
        node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
        node.settle("g1", 2)
        front.start()
        before = metric(node, "failed")
        path, number = "/v1/games/g1/score", 1
        for home in range(1, 4):
            assert httpx.get(f"{front.url}{path}").json()["home"]["score"] == home - 1
            assert (
                httpx.get(f"{front.url}/v1/games?league=cup").json()["games"][0]["home"]["score"] == home - 1
            )
            number += 1
            node.post("acme", event("g1", number, "GOAL", team="home", period=1))
            deadline = time.monotonic() + 10
            for one in (path, "/v1/games?league=cup"):
                while f'"score":{home}' not in httpx.get(f"{front.url}{one}").text:
                    assert time.monotonic() < deadline, f"{one} is not purged: {metric(node, 'sent')}"
                    time.sleep(0.02)
        assert metric(node, "sent") >= 3
        assert metric(node, "failed") == before, "it was not there yet, and then it was"
        directly_past(front, node, path)
        front.stop()
        number += 1
        node.post("acme", event("g1", number, "GOAL", team="home", period=1))
        deadline = time.monotonic() + 10
        while metric(node, "failed") == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert node.settle("g1", number + 1)["home"]["score"] == 4


def directly_past(front: Front, node: NodeProcess, path: str) -> None:
    """A key that asks past all caches does, and an unknown one is refused."""
    command = [
        sys.executable,
        "-m",
        "scorewire",
        "keys",
        "create",
        "bot",
        "--direct",
        "--data",
        str(node.data),
    ]
    made = subprocess.run(command, check=True, capture_output=True, text=True, env=node.env)
    for one in (path, "/v1/games?league=cup"):
        cached = httpx.get(f"{front.url}{one}")
        assert "public" in cached.headers["cache-control"]
        answer = httpx.get(f"{front.url}{one}", headers={"Authorization": f"Bearer {made.stdout.strip()}"})
        assert (answer.status_code, answer.json()) == (200, cached.json())
        assert answer.headers["cache-control"] == "private, no-store"
        assert "varnish; fwd=bypass" in answer.headers["cache-status"]
        assert httpx.get(f"{front.url}{one}").headers["x-cache"] == "HIT"
        refused = httpx.get(f"{front.url}{one}", headers={"Authorization": "Bearer swd_none"})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


def metric(node: NodeProcess, outcome: str) -> float:
    wanted = f'scorewire_cdn_purges_total{{outcome="{outcome}"}} '
    (line,) = (line for line in node.get("/metrics").text.splitlines() if line.startswith(wanted))
    return float(line.removeprefix(wanted))
