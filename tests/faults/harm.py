"""The faults: what is broken, for how long, and how it is mended."""

import contextlib
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

from adversity import disk
from faults.ground import START_S, Ground, until
from faults.trial import Fault
from node_process import NodeProcess
from services.cluster import RedisCluster
from services.postgres import program, run_sql
from services.redis import ask
from services.sentinel import RedisWithSentinel

FROZEN_S: Final = 9.0
"""Longer than Kafka waits for a member of the group of owners: 6 s."""
DOWN_S: Final = 1.0
"""Until somebody has seen that a server is down, and starts it again."""
PARTED_S: Final = 6.0
SLOW_S: Final = 0.2
HOUR_NS: Final = 3600 * 1_000_000_000
BLOCK_BYTES: Final = 1 << 16
CLOCK_SHIFT: Final = disk.SOURCE.with_name("clock_shift.c")
STORM: Final = 5
"""Owners that come and go."""


# Roles.


def _ready(ground: Ground, *names: str) -> None:
    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(lambda name: ground.process(name).await_ready(START_S), names))


def killed(*names: str) -> Callable[[Ground], None]:
    """SIGKILL; the supervisor starts them again."""

    def act(ground: Ground) -> None:
        before = ground.supervisor.restarts
        for name in names:
            ground.process(name).kill()
        until(lambda: ground.supervisor.restarts >= before + len(names), "they are started again")
        _ready(ground, *names)

    return act


def frozen(name: str) -> Callable[[Ground], None]:
    """SIGSTOP, and SIGCONT when others have taken over what it did."""

    def act(ground: Ground) -> None:
        process = ground.process(name).process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(FROZEN_S)
        finally:
            process.send_signal(signal.SIGCONT)

    return act


def restarted(*names: str) -> Callable[[Ground], None]:
    """One after the other, in order, as for a new release."""

    def act(ground: Ground) -> None:
        for name in names:
            one = ground.process(name)
            ground.supervisor.let_go(one)
            one.stop()
            ground.supervisor.keep(one)

    return act


def storm(ground: Ground) -> None:
    """A third owner comes and goes, again and again: each time the partitions are shared out anew."""
    for n in range(STORM):
        one = ground.prepare(f"games-3-{ground.trials}-{n}", "games")
        one.launch()
        one.await_ready(START_S)
        time.sleep(0.5)
        if n % 2:
            one.kill()
        else:
            one.stop()


# Servers.


def server_killed(name: str) -> Callable[[Ground], None]:
    """SIGKILL to all its processes, and started again."""

    def act(ground: Ground) -> None:
        server = ground.servers[name]
        server.kill()
        time.sleep(DOWN_S)
        server.start()

    return act


def server_frozen(name: str) -> Callable[[Ground], None]:
    """SIGSTOP: connections stay open and are accepted, and nobody answers."""

    def act(ground: Ground) -> None:
        server = ground.servers[name]
        server.pause()
        try:
            time.sleep(FROZEN_S)
        finally:
            server.resume()

    return act


def everything_killed(ground: Ground) -> None:
    """All roles and all servers at once."""
    before = ground.supervisor.restarts
    names = list(ground.names)
    servers = list(ground.servers.values())
    for name in names:
        ground.process(name).kill()
    for server in servers:
        server.kill()
    time.sleep(DOWN_S)
    with ThreadPoolExecutor(len(servers)) as threads:
        list(threads.map(lambda server: server.start(), servers))
    until(lambda: ground.supervisor.restarts >= before + len(names), "they are started again")
    until(lambda: all(map(ground.answers, names)), "they are ready", within_s=START_S)


# Lines.


def parted(link: str) -> Callable[[Ground], None]:
    """Nothing passes, and nobody is told; then it does again."""

    def act(ground: Ground) -> None:
        ground.links[link].part()
        try:
            time.sleep(PARTED_S)
        finally:
            ground.links[link].heal()

    return act


def lost(link: str) -> Callable[[Ground], None]:
    """What is on its way to the client is lost, and the line with it: the last goals of a burst too."""

    def act(ground: Ground) -> None:
        one = ground.links[link]
        one.down.dropped = True
        time.sleep(1.0)
        one.down.dropped = False
        one.cut()

    return act


def slow(link: str) -> Callable[[Ground], None]:
    """Every answer takes its time."""

    def act(ground: Ground) -> None:
        ground.links[link].faults.late_s = SLOW_S / 2
        try:
            time.sleep(PARTED_S)
        finally:
            ground.links[link].faults.late_s = 0.0

    return act


# A Redis of several servers.


def failed_over(ground: Ground) -> None:
    """Sentinel is asked for another primary; the old one lives, and becomes a replica."""
    assert isinstance(ground.group, RedisWithSentinel)
    ground.group.fail_over()


def primary_killed(ground: Ground) -> None:
    """Sentinel finds the primary dead, and chooses another; what it had not passed on is lost."""
    group = ground.group
    assert isinstance(group, RedisWithSentinel)
    old = group.primary
    old.kill()
    group.wait_for_another(old)
    old.start()


def slots_moved(ground: Ground) -> None:
    """The slots of all games go to another node of the Cluster, with all that is in them."""
    group = ground.group
    assert isinstance(group, RedisCluster)
    for game in ground.games:
        slot = int(ask(group.primaries[0].port, f"CLUSTER KEYSLOT {{game:{game}}}")[1:])
        owner = group.owner_of(slot)
        group.move(slot, next(node for node in group.primaries if node is not owner))


def node_killed(ground: Ground) -> None:
    """A node of a Cluster without replicas dies, and comes back empty."""
    assert isinstance(ground.group, RedisCluster)
    node = ground.group.primaries[0]
    node.kill()
    time.sleep(DOWN_S)
    ground.group.start()


def losing(ground: Ground) -> None:
    """Redis loses every message about games from now on, the last one of the burst too."""
    ground.links["hears"].down.swallowed = lambda data: b"message" in data and b":updates" in data
    time.sleep(DOWN_S)


def losing_no_more(ground: Ground) -> None:
    """The end of `losing`."""
    ground.links["hears"].down.swallowed = lambda _data: False


# Disks and clocks.


def filled(name: str) -> Callable[[Ground], None]:
    """A small disk is full for a while; a server that has halted is started again when there is space."""

    def act(ground: Ground) -> None:
        server, place = ground.servers[name], ground.disks[name]
        filler = place / "filler"
        left = os.statvfs(place)
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for _ in range(left.f_bavail * left.f_frsize // BLOCK_BYTES + 1):
                file.write(bytes(BLOCK_BYTES))
        time.sleep(PARTED_S)
        filler.unlink()
        if name == "kafka":
            # It halts when its only disk fails, or is of no more use.
            server.stop()
            server.start()

    return act


def clock_jumping(name: str, *hours: int) -> Callable[[Ground], None]:
    """The time of day of one process is set by so many hours, one after the other; clock_shift.c."""

    def act(ground: Ground) -> None:
        one, plain = ground.process(name), ground.process(name).env
        shift = ground.site.folder / f"{name}.shift"
        shift.write_bytes(bytes(8))
        library = disk.build(ground.site.folder, CLOCK_SHIFT)
        _started_with(ground, one, {**plain, "LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(shift)})
        for off in hours:
            with shift.open("r+b", buffering=0) as file:
                os.pwrite(file.fileno(), struct.pack("q", off * HOUR_NS), 0)
            time.sleep(1.5)
        _started_with(ground, one, plain)

    return act


def _started_with(ground: Ground, one: NodeProcess, env: dict[str, str]) -> None:
    ground.supervisor.let_go(one)
    try:
        one.stop()
    finally:
        one.close()
        one.env = env
        ground.supervisor.keep(one)


# The record.


def put_back(ground: Ground) -> None:
    """An older copy of the journal takes its place, as docs/journal.md says it."""
    name = urlsplit(ground.journal).path.strip("/")
    dump = ground.site.folder / f"{name}-{ground.trials}.dump"
    _run([program("pg_dump"), "--format=custom", f"--file={dump}", ground.journal])
    time.sleep(2.0)
    kept = [ground.process(each) for each in ground.names]
    ground.supervisor.let_go(*kept)
    with ThreadPoolExecutor(len(kept)) as threads:
        list(threads.map(lambda one: one.stop(), kept))
    run_sql(ground.servers["postgres"].url, f"drop database {name} with (force)")
    run_sql(ground.servers["postgres"].url, f"create database {name} template template0")
    _run([program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={ground.journal}", str(dump)])
    command = [sys.executable, "-m", "scorewire", "journal", "restored", "--data", str(kept[0].data)]
    _run(command, env=kept[0].env)
    ground.supervisor.keep(*kept)


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, env=env or dict(os.environ), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"


FAULTS: Final = [
    Fault("nothing", "nothing, for comparison", lambda _: time.sleep(2), often=True),
    Fault("owner-killed", "an owner is killed", killed("games-1"), often=True),
    Fault("gateway-killed", "a gateway is killed", killed("gateway-1"), often=True),
    Fault("intake-killed", "an intake is killed", killed("intake-1"), often=True),
    Fault("api-killed", "the api is killed", killed("api")),
    Fault("redis-killed", "Redis is killed and comes back empty", server_killed("redis"), often=True),
    Fault("postgres-killed", "PostgreSQL is killed", server_killed("postgres"), often=True),
    Fault("kafka-killed", "the Kafka broker is killed", server_killed("kafka"), often=True),
    Fault("owner-frozen", "an owner stands still for 9 s, and goes on", frozen("games-1"), often=True),
    Fault("gateway-frozen", "a gateway stands still for 9 s", frozen("gateway-1")),
    Fault("intake-frozen", "an intake stands still for 9 s", frozen("intake-1")),
    Fault("api-frozen", "the api stands still for 9 s", frozen("api")),
    Fault("redis-frozen", "Redis stands still for 9 s", server_frozen("redis")),
    Fault("postgres-frozen", "PostgreSQL stands still for 9 s", server_frozen("postgres")),
    Fault("kafka-frozen", "the Kafka broker stands still for 9 s", server_frozen("kafka")),
    Fault("owners-without-redis", "owners cannot reach Redis for 6 s", parted("shows")),
    Fault("gateways-without-redis", "gateways cannot reach Redis for 6 s", parted("hears"), often=True),
    Fault("without-postgres", "nobody can reach PostgreSQL for 6 s", parted("postgres")),
    Fault("without-kafka", "nobody can reach Kafka for 6 s", parted("kafka")),
    Fault("gateways-told-nothing", "1 s of what Redis tells gateways is lost", lost("hears")),
    Fault(
        "messages-lost",
        "Redis loses all messages to gateways, the last too",
        losing,
        mend=losing_no_more,
        often=True,
    ),
    Fault("postgres-slow", "PostgreSQL is 200 ms away", slow("postgres")),
    Fault("owners-restarted", "owners are restarted in turn", restarted("games-1", "games-2")),
    Fault("gateways-restarted", "gateways are restarted in turn", restarted("gateway-1", "gateway-2")),
    Fault("owners-killed", "both owners are killed", killed("games-1", "games-2")),
    Fault("storm", f"a third owner comes and goes {STORM} times", storm, often=True),
    # Not back: librdkafka waits until a time of day, and may stand still for as long as that was set back
    # (confluentinc/librdkafka, issue 2145). Such an owner is one that stands still, as above.
    Fault(
        "owner-clock-jumps",
        "an owner's clock jumps an hour forward",
        clock_jumping("games-1", 1),
        needs=("compiler",),
    ),
    Fault(
        "gateway-clock-jumps",
        "a gateway's clock jumps an hour forward and two back",
        clock_jumping("gateway-1", 1, -1, 0),
        needs=("compiler",),
    ),
    Fault("everything-killed", "all processes and all servers are killed", everything_killed),
    Fault("put-back", "the journal is put back from a backup 2 s old", put_back, new_epoch=True, often=True),
]

ON_SENTINEL: Final = [
    Fault("sentinel-fails-over", "Sentinel names another Redis", failed_over, often=True),
    Fault("sentinel-primary-killed", "the Redis that Sentinel names is killed", primary_killed),
]
ON_CLUSTER: Final = [
    Fault("cluster-slots-move", "all slots of a Redis Cluster's games move", slots_moved, often=True),
    Fault("cluster-node-killed", "a node of a Redis Cluster is killed, comes back empty", node_killed),
]

ON_SMALL_DISKS: Final = [
    Fault("kafka-full", "Kafka's disk is full", filled("kafka"), needs=("mount",)),
    Fault("journal-full", "the journal's disk is full", filled("postgres"), needs=("mount",)),
]

ALL_FAULTS: Final = [*FAULTS, *ON_SENTINEL, *ON_CLUSTER, *ON_SMALL_DISKS]
"""As the table lists them."""
