"""The header of the PROXY protocol: who the client of a connection is that a proxy has relayed.

    version 1   a line of text    PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\\r\\n
    version 2   binary            signature | version, command | family | length | addresses | TLVs

A proxy sends it once, before anything else, and either is understood. Nothing is guessed: whoever must send
a header and sends something else is refused at the first byte that differs. Of the TLVs one is read, whether
the client came over TLS; all others are skipped, a checksum too.

Source: HAProxy's proxy-protocol.txt, 2.1 (version 1), 2.2 (version 2), 2.2.6 (PP2_TYPE_SSL), 4 (receivers).
"""

from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

from scorewire.errors import RequestError
from scorewire.fanout.codes import refusal

Address = tuple[str, int]

LINE_BEGINS: Final = b"PROXY "
LINE_BYTES_MAX: Final = 107
"""Of version 1, its line end included."""
SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
"""Of version 2; no request of HTTP begins so, whose leading line ends are never followed by a zero."""

_FIXED_BYTES: Final = 16
"""Of version 2: the signature, a byte each for version and family, two for the length of what follows."""
_LOCAL, _PROXY = 0x20, 0x21
_SSL_TLV: Final = 0x20
_CLIENT_SSL: Final = 0x01
_NO_ADDRESS: Final = {0x00: 0, 0x31: 216, 0x32: 216}
"""Families whose addresses say nothing to us (unspecified, Unix sockets), and the bytes that these take."""
_INTERNET: Final = {0x11: 4, 0x12: 4, 0x21: 16, 0x22: 16}
"""Families of IPv4 and IPv6, over a stream or datagrams, and the bytes of one address."""


class Relayed(NamedTuple):
    """What a proxy says of the connection that it relays; client and server are None where it cannot tell."""

    client: Address | None
    server: Address | None
    secure: bool


class ProxyHeader(NamedTuple):
    """A whole header.

    size: its bytes; what comes behind them is the client's.
    relayed: None if the proxy speaks for itself, as its health checks do.
    """

    size: int
    relayed: Relayed | None


def read_proxy_header(data: bytes, *, bytes_max: int) -> ProxyHeader | None:
    """The header that `data` begins with; None while more of it must come.

    The answer depends on the bytes alone, not on the pieces in which they came.

    Args:
        data: everything that came so far.
        bytes_max: of a header with all its TLVs.

    Raises:
        RequestError: 400, what came is no such header, or one that is too long.
    """
    if data.startswith(SIGNATURE):
        return _binary(data, bytes_max)
    if data.startswith(LINE_BEGINS):
        return _line(data)
    if SIGNATURE.startswith(data) or LINE_BEGINS.startswith(data):
        return None
    raise _refuse("it begins otherwise")


def _line(data: bytes) -> ProxyHeader | None:
    end = data.find(b"\r\n", 0, LINE_BYTES_MAX)
    if end < 0:
        if len(data) >= LINE_BYTES_MAX:
            raise _refuse(f"its line is longer than {LINE_BYTES_MAX} bytes")
        return None
    size = end + 2
    match data[len(LINE_BEGINS) : end].split(b" "):
        case [b"UNKNOWN", *_]:
            return ProxyHeader(size, Relayed(None, None, secure=False))
        case [b"TCP4" | b"TCP6" as family, source, target, source_port, target_port]:
            read = IPv4Address if family == b"TCP4" else IPv6Address
            client = (_address(source, read), _port(source_port))
            server = (_address(target, read), _port(target_port))
            return ProxyHeader(size, Relayed(client, server, secure=False))
    raise _refuse("its line is not of version 1")


def _address(text: bytes, read: type[IPv4Address | IPv6Address]) -> str:
    try:
        address = read(text.decode("ascii"))
    except ValueError:
        raise _refuse("an address cannot be read") from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise _refuse("an address has a zone")
    return str(address)


def _port(text: bytes) -> int:
    if not (text.isdigit() and len(text) <= 5 and int(text) <= 65_535) or (text[:1] == b"0" and text != b"0"):
        raise _refuse("a port cannot be read")
    return int(text)


def _binary(data: bytes, bytes_max: int) -> ProxyHeader | None:
    if len(data) < _FIXED_BYTES:
        return None
    command, family = data[12], data[13]
    size = _FIXED_BYTES + int.from_bytes(data[14:_FIXED_BYTES], "big")
    if command not in (_LOCAL, _PROXY):
        raise _refuse("version or command is unknown")
    if size > bytes_max:
        raise _refuse(f"it is longer than {bytes_max} bytes")
    if len(data) < size:
        return None
    if command == _LOCAL:
        return ProxyHeader(size, None)  # the family and all that follows are to be ignored
    return ProxyHeader(size, _relayed(family, data[_FIXED_BYTES:size]))


def _relayed(family: int, block: bytes) -> Relayed:
    """What follows the first 16 bytes: addresses, then TLVs."""
    width = _INTERNET.get(family)
    taken = _NO_ADDRESS.get(family) if width is None else 2 * width + 4
    if taken is None:
        raise _refuse("its address family is unknown")
    if len(block) < taken:
        raise _refuse("its addresses are cut short")
    secure = _came_over_tls(block, taken)
    if width is None:
        return Relayed(None, None, secure)
    address = IPv4Address if width == 4 else IPv6Address
    source, target, ports = block[:width], block[width : 2 * width], block[2 * width : taken]
    client = (str(address(source)), int.from_bytes(ports[:2], "big"))
    server = (str(address(target)), int.from_bytes(ports[2:], "big"))
    return Relayed(client, server, secure)


def _came_over_tls(block: bytes, at: int) -> bool:
    """Whether the TLVs from `at` on say that the client's connection is encrypted."""
    secure = False
    while at < len(block):
        value = at + 3
        if value > len(block):
            raise _refuse("a TLV is cut short")
        ends = value + int.from_bytes(block[at + 1 : value], "big")
        if ends > len(block):
            raise _refuse("a TLV is cut short")
        if block[at] == _SSL_TLV:
            if ends - value < 5:
                raise _refuse("its TLV about TLS is cut short")
            secure = bool(block[value] & _CLIENT_SSL)
        at = ends
    return secure


def _refuse(why: str) -> RequestError:
    return refusal(
        "bad_proxy_header", f"A trusted proxy must begin with a header of the PROXY protocol: {why}."
    )
