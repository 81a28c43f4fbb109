"""`scorewire bench games`: thousands of games live at once, an event a minute each, a few of them followed.

The load is what a full weekend is. An event's way from the call to its fans should be as in `path`: cost
grows with what changes and who follows it, never with how many games there are.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from scorewire.bench.calls import declaration, kick_off
from scorewire.bench.crowd import LoadClients, Record
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.ingest import lanes
from scorewire.bench.path import FSYNCS, P50_MS, P99_MS
from scorewire.bench.posts import Provider
from scorewire.bench.probe import Probe
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.spreading import Delays, delays
from scorewire.bench.target import Target
from scorewire.bench.ticker import Ticker

MINUTE_S = 60.0
BEGIN_EACH = 25
"""Games that one call declares and kicks off."""
BEGIN_LANES = 16
BEGIN_S = 600.0
CALLS_A_SECOND = 40
"""Of one connection, whose calls wait for each other; more events a second take more connections."""
PROBE_S = 0.2
CAUGHT_UP_S = 30.0
IDLE_S = 1.2


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure: live games, those of them with fans, fans on each, and for how long."""

    games: int
    followed: int
    each: int
    seconds: int

    @property
    def fans(self) -> int:
        """All of them."""
        return self.followed * self.each


class Desk:
    """One connection that tells the events of its games, one after the other, round and round."""

    def __init__(self, provider: Provider, games: Sequence[Game]) -> None:
        self.sent_s: dict[tuple[str, int], float] = {}
        self._provider = provider
        self._games = games
        self._next = 0

    def event(self) -> None:
        """Tell the next event."""
        game = self._games[self._next % len(self._games)]
        self._next += 1
        (message,) = game.shoot()
        self.sent_s[game.id, game.seq] = self._provider.post(message)


def run(options: Options, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    with (
        Target(folder=stage.folder, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Probe(stage.folder) as probe,
    ):
        time.sleep(IDLE_S)
        empty = target.process.user_bytes()
        stage.tell(f"{options.games} games begin")
        games = [Game(provider, f"games-{number}") for number in range(options.games)]
        begin(provider, games)
        time.sleep(IDLE_S)
        begun = target.process.user_bytes()
        with LoadClients(fans=options.fans, cores=stage.cores.clients) as crowd:
            followed = games[: options.followed]
            crowd.join(port=target.port, paths=[f"/v1/stream?game={game.id}" for game in followed])
            stage.tell(f"an event a minute of each of {options.games} games, for {options.seconds} s")
            before_ns = target.process.cpu_ns()
            sent, late_s, record = _events(options, target, probe, games, crowd)
            spent_ns = target.process.cpu_ns() - before_ns
        ended = target.process.user_bytes()
    if record.missed:
        outcome.failures.append(f"{record.missed} of {options.fans} fans missed an update")
        return outcome
    times = delays(record.told, sent, time.time() - time.monotonic())
    if not times.sent:
        outcome.failures.append("no followed game had an event: take more seconds, or follow more games")
        return outcome
    outcome.figures += path_figures(times, probe.taken_s)
    outcome.figures += [
        plain("events a second", len(sent) / options.seconds, unit="/s", note="one a game and minute"),
        plain("server busy", spent_ns / options.seconds / 1e7, unit="%", note="of its core"),
        plain("user memory a live game", (begun - empty) / options.games / 1000, unit="KB", note="begun"),
        plain("user memory a live game, at the end", (ended - empty) / options.games / 1000, unit="KB"),
        plain("latest call behind its time", late_s * 1000, unit="ms"),
        plain("fans that got every update", options.fans, note=f"of {options.fans}"),
    ]
    return outcome


def begin(provider: Provider, games: Sequence[Game]) -> None:
    """Declare and kick off many games, and wait until the last of them is shown."""
    now_ms = time.time_ns() // 1_000_000
    calls = []
    whole = len(games) - len(games) % BEGIN_EACH
    for first in range(0, whole, BEGIN_EACH):
        messages: list[bytes] = []
        for game in games[first : first + BEGIN_EACH]:
            messages += (declaration(game.id, time_ms=now_ms), kick_off(game.id, time_ms=now_ms))
        calls.append([provider.prepare(*messages)])
    if calls:
        provider.pump(lanes(calls, BEGIN_LANES), events_each=2 * BEGIN_EACH, limit_s=BEGIN_S)
    for game in games[whole:]:
        game.begin()
    provider.until({game.id: game.seq for game in games}, limit_s=BEGIN_S)


def _events(
    options: Options, target: Target, probe: Probe, games: Sequence[Game], crowd: LoadClients
) -> tuple[dict[tuple[str, int], float], float, Record]:
    """Tell events at the rate of one a game and minute; when each was sent, and what the fans had."""
    rate = options.games / MINUTE_S
    connections = min(-(-options.games // round(CALLS_A_SECOND * MINUTE_S)), len(games))
    crowd.record()
    with ExitStack() as stack:
        desks = []
        for number in range(connections):
            provider = stack.enter_context(Provider(port=target.port, secret=target.secret))
            desks.append(Desk(provider, games[number::connections]))
        stack.enter_context(Ticker(probe.once, period_s=PROBE_S))
        tickers = [stack.enter_context(Ticker(desk.event, period_s=connections / rate)) for desk in desks]
        time.sleep(options.seconds)
    sent = {event: at_s for desk in desks for event, at_s in desk.sent_s.items()}
    wanted = {game.id: game.seq for game in games[: options.followed]}
    record = crowd.recorded(wanted, timeout_s=CAUGHT_UP_S)
    return sent, max(ticker.late_s for ticker in tickers), record


def path_figures(times: Delays, fsyncs_s: list[float]) -> list[Figure]:
    """The way's length against the goals of `path`."""
    disk, told = spread(fsyncs_s), spread(times.sent)
    allowed_ms = FSYNCS * disk.p50 * 1000
    return [
        at_most(
            "call sent to fan, p50",
            told.p50 * 1000,
            allowed_ms + P50_MS,
            unit="ms",
            note=f"{FSYNCS} fsyncs (p50) and {P50_MS} ms; {len(times.sent)} deliveries",
        ),
        at_most(
            "call sent to fan, p99",
            told.p99 * 1000,
            allowed_ms + P99_MS,
            unit="ms",
            note=f"{FSYNCS} fsyncs (p50) and {P99_MS} ms",
        ),
        plain("call sent to fan, worst", told.last * 1000, unit="ms"),
        plain("fsync, p50", disk.p50 * 1000, unit="ms", note="300 bytes appended and fdatasync, meanwhile"),
        plain("fsync, p99", disk.p99 * 1000, unit="ms"),
    ]
