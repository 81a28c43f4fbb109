"""One game of tennis: how its points are called, when it is won, and who serves the next of them.

    standard   0 15 30 40, deuce (40-40), advantage (AD-40)
    tie-break  0 1 2 3 ...

Source: ITF Rules of Tennis 2024, rule 5; Appendix VI (no-ad).
"""

from scorewire.model.provider_event import Side
from scorewire.model.score_state import Tree
from scorewire.sports.sets import other, read_pair

NAMES = ("0", "15", "30", "40")
STANDARD_POINTS = 4
"""Points that win a standard game, by its margin."""

_DEUCE: Tree = {"home": "40", "away": "40"}
_AHEAD: dict[Side, Tree] = {"home": {"home": "AD", "away": "40"}, "away": {"home": "40", "away": "AD"}}
LOVE_ALL: Tree = {"home": "0", "away": "0"}


def won(points: int, lost: int, target: int, margin: int) -> bool:
    """Whether so many points to so many lost win the game."""
    return points >= target and points - lost >= margin


def called(home: int, away: int, *, tiebreak: bool) -> Tree:
    """The points as the umpire calls them."""
    if tiebreak:
        return {"home": str(home), "away": str(away)}
    if home < STANDARD_POINTS and away < STANDARD_POINTS:
        return {"home": NAMES[home], "away": NAMES[away]}
    if home == away:
        return _DEUCE
    return _AHEAD["home" if home > away else "away"]


def read_points(text: object, *, tiebreak: bool) -> tuple[int, int] | None:
    """`30-40`, `AD-40` or, in a tie-break, `6-5` as points; None if it is not that."""
    if tiebreak:
        return read_pair(text)
    if not isinstance(text, str):
        return None
    home, _, away = text.partition("-")
    if (home, away) == ("AD", "40"):
        return 4, 3
    if (home, away) == ("40", "AD"):
        return 3, 4
    if home in NAMES and away in NAMES:
        return NAMES.index(home), NAMES.index(away)
    return None


def opener(server: Side, number: int) -> Side:
    """Who served the first point of a tie-break in which `server` serves point `number`, from 1."""
    return server if number // 2 % 2 == 0 else other(server)


def after_point(server: Side | None, number: int, *, tiebreak: bool) -> Side | None:
    """Who serves after point `number` of a game, from 1, that `server` served and that did not end it."""
    if server is None or not tiebreak or number % 2 == 0:
        return server
    return other(server)


def after_game(server: Side | None, number: int, *, tiebreak: bool) -> Side | None:
    """Who serves the next game, if `server` serves point `number` of this one, with which it ends.

    After a tie-break it is who received its first point.
    """
    if server is None:
        return None
    return other(opener(server, number) if tiebreak else server)
