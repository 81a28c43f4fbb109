"""What `serve` refuses before a node is built; the running node is tested end to end."""

from pathlib import Path

import pytest

from scorewire.cli.app import main
from scorewire.cli.serve import check_profile
from scorewire.config import Config, Server
from scorewire.errors import ConfigError


def test_what_cannot_be_done_yet_is_refused_by_name() -> None:
    with pytest.raises(ConfigError) as caught:
        check_profile(Config(server=Server(roles=("alerts",))))
    assert caught.value.key == "server.roles"


def test_the_embedded_profile_is_fine() -> None:
    check_profile(Config())
    check_profile(Config(server=Server(workers=2)))


@pytest.mark.parametrize(
    ("flags", "key"),
    [
        (["--port", "99999"], "server.port"),
        (["--roles", "gateway,cook"], "server.roles"),
        (["--workers", "-1"], "server.workers"),
        (["--roles", "edge"], "server.upstream"),
        (["--roles", "edge,gateway"], "server.upstream"),
        (["--upstream", "https://scores.example"], "server.upstream_token"),
        (["--config", "absent.toml"], "absent.toml"),
    ],
)
def test_bad_flags_end_with_2_and_name_the_key(
    capsys: pytest.CaptureFixture[str], flags: list[str], key: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", *flags])
    assert left.value.code == 2
    assert f"scorewire: {key}: " in capsys.readouterr().err


def test_a_bad_file_ends_with_2_and_names_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[fanout]\nheartbeats = 3\n")
    with pytest.raises(SystemExit) as left:
        main(["serve", "--config", str(path)])
    assert left.value.code == 2
    assert "fanout.heartbeats: no such setting" in capsys.readouterr().err
