"""`scorewire bench fold`: how fast each sport's machine folds plays, and how fast the owner decides claims.

Every type that a sport's table has comes by turns, with team, period and clock. The yardstick is a loop over
the same plays that calls a function which only returns what it was given: the price of asking at all. Its
rounds alternate with the machine's, in one process, by CPU time.

Folding is what a rebuild, a correction and a start do; deciding is what a new claim costs the owner before
anything is written: the rules, the row, the patch for the fans.
"""

import time
from collections.abc import Callable, Sequence
from statistics import median

from scorewire.bench.report import Figure, Outcome, at_least, plain
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.provider_event import GameDeclared, League, Player, ProviderEvent, Team
from scorewire.sports import SPORTS
from scorewire.sports.lifecycle import LIFECYCLE
from scorewire.sports.machine import AnyMachine

GOAL = 100_000
ROUNDS = 7
GAME = 300
"""Plays of a game, whose state begins anew after them: a long game's are no fairer, and a match that is won
costs nothing."""


def run(plays: int) -> Outcome:
    """Measure every sport with that many plays a round."""
    outcome = Outcome()
    for sport, machine in SPORTS.items():
        outcome.figures += sport_figures(sport, machine, plays)
    return outcome


def sport_figures(sport: str, machine: AnyMachine, plays: int) -> list[Figure]:
    """Plays folded a second, the same against the bare call, and claims decided a second."""
    game = draw(sport, machine)
    games = max(plays // GAME, 1)
    plays = games * GAME

    def fold() -> None:
        for _ in range(games):
            state, evolve = machine.begin({}), machine.evolve
            for at, play in enumerate(game):
                state = evolve(state, play, at)

    def ask() -> None:
        for _ in range(games):
            state, same = machine.begin({}), _same
            for at, play in enumerate(game):
                state = same(state, play, at)

    folded, asked = alternate(fold, ask)
    decided = min(_timed(lambda: _decide(sport, game)) for _ in range(ROUNDS))
    return [
        at_least(f"{sport}: plays folded a second", plays / folded, GOAL, unit="/s"),
        plain(f"{sport}: a play ÷ a bare call", folded / asked),
        plain(f"{sport}: claims decided a second", len(game) / decided, unit="/s"),
    ]


def draw(sport: str, machine: AnyMachine) -> list[ProviderEvent]:
    """One game: plays of every type by turns, over two periods; no event of the life cycle among them."""
    kinds = [name for name, spec in machine.events.items() if name not in LIFECYCLE and not spec.negates]
    return [
        ProviderEvent(
            provider="bench",
            game_id=f"fold-{sport}",
            event=f"e{number}",
            revision=1,
            sequence=number,
            type=kinds[number % len(kinds)],
            team="home" if number // len(kinds) % 2 else "away",
            period=1 + number * 2 // GAME,
            clock=f"{number % 12}:{number % 60:02}",
            player=Player(id=f"p{number % 22}"),
        )
        for number in range(GAME)
    ]


def alternate(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Median CPU seconds of each, their rounds taken in turn."""
    taken = [(_timed(one), _timed(other)) for _ in range(ROUNDS)]
    return median(first for first, _ in taken), median(second for _, second in taken)


def _timed(work: Callable[[], None]) -> float:
    before_s = time.process_time()
    work()
    return max(time.process_time() - before_s, 1e-9)


def _same(state: object, play: ProviderEvent, at: int) -> object:  # noqa: ARG001
    return state


def _decide(sport: str, game: Sequence[ProviderEvent]) -> None:
    desk = Desk(Book(game_id=game[0].game_id, machines=SPORTS), "bench")
    declared = GameDeclared(
        provider="bench",
        game_id=game[0].game_id,
        event="declared",
        revision=1,
        sport=sport,
        league=League(id="bench"),
        start="2026-01-01T00:00:00Z",
        home=Team(id="home"),
        away=Team(id="away"),
    )
    decide(desk, declared, now_ms=1, log_offset=1, kind="dense")
    for number, play in enumerate(game, 2):
        decide(desk, play, now_ms=number, log_offset=number, kind="dense")
