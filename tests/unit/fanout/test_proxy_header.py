"""Headers of the PROXY protocol: what is read, what is waited for, what is refused."""

import socket
import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scorewire.errors import RequestError
from scorewire.fanout.proxy_header import (
    LINE_BYTES_MAX,
    SIGNATURE,
    ProxyHeader,
    Relayed,
    read_proxy_header,
)

BYTES_MAX = 1024
V4 = socket.inet_aton("192.0.2.7") + socket.inet_aton("198.51.100.1") + struct.pack("!HH", 51_234, 443)
V6 = (
    socket.inet_pton(socket.AF_INET6, "2001:db8::7")
    + socket.inet_pton(socket.AF_INET6, "2001:db8::1")
    + struct.pack("!HH", 51_234, 443)
)
FROM_V4 = Relayed(("192.0.2.7", 51_234), ("198.51.100.1", 443), secure=False)
FROM_V6 = Relayed(("2001:db8::7", 51_234), ("2001:db8::1", 443), secure=False)
UNKNOWN = Relayed(None, None, secure=False)


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!BH", kind, len(value)) + value


def binary(family: int, block: bytes, *, command: int = 0x21, length: int | None = None) -> bytes:
    return SIGNATURE + struct.pack("!BBH", command, family, len(block) if length is None else length) + block


def read(data: bytes) -> ProxyHeader | None:
    return read_proxy_header(data, bytes_max=BYTES_MAX)


OVER_TLS = tlv(0x20, b"\x01" + bytes(4) + tlv(0x21, b"TLSv1.3"))
WHOLE: list[tuple[bytes, Relayed | None]] = [
    (b"PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n", FROM_V4),
    (b"PROXY TCP6 2001:db8::7 2001:db8::1 51234 443\r\n", FROM_V6),
    (b"PROXY TCP6 2001:0DB8:0:0:0:0:0:7 2001:db8::1 51234 443\r\n", FROM_V6),
    (b"PROXY UNKNOWN\r\n", UNKNOWN),
    (b"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", UNKNOWN),
    (binary(0x11, V4), FROM_V4),
    (binary(0x12, V4), FROM_V4),
    (binary(0x21, V6), FROM_V6),
    (binary(0x11, V4 + tlv(0x04, bytes(300))), FROM_V4),
    (binary(0x11, V4 + tlv(0x01, b"h2") + OVER_TLS + tlv(0x04, b"")), FROM_V4._replace(secure=True)),
    (binary(0x21, V6 + tlv(0x20, bytes(5))), FROM_V6),
    (binary(0x00, b""), UNKNOWN),
    (binary(0x00, OVER_TLS), UNKNOWN._replace(secure=True)),
    (binary(0x31, bytes(216)), UNKNOWN),
    (binary(0x00, b"", command=0x20), None),
    (binary(0x11, V4, command=0x20), None),
    (binary(0xEE, b"anything", command=0x20), None),
]


@pytest.mark.parametrize(("data", "relayed"), WHOLE)
def test_whose_a_connection_is(data: bytes, relayed: Relayed | None) -> None:
    assert read(data) == ProxyHeader(len(data), relayed)
    assert read(data + b"GET / HTTP/1.1\r\n\r\n") == ProxyHeader(len(data), relayed)


@pytest.mark.parametrize("data", [data for data, _ in WHOLE])
def test_a_header_in_pieces_is_waited_for(data: bytes) -> None:
    assert [read(data[:end]) for end in range(len(data))] == [None] * len(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "begins otherwise"),
        (b"\x16\x03\x01", "begins otherwise"),
        (b"proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "begins otherwise"),
        (b"PROXYTCP4", "begins otherwise"),
        (b"\r\n\r\n\r", "begins otherwise"),
        (SIGNATURE[:-1] + b"X", "begins otherwise"),
        (b"PROXY " + b"x" * LINE_BYTES_MAX, "longer"),
        (b"PROXY UNKNOWN " + b"x" * LINE_BYTES_MAX + b"\r\n", "longer"),
        (b"PROXY \r\n", "version 1"),
        (b"PROXY UNKNOWNX\r\n", "version 1"),
        (b"PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n", "version 1"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "version 1"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n", "version 1"),
        (b"PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n", "version 1"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "port"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 -1\r\n", "port"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n", "port"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 " + "\u0661".encode() + b"\r\n", "port"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", "port"),
        (b"PROXY TCP4 1.2.3.400 1.2.3.4 1 1\r\n", "address"),
        (b"PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n", "address"),
        (b"PROXY TCP4 ::1 1.2.3.4 1 1\r\n", "address"),
        (b"PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n", "address"),
        (b"PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n", "zone"),
        (b"PROXY TCP4 \xff.2.3.4 1.2.3.4 1 1\r\n", "address"),
        (binary(0x11, V4, command=0x11), "version or command"),
        (binary(0x11, V4, command=0x22), "version or command"),
        (binary(0x11, V4, command=0x31), "version or command"),
        (binary(0x01, V4), "family"),
        (binary(0x41, V4), "family"),
        (binary(0x11, V4[:-1]), "addresses"),
        (binary(0x21, V4), "addresses"),
        (binary(0x31, V4), "addresses"),
        (binary(0x11, b"", length=BYTES_MAX), "longer"),
        (binary(0x00, b"", command=0x20, length=65_535), "longer"),
        (binary(0x11, V4 + b"\x04"), "TLV"),
        (binary(0x11, V4 + tlv(0x04, b"1234")[:-1]), "TLV"),
        (binary(0x11, V4 + tlv(0x20, b"\x01")), "TLS"),
    ],
)
def test_what_is_no_header_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(RequestError, match=why) as told:
        read(data)
    assert (told.value.status, told.value.code) == (400, "bad_proxy_header")


@given(
    client=st.ip_addresses(), port=st.integers(0, 65_535), tlvs=st.lists(st.binary(max_size=40), max_size=4)
)
def test_every_address_comes_through_both_versions(
    client: IPv4Address | IPv6Address, port: int, tlvs: list[bytes]
) -> None:
    family, code = (b"TCP4", 0x11) if client.version == 4 else (b"TCP6", 0x21)
    line = b"PROXY %b %b %b %d 1\r\n" % (family, str(client).encode(), str(client).encode(), port)
    block = client.packed * 2 + struct.pack("!HH", port, 1) + b"".join(tlv(0xE0, one) for one in tlvs)
    for data in (line, binary(code, block)):
        header = read(data)
        assert header is not None
        assert header.relayed is not None
        assert header.relayed.client is not None
        address, port_read = header.relayed.client
        assert (type(client)(address), port_read) == (client, port)


@given(
    st.one_of(
        st.binary(max_size=80),
        st.binary(max_size=120).map(lambda rest: b"PROXY " + rest + b"\r\n"),
        st.binary(max_size=80).map(lambda rest: SIGNATURE + b"\x21" + rest),
        st.tuples(st.sampled_from([0x00, 0x11, 0x21]), st.binary(max_size=80)).map(
            lambda pair: binary(pair[0], V6[: {0x00: 0, 0x11: 12, 0x21: 36}[pair[0]]] + pair[1])
        ),
    )
)
@example(b"")
def test_whatever_comes_the_pieces_do_not_matter(data: bytes) -> None:
    """Read byte for byte it is refused, waited for or found as it is in one piece, and never found later."""
    try:
        whole = read(data)
    except RequestError:
        whole = None
        refused = True
    else:
        refused = False
    found = None
    for end in range(len(data) + 1):
        try:
            found = read(data[:end])
        except RequestError:
            assert refused
            return
        if found is not None:
            assert found.size == end
            break
    assert not refused
    assert found == whole
