"""`scorewire bench memory`: what a fan weighs, idle, following one game and following ten.

Each case has a node of its own, because memory that earlier fans gave back would hide what later ones take.
The node's private pages are read before anyone comes, with all fans idle, and after updates that each of
them got. The kernel's share is what its slabs grew by, which both ends of a loopback connection share.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scorewire.bench.crowd import LoadClients
from scorewire.bench.game import Game
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, plain
from scorewire.bench.rounds import MEMORY_GOAL_KB, Transport, fan_memory
from scorewire.bench.running import Stage
from scorewire.bench.target import Target

TRANSPORTS: tuple[Transport, ...] = ("sse", "websocket")
TEN = 10
TEN_GOAL_KB = 1.0
ROUNDS = 5
IDLE_S = 1.2
"""Before memory is read: buffers are given back, the young garbage has been collected."""
UPDATE_BYTES = 300

_SLAB = re.compile(r"^Slab:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes a fan: idle, after updates, and in the kernel; `missed` is the fans that missed one."""

    idle: float
    after: float
    kernel: float
    missed: int


def run(fans: int, stage: Stage, transports: Sequence[Transport] = TRANSPORTS) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    weights: dict[tuple[Transport, int], Weight] = {}
    for transport in transports:
        for games in (1, TEN):
            stage.tell(f"{transport}, {games} of the games")
            place = stage.folder / f"{transport}-{games}"
            weight = weights[transport, games] = _weigh(fans, transport, games, stage, place)
            if weight.missed:
                outcome.failures.append(
                    f"{weight.missed} of {fans} fans on {transport} with {games} games missed an update"
                )
    if not outcome.failures:
        outcome.figures += memory_figures(fans, transports, weights)
    return outcome


def follows(transport: Transport, games: list[str]) -> tuple[str, str]:
    """The path, and the messages, by which a fan follows some games."""
    if transport == "websocket":
        return "/v1/ws", "\n".join(f'{{"action":"subscribe","game_id":"{game}"}}' for game in games)
    return "/v1/stream?" + "&".join(f"game={game}" for game in games), ""


def slab_bytes(meminfo: str) -> int:
    """What the kernel's slabs hold, from /proc/meminfo; sockets and their buffers are among it."""
    found = _SLAB.search(meminfo)
    return int(found[1]) * 1024 if found else 0


def _weigh(fans: int, transport: Transport, count: int, stage: Stage, place: Path) -> Weight:
    with (
        Target(folder=place, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
    ):
        games = [Game(provider, f"bench-{number}") for number in range(count)]
        for game in games:
            game.begin()
            game.size_updates(target.port, UPDATE_BYTES)
        path, message = follows(transport, [game.id for game in games])
        with LoadClients(fans=fans, cores=stage.cores.clients) as crowd:
            time.sleep(IDLE_S)
            empty, kernel = target.process.user_bytes(), _slab()
            crowd.join(port=target.port, path=path, message=message)
            crowd.record(games=count)
            joined = crowd.recorded({game.id: game.seq for game in games}, timeout_s=15 + fans / 300)
            time.sleep(IDLE_S)
            idle, kernel_idle = target.process.user_bytes(), _slab()
            crowd.record(games=count)
            for _ in range(ROUNDS):
                for game in games:
                    provider.post(*game.shoot())
            told = crowd.recorded({game.id: game.seq for game in games}, timeout_s=15 + fans / 50)
            time.sleep(IDLE_S)
            after = target.process.user_bytes()
    return Weight(
        idle=(idle - empty) / fans,
        after=(after - empty) / fans,
        kernel=(kernel_idle - kernel) / fans / 2,
        missed=joined.missed + told.missed,
    )


def _slab() -> int:
    return slab_bytes(Path("/proc/meminfo").read_text(encoding="ascii"))


def memory_figures(
    fans: int, transports: Sequence[Transport], weights: Mapping[tuple[Transport, int], Weight]
) -> list[Figure]:
    """What a fan weighs, against the goals."""
    made: list[Figure] = []
    for transport in transports:
        one, ten = weights[transport, 1], weights[transport, TEN]
        made += [
            fan_memory(
                f"{transport}: user memory a fan, one game",
                one.idle * fans,
                fans,
                MEMORY_GOAL_KB[transport],
            ),
            fan_memory(
                f"{transport}: ten games instead of one",
                (ten.idle - one.idle) * fans,
                fans,
                TEN_GOAL_KB,
                note=f"more a fan; {ten.idle / 1000:.2f} in all",
            ),
            plain(f"{transport}: after updates, one game", one.after / 1000, unit="KB"),
            plain(f"{transport}: after updates, ten games", ten.after / 1000, unit="KB"),
            plain(
                f"{transport}: kernel memory an end, one game",
                one.kernel / 1000,
                unit="KB",
                note="growth of all slabs of the machine ÷ both ends; the same for every server",
            ),
        ]
    made.append(plain("fans that got every update", fans, note="in every case"))
    return made
