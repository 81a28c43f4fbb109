"""Panels of horizontal bars as SVG, drawn without a library; pure.

svg([Panel("User memory a fan, KB", {"1 naive loop": 21.3, "7 cursor": 1.9})]) -> "<svg ...>"
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from scorewire.bench.plot import COLOURS

WIDTH = 960
COLUMNS = 2
LABEL, VALUE = 176, 76
"""Room for a bar's name and for its number, within its panel's half of the width."""
BAR, GAP, TITLE, SPACE = 16, 6, 30, 22


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars by name, from the top; `missing` is written where there is no value."""

    title: str
    bars: Mapping[str, float | None]
    missing: str = ""


def svg(panels: Sequence[Panel]) -> str:
    """The panels as a whole document, two beside each other, readable on light and dark pages."""
    return "\n".join(_lines(panels)) + "\n"


def shown(value: float) -> str:
    """A number for people, three digits of it: 1.25, 20.1, 1,234."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _lines(panels: Sequence[Panel]) -> Iterator[str]:
    rows = [panels[at : at + COLUMNS] for at in range(0, len(panels), COLUMNS)]
    heights = [TITLE + SPACE + max(len(one.bars) for one in row) * (BAR + GAP) for row in rows]
    height = sum(heights) + SPACE
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' font-family="sans-serif" font-size="12" fill="#333">'
    )
    yield f"<title>{escape('; '.join(one.title for one in panels))}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    for row, top in zip(rows, _tops(heights), strict=True):
        for column, panel in enumerate(row):
            yield from _panel(panel, column * WIDTH // COLUMNS, top)
    yield "</svg>"


def _tops(heights: Sequence[int]) -> Iterator[int]:
    top = SPACE
    for height in heights:
        yield top
        top += height


def _panel(panel: Panel, left: int, top: int) -> Iterator[str]:
    greatest = max((value for value in panel.bars.values() if value is not None), default=0)
    room = WIDTH // COLUMNS - LABEL - VALUE
    begin = left + LABEL
    yield f'<text x="{left + 12}" y="{top + 14}" font-size="15">{escape(panel.title)}</text>'
    for number, (name, value) in enumerate(panel.bars.items()):
        y = top + TITLE + number * (BAR + GAP)
        yield f'<text x="{begin - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
        long = room * value / greatest if value is not None and greatest > 0 else 0.0
        if value is not None:
            yield f'<rect x="{begin}" y="{y}" width="{long:.1f}" height="{BAR}" fill="{COLOURS[0]}"/>'
        told = panel.missing if value is None else shown(value)
        yield f'<text x="{begin + long + 6:.1f}" y="{y + 12}">{escape(told)}</text>'
