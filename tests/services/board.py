"""What runs where, as a table: for `make services`."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from services import fronts, kafka, postgres, redis
from services.cluster import RedisCluster
from services.family import PROC, family
from services.group import Group
from services.sentinel import RedisWithSentinel
from services.server import Server

PAGE_KB = 4
NODE_PORT = 8080
"""Where `scorewire serve` listens by itself: the proxies stand before it, whether it runs yet or not."""


@dataclass
class Kind:
    """One of the things that can be started.

    Attributes:
        version: of what this machine has; None where it has none.
        make: prepares one; `start` starts it.
        variable: of the environment, by which tests are told of it; "" where there is none.
    """

    version: Callable[[], str | None]
    make: Callable[[], Server | Group]
    variable: str = ""


KINDS = {
    "redis": Kind(redis.installed, redis.RedisServer, redis.ENVIRONMENT),
    "sentinel": Kind(redis.installed, RedisWithSentinel),
    "cluster": Kind(redis.installed, RedisCluster),
    "postgres": Kind(postgres.installed, postgres.PostgresServer, postgres.ENVIRONMENT),
    "kafka": Kind(kafka.installed, kafka.KafkaServer, kafka.ENVIRONMENT),
    **{
        kind: Kind(partial(fronts.installed, kind), partial(fronts.Front, kind, NODE_PORT))
        for kind in fronts.PROGRAMS
    },
}


@dataclass
class Row:
    """One kind as it stands: not begun, running, or why not."""

    name: str
    kind: Kind
    one: Server | Group | None = None
    trouble: str = ""
    members: list[Server] = field(default_factory=list)

    def start(self) -> None:
        """Start it; what is missing or fails is said in the table."""
        if self.kind.version() is None:
            self.trouble = "not on this machine"
            return
        self.one = self.kind.make()
        try:
            self.one.start()
        except AssertionError as failure:
            self.trouble = str(failure)
            self.one.close()
            self.one = None
            return
        self.members = self.one.servers if isinstance(self.one, Group) else [self.one]

    @property
    def url(self) -> str:
        """Where it is reached."""
        return "" if self.one is None else self.one.url


def board(rows: Sequence[Row]) -> RenderableType:
    """The table of now, and below it the lines to copy."""
    table = Table("what", "version", "port", "process", "memory", "state", title="Servers on this machine")
    for row in rows:
        if not row.members:
            state = Text(row.trouble.partition("\n")[0] or "...", style="red" if row.trouble else "dim")
            table.add_row(row.name, row.kind.version() or "", "", "", "", state)
        for member in row.members:
            what = f"{row.name}: {member.name}" if isinstance(row.one, Group) else row.name
            table.add_row(what, row.kind.version(), str(member.port), *_state(member))
    lines = [f"{row.name:10}{row.url}" for row in rows if row.url]
    lines += [f"export {row.kind.variable}={row.url}" for row in rows if row.url and row.kind.variable]
    copied = Text(
        "\n".join(["", *lines, "", "Ctrl-C stops them all and removes what they wrote."]), overflow="fold"
    )
    return Lines(table, copied)


def _state(server: Server) -> tuple[str, str, Text]:
    if not server.running:
        return "", "", Text("gone", style="red")
    members = family(server.pid)
    kilobytes = sum(map(_resident_kb, members))
    return str(server.pid), f"{kilobytes / 1024:.0f} MB", Text("runs", style="green")


def _resident_kb(pid: int) -> int:
    with suppress(OSError):
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE_KB
    return 0
