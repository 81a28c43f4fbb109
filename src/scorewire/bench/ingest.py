"""`scorewire bench ingest`: how many events a second go through the whole durable path.

The clock starts with the first call and stops when the score of every game shows its last event: signed,
checked, on the log, decided by the rules, in the journal, on the scoreboard. All calls are signed before it
starts. Each connection has one call under way; a game belongs to one connection, so its events keep their
order. First one event a call, then batches.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.machine import Cores
from scorewire.bench.posts import Provider, Pumped
from scorewire.bench.probe import Probe
from scorewire.bench.report import Figure, Outcome, at_least, plain
from scorewire.bench.target import Target

BATCH = 50
FSYNCS = 50
LIMIT_S = 120.0
SETTLED_S = 60.0
SINGLE_GOAL, BATCH_GOAL = 2_000, 10_000


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure; `single` and `batched` count events, spread over the games."""

    games: int
    connections: int
    single: int
    batched: int


@dataclass(frozen=True, slots=True)
class Phase:
    """One way of posting, measured: events, seconds to the last 202 and to the last score, CPU."""

    events: int
    answered_s: float
    shown_s: float
    taken_s: list[float]
    server_ns: int
    client_s: float


def lanes(calls: Sequence[Sequence[bytes]], connections: int) -> list[list[bytes]]:
    """Deal the games out to connections; each takes its games in turns.

    Args:
        calls: of each game, in order.
    """
    dealt: list[list[bytes]] = []
    for number in range(min(connections, len(calls))):
        mine = calls[number::connections]
        longest = max(map(len, mine))
        dealt.append([game[turn] for turn in range(longest) for game in mine if turn < len(game)])
    return dealt


def run(options: Options, *, cores: Cores, folder: Path) -> Outcome:
    """Measure.

    Raises:
        BackendError: an event was refused, or the scores never showed all of them.
    """
    outcome = Outcome()
    with (
        Target(folder=folder, cores=cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Probe(folder) as probe,
    ):
        games = [Game(provider, f"ingest-{number}") for number in range(options.games)]
        for game in games:
            game.begin()
        for _ in range(FSYNCS):
            probe.once()
        single = _phase(target, provider, games, options, events=options.single, each=1)
        batched = _phase(target, provider, games, options, events=options.batched, each=BATCH)
    outcome.figures += phase_figures("one a call", single, SINGLE_GOAL)
    outcome.figures += phase_figures(f"batches of {BATCH}", batched, BATCH_GOAL)
    disk = spread(probe.taken_s)
    outcome.figures.append(
        plain("fsync, p50", disk.p50 * 1000, unit="ms", note="300 bytes appended and fdatasync, before")
    )
    return outcome


def _phase(
    target: Target, provider: Provider, games: list[Game], options: Options, *, events: int, each: int
) -> Phase:
    turns = max(events // len(games) // each, 1)
    calls = [[provider.prepare(*game.shoot(each)) for _ in range(turns)] for game in games]
    before_ns, before_s = target.process.cpu_ns(), time.process_time()
    pumped: Pumped = provider.pump(lanes(calls, options.connections), events_each=each, limit_s=LIMIT_S)
    shown_s = provider.until({game.id: game.seq for game in games}, limit_s=SETTLED_S)
    return Phase(
        events=turns * each * len(games),
        answered_s=pumped.ended_s - pumped.began_s,
        shown_s=shown_s - pumped.began_s,
        taken_s=pumped.taken_s,
        server_ns=target.process.cpu_ns() - before_ns,
        client_s=time.process_time() - before_s,
    )


def phase_figures(how: str, phase: Phase, goal: int) -> list[Figure]:
    """The rate, what an event costs, and who was busy."""
    calls = spread(phase.taken_s)
    return [
        at_least(
            f"{how}: events a second",
            phase.events / phase.shown_s,
            goal,
            unit="/s",
            note=f"{phase.events} events, until every score shows its last",
        ),
        plain(f"{how}: events a second until the last 202", phase.events / phase.answered_s, unit="/s"),
        plain(f"{how}: call to 202, p50", calls.p50 * 1000, unit="ms"),
        plain(f"{how}: call to 202, p99", calls.p99 * 1000, unit="ms"),
        plain(f"{how}: server CPU an event", phase.server_ns / phase.events / 1000, unit="µs"),
        plain(
            f"{how}: server busy",
            phase.server_ns / phase.shown_s / 1e7,
            unit="%",
            note="of its core; the rest is waiting for the disk",
        ),
        plain(f"{how}: load client busy", phase.client_s / phase.shown_s * 100, unit="%"),
    ]
