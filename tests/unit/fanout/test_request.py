"""Heads, queries and addresses, as clients write them."""

import pytest

from scorewire.errors import RequestError
from scorewire.fanout.follow import Follow
from scorewire.fanout.request import (
    HEADS_KEPT,
    PEERS_KEPT,
    HeadReader,
    Proxies,
    known_delay,
    make_follow,
    read_stream_query,
)


def test_a_head_is_read_whole() -> None:
    head = HeadReader().read(
        b'GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\nIF-None-Match: "a"\r\nif-none-match: "b"\r\n\r\n'
    )
    assert head is not None
    assert (head.method, head.path, head.query, head.version) == (b"GET", b"/v1/stream", b"game=g1", "1.1")
    assert head.headers["if-none-match"] == '"a", "b"'
    assert head.keep
    assert head.plain


def test_of_the_absolute_form_its_own_host_counts() -> None:
    head = HeadReader().read(b"GET http://a.example:8080/v1/ws?x=1 HTTP/1.1\r\nHost: b.example\r\n\r\n")
    assert head is not None
    assert (head.path, head.query) == (b"/v1/ws", b"x=1")
    assert head.headers["host"] == "a.example:8080"


@pytest.mark.parametrize(
    ("lines", "keep", "plain"),
    [
        (b"Connection: close\r\n", False, True),
        (b"Content-Length: 3\r\n", True, False),
        (b"Transfer-Encoding: chunked\r\n", True, False),
        (b"Connection: Upgrade\r\nUpgrade: websocket\r\n", True, False),
    ],
)
def test_what_a_head_says_of_its_connection(lines: bytes, keep: bool, plain: bool) -> None:
    head = HeadReader().read(b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
    assert head is not None
    assert (head.keep, head.plain) == (keep, plain)


@pytest.mark.parametrize(
    "data", [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_head_is_none_and_does_not_poison_the_next(data: bytes) -> None:
    reader = HeadReader()
    assert reader.read(data) is None
    assert reader.read(b"GET /a HTTP/1.1\r\n\r\n") is not None


def test_an_old_client_closes() -> None:
    head = HeadReader().read(b"GET / HTTP/1.0\r\n\r\n")
    assert head is not None
    assert (head.version, head.keep) == ("1.0", False)


def test_repeated_heads_are_parsed_once_and_memory_is_bounded() -> None:
    reader = HeadReader()
    first = reader.read(b"GET /a HTTP/1.1\r\n\r\n")
    assert reader.read(b"GET /a HTTP/1.1\r\n\r\n") is first
    for number in range(HEADS_KEPT + 10):
        reader.read(b"GET /%d HTTP/1.1\r\n\r\n" % number)
    assert len(reader._kept) <= HEADS_KEPT
    long = b"GET /a HTTP/1.1\r\nX: %b\r\n\r\n" % (b"y" * 2000)
    assert reader.read(long) is not reader.read(long)


def read(query: str, last: str | None = None) -> object:
    return read_stream_query(query.encode(), last, follows_max=3)


def test_views_have_their_defaults() -> None:
    found = read_stream_query(b"game=g1&team=t&league=l", None, follows_max=10)
    assert found.follows == (
        Follow("game", "g1", False),
        Follow("team", "t", False),
        Follow("league", "l", True),
    )
    found = read_stream_query(b"league=l&sport=s&view=full&game=g&game=g", None, follows_max=10)
    assert found.follows == (
        Follow("league", "l", False),
        Follow("sport", "s", False),
        Follow("game", "g", False),
    )


def test_the_header_wins_over_since_and_nonsense_is_a_join() -> None:
    found = read_stream_query(b"game=g1&since=e!g1!3", None, follows_max=3)
    assert (found.epoch, found.seqs) == ("e", {"g1": 3})
    found = read_stream_query(b"game=g1&since=e!g1!3", "f!g1!5", follows_max=3)
    assert (found.epoch, found.seqs) == ("f", {"g1": 5})
    for text in ("e!g1", "x" * 3000, "e!g1!-4", "é"):
        assert read_stream_query(b"game=g1", text, follows_max=3).epoch == ""


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "bad_parameter"),
        ("view=line", "bad_parameter"),
        ("game=g1&view=big", "bad_parameter"),
        ("game=", "unknown_game"),
        ("team=%00", "unknown_team"),
        ("game=1&game=2&game=3&game=4", "too_many_follows"),
        ("&".join(f"game={n}" for n in range(50)), "too_many_follows"),
        ("game=g1&delay=-1", "bad_parameter"),
        ("game=g1&delay=7", "bad_parameter"),
        ("game=g1&delay=185", "bad_parameter"),
        ("game=g1&delay=", "bad_parameter"),
    ],
)
def test_what_cannot_be_served_is_named(query: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(query)
    assert refused.value.code == code


def test_a_delay_is_of_the_whole_stream_and_the_longer_one_holds() -> None:
    query = read_stream_query(b"game=g1&league=l1&delay=10&delay=180&delay=0", None, follows_max=100)
    assert [follow.delay_s for follow in query.follows] == [180, 180]
    assert known_delay(()) == known_delay(("0", "000")) == 0
    with pytest.raises(RequestError):
        known_delay(("²",))


@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("198.51.100.7", {"x-forwarded-for": "1.2.3.4"}, "198.51.100.7"),
        ("10.0.0.1", {"x-forwarded-for": "6.6.6.6, 1.2.3.4"}, "1.2.3.4"),
        ("10.0.0.1", {"x-forwarded-for": "1.2.3.4, 10.0.0.9"}, "1.2.3.4"),
        ("10.0.0.1", {"x-forwarded-for": "1.2.3.4:5678"}, "1.2.3.4"),
        ("10.0.0.1", {"forwarded": 'for="[2001:db8::1]:99";proto=https, for=10.0.0.2'}, "2001:db8::/64"),
        ("10.0.0.1", {"x-forwarded-for": "unknown"}, ""),
        ("10.0.0.1", {}, ""),
        ("::ffff:10.0.0.1", {"x-forwarded-for": "1.2.3.4"}, "1.2.3.4"),
        (None, {"x-forwarded-for": "1.2.3.4"}, ""),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str | None, headers: dict[str, str], client: str) -> None:
    assert Proxies(["10.0.0.0/8"]).client(peer, headers) == client


def test_a_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="proxy"):
        Proxies(["proxy.example"])


def test_few_peers_are_remembered_and_each_is_what_it_is() -> None:
    proxies = Proxies(["10.1.0.0/16"])
    for _ in range(2):
        for number in range(PEERS_KEPT + 300):
            peer = f"10.{number // 60_000}.{number // 250 % 250}.{number % 250}"
            assert proxies.peer(peer) == peer
        assert proxies.peer("10.1.2.3") == ""
    assert len(proxies._peers) <= PEERS_KEPT


def test_fans_who_ask_for_the_same_share_the_follow() -> None:
    one = make_follow("game", "".join(["g", "1"]), None)
    other = make_follow("game", "".join(["g", "1"]), None)
    assert one is other
    assert make_follow("game", "g1", "line") == one._replace(line=True)
    for _ in range(2):
        with pytest.raises(RequestError):
            make_follow("game", "not an id", None)
