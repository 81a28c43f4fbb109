"""Who may come in."""

import pytest

from scorewire.fanout.gatekeeper import Gatekeeper


def keeper(*origins: str) -> Gatekeeper:
    return Gatekeeper(connections_max=3, address_max=2, requests_max=1, origins=origins)


def test_connections_are_counted_by_address_and_with_streams_in_all() -> None:
    gate = keeper()
    assert [gate.enter("a") for _ in range(3)] == [True, True, False]
    assert not gate.full(0)
    assert gate.full(1)
    gate.leave("a")
    assert gate.enter("a")
    assert gate.enter("b")
    assert gate.full(0)


def test_unknown_addresses_have_no_limit_of_their_own() -> None:
    gate = keeper()
    assert [gate.enter("") for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("head", "heard"),
    [
        (b"GET /v1/games HTTP/1.1", False),
        (b"nonsense", False),
        (b"GET /livez HTTP/1.1", True),
        (b"GET /readyz HTTP/1.1", True),
        (b"GET /metrics HTTP/1.1", True),
        (b"POST /v1/ingest/acme HTTP/1.1", True),
    ],
)
def test_a_busy_application_hears_probes_and_providers_only(head: bytes, heard: bool) -> None:
    assert keeper().hears(head, 1) is heard
    assert keeper().hears(head, 0)


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("https://scores.example", True),
        ("https://SCORES.example", True),
        ("http://node.example:8080", True),
        ("https://scores.example.evil.example", False),
        ("http://scores.example", False),
        ("null", False),
    ],
)
def test_origins_that_are_named_and_our_own_are_welcome(origin: str | None, welcome: bool) -> None:
    headers = {"host": "node.example:8080"} | ({} if origin is None else {"origin": origin})
    assert keeper("https://scores.example/").welcomes(headers) is welcome
    assert keeper().welcomes(headers), "without a list, everybody is"


@pytest.mark.parametrize(
    ("named", "sent"),
    [
        ("https://Scores.Example:443/", "https://scores.example"),
        ("http://scores.example:80", "http://scores.example"),
        ("http://scores.example:8080", "http://scores.example:8080"),
        ("https://scores.example:80", "https://scores.example:80"),
        ("http://[::1]", "http://[::1]"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("null", "null"),
    ],
)
def test_an_origin_is_known_as_browsers_send_it(named: str, sent: str) -> None:
    assert keeper(named).welcomes({"host": "node.example", "origin": sent})
    assert not keeper(named).welcomes({"host": "node.example", "origin": "https://other.example"})
