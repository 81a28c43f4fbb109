"""Pictures of every page, narrow and wide, light and dark, for somebody to look at.

    python tests/e2e/screenshots.py FOLDER [--url URL] [PATH ...]

Without a URL they are of a demo, started for it; without paths of all pages that it has.
"""

import argparse
import re
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conftest import find_browser
from e2e.demo_process import Demo
from e2e.sitemap import paths

WIDTHS = {"phone": 390, "desktop": 1280}
HEIGHT = 900
SCHEMES = ("light", "dark")


def take(url: str, wanted: Iterable[str], folder: Path) -> int:
    """Take them, each page whole; returns how many.

    Args:
        url: of a node that runs.
        wanted: paths of pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name, width in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                for path in wanted:
                    page.goto(url + path)
                    page.wait_for_timeout(300)  # for what a stream brings first
                    page.screenshot(path=folder / f"{file_name(path)}-{name}-{scheme}.png", full_page=True)
                    taken += 1
                context.close()
        browser.close()
    return taken


def file_name(path: str) -> str:
    """`/game/g1/stats` is called `game-g1-stats`, and `/` is called `front`."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", path).strip("-") or "front"


def main() -> None:
    """Read the command's line and do it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="of a node that runs; without, a demo is started")
    parser.add_argument("paths", nargs="*")
    asked = parser.parse_intermixed_args()
    demo = None if asked.url else Demo("--port", "0", "--speed", "0.5")
    try:
        url = asked.url or demo.until("Ctrl+C stops").split("Front page")[1].split()[0]  # type: ignore[union-attr]
        url = url.rstrip("/")
        games = httpx.get(f"{url}/v1/games", params={"limit": 100}, timeout=20).json()["games"]
        print(take(url, asked.paths or paths(url, games), asked.folder), "pictures in", asked.folder)
    finally:
        if demo is not None:
            demo.leave(signal.SIGTERM)


if __name__ == "__main__":
    main()
