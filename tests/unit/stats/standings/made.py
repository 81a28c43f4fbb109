"""Results by hand, as short as they can be written: `a 2-1 b`, `a 3-2 b ot`."""

import re

import msgspec

from scorewire.stats.standings.criteria import Criterion
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.result import Decided, Figures, Outcome, Result
from scorewire.stats.standings.rules import Deduction, Entrant, Points, Rules, View
from scorewire.stats.standings.table import Part, table

DAY_MS = 86_400_000
WORDS: dict[str, Decided] = {"ot": "overtime", "so": "shootout", "set": "deciding_set"}
_LINE = re.compile(r"(\S+) (\d+)-(\d+) (\S+)(?: (\w+))?")
SOCCER = Points(win=3, draw=1, loss=0)


def game(number: int, line: str, *, group: str = "") -> Result:
    """The game of day `number`. `a 1-1 b so` is level, and a has won by kicks."""
    match = _LINE.fullmatch(line)
    assert match is not None, line
    home, home_score, away_score, away, word = match.groups()
    mine, theirs = int(home_score), int(away_score)
    outcome: Outcome = "draw" if mine == theirs else "home" if mine > theirs else "away"
    if mine == theirs and word == "so":
        outcome = "home"
    return Result(
        game_id=f"g{number:03d}",
        sport="soccer",
        league="l",
        group=group,
        start_ms=number * DAY_MS,
        at_ms=number * DAY_MS,
        home=Figures(id=home, score=mine),
        away=Figures(id=away, score=theirs),
        outcome=outcome,
        decided=WORDS[word] if word else "regulation",
    )


def games(*lines: str, group: str = "", first: int = 1) -> list[Result]:
    """One game a day, in the order given; several in one text are parted by commas."""
    single = [line.strip() for text in lines for line in text.split(",")]
    return [game(number, line, group=group) for number, line in enumerate(single, first)]


def cards(result: Result, *, home: str = "", away: str = "") -> Result:
    """The game with cards: `y` a yellow, `s` a second yellow, `r` a red."""

    def shown(side: Figures, told: str) -> Figures:
        return msgspec.structs.replace(
            side, yellow=told.count("y"), second_yellow=told.count("s"), red=told.count("r")
        )

    return msgspec.structs.replace(result, home=shown(result.home, home), away=shown(result.away, away))


def rules(*order: str, points: Points = SOCCER, sport: str = "soccer", **view: object) -> Rules:
    """Rules of one view with this order."""
    return Rules(
        id="made",
        name="Made",
        sport=sport,
        points=points,
        views=(View(order=order, **view),),  # type: ignore[arg-type]
    )


def places(
    held: Rules,
    results: list[Result],
    teams: list[Entrant] | None = None,
    deductions: list[Deduction] | None = None,
    *,
    view: str = "",
    criteria: dict[str, Criterion] | None = None,
) -> str:
    """The ranks of a table: `a b=c d` has b and c sharing the second place; parts are parted by ` | `."""
    found = table(held, results, teams or [], deductions or [], criteria=criteria or CRITERIA)
    return " | ".join(written(part) for part in found.parts if part.view == (view or held.views[0].name))


def written(part: Part) -> str:
    """One part of a table as `a b=c d`."""
    text, before = "", 0
    for row in part.rows:
        text += ("=" if row.rank == before else " ") + row.team
        before = row.rank
    return text.strip()


def teams(**divisions: str) -> list[Entrant]:
    """Teams by division: `north="a b"`. A division named `x_north` lies in conference `x`."""
    return [
        Entrant(id=team, division=division, conference=division.partition("_")[0])
        for division, members in divisions.items()
        for team in members.split()
    ]
