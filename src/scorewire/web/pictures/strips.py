"""Results of one team, one after the other: a short strip for tables, a long one for a season.

A result is told three ways at once: its letter, its place (won above the line, lost below, drawn on it), and
its colour. In the short strip there is room for the letter, in the long one for the place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from scorewire.web.pictures.drawing import (
    WIDTH,
    Plate,
    count,
    cut,
    figure,
    group,
    join,
    label,
    n,
    path,
    sentence,
    text,
)

Outcome = Literal["won", "drawn", "lost"]
LETTERS: Final[Mapping[Outcome, str]] = {"won": "W", "drawn": "D", "lost": "L"}
FORM_MAX = 10
SEASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One game of the team: `score` as it reads for it, `2–1`; `letter` where a sport has another."""

    outcome: Outcome
    score: str = ""
    opponent: str = ""
    letter: str = ""


def form(results: Sequence[Result], *, team: str, key: str) -> Markup:
    """The newest results, newest last, as one inline SVG for a row of a table: 22 units a result."""
    shown = results[-FORM_MAX:]
    pills = []
    for number, one in enumerate(shown):
        x = number * 22
        square = Markup('<rect x="{}" y="1" width="18" height="18" rx="5"/>').format(x + 2)
        letter = label(x + 11, 14, one.letter[:2] or LETTERS[one.outcome], anchor="middle")
        tip = Markup("<title>{}</title>").format(text(_told(one)))
        pills.append(group(one.outcome, [tip, square, letter]))
    said = ", ".join(one.outcome for one in shown)
    return Markup(
        '<svg class="form" viewBox="0 0 {w} 20" width="{w}" height="20" role="img" '
        'aria-labelledby="{id}-t" aria-describedby="{id}-d">'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{desc}</desc>{body}</svg>'
    ).format(
        w=max(1, len(shown)) * 22,
        id=key,
        title=sentence(f"Last results of {cut(team, 80)}"),
        desc=sentence(f"Oldest first: {said}." if said else "No games yet."),
        body=join(pills),
    )


def season(results: Sequence[Result], *, team: str, key: str) -> Markup:
    """Every game of a season: a tick up for won, down for lost, a short one on the line for drawn."""
    shown = results[-SEASON_MAX:]
    step = (WIDTH - 8) / max(len(shown), 20)
    middle, tall = 24.0, 17.0
    drawn: dict[Outcome, str] = {"won": "", "drawn": "", "lost": ""}
    heights: dict[Outcome, tuple[float, float]] = {
        "won": (middle - 2, middle - tall),
        "drawn": (middle + 2.5, middle - 2.5),
        "lost": (middle + tall, middle + 2),
    }
    for number, one in enumerate(shown):
        low, high = heights[one.outcome]
        x, wide = 4 + number * step, step * 0.72
        drawn[one.outcome] += f"M{n(x)} {n(low)}V{n(high)}H{n(x + wide)}V{n(low)}z"
    body = path(f"M4 {n(middle)}H{n(WIDTH - 4)}", "axis")
    body += join(path(commands, f"tick {outcome}") for outcome, commands in drawn.items() if commands)
    plate = Plate(width=WIDTH, height=48, body=body, title=f"Results of {team}", desc=_described(shown, team))
    return figure(key=key, kind="season", heading="Results", legend=[_legend(shown)], plates=[plate])


def _told(one: Result) -> str:
    parts = (one.outcome.capitalize(), one.score, f"against {cut(one.opponent, 40)}" if one.opponent else "")
    return " ".join(part for part in parts if part)


def _tally(shown: Sequence[Result]) -> dict[Outcome, int]:
    return {outcome: sum(one.outcome == outcome for one in shown) for outcome in LETTERS}


def streak(shown: Sequence[Result]) -> tuple[Outcome, int] | None:
    """What the newest game was, and how many in a row were the same."""
    if not shown:
        return None
    last = shown[-1].outcome
    length = 0
    for one in reversed(shown):
        if one.outcome != last:
            break
        length += 1
    return last, length


def _described(shown: Sequence[Result], team: str) -> str:
    held = streak(shown)
    if held is None:
        return f"{team}: no games yet."
    tally = _tally(shown)
    drawn = f", {tally['drawn']} drawn" if tally["drawn"] else ""
    row = f"The last {held[1]} in a row were {held[0]}." if held[1] > 1 else f"The last was {held[0]}."
    return f"{team}: {count(len(shown), 'game')}, {tally['won']} won{drawn}, {tally['lost']} lost. {row}"


def _legend(shown: Sequence[Result]) -> list[Markup]:
    paths: dict[Outcome, str] = {"won": "M5 12V3h6v9z", "drawn": "M5 10V6h6v4z", "lost": "M5 13V4h6v9z"}
    return [
        Markup(
            '<svg viewBox="0 0 16 16" aria-hidden="true"><path class="tick {}" d="{}"/></svg>{} {}'
        ).format(outcome, paths[outcome], number, outcome)
        for outcome, number in _tally(shown).items()
        if number or outcome != "drawn"
    ]
