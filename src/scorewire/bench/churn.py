"""`scorewire bench churn`: does memory grow while fans come and go?

Fans come, are given the game's state, and leave at once, some hundreds at a time. After each part of the
joins the node's resident memory is read; a line through the readings after the first fifth says how much
memory the whole run would have cost.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from scorewire.bench.game import Game
from scorewire.bench.plot import Plot, svg
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.storm import flaws
from scorewire.bench.target import Target
from scorewire.bench.turnout import Turnout

GAME = "churn-1"
PARTS = 25
WARM_PARTS = 5
WINDOW = 400
SETTLE_S = 0.1
RATE_MIN = 200
"""Joins a second below which something is wrong, and the bench ends."""
GROWTH_MAX_PERCENT = 1.0


def run(joins: int, stage: Stage, plot: Path | None = None) -> Outcome:
    """Measure; draw a plot if asked.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    resident: list[int] = []
    each = max(joins // PARTS, 1)
    with (
        Target(folder=stage.folder, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Turnout(fans=WINDOW, cores=stage.cores.clients, window=WINDOW) as turnout,
    ):
        game = Game(provider, GAME)
        game.begin()
        time.sleep(SETTLE_S)
        resident.append(target.process.resident_bytes())
        began_s, before_ns = time.monotonic(), target.process.cpu_ns()
        for part in range(PARTS):
            stage.tell(f"{each * part} of {each * PARTS} joins")
            provider.post(*game.shoot())
            game.wait()
            came = turnout.churn(
                each,
                port=target.port,
                path=f"/v1/stream?game={GAME}",
                wanted={GAME: game.seq},
                limit_s=30 + each / RATE_MIN,
            )
            outcome.failures += flaws(came, "were given the state")
            if outcome.failures:
                return outcome
            time.sleep(SETTLE_S)
            resident.append(target.process.resident_bytes())
        lasted_s = time.monotonic() - began_s - PARTS * SETTLE_S
        spent_ns = target.process.cpu_ns() - before_ns
    outcome.figures += churn_figures(each * PARTS, resident, lasted_s, spent_ns)
    if plot is not None:
        plot.write_text(svg(churn_plot(each, resident)), encoding="utf-8")
    return outcome


def growth(readings: Sequence[float]) -> float:
    """How much the line of least squares rises from the first reading to the last, as a share of the mean."""
    count = len(readings)
    middle, mean = (count - 1) / 2, sum(readings) / count
    across = sum((place - middle) ** 2 for place in range(count))
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(readings)) / across
    return slope * (count - 1) / mean


def churn_figures(joins: int, resident: Sequence[int], lasted_s: float, spent_ns: int) -> list[Figure]:
    """The slope against its goal, and the readings."""
    settled = resident[WARM_PARTS:]
    # The line leaves out the first parts, so it is stretched to the length of the whole run.
    whole = growth(settled) * (len(resident) - 1) / (len(settled) - 1)
    return [
        at_most(
            "resident memory, slope over the run",
            whole * 100,
            GROWTH_MAX_PERCENT,
            unit="%",
            note=f"line through {len(settled)} readings, without the first {WARM_PARTS}",
        ),
        plain("resident before the first join", resident[0] / 1e6, unit="MB"),
        plain("resident after the warm-up", settled[0] / 1e6, unit="MB"),
        plain("resident at the end", resident[-1] / 1e6, unit="MB"),
        plain("slope a join", whole * sum(settled) / len(settled) / joins, unit="B"),
        plain("joins and leaves", joins, note="each was given the game's newest state"),
        plain("joins a second", joins / lasted_s, unit="/s"),
        plain("server CPU a join and leave", spent_ns / joins / 1000, unit="µs"),
    ]


def churn_plot(each: int, resident: Sequence[int]) -> Plot:
    """Resident memory against joins."""
    return Plot(
        title="The node's resident memory while fans come and leave",
        across="joins and leaves",
        up="MB",
        curves={"resident": [(each * part, size / 1e6) for part, size in enumerate(resident)]},
    )
