"""`scorewire bench spike`: a goal, and fifty times the polls within five seconds, through a real Varnish.

Fans poll the score of a game, those of others and the league's list; every half a second something happens in
the game. The same with a purge that Varnish refuses, and with the node killed at the goal.
"""

import secrets
import sys
import time
from dataclasses import dataclass

import msgspec

from scorewire.bench.child import Child
from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.polls import READY, Order, Polled
from scorewire.bench.posts import Connection, Provider
from scorewire.bench.report import Figure, Outcome, at_least, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.target import Target
from scorewire.bench.varnish import Varnish, free_port

GAME = "spike-1"
OTHERS = 2
RISE_S = 5.0
FACTOR = 50.0
BETWEEN_S = 0.5
"""Between two events of the game."""
SHARE_MIN = 0.9
MARGIN_S = 30.0

_ENCODER = msgspec.json.Encoder()
_POLLED = msgspec.json.Decoder(Polled)


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        rate: polls a second before the goal.
        calm_s, hold_s: before the rise, and at its top.
        purged: False has Varnish refuse every purge.
        killed: the node is gone from the goal on.
    """

    rate: float
    calm_s: float
    hold_s: float
    purged: bool
    killed: bool


def run(options: Options, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
        ConfigError: there is no Varnish.
    """
    token, port = secrets.token_hex(16), free_port()
    known = token if options.purged else secrets.token_hex(16)
    settings = f'[cdn]\npurge_urls = ["http://127.0.0.1:{port}/"]\npurge_token = "{known}"\n'
    cores = stage.cores
    with (
        Target(folder=stage.folder, cores=cores, settings=settings) as target,
        Varnish(
            folder=stage.folder / "cdn", cores=cores.server, node_port=target.port, port=port, token=token
        ) as varnish,
        Provider(port=target.port, secret=target.secret) as provider,
        Child([sys.executable, "-m", "scorewire.bench.polls"], name="the fans", cores=cores.clients) as fans,
    ):
        games = [Game(provider, GAME), *(Game(provider, f"spike-other-{n}") for n in range(OTHERS))]
        for game in games:
            game.begin()
        order = _order(options, target.port, port)
        _ask_each_once(order)
        before = varnish.asked()
        fans.send(_ENCODER.encode(order) + b"\n")
        assert fans.line(MARGIN_S) == READY
        _play(options, stage, games[0], provider, target)
        polled = _POLLED.decode(fans.line(options.hold_s + RISE_S + MARGIN_S))
        asked = varnish.asked() - before
    return _outcome(options, polled, asked)


def _order(options: Options, node_port: int, port: int) -> Order:
    score, games = f"/v1/games/{GAME}/score", "/v1/games?league=bench-league"
    first, second = (f"/v1/games/spike-other-{n}/score" for n in range(OTHERS))
    return Order(
        port=port,
        node_port=node_port,
        game=GAME,
        paths=(score, first, score, games, score, score, second, score, games, score),
        rate=options.rate,
        factor=FACTOR,
        calm_s=options.calm_s,
        rise_s=RISE_S,
        hold_s=options.hold_s,
    )


def _ask_each_once(order: Order) -> None:
    """What nobody has asked for yet cannot be answered when the node is gone."""
    connection = Connection(order.port)
    try:
        for path in set(order.paths):
            connection.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            connection.answer()
    finally:
        connection.close()


def _play(options: Options, stage: Stage, game: Game, provider: Provider, target: Target) -> None:
    """Let things happen in the game while fans poll."""
    began_s = time.monotonic()
    goal_s = began_s + options.calm_s
    stage.tell("fans poll")
    while time.monotonic() < goal_s + RISE_S + options.hold_s:
        if options.killed and time.monotonic() >= goal_s:
            stage.tell("a goal, and the node is gone")
            target.kill()
            return
        provider.post(*game.shoot())
        time.sleep(BETWEEN_S)
    game.wait()


def _outcome(options: Options, polled: Polled, asked: int) -> Outcome:
    outcome = Outcome()
    outcome.figures += figures(polled, asked)
    if polled.unanswered:
        outcome.failures.append(f"{polled.unanswered} polls had no answer")
    if polled.errors and not options.killed:
        outcome.failures.append(f"{polled.errors} polls were answered with an error")
    outcome.notes.append(
        f"From {options.rate:g} polls a second to {options.rate * FACTOR:g} within {RISE_S:g} s of the goal."
        " Behind: for how long fans of streams had known a newer score when the question was asked."
        " Age: as the answer tells, in whole seconds."
    )
    if not options.purged:
        outcome.notes.append("Varnish refused every purge: what it says is made new by time alone.")
    if options.killed:
        outcome.notes.append("The node was killed at the goal: what Varnish says is the last that was true.")
    return outcome


def figures(polled: Polled, asked: int) -> list[Figure]:
    """What fans were told, and what of it the node was asked."""
    share = polled.hits / polled.answers if polled.answers else 0.0
    made = [
        at_least("answered by Varnish", share, SHARE_MIN, note="of all polls from the goal on"),
        plain("polls from the goal on", polled.sent),
        plain(
            "polls a second at the top", polled.peak_per_s, unit="/s", note=f"{polled.calm} before the goal"
        ),
        plain("requests to the node", asked, note="in all, before the goal too"),
        at_most("polls that failed", polled.errors + polled.unanswered, 0),
    ]
    if polled.behind_ms:
        behind = sum(value > 0 for value in polled.behind_ms) / len(polled.behind_ms)
        made.append(plain("answers that were behind", behind * 100, unit="%", note="of those of the game"))
    for name, values, unit in (
        ("age", [float(one) for one in polled.age_s], "s"),
        ("behind", polled.behind_ms, "ms"),
        ("poll to answer", polled.took_ms, "ms"),
    ):
        if values:
            of = spread(values)
            made += [
                plain(f"{name}, p50", of.p50, unit=unit),
                plain(f"{name}, p99", of.p99, unit=unit),
                plain(f"{name}, longest", of.last, unit=unit),
            ]
    made.append(plain("latest poll", polled.late_ms, unit="ms", note="the load client's own delay"))
    return made
