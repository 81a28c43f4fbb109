"""Curves as SVG, drawn without a library; pure.

plot = Plot(title="...", across="fans", up="ms", curves={"alone": [(100, 1.2), (200, 1.3)]})
svg(plot) -> "<svg ...>"
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 48, 56
COLOURS = ("#0b6e4f", "#c1440e", "#2b59c3", "#7a4fa3", "#8a6d00")
STEPS = 5

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw: curves by name, each with its points from left to right; both axes begin at 0."""

    title: str
    across: str
    up: str
    curves: Mapping[str, Points]


def ticks(greatest: float, steps: int = STEPS) -> list[float]:
    """Round numbers from 0 to at least `greatest`, about so many."""
    if greatest <= 0:
        return [0.0, 1.0]
    rough = greatest / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    count = math.ceil(greatest / step - 1e-9)
    return [step * n for n in range(count + 1)]


def svg(plot: Plot) -> str:
    """The plot as a whole document, readable on light and dark pages."""
    return "\n".join(_lines(plot)) + "\n"


def _lines(plot: Plot) -> Iterator[str]:
    points = [point for curve in plot.curves.values() for point in curve]
    across = ticks(max((x for x, _ in points), default=0))
    up = ticks(max((y for _, y in points), default=0))

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + x / across[-1] * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / up[-1] * (HEIGHT - TOP - BOTTOM),
        )

    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="12" fill="#333">'
    )
    yield f"<title>{escape(plot.title)}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield f'<text x="{LEFT}" y="20" font-size="15">{escape(plot.title)}</text>'
    for value in up:
        x, y = place(0, value)
        yield f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for value in across:
        x, y = place(value, 0)
        yield f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{value:,g}</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{escape(plot.across)}</text>'
    yield f'<text x="{LEFT - 48}" y="{TOP - 10}">{escape(plot.up)}</text>'
    for number, (name, curve) in enumerate(plot.curves.items()):
        yield from _curve(name, [place(x, y) for x, y in curve], number)
    yield "</svg>"


def _curve(name: str, places: Points, number: int) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    y = TOP + 16 * number
    yield f'<text x="{LEFT + 12}" y="{y + 4}" fill="{colour}">{escape(name)}</text>'
