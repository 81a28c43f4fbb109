"""The table of the protocol on the JavaScript client, in Node and in Chromium, and on Chromium's EventSource.

In Python it runs in tests/unit/client. The page of the browser has the policy of our pages: the client needs
no more than `script-src` and `connect-src`.
"""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from conftest import find_browser
from scorewire.web.pages import POLICY

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "protocol_cases"
STREAMS = json.loads((CASES / "event_stream.json").read_text())
IN_NODE = """
import { readFileSync } from "node:fs";
const [client, runner, cases] = process.argv.slice(1);
const table = (name) => JSON.parse(readFileSync(`${cases}/${name}.json`, "utf8"));
const { run } = await import(runner);
const wrong = run(await import(client), { session: table("session"), streams: table("event_stream") });
console.log(JSON.stringify(wrong));
"""
IN_PAGE = """async () => {
  const table = async (name) => (await fetch(`/${name}.json`)).json();
  const { run } = await import("/run.js");
  const tables = { session: await table("session"), streams: await table("event_stream") };
  return run(await import("/protocol.js"), tables);
}"""
BY_EVENTSOURCE = """(names) => Promise.all(names.map((name, row) => new Promise((told) => {
  const heard = [], source = new EventSource(`/stream/${row}`);
  for (const type of ["message", "x", "y"])
    source.addEventListener(type, (event) => heard.push([event.type, event.data, event.lastEventId]));
  source.onerror = () => { source.close(); told(heard); };
})))"""


def in_node(client: Path) -> list[str]:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--input-type=module", "-e", IN_NODE, client, CASES / "run.js", CASES],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.nodejs
def test_the_cases_pass_in_node() -> None:
    assert in_node(ROOT / "clients" / "js" / "protocol.js") == []


@pytest.mark.nodejs
@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ("SILENCE_MS = 45_000", "SILENCE_MS = 46_000", "a silent line is a dead one"),
        ('&& !value.includes("\\0")', "", "an id with NUL is passed over"),
        ("held.seq >= state.seq", "false", "what is repeated is passed over"),
        (
            "if ([...this.games.values()].some",
            "if ([].some",
            "a connection that is lost with a gap joins anew",
        ),
    ],
)
def test_a_client_that_breaks_the_protocol_fails(tmp_path: Path, right: str, wrong: str, case: str) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    text = (ROOT / "clients" / "js" / "protocol.js").read_text()
    assert text.count(right) == 1
    (tmp_path / "protocol.js").write_text(text.replace(right, wrong))
    assert any(sentence.startswith(case) for sentence in in_node(tmp_path / "protocol.js"))


def raw(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()


class Files(BaseHTTPRequestHandler):
    """The client, the tables, a page with our policy, and each row of the streams as a stream that ends."""

    def do_GET(self) -> None:
        if self.path.startswith("/stream/"):
            return self._answer("text/event-stream", raw(STREAMS[int(self.path.removeprefix("/stream/"))]))
        held = {
            "/run.js": CASES / "run.js",
            "/protocol.js": ROOT / "clients" / "js" / "protocol.js",
            "/session.json": CASES / "session.json",
            "/event_stream.json": CASES / "event_stream.json",
        }.get(self.path)
        if held is None:
            return self._answer("text/html", b"<!doctype html><title>cases</title>")
        kind = "text/javascript" if held.suffix == ".js" else "application/json"
        return self._answer(kind, held.read_bytes())

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server, sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"http://127.0.0.1:{server.server_port}/")
        yield made
        browser.close()
        server.shutdown()
        thread.join()


@pytest.mark.browser
def test_the_cases_pass_in_chromium(page: Page) -> None:
    assert page.evaluate(IN_PAGE) == []


@pytest.mark.browser
def test_chromiums_own_eventsource_says_the_same_of_the_streams(page: Page) -> None:
    """So the table is the standard's, not ours. The last id and `retry` of a stream it keeps to itself."""
    names = [case["name"] for case in STREAMS]
    heard = page.evaluate(BY_EVENTSOURCE, names)
    assert dict(zip(names, heard, strict=True)) == {case["name"]: case["events"] for case in STREAMS}
