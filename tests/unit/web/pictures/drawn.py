"""A picture parsed as XML, and what holds for every picture."""

import re
from xml.etree import ElementTree

from markupsafe import Markup

BYTES_MAX = 15_000
HOSTILE = "</text></svg><script>alert(1)</script>\" onload='x' &amp; \x00\x1b\u202egnp"
"""A name that would break out of content, of an attribute, of XML, and of the direction of text."""

_NUMBER = re.compile(r"-?\d+\.?\d*")


def parsed(picture: Markup) -> ElementTree.Element:
    """The figure, after what holds for every picture has been seen to hold for it."""
    assert len(picture.encode()) < BYTES_MAX
    root = ElementTree.fromstring(picture)
    assert root.tag == "figure"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert element.tag in {
            "figure", "figcaption", "h3", "ul", "li", "b", "div", "span",
            "svg", "title", "desc", "g", "path", "rect", "text",
        }, element.tag  # fmt: skip
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    for plate in plates(root):
        assert plate.get("role") == "img"
        first, second = plate[0], plate[1]
        assert (first.tag, second.tag) == ("title", "desc")
        assert first.text
        assert second.text
        assert plate.get("aria-labelledby") == first.get("id")
        assert plate.get("aria-describedby") == second.get("id")
    return root


def plates(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The pictures in a figure, without the marks of its legend."""
    return [svg for svg in root.iter("svg") if svg.get("aria-hidden") is None]


def described(picture: Markup) -> str:
    """The words of all its plates."""
    return " ".join(plate[1].text or "" for plate in plates(parsed(picture)))


def starts(root: ElementTree.Element, classes: str) -> list[tuple[float, float]]:
    """Where each mark of a class begins: its uppermost point."""
    found: list[tuple[float, float]] = []
    for plate in plates(root):
        for element in plate.iter():
            if element.get("class") != classes:
                continue
            for mark in element.iter("path"):
                x, y = _NUMBER.findall(mark.get("d", ""))[:2]
                found.append((float(x), float(y)))
    return found
