"""The page of settings is the one that config.py writes."""

from pathlib import Path

from scorewire.config import Config
from scorewire.node.server import KEEP_ALIVE_S
from scorewire.settings import describe, meanings
from scorewire.settings_page import page

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == page(), "run `make docs` and commit docs/configuration.md"


def test_every_setting_stands_on_the_page_with_its_type() -> None:
    text = page()
    for setting in describe(Config()):
        section, name = setting.key.split(".")
        assert f"| `{name}` |" in text.split(f"## `[{section}]`")[1].split("\n## ")[0]
    assert "| `port` | integer, 0 to 65535 | `8080` |" in text
    assert "`dense` or `sparse` or `none`" in text


def test_the_page_names_the_time_that_a_silent_connection_has() -> None:
    assert f"closed after {KEEP_ALIVE_S} s" in meanings()["Server.head_read_s"]
