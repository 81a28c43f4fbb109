"""`scorewire bench fair`: does a game of 50 fans suffer when one of thousands bursts beside it?

The small game gets an update every now and then, first alone (the big one's fans are connected and idle),
then while the big one gets one ten times a second. Times run from the node's decision, whose stamp is in
the update and which lies before its commit, to the last fan. Every fan's every update is checked.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from scorewire.bench.crowd import LoadClients
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.plot import Plot, svg
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, plain
from scorewire.bench.running import Stage
from scorewire.bench.spreading import Delays, delay_figures, delays
from scorewire.bench.target import Target
from scorewire.bench.ticker import Ticker

SMALL, BIG = "fair-small", "fair-big"
PERIOD_S = 0.23
"""Between two updates of the small game; no multiple of the burst's period, so that they meet anyhow."""
UPDATE_BYTES = 300
RATIO_MAX, EXTRA_MS_MAX = 3.0, 10.0
CAUGHT_UP_S = 30.0


Teller = tuple[Provider, Game]


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        fans: of the big game, at the most; `points` sizes up to it are measured.
        small: fans of the small game.
        rate: updates a second of the big game.
        updates: of the small game in each phase.
    """

    fans: int
    small: int
    rate: float
    updates: int
    points: int


@dataclass(frozen=True, slots=True)
class Point:
    """One size of the big game: the small one's times alone and beside it; `failures` if any was missed."""

    fans: int
    alone: Delays
    beside: Delays
    bursts: int
    late_s: float
    client_s: float
    lasted_s: float
    failures: list[str]


def sizes(fans: int, points: int) -> list[int]:
    """So many sizes up to `fans`, evenly spread."""
    return sorted({max(fans * n // points, 1) for n in range(1, points + 1)})


def run(options: Options, stage: Stage, plot: Path | None = None) -> Outcome:
    """Measure; draw a plot if asked.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    made: list[Point] = []
    with (
        Target(folder=stage.folder, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Provider(port=target.port, secret=target.secret) as other,
    ):
        small, big = Game(provider, SMALL), Game(other, BIG)
        for game in (small, big):
            game.begin()
            game.size_updates(target.port, UPDATE_BYTES)
        with LoadClients(fans=options.small, cores=stage.cores.clients) as few:
            few.join(port=target.port, path=f"/v1/stream?game={SMALL}")
            for fans in sizes(options.fans, options.points):
                stage.tell(f"{fans} fans beside {options.small}")
                point = _point(
                    options, stage, (provider, small), (other, big), few, port=target.port, fans=fans
                )
                made.append(point)
                outcome.failures += point.failures
    if outcome.failures:
        return outcome
    outcome.figures += fair_figures(options, made, len(stage.cores.clients))
    if plot is not None:
        plot.write_text(svg(fair_plot(options, made)), encoding="utf-8")
    return outcome


def _point(
    options: Options, stage: Stage, small: Teller, big: Teller, few: LoadClients, *, port: int, fans: int
) -> Point:
    with LoadClients(fans=fans, cores=stage.cores.clients) as many:
        many.join(port=port, path=f"/v1/stream?game={BIG}")
        many.record()
        few.record()
        alone_s = _updates(*small, options.updates)
        quiet = few.recorded({SMALL: small[1].seq}, timeout_s=CAUGHT_UP_S)
        few.record()
        began_s = time.monotonic()
        with Ticker(lambda: big[0].post(*big[1].shoot()), period_s=1 / options.rate) as ticker:
            beside_s = _updates(*small, options.updates)
        busy = few.recorded({SMALL: small[1].seq}, timeout_s=CAUGHT_UP_S)
        crowd = many.recorded({BIG: big[1].seq}, timeout_s=CAUGHT_UP_S + fans / 500)
        lasted_s = time.monotonic() - began_s
    failures = [
        f"{missed} of {count} fans of {game} missed an update"
        for game, count, missed in (
            (SMALL, options.small, quiet.missed + busy.missed),
            (BIG, fans, crowd.missed),
        )
        if missed
    ]
    wall_s = time.time() - time.monotonic()
    return Point(
        fans=fans,
        alone=delays(quiet.told, alone_s, wall_s),
        beside=delays(busy.told, beside_s, wall_s),
        bursts=ticker.calls,
        late_s=ticker.late_s,
        client_s=crowd.cpu_s + busy.cpu_s,
        lasted_s=lasted_s,
        failures=failures,
    )


def _updates(provider: Provider, game: Game, count: int) -> dict[tuple[str, int], float]:
    """Post so many updates; when each was sent."""
    sent: dict[tuple[str, int], float] = {}
    for _ in range(count):
        began_s = time.monotonic()
        (message,) = game.shoot()
        sent[game.id, game.seq] = provider.post(message)
        time.sleep(max(began_s + PERIOD_S - time.monotonic(), 0))
    return sent


def fair_figures(options: Options, points: list[Point], client_cores: int) -> list[Figure]:
    """The largest size against its goal, then the others."""
    largest = points[-1]
    alone, beside = (spread(times.decided_last).p50 * 1000 for times in (largest.alone, largest.beside))
    ratio = beside / max(alone, 1e-3)
    made = [
        Figure(
            name="decision to last fan of the small game, beside ÷ alone",
            value=round(ratio, 2),
            goal=f"≤ {RATIO_MAX:g}, or ≤ {EXTRA_MS_MAX:g} ms",
            met=ratio <= RATIO_MAX or beside <= EXTRA_MS_MAX,
            note="medians; the decision lies before the commit",
        ),
        plain("decision to last fan, alone", alone, unit="ms", note="median"),
        plain(
            "decision to last fan, beside",
            beside,
            unit="ms",
            note=f"median; the worst {max(largest.beside.decided_last) * 1000:.1f}",
        ),
        *delay_figures("alone", largest.alone),
        *delay_figures("beside", largest.beside),
        plain(
            "updates of the big game a second",
            largest.bursts / (options.updates * PERIOD_S),
            unit="/s",
            note=f"{options.rate:g} were wanted",
        ),
        plain("load clients busy", largest.client_s / client_cores / largest.lasted_s * 100, unit="%"),
        plain("fans that got every update", options.small + largest.fans),
    ]
    made += [
        plain(f"{point.fans} fans: decision to last fan, beside", _ms(point.beside), unit="ms", note="median")
        for point in points[:-1]
    ]
    return made


def fair_plot(options: Options, points: list[Point]) -> Plot:
    """The small game's time to its last fan against the big game's size."""
    return Plot(
        title=f"A game of {options.small} fans while another bursts {options.rate:g} times a second",
        across="fans of the other game",
        up="ms to the last fan of the small game, median",
        curves={
            "alone": [(point.fans, _ms(point.alone)) for point in points],
            "beside": [(point.fans, _ms(point.beside)) for point in points],
        },
    )


def _ms(times: Delays) -> float:
    return spread(times.decided_last).p50 * 1000
