"""The command itself: its file, its choice, its errors; what it does live is in tests/e2e/test_feeds.py."""

from pathlib import Path

from .conftest import Run

FEEDS = """
[feeds.one]
kind = "poll"
url = "http://127.0.0.1:9/a"
format = "native"
key = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
[feeds.two]
kind = "poll"
url = "http://127.0.0.1:9/b"
format = "native"
key = { env = "SCOREWIRE_NO_SUCH_KEY" }
"""


def test_a_file_is_checked_without_following_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(FEEDS)
    assert run("feed", str(path), "--check", "--only", "one") == (0, "1 feeds: one\n", "")
    code, _, told = run("feed", str(path), "--check")
    assert code == 2
    assert "feeds.two.key: there is no SCOREWIRE_NO_SUCH_KEY" in told


def test_a_feed_that_is_not_there_and_a_file_that_is_not(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(FEEDS)
    code, _, told = run("feed", str(path), "--only", "three")
    assert (code, "'three' is none of one, two" in told) == (2, True)
    code, _, told = run("feed", str(tmp_path / "none.toml"))
    assert (code, "cannot be read" in told) == (2, True)
