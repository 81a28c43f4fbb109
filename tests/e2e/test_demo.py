"""`scorewire demo` as a person meets it: a real process, its printed lines, a score that moves."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from conftest import find_browser
from e2e.demo_process import Demo

pytestmark = pytest.mark.slow

MOVES_S = 30.0


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on already."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def scores(url: str) -> dict[str, tuple[int, int, str]]:
    games = httpx.get(f"{url}/v1/games", params={"limit": 100}, timeout=20).json()["games"]
    return {game["game_id"]: (game["home"]["score"], game["away"]["score"], game["status"]) for game in games}


def dead_letters(folder: Path) -> list[object]:
    """What the rules have refused, as the running node tells its operator."""
    listed = subprocess.run(
        [sys.executable, "-m", "scorewire", "dead-letters", "list", "--json", "--data", str(folder)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: list[object] = json.loads(listed.stdout)
    return found


def test_the_demo_shows_a_matchday_that_moves(taken: int) -> None:
    demo = Demo("--port", str(taken))
    try:
        text = demo.until("Ctrl+C stops.")
        printed_s = time.monotonic()
        assert f"Port {taken} is taken" in text
        url = re.search(r"Front page +(http://\S+)/\n", text)[1]  # type: ignore[index]
        assert not url.endswith(f":{taken}")
        curl = re.search(r"curl -N '(\S+)'", text)[1]  # type: ignore[index]
        folder = Path(re.search(r"Data +(\S+) ", text)[1])  # type: ignore[index]
        before = scores(url)
        statuses = [status for _, _, status in before.values()]
        assert statuses.count("final") >= 2
        assert statuses.count("scheduled") >= 2
        assert sum(status in {"live", "break"} for status in statuses) >= 5
        while scores(url) == before:
            assert time.monotonic() - printed_s < MOVES_S, "no score has moved"
            time.sleep(0.2)
        with httpx.stream("GET", curl, timeout=MOVES_S) as stream:
            lines = stream.iter_lines()
            data = next(line for line in lines if line.startswith("data:"))
            assert json.loads(data[5:])["type"] == "full_state"
        assert folder.is_dir()
        assert dead_letters(folder) == []
        errors = demo.leave(signal.SIGINT)
        assert "refused" not in errors, errors
        assert "Traceback" not in errors, errors
        assert demo.process.returncode == 0
        assert not folder.exists()
    finally:
        demo.process.kill()
        demo.process.communicate()


def test_a_kept_folder_serves_a_second_demo(tmp_path: Path) -> None:
    for _ in range(2):
        demo = Demo("--port", "0", "--speed", "60", "--data", str(tmp_path / "kept"))
        try:
            text = demo.until("Ctrl+C stops.")
            errors = demo.leave(signal.SIGTERM)
            assert "refused" not in errors, errors
            assert demo.process.returncode == 0
        finally:
            demo.process.kill()
            demo.process.communicate()
        assert "(removed at exit)" not in text
    assert (tmp_path / "kept" / "journal.sqlite").is_file()


@pytest.mark.browser
def test_a_browser_sees_the_matchday_move_and_a_goal_taken_back() -> None:
    """At 60 times the pace the goal of 90+3 and the end of it are seconds apart, and both soon come."""
    demo = Demo("--port", "0", "--speed", "60")
    try:
        url = re.search(r"Front page +(http://\S+)/\n", demo.until("Ctrl+C stops."))[1]  # type: ignore[index]
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
            said: list[str] = []
            front, game = chromium.new_page(), chromium.new_page()
            for page in (front, game):
                page.on("console", lambda told: said.append(told.text))
                page.on("pageerror", lambda error: said.append(str(error)))
            game.goto(f"{url}/game/city-spurs-2019-1")
            front.goto(f"{url}/")
            expect(front.locator("#link")).to_have_text("live")
            front.evaluate("window.sameDocument = true")
            # The class stands only on a score that has changed under the eyes of the reader.
            expect(front.locator(".row .side.flash").first).to_be_attached(timeout=MOVES_S * 1000)
            assert front.evaluate("window.sameDocument")
            struck = game.locator("#lines > li.struck", has_text="Raheem Sterling")
            expect(struck.locator("em")).to_have_text("cancelled", timeout=30_000)
            expect(game.locator('[data-hero] [data-part="home"]')).to_have_text("4")
            chromium.close()
        assert said == []
        assert "Traceback" not in demo.leave(signal.SIGINT)
    finally:
        demo.process.kill()
        demo.process.communicate()
