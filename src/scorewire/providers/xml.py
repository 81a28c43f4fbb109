"""XML of a feed, read without what makes XML dangerous: no DTD, so no entity that grows or reaches out.

A document type declaration is refused before it is read on; no feed needs one. Depth and the number of
elements are bounded, and names are told without their namespace.
"""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from scorewire.errors import FeedError

ELEMENTS_MAX = 500_000
DEPTH_MAX = 200

Element = ElementTree.Element


class _Refused(Exception):
    """Raised within expat's callbacks."""


def read_xml(body: bytes, what: str) -> Element:
    """The root, every tag and attribute without namespace.

    Raises:
        FeedError: `unreadable_payload`.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > DEPTH_MAX or count > ELEMENTS_MAX:
            raise _Refused(f"more than {DEPTH_MAX} levels or {ELEMENTS_MAX} elements")
        builder.start(_bare(tag), {_bare(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_bare(tag))

    def doctype(*_: object) -> None:
        raise _Refused("it has a document type declaration")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, _Refused, ValueError, LookupError, AssertionError) as error:
        raise FeedError("unreadable_payload", f"this is not {what}: {error}") from None


def _bare(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


def children(parent: Element | None) -> Iterator[Element]:
    """The elements below one, none for None."""
    return iter(()) if parent is None else iter(parent)


def number(text: str | None) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e15 else None
