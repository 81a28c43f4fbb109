"""Where settings come from, which source wins, and that every error names its key."""

from pathlib import Path

import msgspec
import pytest

from scorewire.config import Config, Provider, Server
from scorewire.errors import ConfigError
from scorewire.settings import describe, environment, load, meanings, schema


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "scorewire.toml"
    path.write_text(
        '[server]\nport = 7000\nhost = "0.0.0.0"\ntrusted_proxies = ["10.0.0.0/8"]\n'
        '[providers.acme]\nsequence = "dense"\n[providers.other-one]\nformat = "nba_cdn"\n'
    )
    return path


def refused(**arguments: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(**arguments)  # type: ignore[arg-type]
    return caught.value


def test_nothing_given_is_the_embedded_profile() -> None:
    assert load() == Config()


def test_each_source_wins_over_the_one_before(toml: Path) -> None:
    environ = {"SCOREWIRE__SERVER__PORT": "7001", "SCOREWIRE__STORAGE__DATA": "/srv"}
    assert load(toml).server.port == 7000
    assert load(toml, environ).server.port == 7001
    config = load(toml, environ, {"server.port": 7002, "storage.data": None})
    assert config.server.port == 7002
    assert config.server.host == "0.0.0.0"
    assert config.server.trusted_proxies == ("10.0.0.0/8",)
    assert config.storage.data == "/srv"
    assert config.providers == {"acme": Provider(sequence="dense"), "other-one": Provider(format="nba_cdn")}


def test_the_environment_is_read_as_words() -> None:
    config = load(
        environ={
            "SCOREWIRE__SERVER__TRUSTED_PROXIES": "10.0.0.0/8, 127.0.0.1",
            "SCOREWIRE__SERVER__DRAIN_S": "2.5",
            "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "none",
            "HOME": "/root",
            "SCOREWIRE_TEST_DATA": "/elsewhere",
        }
    )
    assert config.server == Server(trusted_proxies=("10.0.0.0/8", "127.0.0.1"), drain_s=2.5)
    assert config.providers["acme"].sequence == "none"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[serve]\nport = 1", "serve"),
        ("port = 1", "port"),
        ("[server]\nport = 70000", "server.port"),
        ('[server]\nport = "80"', "server.port"),
        ("[server]\nport = {a = 1}", "server.port"),
        ("server = 1", "server"),
        ("[server]\nport.deep = 1", "server.port"),
        ('[providers.acme]\nsequence = "sometimes"', "providers.acme.sequence"),
        ("[providers.acme]\ncolour = 1", "providers.acme.colour"),
        ('[providers."a b"]\nformat = "x"', "providers.a b"),
        ("[intake]\nbatch_max = 0", "intake.batch_max"),
        ('[server]\nroles = ["gateway", "cook"]', "server.roles"),
    ],
)
def test_a_bad_key_in_the_file_is_named(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    error = refused(path=path)
    assert error.key == key
    assert str(path) in error.detail


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("SCOREWIRE__SERVER__PORT", "eighty", "server.port"),
        ("SCOREWIRE__SERVER__PORTS", "80", "server.ports"),
        ("SCOREWIRE__SERVER", "80", "server"),
        ("SCOREWIRE__SERVER__PORT__DEEP", "80", "server.port.deep"),
        ("SCOREWIRE__FANOUT__CURSOR_WAIT_S", "-1", "fanout.cursor_wait_s"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str, key: str) -> None:
    error = refused(environ={name: value})
    assert error.key == key
    assert name in error.detail


def test_what_has_a_form_is_refused_with_the_form_in_words() -> None:
    error = refused(environ={"SCOREWIRE__FANOUT__MIN_INTERVALS": "wc2022-final"})
    assert error.key == "fanout.min_intervals"
    assert error.detail.startswith("Expected GAME=MS, such as `wc2022-final=250`: ['wc2022-final'] (")


@pytest.mark.parametrize(
    "origin",
    [
        "good.example",
        "https://good.example/x",
        "good.example/x",
        "https://good.example?a=1",
        "https://ann@good.example",
        "https://*.good.example",
        "https://",
        "*",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused_with_the_right_form(origin: str) -> None:
    error = refused(overrides={"server.origins": ("https://a.example", origin)})
    assert error.key == "server.origins"
    assert "`https://good.example`" in error.detail
    assert "no `*`, since an empty list is all" in error.detail


def test_origins_that_browsers_send_are_taken() -> None:
    sent = ("https://good.example", "http://127.0.0.1:8080", "http://[::1]:80", "moz-extension://a-b", "null")
    assert load(overrides={"server.origins": sent}).server.origins == sent


def test_a_bad_flag_is_named() -> None:
    assert refused(overrides={"server.port": -1}).key == "server.port"


def test_a_near_miss_is_guessed() -> None:
    assert "did you mean server.port?" in refused(environ={"SCOREWIRE__SERVER__PROT": "1"}).detail


def test_a_file_that_is_absent_or_broken_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert refused(path=absent).key == str(absent)
    broken = tmp_path / "broken.toml"
    broken.write_text("[server\n")
    assert "is not TOML" in refused(path=broken).detail


def test_a_value_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://scores.example\n")
    assert load(environ={"SCOREWIRE__SERVER__PUBLIC_URL_FILE": str(secret)}).server.public_url == (
        "https://scores.example"
    )
    path = tmp_path / "c.toml"
    path.write_text(f'[server]\npublic_url_file = "{secret}"\n')
    assert load(path).server.public_url == "https://scores.example"


def test_a_value_file_that_does_not_serve_is_named(tmp_path: Path) -> None:
    error = refused(environ={"SCOREWIRE__SERVER__HOST_FILE": str(tmp_path / "absent")})
    assert error.key == "server.host_file"
    large = tmp_path / "large"
    large.write_bytes(b"x" * 70_000)
    assert "more than" in refused(environ={"SCOREWIRE__SERVER__HOST_FILE": str(large)}).detail
    large.write_bytes(b"\xff")
    assert "not text" in refused(environ={"SCOREWIRE__SERVER__HOST_FILE": str(large)}).detail
    large.write_bytes(b"h")
    both = {"SCOREWIRE__SERVER__HOST_FILE": str(large), "SCOREWIRE__SERVER__HOST": "h"}
    assert "given twice" in refused(environ=both).detail


def test_every_setting_is_described_and_has_a_meaning() -> None:
    config = load(environ={"SCOREWIRE__SERVER__PORT": "1", "SCOREWIRE__PROVIDERS__ACME__FORMAT": "nba_cdn"})
    settings = {setting.key: setting for setting in describe(config)}
    assert (settings["server.port"].value, settings["server.port"].default) == (1, 8080)
    assert settings["providers.acme.format"].value == "nba_cdn"
    silent = [key for key, setting in settings.items() if not setting.meaning]
    assert not silent, f"say in config.py what these mean: {silent}"


def test_meanings_are_the_words_below_each_attribute() -> None:
    assert meanings()["Server.port"] == "TCP port of REST, SSE, WebSocket and pages; 0 takes any free one."
    assert meanings()["Server"] == "Where the node listens."


def test_the_schema_is_json_and_knows_units_and_limits() -> None:
    document = msgspec.json.decode(msgspec.json.encode(schema()))
    port = document["$defs"]["Server"]["properties"]["port"]
    assert (port["minimum"], port["maximum"], port["default"]) == (0, 65535, 8080)
    assert "TCP port" in port["description"]
    assert document["$defs"]["Server"]["additionalProperties"] is False


def test_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREWIRE__SERVER__PORT", "4711")
    assert load(environ=environment()).server.port == 4711
