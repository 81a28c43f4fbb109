"""`scorewire bench pull`: how many scores a core answers in a second, against nginx with the same bytes.

nginx serves the node's own body from a file, with its cache of open files on and no log. Node and nginx are
on the same core and asked turn by turn, for the score (200) and again with its validator (304). The rate is
answers for each second of the server's CPU, so that it is the server's even where the load client is slower.
"""

import sys
import time
from dataclasses import dataclass, field
from statistics import median

import msgspec

from scorewire.bench.child import Child
from scorewire.bench.game import Game
from scorewire.bench.nginx import NO_NGINX, Nginx, program
from scorewire.bench.posts import Provider
from scorewire.bench.pulls import Order, Pulled
from scorewire.bench.report import Figure, Outcome, at_least, plain
from scorewire.bench.running import Stage
from scorewire.bench.target import Target

GAME = "pull-1"
SHOTS = 12
"""Events before the score is read: some of them stand in it, so that it is about 1.5 KB."""
YOUNG_S = 2.5
"""Until the node shows Last-Modified: the answer's length changes then."""
WARM_SECONDS = 0.3
MARGIN_S = 30.0
RATIO_MIN = 1.0

_ENCODER = msgspec.json.Encoder()
_PULLED = msgspec.json.Decoder(Pulled)


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure: connections, seconds of a turn, and turns."""

    connections: int
    seconds: float
    turns: int


@dataclass(slots=True)
class Turns:
    """What one server did: answers a CPU second and a second, of each turn; the client's share of it."""

    cpu_rate: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    client_share: list[float] = field(default_factory=list)
    odd: int = 0


class Puller:
    """Asks one server. `process` is the server's, `status` what it must answer."""

    def __init__(self, client: Child, process: Child, order: Order, status: int) -> None:
        self.turns = Turns()
        self.status = status
        self._client = client
        self._process = process
        self._order = order

    def turn(self, seconds: float) -> Pulled:
        """One turn, and what it added."""
        before_ns = self._process.cpu_ns()
        order = msgspec.structs.replace(self._order, seconds=seconds)
        self._client.send(_ENCODER.encode(order) + b"\n")
        pulled = _PULLED.decode(self._client.line(seconds + MARGIN_S))
        spent_s = (self._process.cpu_ns() - before_ns) / 1e9
        turns = self.turns
        turns.cpu_rate.append(pulled.answers / spent_s)
        turns.rate.append(pulled.answers / pulled.seconds)
        turns.client_share.append(pulled.cpu_s / pulled.seconds)
        turns.odd += pulled.odd + (pulled.status != self.status)
        return pulled

    def warm(self) -> Pulled:
        """A short turn that does not count; its first answer."""
        pulled = self.turn(WARM_SECONDS)
        odd = self.turns.odd
        self.turns = Turns(odd=odd)
        return pulled


def run(options: Options, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    with (
        Target(folder=stage.folder, cores=stage.cores) as target,
        Provider(port=target.port, secret=target.secret) as provider,
        Child(
            [sys.executable, "-m", "scorewire.bench.pulls"], name="the load client", cores=stage.cores.clients
        ) as client,
    ):
        game = Game(provider, GAME)
        game.begin()
        provider.post(*game.shoot(SHOTS))
        game.wait()
        stage.tell("the score comes of age")
        time.sleep(YOUNG_S)
        ask = Order(port=target.port, path=f"/v1/games/{GAME}/score", connections=options.connections)
        node = Puller(client, target.process, ask, 200)
        sample = node.warm()
        unchanged = Puller(client, target.process, msgspec.structs.replace(ask, etag=sample.etag), 304)
        unchanged.warm()
        if program() is None:
            outcome.notes.append(NO_NGINX)
            _turns(options, stage, [node, unchanged])
            outcome.figures += pull_figures({"200": node.turns, "304": unchanged.turns}, {}, sample)
        else:
            with _files(stage, sample.body) as nginx:
                ask = msgspec.structs.replace(ask, port=nginx.port)
                file = Puller(client, nginx.process, ask, 200)
                etag = file.warm().etag
                same = Puller(client, nginx.process, msgspec.structs.replace(ask, etag=etag), 304)
                same.warm()
                _turns(options, stage, [node, file, unchanged, same])
            outcome.figures += pull_figures(
                {"200": node.turns, "304": unchanged.turns}, {"200": file.turns, "304": same.turns}, sample
            )
            outcome.failures += odd_ones("nginx", file.turns, same.turns)
        outcome.failures += odd_ones("the node", node.turns, unchanged.turns)
    return outcome


def _turns(options: Options, stage: Stage, pullers: list[Puller]) -> None:
    for number in range(options.turns):
        stage.tell(f"turn {number + 1} of {options.turns}")
        for puller in pullers:
            puller.turn(options.seconds)


def _files(stage: Stage, body: str) -> Nginx:
    """nginx with the node's own answer as a file."""
    place = stage.folder / "files"
    file = place / "v1" / "games" / GAME / "score"
    file.parent.mkdir(parents=True)
    file.write_bytes(body.encode("latin-1"))
    return Nginx(
        folder=stage.folder / "nginx",
        cores=stage.cores.server,
        http="open_file_cache max=1000; open_file_cache_valid 60s;",
        server=(
            f"root {place}; default_type application/json; etag on; if_modified_since off;"
            ' add_header cache-control "public, max-age=1"; add_header access-control-allow-origin "*";'
        ),
    )


def odd_ones(whose: str, *turns: Turns) -> list[str]:
    """Answers that were not as the first one."""
    odd = sum(one.odd for one in turns)
    return [f"{odd} answers of {whose} were not as wanted"] if odd else []


def pull_figures(node: dict[str, Turns], nginx: dict[str, Turns], sample: Pulled) -> list[Figure]:
    """Each status against nginx, where it is."""
    made: list[Figure] = []
    for status, turns in node.items():
        mine = median(turns.cpu_rate)
        theirs = nginx.get(status)
        if theirs is not None:
            by_turn = [a / b for a, b in zip(turns.cpu_rate, theirs.cpu_rate, strict=True)]
            made.append(
                at_least(
                    f"{status}: requests a CPU second ÷ nginx's",
                    median(by_turn),
                    RATIO_MIN,
                    note=f"by turn {min(by_turn):.2f} to {max(by_turn):.2f}",
                )
            )
        made += [
            plain(f"{status}: requests a CPU second", mine, unit="/s"),
            plain(f"{status}: requests a second, on the clock", median(turns.rate), unit="/s"),
        ]
        if theirs is not None:
            made += [
                plain(f"{status}: nginx, requests a CPU second", median(theirs.cpu_rate), unit="/s"),
                plain(f"{status}: nginx, requests a second, on the clock", median(theirs.rate), unit="/s"),
            ]
        made.append(
            plain(f"{status}: load client busy", median(turns.client_share) * 100, unit="%", note="of a core")
        )
    made.append(plain("body", len(sample.body), unit="B", note=f"{sample.length} with its head"))
    return made
