"""Flags win over the environment, and what was not given changes nothing."""

from pathlib import Path

import pytest

from scorewire.cli.options import configured
from scorewire.config import Config
from scorewire.errors import ConfigError


def test_nothing_given_is_the_default() -> None:
    assert configured() == Config()
    assert configured(None, None, server__port=None) == Config()


def test_flags_win_over_environment_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[server]\nport = 1\nhost = "a"\n[storage]\ndata = "x"\n')
    monkeypatch.setenv("SCOREWIRE__SERVER__PORT", "2")
    config = configured(path, "/srv", server__port=3)
    assert (config.server.port, config.server.host, config.storage.data) == (3, "a", "/srv")
    assert configured(path).server.port == 2


def test_a_bad_flag_names_its_key() -> None:
    with pytest.raises(ConfigError, match=r"server\.port"):
        configured(server__port=70_000)
