"""One game as a table sees it: who won, how it was decided, and the figures that some rules ask for."""

from typing import Literal

from msgspec import Struct

Outcome = Literal["home", "away", "draw", "no_result"]
"""Who won. `no_result`: played or begun, and nobody has won; cricket gives points for it."""

Decided = Literal["regulation", "overtime", "shootout", "deciding_set"]
"""How: in the time that every game has; in extra time, extra innings or a super over; by a shoot-out; in the
set that only level matches have."""

Kind = Literal["played", "awarded", "void"]
"""awarded: by a ruling, a walkover or a forfeit, with the score that it imposed. void: counts for nothing."""


class Figures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one side comes to in a game.

    Attributes:
        id: the team.
        score: as the scoreboard shows it: goals, points, runs, sets.
        tries: for bonus points.
        rallies: points of volleyball, or games of tennis, in all sets.
        runs, balls: of its innings, for the net run rate; a side that is all out, and one whose overs were
            changed, has the balls that the rules charge it with only in `quota`.
        all_out: it has lost all its wickets.
        quota: balls that its innings could have had, where that was changed; 0: as the competition has it.
        yellow, second_yellow, red: cards, for fair play. A second yellow is counted in `yellow` once, for the
            first; it is one of `red` too, where the scoreboard is all that is known.
    """

    id: str
    score: int = 0
    tries: int = 0
    rallies: int = 0
    runs: int = 0
    balls: int = 0
    all_out: bool = False
    quota: int = 0
    yellow: int = 0
    second_yellow: int = 0
    red: int = 0


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A game for tables: `{"game_id": "g1", "home": {"id": "arg", "score": 3}, ...}`.

    Attributes:
        round: as declared: `Matchday 3`, `Group A, Matchday 1`, `Final`. Rules say which rounds count.
        group: read off the round; empty where the competition has none.
        at_ms: when it became so: the end of the game, else its start; tables as of a date go by it.
        provisional: the game goes on, or nobody has confirmed it.
        rated: its innings count for the net run rate; those of an abandoned match do not.
    """

    game_id: str
    sport: str
    league: str
    season: str = ""
    round: str = ""
    group: str = ""
    start_ms: int = 0
    at_ms: int = 0
    home: Figures
    away: Figures
    outcome: Outcome
    decided: Decided = "regulation"
    kind: Kind = "played"
    provisional: bool = False
    rated: bool = False


def in_order(result: Result) -> tuple[int, str]:
    """The order of games in time; of two that start together, any order that is always the same."""
    return result.start_ms, result.game_id
