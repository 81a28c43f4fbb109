"""The figure around every picture, and how text and numbers are written into it.

A picture is `<figure class="picture">` with a `<figcaption>` (the heading, and a key that is HTML, so that it
keeps the page's size of text) and one `<svg role="img">` with `<title>` and `<desc>`. Whatever is shown is
said in the desc, in words and figures.

Every text goes through `text`: names are strangers' words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from scorewire.model.provider_event import Side

WIDTH = 360.0
"""Of most pictures in their own units: a phone shows one of them as one CSS pixel."""

NAME_MAX = 22
"""Letters of a name that is drawn; the desc has it whole, to `TEXT_MAX`."""

TEXT_MAX = 200

# What XML 1.0 cannot hold, and marks that would turn the text behind them round.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")


@dataclass(frozen=True, slots=True)
class Teams:
    """Who plays: names for sentences, shorts where there is little room."""

    home: str
    away: str
    home_short: str = ""
    away_short: str = ""

    def name(self, side: Side) -> str:
        """The full name."""
        return self.home if side == "home" else self.away

    def short(self, side: Side) -> str:
        """The short name, or what fits of the full one."""
        short = self.home_short if side == "home" else self.away_short
        return cut(short or self.name(side), 12)


@dataclass(frozen=True, slots=True)
class Plate:
    """One SVG before it is in its figure.

    Attributes:
        width, height: of the view box.
        body: what is drawn, escaped.
        title, desc: the text alternative, not yet escaped.
    """

    width: float
    height: float
    body: Markup
    title: str
    desc: str


def text(value: str) -> Markup:
    """Escaped for HTML and SVG, as content and as an attribute; without what neither can hold."""
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value[:TEXT_MAX]))


def sentence(value: str) -> Markup:
    """As `text`, for what we have put together ourselves out of bounded parts."""
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value))


def cut(value: str, letters: int = NAME_MAX) -> str:
    """The name, or as many letters of it with an ellipsis."""
    return value if len(value) <= letters else value[: letters - 1].rstrip() + "…"


def n(value: float) -> str:
    """A number as short as it can be written: one decimal, and none that is 0."""
    told = f"{value:.1f}".removesuffix(".0")
    return "0" if told == "-0" else told


def count(number: int, noun: str, many: str = "") -> str:
    """`1 goal`, `no shots`, `3 wickets`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {many or noun + 's'}"


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    told = [part for part in parts if part]
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)


def label(x: float, y: float, value: str, *, classes: str = "", anchor: str = "") -> Markup:
    """A text in a picture; `anchor` is start (as it is without), middle or end."""
    placed = Markup(' text-anchor="{}"').format(anchor) if anchor else Markup("")
    named = Markup(' class="{}"').format(classes) if classes else Markup("")
    return Markup('<text x="{}" y="{}"{}{}>{}</text>').format(n(x), n(y), named, placed, text(value))


def path(commands: str, classes: str) -> Markup:
    """A path of our own making: nothing in it is a stranger's."""
    return Markup('<path class="{}" d="{}"/>').format(classes, commands)


def group(classes: str, parts: Iterable[Markup]) -> Markup:
    """Parts that share a class; nothing where there are none."""
    inner = Markup("").join(parts)
    return Markup('<g class="{}">{}</g>').format(classes, inner) if inner else Markup("")


def join(parts: Iterable[Markup]) -> Markup:
    """One behind the other."""
    return Markup("").join(parts)


def figure(
    *, key: str, kind: str, heading: str, legend: Iterable[Iterable[Markup]], plates: Iterable[Plate]
) -> Markup:
    """The whole picture.

    Args:
        key: names it within its page, `shots-home`: lower case letters, digits and dashes. Two pictures of
            one page must differ in it, because ids are made of it.
        legend: its rows, each of entries: who plays, then what the marks stand for.
        kind: the class that says what is drawn: `shots soccer`.
    """
    assert _KEY.match(key), key
    rows = (join(Markup("<li>{}</li>").format(entry) for entry in row) for row in legend)
    return Markup(
        '<figure class="picture {}"><figcaption><h3>{}</h3>{}</figcaption>'
        '<div class="plates">{}</div></figure>'
    ).format(
        kind,
        text(heading),
        join(Markup("<ul>{}</ul>").format(row) for row in rows if row),
        join(_svg(f"{key}-{number}", plate) for number, plate in enumerate(plates, start=1)),
    )


def _svg(name: str, plate: Plate) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-t" aria-describedby="{id}-d">'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{desc}</desc>{body}</svg>'
    ).format(
        w=n(plate.width),
        h=n(plate.height),
        id=name,
        title=sentence(plate.title),
        desc=sentence(plate.desc),
        body=plate.body,
    )
