"""Which game is declared, under way or over at a moment of the demo; pure.

Every game comes round once a lap: somewhat more than half of it the game is under way, before that it is on
the list as scheduled, after that as final. OPENING says how far each one is when the demo starts, so that
the first look already finds games of every kind, and the cancelled goal is never far away. All laps are of
the same length, so the two basketball games go on taking turns and some score is always about to move.
"""

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from scorewire.demo.matchday import Game, read_game
from scorewire.model.provider_event import Claim
from scorewire.providers.format import rfc3339

OPENING: dict[str, float] = {
    "bkn-gsw-2020": 30.0,
    "bra-ger-2014": 8.0,
    "wc2018-final": 12.0,
    "liv-bar-2019": 52.0,
    "city-qpr-2012": 62.0,
    "euro2024-final": 72.0,
    "wc2022-final": 86.0,
    "city-spurs-2019": 89.0,
    "united-bayern-1999": -12.0,
    "istanbul-2005": -25.0,
    "wc2014-final": -40.0,
    "okc-was-2016": -44.0,
    "bar-bay-2020": 105.0,
    "wwc2019-final": 120.0,
    "wwc2023-final": 135.0,
    "wc2010-final": 160.0,
}
"""Minutes of its own pace that each game has behind it at the start; below 0 it has yet to begin."""

LAP_S = 165 * 60.0
"""A lap, at the games' pace: a little longer than the longest game."""
ANNOUNCED_S = 45 * 60.0
"""How long before its start a game is declared, at the games' pace."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One turn of one game.

    Attributes:
        game_id: the game's own id with the number of the lap.
        starts_s: seconds after the demo's beginning, at the games' pace; below 0 it had begun before.
    """

    game: Game
    game_id: str
    starts_s: float

    @property
    def declared_s(self) -> float:
        """When the game is put on the list."""
        return self.starts_s - ANNOUNCED_S


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something to post at `at_s`: the declaration (index -1) or a play."""

    at_s: float
    game_id: str
    index: int
    lap: Lap

    def claim(self, began_ms: int, speed: float) -> Claim:
        """What the provider says, with the wall time at which it says so.

        Args:
            began_ms: wall time of the demo's beginning.
            speed: how many times faster than in reality the games are played.
        """
        at_ms = began_ms + math.floor(self.at_s / speed * 1000)
        if self.index < 0:
            starts_s = math.floor(began_ms / 1000 + self.lap.starts_s / speed)
            return self.lap.game.declared(self.game_id, start=rfc3339(starts_s * 1000), now_ms=at_ms)
        return self.lap.game.event(self.index, self.game_id, now_ms=at_ms)


def bundled() -> tuple[Game, ...]:
    """The games of the matchday, in the order of OPENING."""
    folder = files("scorewire.demo") / "games"
    return tuple(read_game((folder / f"{name}.txt").read_text(encoding="utf-8")) for name in OPENING)


def schedule(games: Sequence[Game], *, run: str = "") -> Iterator[Due]:
    """Everything that ever becomes due, in order of time, without an end.

    Args:
        run: goes into the ids where another demo has used the same data folder.
    """
    return heapq.merge(*(_turns(game, run) for game in games))


def _turns(game: Game, run: str) -> Iterator[Due]:
    def lap(number: int) -> Lap:
        starts_s = (number - 1) * LAP_S - OPENING[game.id] * 60
        return Lap(game, f"{game.id}-{run}{number}", starts_s)

    def declaration(of: Lap) -> Due:
        return Due(of.declared_s, of.game_id, -1, of)

    current = lap(1)
    yield declaration(current)
    for number in itertools.count(2):
        plays = [
            Due(current.starts_s + play.at_s, current.game_id, index, current)
            for index, play in enumerate(game.plays)
        ]
        current = lap(number)
        # A long game is still under way when its next lap is announced.
        yield from heapq.merge(plays, [declaration(current)])
