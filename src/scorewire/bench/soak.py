"""`scorewire bench soak`: everything at once, for long; does anything grow, slow down or get lost?

Fans follow many games, in which something happens so many times a second; every twentieth event takes back a
shot. Meanwhile other fans come and leave, some do not read for most of a minute, and scores are polled. Every
few seconds the node's memory and open files are read, and the way from the call to the fan is told for the
deliveries since. Every fan's every message is checked.
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scorewire.bench.churn import growth
from scorewire.bench.crowd import LoadClients
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.games import begin
from scorewire.bench.plot import Plot, svg
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.spreading import delays
from scorewire.bench.storm import flaws
from scorewire.bench.target import Target
from scorewire.bench.ticker import Ticker
from scorewire.bench.turnout import Turnout

CORRECTION = 20
"""One event of so many takes back the shot before it."""
SLOW_SHARE = 50
"""One fan of so many, beside the others, does not read."""
SLOW_READ = 4
"""They read at each so manieth sample: within the minute after which a node closes who takes nothing."""
SLOW_GAMES = 100
"""Each of them follows as many as a stream may, so that much is waiting for it."""
RECEIVE_BYTES = 4096
COMERS = 20
"""Who come and leave at a time."""
COME_S, POLL_S = 0.5, 0.1
CAUGHT_UP_S = 30.0
WARM_SHARE = 5
"""The line through the readings leaves out the first fifth."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        rate: events a second, of all games together.
        sample_s: between two readings.
        workers: processes that hold fans; 0 where the node's own does.
    """

    seconds: float
    fans: int
    games: int
    rate: float
    sample_s: float
    workers: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading; the times are of the deliveries since the one before, 0 if there were none."""

    at_s: float
    resident_bytes: int
    files: int
    p50_s: float
    p99_s: float
    deliveries: int
    lost: int


@dataclass(slots=True)
class Done:
    """What was done so far: events told, shots taken back, fans who came and left, scores polled."""

    events: int = 0
    corrections: int = 0
    came: int = 0
    polls: int = 0


@dataclass(slots=True)
class Crowds:
    """Everything that goes on: the load, and what was found wrong so far.

    Attributes:
        sent_s: when each event was sent, by game and seq, since the last sample but one.
    """

    games: list[Game]
    fans: LoadClients
    slow: LoadClients
    comers: Turnout
    port: int
    sent_s: dict[tuple[str, int], float] = field(default_factory=dict)
    done: Done = field(default_factory=Done)
    failures: list[str] = field(default_factory=list)

    def tell(self, provider: Provider) -> None:
        """The next event, of the games in turns; every twentieth with its retraction after it."""
        game = self.games[self.done.events % len(self.games)]
        self._post(provider, game, *game.shoot())
        if self.done.events % CORRECTION == 0:
            self._post(provider, game, game.take_back())
            self.done.corrections += 1

    def _post(self, provider: Provider, game: Game, message: bytes) -> None:
        seq = game.seq
        self.sent_s[game.id, seq] = provider.post(message)
        self.done.events += 1

    def visit(self) -> None:
        """Some fans come, are given the state, and leave."""
        paths = [f"/v1/stream?game={game.id}" for game in self.games[:COMERS]]
        came = self.comers.churn(COMERS, port=self.port, paths=paths, wanted={}, limit_s=CAUGHT_UP_S)
        self.done.came += came.came
        self.failures += flaws(came, "came for a moment")

    def poll(self, provider: Provider) -> None:
        """Somebody asks for a score."""
        game = self.games[self.done.polls % len(self.games)]
        answer = provider.get(f"/v1/games/{game.id}/score")
        self.done.polls += 1
        if answer.status != 200:
            self.failures.append(f"the score of {game.id} is answered {answer.status}")

    def wanted(self) -> dict[str, int]:
        """Where every fan must be once it has what was told so far."""
        return {game.id: game.seq for game in self.games}


def run(options: Options, stage: Stage, plot: Path | None = None) -> Outcome:
    """Measure; draw a plot if asked.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    cores = stage.cores
    with ExitStack() as stack:
        target = stack.enter_context(Target(folder=stage.folder, cores=cores, workers=options.workers))
        tellers = [stack.enter_context(Provider(port=target.port, secret=target.secret)) for _ in range(2)]
        games = [Game(tellers[0], f"soak-{number}") for number in range(options.games)]
        begin(tellers[0], games)
        crowds = Crowds(
            games,
            stack.enter_context(LoadClients(fans=options.fans, cores=cores.clients)),
            stack.enter_context(LoadClients(fans=max(options.fans // SLOW_SHARE, 1), cores=cores.clients)),
            stack.enter_context(Turnout(fans=COMERS, cores=cores.clients, window=COMERS)),
            target.port,
        )
        paths = [f"/v1/stream?game={game.id}" for game in games]
        crowds.fans.join(port=target.port, paths=paths)
        many = "&".join(f"game={game.id}" for game in games[:SLOW_GAMES])
        crowds.slow.join(port=target.port, path=f"/v1/stream?{many}", receive_bytes=RECEIVE_BYTES)
        samples = _samples(options, stage, target, crowds, tellers)
    outcome.failures += crowds.failures
    lost = sum(sample.lost for sample in samples)
    if lost:
        outcome.failures.append(f"{lost} times a fan missed an update, or had one twice or out of order")
    outcome.figures += soak_figures(options, samples, crowds.done, slow=crowds.slow.fans)
    if plot is not None:
        plot.write_text(svg(soak_plot(options, samples)), encoding="utf-8")
    return outcome


def _samples(
    options: Options, stage: Stage, target: Target, crowds: Crowds, tellers: list[Provider]
) -> list[Sample]:
    teller, poller = tellers
    made: list[Sample] = []
    with ExitStack() as stack:
        crowds.fans.record()
        tickers = [
            stack.enter_context(Ticker(act, period_s=period_s))
            for act, period_s in (
                (lambda: crowds.tell(teller), 1 / options.rate),
                (crowds.visit, COME_S),
                (lambda: crowds.poll(poller), POLL_S),
            )
        ]
        began_s = time.monotonic()
        while (since_s := time.monotonic() - began_s) < options.seconds and not crowds.failures:
            stage.tell(f"{since_s:.0f} of {options.seconds:.0f} s, {_newest(made)}")
            time.sleep(min(options.sample_s, max(options.seconds - since_s, 0.01)))
            made.append(_sample(target, crowds, began_s, slow=len(made) % SLOW_READ == SLOW_READ - 1))
            crowds.fans.record()
            for ticker in tickers:
                ticker.check()
    # Nothing is told any more: now everybody must be where all are, who did not read too.
    made.append(_sample(target, crowds, began_s, slow=True))
    return made


def _sample(target: Target, crowds: Crowds, began_s: float, *, slow: bool) -> Sample:
    sent_s = dict(crowds.sent_s)
    record = crowds.fans.recorded(crowds.wanted(), timeout_s=CAUGHT_UP_S)
    lost = record.missed
    if slow:
        crowds.slow.record(games=min(len(crowds.games), SLOW_GAMES))
        lost += crowds.slow.recorded(crowds.wanted(), timeout_s=CAUGHT_UP_S).missed
    times = delays(record.told, sent_s | crowds.sent_s, 0.0).sent
    for event, at_s in sent_s.items():
        if time.monotonic() - at_s > 2 * CAUGHT_UP_S:
            crowds.sent_s.pop(event, None)
    told = spread(times or [0.0])
    return Sample(
        at_s=time.monotonic() - began_s,
        resident_bytes=target.process.resident_bytes(),
        files=sum(target.process.family.descriptors().values()),
        p50_s=told.p50,
        p99_s=told.p99,
        deliveries=sum(one.count for one in record.told),
        lost=lost,
    )


def _newest(samples: list[Sample]) -> str:
    if not samples:
        return "it begins"
    last = samples[-1]
    return f"{last.resident_bytes / 1e6:.0f} MB, p99 {last.p99_s * 1000:.1f} ms, {last.lost} lost"


def soak_figures(options: Options, samples: list[Sample], done: Done, *, slow: int) -> list[Figure]:
    """The slope of memory, latency at the beginning and the end, and what was done."""
    settled = samples[len(samples) // WARM_SHARE :]
    lasted_s = settled[-1].at_s - settled[0].at_s
    resident = [float(sample.resident_bytes) for sample in settled]
    grown = growth(resident) * sum(resident) / len(resident) if len(settled) > 1 else 0.0
    events = done.events * lasted_s / samples[-1].at_s
    half = len(settled) // 2
    return [
        plain(
            "resident memory, slope",
            grown / lasted_s * 3600 / 1e6 if lasted_s else 0.0,
            unit="MB/h",
            note=f"line through {len(settled)} readings, without the first fifth",
        ),
        plain(
            "resident memory, slope an event",
            grown / events if events else 0.0,
            unit="B",
            note="plays of a live game are held until it is over, and its last 256 frames",
        ),
        plain("resident memory at the beginning", samples[0].resident_bytes / 1e6, unit="MB"),
        plain("resident memory after the first fifth", settled[0].resident_bytes / 1e6, unit="MB"),
        plain("resident memory at the end", samples[-1].resident_bytes / 1e6, unit="MB"),
        *_latency("first half", settled[:half] or settled),
        *_latency("second half", settled[half:]),
        plain("open files at the beginning", samples[0].files),
        plain("open files at the end", samples[-1].files),
        plain("open files, most", max(sample.files for sample in samples)),
        at_most(
            "updates lost", sum(sample.lost for sample in samples), 0, note="missed, twice or out of order"
        ),
        plain("fans", options.fans, note="who stayed all the time and read at once"),
        plain("fans that did not read", slow, note="caught up now and then"),
        plain("fans that came and left", done.came),
        plain("events", done.events, note=f"{done.corrections} of them took back a shot"),
        plain("deliveries", sum(sample.deliveries for sample in samples)),
        plain("scores polled", done.polls),
        plain("lasted", samples[-1].at_s, unit="s"),
    ]


def _latency(when: str, samples: list[Sample]) -> list[Figure]:
    """The middle reading of some, of those in which something was delivered."""
    told = [sample for sample in samples if sample.p99_s] or samples
    return [
        plain(
            f"call sent to fan, p50, {when}",
            spread([sample.p50_s for sample in told]).p50 * 1000,
            unit="ms",
            note=f"median of {len(told)} readings",
        ),
        plain(
            f"call sent to fan, p99, {when}",
            spread([sample.p99_s for sample in told]).p50 * 1000,
            unit="ms",
            note=f"median; the worst reading {max(sample.p99_s for sample in told) * 1000:.1f}",
        ),
    ]


def soak_plot(options: Options, samples: list[Sample]) -> Plot:
    """Memory and latency over time."""
    curves: Mapping[str, list[tuple[float, float]]] = {
        "resident memory, MB": [(one.at_s / 60, one.resident_bytes / 1e6) for one in samples],
        "call to fan, p99, ms": [(one.at_s / 60, one.p99_s * 1000) for one in samples if one.p99_s],
        "call to fan, p50, ms": [(one.at_s / 60, one.p50_s * 1000) for one in samples if one.p99_s],
    }
    return Plot(
        title=f"{options.fans:,} fans of {options.games} games, {options.rate:g} events a second",
        across="minutes",
        up="MB, ms",
        curves=curves,
    )
