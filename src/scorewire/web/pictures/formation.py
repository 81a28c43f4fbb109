"""Soccer: the starters of both sides on one pitch, where their positions put them.

Feeds name positions as `Right Center Back`, `RCB` or only `Defender`. What such a name says is how far up the
pitch, and sometimes on which side; the places themselves are ours, evenly spread within a row. Without
elevens whose positions are all understood there is no picture.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from scorewire.model.provider_event import Side
from scorewire.web.pictures.drawing import WIDTH, Plate, cut, figure, group, join, label, listed, path, text
from scorewire.web.pictures.grounds import PITCH, circle, floor
from scorewire.web.pictures.marks import swatch

PLAYERS: Final = 11
SCALE: Final = (WIDTH - 12) / PITCH.width
NAME_LETTERS: Final = 13
NAME_LETTERS_CROWDED: Final = 10
CROWDED: Final = 4
"""Players of a row from which on there is room for short names only."""
HOLDING, MIDDLE, WINGS, FRONT = 2.0, 3.0, 4.4, 5.0
THREE: Final = 3
PAIR: Final = 2
RADIUS: Final = 10.5

ROWS: Final[tuple[tuple[str, float], ...]] = (
    (r"goal ?keeper|keeper|gk|g", 0),
    (r"(?:right|left) wing ?back|[rl]wb", 1),
    (r"sweeper|.*back|[rl]c?b|cb|.*defender|defen[cs]e|df|d", 1),
    (r".*defensive midfield(?:er)?|[rlc]?dm", 2),
    (r".*attacking midfield(?:er)?|[rlc]?am", 4),
    (r".*midfield(?:er)?|[rlc]c?m|mf|m", 3),
    (r".*wing(?:er)?|[rl]wf?|[rl]f", 4.4),
    (r"secondary striker|ss", 4.6),
    (r".*forward|.*striker|[rl]?c?f|[rl]?st|fw|cf|f|s|attacker", 5),
)
"""How far up the pitch a position is, first match: 0 is the goal."""

_ROWS: Final = tuple((re.compile(rf"(?:{words})\Z", re.IGNORECASE), depth) for words, depth in ROWS)


@dataclass(frozen=True, slots=True)
class Starter:
    """One of the eleven."""

    name: str
    number: str
    position: str
    off: bool = False
    goals: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    starter: Starter
    depth: float
    lateral: float | None


def depth(position: str) -> float | None:
    """How far up the pitch; None for a position that is not understood."""
    named = position.strip().replace("-", " ")
    return next((far for words, far in _ROWS if words.match(named)), None)


def lateral(position: str) -> float | None:
    """On which side: -2 left to 2 right; None where the position does not say."""
    words = position.lower().replace("-", " ").split()
    if len(words) > 1 or (words and words[0] in ("right", "left")):
        middle = "center" in words or "centre" in words
        side = 1 if "right" in words else -1 if "left" in words else 0
        return float(side * (1 if middle else 2)) if side or middle else None
    short = words[0] if words else ""
    if len(short) > 1 and short[0] in "rl" and short != "ls":
        return (1.0 if short[0] == "r" else -1.0) * (1 if short[1] in "cds" else 2)
    return None


def rows(starters: Sequence[Starter]) -> list[list[Starter]] | None:
    """The eleven in rows, goalkeeper first, each from left to right; None where that is not known."""
    placed = [
        _Placed(one, far, lateral(one.position))
        for one in starters
        if (far := depth(one.position)) is not None
    ]
    keepers = sum(one.depth == 0 for one in placed)
    if len(starters) != PLAYERS or len(placed) != PLAYERS or keepers != 1:
        return None
    found: dict[float, list[_Placed]] = {}
    for one in placed:
        found.setdefault(one.depth, []).append(one)
    return [
        [one.starter for one in sorted(found[far], key=lambda one: one.lateral or 0.0)]
        for far in sorted(found)
    ]


def formation(starters: Sequence[Starter]) -> str:
    """`4-2-3-1`: the players before the goalkeeper, as people count them.

    Three in midfield are three, whoever of them stands deeper; wings and forwards are a line of up to three.
    """
    count = Counter(far for one in starters if (far := depth(one.position)))
    if count[HOLDING] and count[MIDDLE] and count[HOLDING] + count[MIDDLE] == THREE:
        count[MIDDLE] += count.pop(HOLDING)
    if count[WINGS] and count[FRONT] and count[WINGS] + count[FRONT] <= THREE:
        count[FRONT] += count.pop(WINGS)
    return "-".join(str(count[far]) for far in sorted(count) if count[far])


def line_ups(
    sides: Mapping[Side, Sequence[Starter]], names: Mapping[Side, str], *, key: str
) -> Markup | None:
    """Both elevens, the home side above; None where either's positions are not known."""
    found = {side: rows(starters) for side, starters in sides.items()}
    home, away = found.get("home"), found.get("away")
    if home is None or away is None:
        return None
    body = Markup('<g transform="matrix(0 {s} {s} 0 6 6)">{}</g>').format(floor(PITCH), s=f"{SCALE:.3f}")
    body += group("home", _drawn(home, "home")) + group("away", _drawn(away, "away"))
    shapes: dict[Side, str] = {side: formation(starters) for side, starters in sides.items()}
    plate = Plate(
        width=WIDTH,
        height=PITCH.length * SCALE + 12,
        body=body,
        title=f"Line-ups of {names['home']} and {names['away']}",
        desc=f"{names['home']} {_said(shapes['home'], home)} {names['away']} {_said(shapes['away'], away)}",
    )
    legend = [
        [swatch(side, Markup("<b>{}</b> {}").format(text(cut(names[side])), shapes[side])) for side in shapes]
    ]
    return figure(key=key, kind="pitch formation", heading="Formations", legend=legend, plates=[plate])


def _said(shape: str, placed: Sequence[Sequence[Starter]]) -> str:
    return f"{shape}: {listed(one.name for row in placed for one in row)}."


def _drawn(placed: Sequence[Sequence[Starter]], side: Side) -> Iterable[Markup]:
    gap = (PITCH.length / 2 - 9) / max(1, len(placed) - 1)
    for number, row in enumerate(placed):
        for one, share in zip(row, shares(row), strict=True):
            across = PITCH.width * share
            along = 4.5 + number * gap * 0.97
            # The home side looks down the picture, so that its left is the picture's right.
            x, y = (PITCH.width - across, along) if side == "home" else (across, PITCH.length - along)
            letters = NAME_LETTERS if len(row) < CROWDED else NAME_LETTERS_CROWDED
            yield _player(one, 6 + x * SCALE, 6 + y * SCALE, letters)


def shares(row: Sequence[Starter]) -> list[float]:
    """Where the players of a row stand, from the left touchline: two on the wings stand wide, two in the
    middle as two of three would who leave the middle free."""
    count = len(row)
    if count == PAIR and all(abs(lateral(one.position) or 0) == PAIR for one in row):
        return [0.16, 0.84]
    if count == PAIR:
        return [0.36, 0.64]
    return [place / (count + 1) for place in range(1, count + 1)]


def _player(one: Starter, x: float, y: float, letters: int) -> Markup:
    surname = one.name.split()[-1] if len(one.name) > letters else one.name
    parts = [path(circle(x, y, RADIUS), "fill")]
    if one.goals:
        parts.append(path(circle(x + 9, y - 8, 3.4), "ball"))
    if one.number:
        parts.append(label(x, y + 3.6, one.number[:3], classes="shirt", anchor="middle"))
    classes = "word off" if one.off else "word"
    return join([*parts, label(x, y + 20, cut(surname, letters + 1), classes=classes, anchor="middle")])
