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


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_show_tells_no_token(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOREWIRE__SERVER__LINK_TOKEN", 's3c\\"r:et-' + 30 * "x")
    monkeypatch.setenv("SCOREWIRE__SERVER__UPSTREAM_TOKEN", "s3c" + 30 * "x")
    _, out, _ = run(capsys, "show", *form)
    assert out.count("***") == 2
    assert "s3c" not in out
    assert "xxx" not in out


def test_check_says_fine_or_names_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[server]\nport = 7000\n")
    code, out, _ = run(capsys, "check", str(path))
    assert (code, out) == (0, f"{path} is fine.\n")
    path.write_text("[server]\nport = true\n")
    code, _, err = run(capsys, "check", str(path))
    assert code == 2
    assert "server.port" in err


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[server]\nroles = ["alerts"]', "server.roles"),
        ('[server]\ntrusted_proxies = ["nohost"]', "server.trusted_proxies"),
        ("[server]\nproxy_protocol = true", "server.proxy_protocol"),
        ('[providers.acme]\nformat = "nix"', "providers.acme.format"),
        ('[storage]\njournal = "mysql://db.example/scores"', "storage.journal"),
        ('[scoreboard]\nurl = "http://redis.example"', "scoreboard.url"),
    ],
)
def test_check_and_serve_refuse_the_same_in_the_same_words(
    text: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    code, out, err = run(capsys, "check", str(path))
    assert (code, out) == (2, "")
    assert err.startswith(f"scorewire: {key}: ")
    with pytest.raises(SystemExit) as left:
        main(["serve", "--config", str(path), "--port", "0", "--data", str(tmp_path / "data")])
    assert left.value.code == 2
    assert capsys.readouterr().err == err
    assert not (tmp_path / "data").exists(), "it is refused before anything is opened"


@pytest.mark.parametrize(
    "text",
    [
        '[server]\ntrusted_proxies = ["10.0.0.0/8", "::1"]\nproxy_protocol = true',
        '[storage]\njournal = "postgresql://db.example/scores"',
        '[scoreboard]\nurl = "redis+cluster://a.example:6379,b.example:6379"',
        '[providers.acme]\nformat = "nba_cdn"',
    ],
)
def test_check_asks_no_server(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    assert run(capsys, "check", str(path)) == (0, f"{path} is fine.\n", "")


def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "schema")
    assert msgspec.json.decode(out)["$ref"] == "#/$defs/Config"


def test_page_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "page")[1] == page()
