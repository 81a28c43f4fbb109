"""The auditor's own rules: what plays come to, counted without any machine of sports/. Pure.

Most sports are sums. Tennis and volleyball are counted as a scorer at the table would, point by point on a
sheet; the sheet knows nothing of states, claims or corrections.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scorewire.model.provider_event import Detail, ProviderEvent

POINTS: Mapping[str, Mapping[str, int]] = {
    "soccer": {"GOAL": 1},
    "basketball": {"FG2": 2, "FG3": 3, "FT": 1},
    "american_football": {"TOUCHDOWN": 6, "EXTRA_POINT": 1, "TWO_POINT": 2, "FIELD_GOAL": 3, "SAFETY": 2},
    "ice_hockey": {"GOAL": 1},
    "rugby_union": {"TRY": 5, "PENALTY_TRY": 7, "CONVERSION": 2, "PENALTY_GOAL": 3, "DROP_GOAL": 3},
    "handball": {"GOAL": 1},
}
CRICKET = ("runs", "wides", "noballs", "byes", "legbyes", "penalty")

Pair = tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """What a game comes to.

    Attributes:
        lines: period -> home and away; periods in which nobody scored are left out.
        over: the laws say that the match is won.
    """

    home: int = 0
    away: int = 0
    lines: dict[int, Pair] = field(default_factory=dict)
    over: bool = False

    @property
    def score(self) -> Pair:
        """Home and away."""
        return self.home, self.away


def count(sport: str, plays: Iterable[ProviderEvent], rules: Detail) -> Sheet:
    """The sheet of plays that stand, in play order."""
    if sport == "tennis":
        return _tennis([play.team == "home" for play in plays if play.type == "POINT"], rules)
    if sport == "volleyball":
        return _volleyball([play.team == "home" for play in plays if play.type == "POINT"], rules)
    sheet = Sheet()
    for play in plays:
        points = RUNS[sport](play) if sport in RUNS else POINTS[sport].get(play.type, 0)
        if not points or play.team is None:
            continue
        home, away = (points, 0) if play.team == "home" else (0, points)
        sheet.home, sheet.away = sheet.home + home, sheet.away + away
        # A period of baseball is half an inning, and its line is the inning's.
        number = ((play.period or 0) + 1) // 2 if sport == "baseball" else play.period or 0
        line = sheet.lines.get(number, (0, 0))
        sheet.lines[number] = (line[0] + home, line[1] + away)
    return sheet


def _cricket(play: ProviderEvent) -> int:
    if play.type != "BALL":
        return 0
    return sum(value for name in CRICKET if isinstance(value := play.detail.get(name, 0), int))


def _baseball(play: ProviderEvent) -> int:
    runs = play.detail.get("runs", 0) if play.type in {"RUNS", "HOME_RUN"} else 0
    return runs if isinstance(runs, int) else 0


RUNS: Mapping[str, Callable[[ProviderEvent], int]] = {"cricket": _cricket, "baseball": _baseball}
"""Sports whose plays say themselves how much they add."""


def _ahead(one: int, other: int, target: int) -> bool:
    """The side with `one` has reached the target, and leads by two."""
    return one >= target and one - other >= 2


def _tennis(points: list[bool], rules: Detail) -> Sheet:
    """True for a point of home. Games to four by two, sets by games, a tie-break at the end."""
    sets_to_win = int(rules["best_of"]) // 2 + 1
    games_to_win, tiebreak_at, tiebreak_to = (
        int(rules[name]) for name in ("set_games", "tiebreak_at", "tiebreak_points")
    )
    sheet = Sheet()
    games = [0, 0]
    won = [0, 0]
    for home in points:
        if sheet.over:
            break
        side, other = (0, 1) if home else (1, 0)
        won[side] += 1
        tiebreak = games[0] == games[1] == tiebreak_at
        if not _ahead(won[side], won[other], tiebreak_to if tiebreak else 4):
            continue
        won = [0, 0]
        games[side] += 1
        number = sheet.home + sheet.away + 1
        sheet.lines[number] = (games[0], games[1])
        if tiebreak or _ahead(games[side], games[other], games_to_win):
            _take_set(sheet, home=home, to_win=sets_to_win)
            games = [0, 0]
    return sheet


def _volleyball(points: list[bool], rules: Detail) -> Sheet:
    """Rally points: a set to its target by two, the last one to a lower target."""
    best_of = int(rules["best_of"])
    sheet = Sheet()
    score = [0, 0]
    for home in points:
        if sheet.over:
            break
        side, other = (0, 1) if home else (1, 0)
        score[side] += 1
        number = sheet.home + sheet.away + 1
        sheet.lines[number] = (score[0], score[1])
        target = int(rules["last_set_points"] if number == best_of else rules["set_points"])
        if _ahead(score[side], score[other], target):
            _take_set(sheet, home=home, to_win=best_of // 2 + 1)
            score = [0, 0]
    return sheet


def _take_set(sheet: Sheet, *, home: bool, to_win: int) -> None:
    sheet.home, sheet.away = sheet.home + home, sheet.away + (not home)
    sheet.over = max(sheet.home, sheet.away) >= to_win
