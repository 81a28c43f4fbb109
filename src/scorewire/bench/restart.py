"""`scorewire bench restart`: all processes are replaced, one after the other, under a steady rate of updates.

Thousands of fans follow hundreds of games, which have so many updates a second between them. The node is sent
SIGHUP and replaces every worker, and then the pipeline; each fan hears `bye` and comes back after the `retry`
that it was told, with its cursor. Everyone must have every update of its game, once and in order.
"""

import signal
import time
from dataclasses import dataclass

from scorewire.bench.arrivals import Came
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.games import Desk, begin
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.storm import PATIENCE_S, away_figures, epoch_of, flaws
from scorewire.bench.target import Target
from scorewire.bench.ticker import Ticker
from scorewire.bench.turnout import Turnout

STEADY_S = 2.0
"""Of updates before the restart, and after the last worker is replaced."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        rate: updates a second, of all games together.
        games: among which fans and updates are shared out.
        drain_s: over how long a worker tells its fans to come back.
        times: how often all processes but the first are replaced.
    """

    fans: int
    workers: int
    rate: float
    games: int
    drain_s: float
    times: int

    @property
    def limit_s(self) -> float:
        """The longest that fans may take to come, or to be complete at the end."""
        return 30.0 + self.fans / 500


@dataclass(frozen=True, slots=True)
class Rolled:
    """What became of the fans, how long each restart took, and what the provider did."""

    came: Came
    seconds: list[float]
    updates: int
    late_s: float
    calls_again: int


def run(options: Options, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    cores = stage.cores
    with (
        Target(folder=stage.folder, cores=cores, workers=options.workers, drain_s=options.drain_s) as target,
        Provider(port=target.port, secret=target.secret, patience_s=PATIENCE_S) as provider,
        Turnout(fans=options.fans, cores=cores.clients) as turnout,
    ):
        games = [Game(provider, f"restart-{number}") for number in range(options.games)]
        begin(provider, games)
        stage.tell(f"{options.fans} fans come")
        came = turnout.come(
            port=target.port,
            paths=[f"/v1/stream?game={game.id}" for game in games],
            wanted={game.id: game.seq for game in games},
            limit_s=options.limit_s,
        )
        outcome.failures += flaws(came, "came")
        if outcome.failures:
            return outcome
        turnout.stay(epoch_of(target.port, games[0]))
        rolled = _roll(options, stage, target, games, turnout)
    outcome.failures += flaws(rolled.came, "were sent away by a worker")
    if rolled.came.cut < options.fans * options.times:
        outcome.failures.append(
            f"only {rolled.came.cut} connections ended, so that not every worker was replaced"
        )
    if not outcome.failures:
        outcome.figures += restart_figures(options, rolled)
    return outcome


def _roll(options: Options, stage: Stage, target: Target, games: list[Game], turnout: Turnout) -> Rolled:
    """Tell updates, replace all processes so many times meanwhile, and wait until every fan is complete."""
    seconds: list[float] = []
    patient = Provider(port=target.port, secret=target.secret, patience_s=PATIENCE_S)
    with patient as provider:
        desk = Desk(provider, games)
        with Ticker(desk.event, period_s=1 / options.rate) as ticker:
            time.sleep(STEADY_S)
            for number in range(options.times):
                stage.tell(f"restart {number + 1} of {options.times}, {options.rate:g} updates a second")
                held, began_s = target.process.family.pids()[1:], time.monotonic()
                target.process.signal(signal.SIGHUP)
                seconds.append(target.replaced(held) - began_s)
                time.sleep(STEADY_S)
        wanted = {game.id: game.seq for game in games}
        came = turnout.stayed(wanted, limit_s=options.limit_s)
    return Rolled(came, seconds, len(desk.sent_s), ticker.late_s, provider.calls_again)


def restart_figures(options: Options, rolled: Rolled) -> list[Figure]:
    """That nothing was lost, and how long anyone was away."""
    came = rolled.came
    return [
        at_most("updates missed, twice or out of order", came.gaps + came.disordered, 0, note="by any fan"),
        plain("fans that had every update", options.fans, note=f"of {options.fans}"),
        plain("updates that a full state stood for", came.leapt, note="where that is smaller than they are"),
        *away_figures("", came),
        plain("all processes replaced after", spread(rolled.seconds).last, unit="s", note="from SIGHUP"),
        plain("connections that ended", came.cut, note=f"{options.fans} fans, {options.times} restarts"),
        plain("connections tried again", came.refused),
        plain("updates", rolled.updates, note=f"{options.rate:g} a second were wanted"),
        plain("deliveries", rolled.updates * options.fans / options.games),
        plain("calls that were made again", rolled.calls_again, note="with the same webhook-id"),
    ]
