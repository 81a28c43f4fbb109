"""`scorewire bench fanout --series`: time to the last fan against the number of fans, and idle games beside.

One node serves all sizes, one after the other, each with the C yardstick beside it; with `idle_games` another
node does the same while so many games have begun that nobody follows and nothing happens in. The curve should
be a line, and the same line with and without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from scorewire.bench.contest import MissedError, contest, nobody
from scorewire.bench.fanout import GAME, NO_COMPILER, WARM_ROUNDS
from scorewire.bench.game import Game
from scorewire.bench.games import begin
from scorewire.bench.plot import Plot, svg
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.rounds import Options, Rounds
from scorewire.bench.running import Stage
from scorewire.bench.target import Target

BEND_MAX = 1.25
IDLE_RATIO_MAX = 1.2


@dataclass(frozen=True, slots=True)
class Point:
    """One size: seconds of a round at the node and at the yardstick, medians; CPU ratio; 0 if there is none.

    Attributes:
        last_s, yard_last_s: from the call, or the word to send, to the last fan.
        broadcast_s: from the first to the last fan.
        ratio: server CPU a delivery ÷ the yardstick's.
    """

    fans: int
    last_s: float
    yard_last_s: float
    broadcast_s: float
    ratio: float


Curves = dict[int, list[Point]]
"""Points by the number of idle games."""


def run(
    options: Options, sizes: Sequence[int], idle_games: int, stage: Stage, plot: Path | None = None
) -> Outcome:
    """Measure; draw a plot if asked.

    Args:
        options: its `fans` is not looked at.
        sizes: of the crowd, ascending.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    curves: Curves = {}
    try:
        for games in sorted({0, idle_games}):
            curves[games] = _curve(options, sizes, games, stage)
    except MissedError as missed:
        outcome.failures.append(str(missed))
        return outcome
    if not curves[0][0].ratio:
        outcome.notes.append(NO_COMPILER)
    outcome.figures += series_figures(curves, options.rounds)
    if plot is not None:
        plot.write_text(svg(series_plot(curves)), encoding="utf-8")
    return outcome


def _curve(options: Options, sizes: Sequence[int], games: int, stage: Stage) -> list[Point]:
    with (
        Target(folder=stage.folder / f"idle-{games}", cores=stage.cores, workers=options.workers) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        game = Game(provider, GAME)
        game.begin()
        game.size_updates(target.port, options.data_bytes)
        if games:
            stage.tell(f"{games} games begin")
            begin(provider, [Game(provider, f"idle-{number}") for number in range(games)])
        call_ns = nobody(target, provider, game, calls=options.rounds, shots=1)
        made = []
        for fans in sizes:
            stage.tell(f"{fans} fans, {games} idle games")
            sized = replace(options, fans=fans)
            with contest(
                sized, stage.cores, stage.folder, target=target, provider=provider, game=game
            ) as one:
                node, yard = Rounds(), Rounds()
                one.join()
                one.warm(WARM_ROUNDS)
                for _ in range(options.rounds):
                    one.node_round(node)
                    one.yard_round(yard)
            made.append(point(fans, node, yard, call_ns))
        return made


def point(fans: int, node: Rounds, yard: Rounds, call_ns: float) -> Point:
    """What the rounds of one size come to."""
    spent_ns = sum(node.server_ns) / len(node.server_ns) - call_ns
    return Point(
        fans=fans,
        last_s=median(node.last_s),
        yard_last_s=median(yard.last_s) if yard.last_s else 0.0,
        broadcast_s=median(last - first for first, last in zip(node.first_s, node.last_s, strict=True)),
        ratio=spent_ns / (sum(yard.server_ns) / len(yard.server_ns)) if yard.server_ns else 0.0,
    )


def series_figures(curves: Curves, rounds: int) -> list[Figure]:
    """How straight the line is, how flat in idle games, and its points."""
    bare = curves[0]
    largest, middle = bare[-1], bare[(len(bare) - 1) // 2]
    made = [
        at_most(
            f"time a fan, first to last, {largest.fans} fans ÷ {middle.fans}",
            (largest.broadcast_s / largest.fans) / (middle.broadcast_s / middle.fans),
            BEND_MAX,
            note="1 is a straight line",
        )
    ]
    for games, points in curves.items():
        if games:
            made.append(
                at_most(
                    f"call sent to last of {largest.fans} fans, {games} idle games ÷ none",
                    points[-1].last_s / largest.last_s,
                    IDLE_RATIO_MAX,
                )
            )
        beside = f", {games} idle games" if games else ""
        for one in points:
            made.append(
                plain(
                    f"{one.fans} fans{beside}: call sent to last fan",
                    one.last_s * 1000,
                    unit="ms",
                    note=f"median of {rounds}; every fan got every update",
                )
            )
            if one.ratio:
                made += [
                    plain(
                        f"{one.fans} fans{beside}: yardstick, to last fan", one.yard_last_s * 1000, unit="ms"
                    ),
                    plain(f"{one.fans} fans{beside}: server ÷ yardstick", one.ratio, note="CPU a delivery"),
                ]
    return made


def series_plot(curves: Curves) -> Plot:
    """Time to the last fan against fans."""
    drawn = {"Scorewire": [(one.fans, one.last_s * 1000) for one in curves[0]]}
    for games, points in curves.items():
        if games:
            drawn[f"Scorewire, {games:,} idle games beside"] = [
                (one.fans, one.last_s * 1000) for one in points
            ]
    if curves[0][0].ratio:
        drawn["a C program that only sends"] = [(one.fans, one.yard_last_s * 1000) for one in curves[0]]
    return Plot(
        title="One update to all fans of one game",
        across="fans",
        up="ms from the call to the last fan, median",
        curves=drawn,
    )
