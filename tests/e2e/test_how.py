"""The page /how on a real node: a goal is drawn tier by tier and comes live; a race counts what was sent."""

import json
import socket
import time

import pytest
from playwright.sync_api import Browser, expect

import shared_profile
from e2e.accessibility import look_at
from e2e.page_server import PageServer
from node_process import NodeProcess, declare, event

pytestmark = [
    pytest.mark.browser,
    shared_profile.embedded_only(
        "a site times its tiers in processes of their own, and has no practice games"
    ),
]


@pytest.fixture
def played(node: NodeProcess) -> NodeProcess:
    """A node with a game of a dozen shots and goals, twenty seconds apart by their provider's clock."""
    plays = [
        event("g1", number, "GOAL" if number % 4 == 0 else "SHOT", team="home", period=1)
        for number in range(2, 14)
    ]
    plays.insert(0, event("g1", 1, "PERIOD_START", period=1))
    for number, one in enumerate(plays):
        one["time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_795_000_000 + 17 * number))
    node.post("acme", [declare("g1"), *plays])
    node.settle("g1", 14)
    return node


def raw(port: int, request: str, until: bytes) -> bytes:
    """The bytes of an answer, as they come from the socket."""
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.sendall(request.replace("\n", "\r\n").encode())
        found = b""
        while until not in found:
            found += sock.recv(65536)
    return found


def test_a_goal_is_drawn_without_scripts_and_the_next_comes_by_itself(
    browser: Browser, played: NodeProcess
) -> None:
    with browser.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{played.url}/how")
        expect(page.locator("#way h2")).to_contain_text("Goal, 3–0 Red Town v Blue City")
        tiers = page.locator("#way tbody tr")
        expect(tiers.locator("th")).to_have_text(
            ["Intake and log", "Games", "Journal", "Scoreboard", "Fan-out"]
        )
        expect(tiers.nth(2)).to_contain_text("ms")
        nobody = "held by other processes" if played.workers else "nobody here followed"
        expect(tiers.nth(4)).to_contain_text(nobody)
        expect(page.locator("#race")).to_contain_text("The race needs scripts")
        expect(page.locator("#race-start")).to_be_hidden()
    with browser.new_context() as live:
        page = live.new_page()
        page.goto(f"{played.url}/how")
        follower = live.new_page()
        follower.goto(f"{played.url}/game/g1")
        expect(follower.locator("#link")).to_have_attribute("data-state", "live")
        page.bring_to_front()
        played.post("acme", event("g1", 14, "GOAL", team="away", period=1))
        expect(page.locator("#way h2")).to_contain_text("Goal, 3–1")
        if not played.workers:
            expect(page.locator("#way .total")).to_contain_text("the one fan who followed")
            expect(page.locator("#way tbody tr").nth(4).locator("td")).to_have_count(3)


def test_a_race_is_run_and_counted(browser: Browser, played: NodeProcess) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{played.url}/how")
        page.click("#race-start")
        rows = page.locator(".racetable tbody tr")
        expect(rows.first).to_be_visible(timeout=60_000)
        assert not faults
        found = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()}
        assert found["Changes known in the end"] == ["13 of 13"] * 4
        asked = [int(one.replace(",", "")) for one in found["Requests"]]
        assert asked[:2] == [1, 1]
        # 204 seconds of the game: a question each 2 or each 10 of them, the first, and the last turn.
        assert 60 <= asked[2] <= 115
        assert 14 <= asked[3] <= 25
        assert page.locator(".strips svg").count() == 4
        assert played.get("/v1/games").json()["games"][0]["game_id"] == "g1"
        assert not look_at(page, of_its_kind=True)


def test_bytes_are_those_on_the_wire(browser: Browser, played: NodeProcess) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{played.url}/how")
        script = page.locator('script[src$="race.js"]').get_attribute("src") or ""
        counted = page.evaluate(
            """async (url) => {
              const { Polling, Socketed, Streamed, SOCKET_HEAD_BYTES } = await import(url);
              const asking = new Polling("", "g1", 1000);
              await asking.ask();
              const first = asking.bytes;
              await asking.ask();
              const told = [new Streamed("", "g1"), new Socketed("", "g1")];
              for (const one of told) await one.open();
              while (told.some((one) => !one.last)) await new Promise((done) => setTimeout(done, 20));
              for (const one of told) one.close();
              const [stream, socket] = told.map((one) => one.bytes);
              const [upgrade, unchanged] = [SOCKET_HEAD_BYTES, asking.bytes - first];
              return { whole: first, unchanged, stream, socket: socket - upgrade, upgrade };
            }""",
            script.replace("race.js", "readers.js"),
        )
    port = int(played.url.rsplit(":", 1)[1])
    whole = raw(port, "GET /v1/games/g1/score HTTP/1.1\nHost: n\n\n", b"}}")
    tag = whole.split(b"etag: ")[1].split(b"\r\n")[0].decode()
    unchanged = raw(port, f"GET /v1/games/g1/score HTTP/1.1\nHost: n\nIf-None-Match: {tag}\n\n", b"\r\n\r\n")
    body = whole.split(b"\r\n\r\n", 1)[1]
    assert json.loads(body)["seq"] == 14
    assert (counted["whole"], counted["unchanged"]) == (len(whole), len(unchanged))
    stream = raw(port, "GET /v1/stream?game=g1 HTTP/1.1\nHost: n\n\n", b"}\n\n")
    assert counted["stream"] == len(stream)
    upgrade = raw(
        port,
        "GET /v1/ws HTTP/1.1\nHost: n\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Extensions: permessage-deflate\n\n",
        b"\r\n\r\n",
    )
    assert counted["upgrade"] == len(upgrade.split(b"\r\n\r\n")[0]) + 4
    assert counted["socket"] > len(body), "the state came, in a message"


def test_only_waiting_for_a_turn_is_scaled(browser: Browser, server: PageServer) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        found = page.evaluate(
            """async () => {
              const { behind, lateness, column, crowd } = await import("/static/any/tally.js");
              const speed = 60, had = 1000;
              const reader = { name: "", kind: "poll", requests: 90, bytes: 1800, answers: 1,
                               heard: new Map([2, 3].map((seq) => [seq, { at: 1015, asked: 1010 }])) };
              const one = column(reader, [2, 3, 4].map((seq) => ({ seq, had: 998 + seq })), speed);
              const fans = { fans: 1000, span_s: 1800, beat_s: 15, beat_bytes: { sse: 3 } };
              return {
                told: lateness({ had, asked: 0, at: 1007, speed }),
                ahead: lateness({ had, asked: 0, at: 999.5, speed }),
                waited: lateness({ had, asked: 1010, at: 1015, speed }),
                overtaken: lateness({ had, asked: 990, at: 1015, speed }),
                column: [one.changes, one.seen, one.median, one.worst],
                behind: behind([0, 100, 1000].map((had) => ({ had, late: 9000 })), speed),
                asking: crowd(one, fans),
                listening: crowd({ kind: "sse", requests: 1, bytes: 1800 }, fans).bytes_s,
              };
            }"""
        )
    assert (found["told"], found["ahead"]) == (7, 0)
    assert found["waited"] == 10 * 60 + 5
    assert found["overtaken"] == 15, "asked before there was anything to hear, and heard it all the same"
    assert found["column"] == [2, 1, 9 * 60 + 5, 10 * 60 + 5]
    assert found["behind"] == 15_000 + 9000, "the first two overlap by 3 s, the third stands alone"
    assert found["asking"] == {"asked_s": 50, "bytes_s": 1000}
    assert found["listening"] == 1000 + 120 * 3 * 1000 / 1800
