"""`config show|check|schema`."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from scorewire.cli.app import main
from scorewire.settings import load
from scorewire.settings_page import page


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["config", *arguments])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_show_prints_toml_that_loads_to_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[server]\nport = 7000\n[providers.acme]\nsequence = "dense"\n')
    code, out, _ = run(capsys, "show", "--config", str(path))
    assert code == 0
    assert "port = 7000   # default 8080" in out
    tomllib.loads(out)
    again = tmp_path / "again.toml"
    again.write_text(out)
    assert load(again) == load(path)


def test_show_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "show", "--json")
    assert msgspec.json.decode(out)["server"]["port"] == 8080


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_show_tells_no_password(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://ann:s3c/r:et@db.example:5432/scores?sslmode=require&password=s3c2"
    monkeypatch.setenv("SCOREWIRE__STORAGE__JOURNAL", url)
    _, out, _ = run(capsys, "show", *form)
    assert "postgresql://ann:***@db.example:5432/scores?sslmode=require&password=***" in out
    assert "s3c" not in out


def test_check_says_fine_or_names_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[server]\nport = 7000\n")
    code, out, _ = run(capsys, "check", str(path))
    assert (code, out) == (0, f"{path} is fine.\n")
    path.write_text("[server]\nport = true\n")
    code, _, err = run(capsys, "check", str(path))
    assert code == 2
    assert "server.port" in err


def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "schema")
    assert msgspec.json.decode(out)["$ref"] == "#/$defs/Config"


def test_page_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "page")[1] == page()
