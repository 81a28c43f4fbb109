"""A real node for tests over real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import shared_profile
from conftest import find_browser
from e2e.matchday import NOW, matchday
from e2e.page_server import PageServer
from node_process import NodeProcess

# Where nothing else is said; five seconds, its own, are short for a browser on a busy machine.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Over the distributed profile every node needs its servers; where they are missing that is said."""
    if shared_profile.ENABLED:
        for item in items:
            for name in shared_profile.SERVERS:
                item.add_marker(name)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node that runs, with the provider `acme`."""
    one = NodeProcess(tmp_path / "data").start()
    one.key("acme")
    yield one
    one.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of a file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def server() -> Iterator[PageServer]:
    """The pages with a stream that a test can cut."""
    with PageServer(matchday(), NOW) as running:
        yield running
