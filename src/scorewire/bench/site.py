"""`scorewire bench site`: the way of an event, and how many a second, through roles over real servers.

Kafka, PostgreSQL and Redis are those that the options name; topics and databases are made for the run. What a
hop costs stands beside what the server alone takes for the same question, asked in between by one process.

Owners are measured apart from intake: they are stopped while calls are posted, for less than the session of
their group, and then go on together. The clock runs from there until the journal holds the last event.
"""

import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from confluent_kafka import Producer

from scorewire.bench.figures import spread
from scorewire.bench.game import Game
from scorewire.bench.ingest import lanes
from scorewire.bench.path import PAUSE_S, WARM_ROUNDS, Times, once
from scorewire.bench.posts import Connection, Provider
from scorewire.bench.report import Figure, Outcome, at_least, at_most, plain
from scorewire.bench.running import Stage
from scorewire.bench.site_target import Role, Servers, SiteTarget
from scorewire.bench.watching import Watcher
from scorewire.errors import BackendError

PATH_P50_MS, PATH_P99_MS = 15, 50
OWNER_GOAL = 8_000
"""Events a second of one process of owners."""
GAMES = 40
BATCH = 50
CONNECTIONS = 16
LIMIT_S = 120.0
SESSION_S = 5.0
"""Owners that stand still for longer lose their partitions (session of the group: 6 s)."""
JOINED_S = 60.0
POLL_S = 0.01
DATA_BYTES = 300


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        rounds: events, one after the other, from the call to the fan.
        events: for each number of owners.
        owners: how many processes of owners, one number after the other; each has as many partitions as the
            largest of them.
    """

    rounds: int
    events: int
    owners: tuple[int, ...]


def run(options: Options, servers: Servers, stage: Stage) -> Outcome:
    """Measure.

    Raises:
        BackendError: a part of the site failed, so that there is nothing to report.
    """
    outcome = Outcome()
    stage.tell("the way of an event")
    outcome.figures += _path(options, servers, stage)
    for count in options.owners:
        stage.tell(f"{count} processes of owners" if count > 1 else "one process of owners")
        outcome.figures += _owners(options, servers, stage, count)
    outcome.notes.append(
        "Intake, owners, gateway, api, Kafka, PostgreSQL, Redis and the load share the machine's cores."
    )
    return outcome


# One event at a time.


def _path(options: Options, servers: Servers, stage: Stage) -> list[Figure]:
    times = Times()
    with (
        SiteTarget(servers, folder=stage.folder, cores=stage.cores, partitions=1) as site,
        _hops(servers, site.topics, site.journal) as hops,
    ):
        secret = site.key()
        intake, gateway = site.start("intake"), site.start("gateway", "api")
        _shared_out([site.start("games")], 1)
        with Provider(port=intake.port, secret=secret, scores_port=gateway.port) as provider:
            game = Game(provider, f"path-{site.topics.rstrip('.')}")
            game.begin()
            game.size_updates(gateway.port, DATA_BYTES)
            with Watcher(port=gateway.port, game_id=game.id) as watcher:
                for _ in range(WARM_ROUNDS):
                    once(provider, game, watcher, Times())
                for _ in range(options.rounds):
                    once(provider, game, watcher, times)
                    hops.once()
                    time.sleep(PAUSE_S)
    told, answered = spread(times.told_s), spread(times.answered_s)
    return [
        at_most("call sent to fan, p50", told.p50 * 1000, PATH_P50_MS, unit="ms"),
        at_most("call sent to fan, p99", told.p99 * 1000, PATH_P99_MS, unit="ms"),
        plain("call sent to fan, worst", told.last * 1000, unit="ms"),
        plain("call sent to 202, p50", answered.p50 * 1000, unit="ms"),
        plain("call sent to 202, p99", answered.p99 * 1000, unit="ms"),
        *hops.figures(),
    ]


class _Hops:
    """What each server takes for one question, asked by nobody else."""

    def __init__(
        self, producer: Producer, topic: str, database: psycopg.Connection[object], redis: socket.socket
    ):
        self._producer = producer
        self._topic = topic
        self._database = database
        self._redis = redis
        self._taken: dict[str, list[float]] = {}

    def once(self) -> None:
        """Ask each of them."""
        self._time("Kafka: 300 bytes, acks=all", self._kafka)
        self._time("PostgreSQL: a commit of 300 bytes", self._commit)
        self._time("Redis: PING", self._ping)

    def figures(self) -> list[Figure]:
        """Of each question, how long."""
        return [
            plain(f"{what}, p50", spread(taken).p50 * 1000, unit="ms", note="asked in between")
            for what, taken in self._taken.items()
        ]

    def _time(self, what: str, ask: Callable[[], None]) -> None:
        began_s = time.monotonic()
        ask()
        self._taken.setdefault(what, []).append(time.monotonic() - began_s)

    def _kafka(self) -> None:
        self._producer.produce(self._topic, b"x" * DATA_BYTES, key=b"probe")
        self._producer.flush()

    def _commit(self) -> None:
        with self._database.transaction():
            self._database.execute("INSERT INTO scorewire_bench (body) VALUES (%s)", (b"x" * DATA_BYTES,))

    def _ping(self) -> None:
        self._redis.sendall(b"PING\r\n")
        self._redis.recv(64)


@contextmanager
def _hops(servers: Servers, topics: str, journal: str) -> Iterator[_Hops]:
    producer = Producer({"bootstrap.servers": servers.brokers, "acks": "all", "linger.ms": 0})
    where = urlsplit(servers.redis)
    with (
        psycopg.connect(journal, autocommit=True) as database,
        socket.create_connection((where.hostname or "127.0.0.1", where.port or 6379), timeout=5) as redis,
    ):
        database.execute("CREATE TABLE scorewire_bench (body bytea)")
        # Nobody reads dead letters here, so what lies among them disturbs nobody.
        yield _Hops(producer, f"{topics}dead-letters", database, redis)


# Many at once.


def _owners(options: Options, servers: Servers, stage: Stage, count: int) -> list[Figure]:
    partitions = max(options.owners)
    with SiteTarget(servers, folder=stage.folder, cores=stage.cores, partitions=partitions) as site:
        secret = site.key()
        intake, api = site.start("intake"), site.start("api")
        owners = [site.start("games") for _ in range(count)]
        with Provider(port=intake.port, secret=secret, scores_port=api.port) as provider:
            name = site.topics.rstrip(".")
            games = [Game(provider, f"{name}-{number}") for number in range(GAMES)]
            _shared_out(owners, partitions)
            for game in games:
                game.begin()
            turns = max(options.events // GAMES // BATCH, 1)
            calls = [[provider.prepare(*game.shoot(BATCH)) for _ in range(turns)] for game in games]
            for owner in owners:
                owner.process.signal(signal.SIGSTOP)
            stopped_s = time.monotonic()
            try:
                pumped = provider.pump(lanes(calls, CONNECTIONS), events_each=BATCH, limit_s=LIMIT_S)
            finally:
                stood_s = time.monotonic() - stopped_s
                before_ns = [owner.process.cpu_ns() for owner in owners]
                began_s = time.monotonic()
                for owner in owners:
                    owner.process.signal(signal.SIGCONT)
            if stood_s > SESSION_S:
                raise BackendError(
                    f"intake took {stood_s:.1f} s, and owners lose their partitions: fewer --events",
                    retryable=False,
                )
            decided_s = _decided(site.journal, games) - began_s
            spent_ns = sum(owner.process.cpu_ns() for owner in owners) - sum(before_ns)
    events = turns * BATCH * GAMES
    return _owner_figures(count, events, pumped.ended_s - pumped.began_s, decided_s, spent_ns)


def _owner_figures(
    count: int, events: int, answered_s: float, decided_s: float, spent_ns: int
) -> list[Figure]:
    how = f"{count} process{'es' if count > 1 else ''} of owners"
    rate = events / decided_s
    decided = f"{how}: events decided a second"
    note = f"{events} events that lay on the log"
    return [
        at_least(decided, rate, OWNER_GOAL, unit="/s", note=note)
        if count == 1
        else plain(decided, rate, unit="/s", note=note),
        plain(f"{how}: owners' CPU an event", spent_ns / events / 1000, unit="µs"),
        plain(f"{how}: events a second to 202, batches of {BATCH}", events / answered_s, unit="/s"),
    ]


def _decided(journal: str, games: Sequence[Game]) -> float:
    """Wait until the journal has every event; returns when.

    Raises:
        BackendError: that takes longer than LIMIT_S.
    """
    wanted, ends_s = sum(game.seq for game in games), time.monotonic() + LIMIT_S
    with psycopg.connect(journal, autocommit=True) as database:
        while True:
            found = database.execute("SELECT sum(head_seq) FROM game_heads").fetchone()
            now_s = time.monotonic()
            if found is not None and found[0] == wanted:
                return now_s
            if now_s > ends_s:
                raise BackendError(f"{found} of {wanted} rows after {LIMIT_S:g} s", retryable=False)
            time.sleep(POLL_S)


def _shared_out(owners: list[Role], partitions: int) -> None:
    """Wait until every owner has its share: they join their group at leisure.

    Raises:
        BackendError: that does not happen.
    """
    ends_s = time.monotonic() + JOINED_S
    while True:
        owned = [_metric(owner, "scorewire_games_partitions") for owner in owners]
        if sum(owned) == partitions and min(owned) >= partitions // len(owners):
            return
        if time.monotonic() > ends_s:
            raise BackendError(
                f"after {JOINED_S:g} s the owners have {owned} of {partitions} partitions", retryable=False
            )
        time.sleep(0.2)


def _metric(role: Role, name: str) -> int:
    connection = Connection(role.port)
    try:
        connection.send(f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{role.port}\r\n\r\n".encode())
        lines = connection.answer().body.decode().splitlines()
    finally:
        connection.close()
    return next((int(float(line.split(" ")[1])) for line in lines if line.startswith(f"{name} ")), 0)
