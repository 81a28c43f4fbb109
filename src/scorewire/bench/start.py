"""`scorewire bench start`: from the start of the process to its first answer, with and without games stored.

The games are told to a node first, as a provider would, so that the folder is what a real node leaves: each
is declared, kicked off, and has some shots. Then nodes are started and stopped on it, turn by turn with nodes
on an empty folder.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scorewire.bench.game import Game
from scorewire.bench.games import BEGIN_LANES, BEGIN_S, begin
from scorewire.bench.ingest import lanes
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.target import Target
from scorewire.errors import BackendError

SHOTS = 8
STEP = 1000
"""Games between two words about how far it is."""
RATIO_MAX, SECONDS_MAX = 1.5, 1.5
LIST = "/v1/games"


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of a process: until it names its port, and until its first answer was read."""

    ready_s: float
    answered_s: float
    user_bytes: int


def run(games: int, starts: int, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a node did not start, or did not answer.
    """
    stored, empty = stage.folder / "stored", stage.folder / "empty"
    fill(games, stored, stage)
    with Target(folder=empty, cores=stage.cores, orderly=True):
        pass
    full: list[Start] = []
    bare: list[Start] = []
    for number in range(starts):
        stage.tell(f"start {number + 1} of {starts}")
        bare.append(_start(empty, stage))
        full.append(_start(stored, stage))
    return Outcome(figures=start_figures(games, full, bare, _folder_bytes(stored)))


def fill(count: int, folder: Path, stage: Stage) -> None:
    """Have a node store so many games, each with a few rows."""
    with (
        Target(folder=folder, cores=stage.cores, orderly=True) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        for first in range(0, count, STEP):
            stage.tell(f"{first} of {count} games stored")
            games = [Game(provider, f"bench-{number}") for number in range(first, min(first + STEP, count))]
            begin(provider, games)
            calls = [[provider.prepare(*game.shoot(SHOTS))] for game in games]
            provider.pump(lanes(calls, BEGIN_LANES), events_each=SHOTS, limit_s=BEGIN_S)
            provider.until({game.id: game.seq for game in games}, limit_s=BEGIN_S)


def _start(folder: Path, stage: Stage) -> Start:
    began_s = time.monotonic()
    target = Target(folder=folder, cores=stage.cores, fresh=False)
    with target, Provider(port=target.port, secret=target.secret) as provider:
        ready_s = time.monotonic() - began_s
        answer = provider.get(LIST)
        answered_s = time.monotonic() - began_s
        if answer.status != 200:
            raise BackendError(f"{LIST} answers {answer.status}", retryable=False)
        return Start(ready_s, answered_s, target.process.user_bytes())


def _folder_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def start_figures(games: int, full: list[Start], bare: list[Start], stored_bytes: int) -> list[Figure]:
    """The medians against their goals."""
    with_s = median(one.answered_s for one in full)
    without_s = median(one.answered_s for one in bare)
    return [
        at_most(
            f"process start to first answer, {games} games ÷ none",
            with_s / without_s,
            RATIO_MAX,
            note=f"medians of {len(full)} starts; the answer is the first page of {LIST}",
        ),
        at_most(f"process start to first answer, {games} games", with_s, SECONDS_MAX, unit="s"),
        plain("process start to first answer, no games", without_s, unit="s"),
        plain(f"until it listens, {games} games", median(one.ready_s for one in full), unit="s"),
        plain("until it listens, no games", median(one.ready_s for one in bare), unit="s"),
        plain(f"user memory, {games} games", median(one.user_bytes for one in full) / 1e6, unit="MB"),
        plain("user memory, no games", median(one.user_bytes for one in bare) / 1e6, unit="MB"),
        plain("data folder", stored_bytes / 1e6, unit="MB"),
    ]
