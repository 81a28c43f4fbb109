"""What an edge is told of its upstream."""

import ssl
from pathlib import Path

import msgspec
import pytest

from scorewire.config import Config, Log, Scoreboard, Server, Storage
from scorewire.errors import ConfigError
from scorewire.node.edge_settings import check_edge, trust, upstream_address
from scorewire.node.gateway import link_token

EDGE = Config(server=Server(upstream="https://scores.example", upstream_token="x" * 32))


@pytest.mark.parametrize(
    ("url", "host", "port", "link"),
    [
        ("https://scores.example", "scores.example", 443, "wss://scores.example/v1/link"),
        ("http://127.0.0.1:8080/", "127.0.0.1", 8080, "ws://127.0.0.1:8080/v1/link"),
        ("https://[2001:db8::1]:8443", "2001:db8::1", 8443, "wss://[2001:db8::1]:8443/v1/link"),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int, link: str) -> None:
    found = upstream_address(Server(upstream=url))
    assert (found.host, found.port, found.link_url) == (host, port, link)
    assert found.secure == url.startswith("https")


@pytest.mark.parametrize(
    "url",
    [
        "scores.example",
        "ftp://scores.example",
        "https://",
        "https://scores.example/live",
        "https://scores.example?x=1",
        "https://user:secret@scores.example",
        "https://scores.example:http",
        "https://[::1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        upstream_address(Server(upstream=url))
    assert refused.value.key == "server.upstream"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (Config(server=Server(upstream="https://scores.example")), "server.upstream_token"),
        (Config(server=Server(roles=("edge",))), "server.upstream"),
        (msgspec.structs.replace(EDGE, log=Log(brokers="k:9092")), "log.brokers"),
        (msgspec.structs.replace(EDGE, storage=Storage(journal="postgresql://p/s")), "storage.journal"),
        (msgspec.structs.replace(EDGE, scoreboard=Scoreboard(url="redis://r")), "scoreboard.url"),
        (msgspec.structs.replace(EDGE, server=msgspec.structs.replace(EDGE.server, workers=2)),
         "server.workers"),
        (msgspec.structs.replace(EDGE, server=msgspec.structs.replace(EDGE.server, roles=("gateway",))),
         "server.roles"),
    ],
)  # fmt: skip
def test_what_no_edge_can_fulfil_is_refused_by_its_key(config: Config, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        check_edge(config)
    assert refused.value.key == key


def test_an_edge_and_a_node_pass() -> None:
    check_edge(EDGE)
    check_edge(msgspec.structs.replace(EDGE, server=msgspec.structs.replace(EDGE.server, roles=("edge",))))
    check_edge(Config())


def test_certificates_are_verified_by_the_system_and_by_a_file(tmp_path: Path) -> None:
    assert trust(Server(upstream="http://scores.example")) is None
    known = trust(EDGE.server)
    assert known is not None
    assert known.verify_mode is ssl.CERT_REQUIRED
    assert known.check_hostname
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    for path in (tmp_path / "absent.pem", empty):
        with pytest.raises(ConfigError) as refused:
            trust(msgspec.structs.replace(EDGE.server, upstream_ca=str(path)))
        assert refused.value.key == "server.upstream_ca"


@pytest.mark.parametrize("token", ["x" * 31, "x" * 31 + " x", "é" * 32, "x" * 31 + "\n", " " * 40])
def test_a_token_that_is_short_or_cannot_stand_in_a_header_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigError) as refused:
        link_token(Server(link_token=token))
    assert refused.value.key == "server.link_token"
    assert token.strip() not in str(refused.value) or not token.strip()
    assert link_token(Server(link_token="x" * 32)) == "x" * 32
    assert link_token(Server()) == ""
