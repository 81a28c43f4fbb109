"""`scorewire bench tiers`: one goal, and when the last fan of each tier has it, all of them on this machine.

                         ┌─► Redis ─► gateway                       the home region
    call ─► intake ─► games ─► game-events ─► relay ─► Redis ─► gateway    one of each other region
                         └── gateway of the home region ─► edge ─► edge of that edge

The call is sent and every fan's bytes are read in one process, on one clock. It reads one fan after the
other, so what a tier adds is the difference to the home region and not the time itself.
"""

import select
import time
from dataclasses import dataclass, field

from scorewire.bench.calls import update_marker
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.posts import Provider
from scorewire.bench.report import Figure, Outcome, plain
from scorewire.bench.running import Stage
from scorewire.bench.site_target import Servers, SiteTarget
from scorewire.bench.watching import Watcher
from scorewire.errors import BackendError

PAUSE_S = 0.1
WARM_ROUNDS = 10
ROUND_S = 20.0
READY_S = 30.0
DATA_BYTES = 300
TOKEN = "of-a-bench-that-nobody-else-may-read"
"""Of nodes that live on the loopback for a minute."""


@dataclass(slots=True)
class Tier:
    """Fans of one process.

    Attributes:
        last_s: from the call until the last of them had the update, of each round.
    """

    name: str
    port: int
    fans: list[Watcher] = field(default_factory=list)
    last_s: list[float] = field(default_factory=list)


def run(fans: int, rounds: int, servers: Servers, regions: tuple[str, ...], stage: Stage) -> Outcome:
    """Measure.

    Args:
        fans: of each tier.
        regions: URLs of the other regions' Redis.

    Raises:
        BackendError: a part failed, or a fan never had an update.
    """
    with SiteTarget(servers, folder=stage.folder, cores=stage.cores, partitions=1) as site:
        secret = site.key()
        stage.tell("starting the home region")
        intake = site.start("intake")
        home = site.start("gateway", "api", SCOREWIRE__SERVER__LINK_TOKEN=TOKEN)
        site.start("games")
        tiers = [Tier("home region", home.port)]
        for number, redis in enumerate(regions, start=2):
            stage.tell(f"starting region {number}")
            own = {"SCOREWIRE__SCOREBOARD__URL": redis}
            at_home = f"http://127.0.0.1:{home.port}"
            site.start("relay", SCOREWIRE__REGION__NAME=f"r{number}", SCOREWIRE__REGION__HOME=at_home, **own)
            tiers.append(Tier(f"region {number}", site.start("gateway", **own).port))
        stage.tell("starting the edges")
        upstream = home.port
        for name in ("edge", "edge of the edge"):
            edge = site.start(
                more=("--upstream", f"http://127.0.0.1:{upstream}"),
                SCOREWIRE__SERVER__UPSTREAM_TOKEN=TOKEN,
                SCOREWIRE__SERVER__LINK_TOKEN=TOKEN,
            )
            upstream = edge.port
            tiers.append(Tier(name, edge.port))
        with Provider(port=intake.port, secret=secret, scores_port=home.port) as provider:
            game = Game(provider, f"tiers-{site.topics.rstrip('.')}")
            game.begin()
            game.size_updates(home.port, DATA_BYTES)
            try:
                _measure(tiers, provider, game, fans=fans, rounds=rounds, stage=stage)
            finally:
                for fan in (fan for tier in tiers for fan in tier.fans):
                    fan.sock.close()
    outcome = Outcome()
    outcome.figures += figures(tiers, fans)
    outcome.notes.append("All regions, edges, servers and fans share the machine's cores; see the docstring.")
    return outcome


def _measure(
    tiers: list[Tier], provider: Provider, game: Game, *, fans: int, rounds: int, stage: Stage
) -> None:
    for tier in tiers:
        stage.tell(f"fans of the {tier.name}")
        tier.fans = [_fan(tier, game) for _ in range(fans)]
    for number in range(WARM_ROUNDS + rounds):
        stage.tell(f"goal {number + 1} of {WARM_ROUNDS + rounds}")
        taken = _once(tiers, provider, game)
        if number >= WARM_ROUNDS:
            for tier, last_s in zip(tiers, taken, strict=True):
                tier.last_s.append(last_s)
        time.sleep(PAUSE_S)


def _fan(tier: Tier, game: Game) -> Watcher:
    """A fan that has had its first state: a region that is just beginning may know no game yet."""
    ends_s = time.monotonic() + READY_S
    while True:
        fan = Watcher(port=tier.port, game_id=game.id)
        try:
            fan.until(f'"game_id":"{game.id}"'.encode(), limit_s=READY_S)
            return fan
        except BackendError:
            fan.sock.close()
            if time.monotonic() > ends_s:
                raise
            time.sleep(0.2)


def _once(tiers: list[Tier], provider: Provider, game: Game) -> list[float]:
    """One goal; for each tier, when its last fan had it."""
    request = provider.prepare(*game.shoot())
    marker = update_marker(game.id, game.seq)
    waiting = {fan.sock.fileno(): (fan, at) for at, tier in enumerate(tiers) for fan in tier.fans}
    last_s = [0.0] * len(tiers)
    with select.epoll() as poll:
        for fd, (fan, _) in waiting.items():
            fan.forget()
            poll.register(fd, select.EPOLLIN)
        sent_s = time.monotonic()
        provider.connection.send(request)
        while waiting:
            ready = poll.poll(ROUND_S)
            if not ready or time.monotonic() - sent_s > ROUND_S:
                lacking = sorted({tiers[at].name for _, at in waiting.values()})
                raise BackendError(f"fans of {', '.join(lacking)} still lack seq {game.seq}", retryable=False)
            for fd, _ in ready:
                fan, at = waiting[fd]
                fan.read()
                if fan.holds(marker):
                    last_s[at] = time.monotonic() - sent_s
                    poll.unregister(fd)
                    del waiting[fd]
    provider.connection.answer()
    return last_s


def figures(tiers: list[Tier], fans: int) -> list[Figure]:
    """When the last fan of each tier had a goal, and what that is beyond the home region."""
    home = spread(tiers[0].last_s)
    found = []
    for tier in tiers:
        taken = spread(tier.last_s)
        note = f"{fans} fans"
        if tier is not tiers[0]:
            note += f"; {(taken.p50 - home.p50) * 1000:+.1f} ms to the home region's"
        found += [
            plain(f"{tier.name}: call sent to last fan, p50", taken.p50 * 1000, unit="ms", note=note),
            plain(f"{tier.name}: call sent to last fan, p99", taken.p99 * 1000, unit="ms"),
        ]
    return found
