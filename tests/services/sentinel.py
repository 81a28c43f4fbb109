"""Redis with Sentinel: a primary, two replicas, and three who watch them and choose another primary.

They know each other from the start (else they would need some seconds to meet), and call a primary dead
after `down_after_ms` without an answer. After a failover `primary` is another; the old one, started again,
says for some ten seconds that it is a primary too, until they make it a replica.
"""

import secrets

from services.group import Group
from services.link import Link
from services.ports import HOST
from services.redis import RedisServer, ask, program

NAME = "scorewire"
QUORUM = 2


class Sentinel(RedisServer):
    """One who watches; see `Server` for harming it."""

    name = "sentinel"

    def prepare(self) -> None:
        """Its file is written by its group, who knows the others."""

    def command(self) -> list[str]:
        return [program(), str(self.configuration), "--sentinel"]

    def answers(self) -> bool:
        # A sentinel's INFO has no word of loading.
        return f"process_id:{self.pid}\r" in ask(self.port, "INFO")


class RedisWithSentinel(Group):
    """See the module.

    Args:
        linked: reach each Redis through a link (see `link_of`), its followers and those who watch it too: a
            primary that is cut off so is alive, but alone.

    Attributes:
        redis: the three Redis servers; the first is the first primary.
        sentinels: the three who watch.
    """

    def __init__(
        self, *, replicas: int = 2, sentinels: int = 3, down_after_ms: int = 1_000, linked: bool = False
    ) -> None:
        self.redis = [RedisServer(settings={"repl-diskless-sync-delay": "0"}) for _ in range(1 + replicas)]
        self.sentinels = [Sentinel() for _ in range(sentinels)]
        self._down_after_ms = down_after_ms
        links = {server.port: Link(server.port) for server in self.redis} if linked else {}
        super().__init__([*self.redis, *self.sentinels], links)
        self._introduce()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where clients ask for the primary."""
        return [(HOST, sentinel.port) for sentinel in self.sentinels]

    @property
    def url(self) -> str:
        """`redis+sentinel://host:port,host:port,host:port/name/0`."""
        hosts = ",".join(f"{host}:{port}" for host, port in self.addresses)
        return f"redis+sentinel://{hosts}/{NAME}/0"

    @property
    def primary(self) -> RedisServer:
        """Whom the first sentinel that answers calls primary."""
        asked = next(sentinel for sentinel in self.sentinels if sentinel.running)
        said = ask(asked.port, f"SENTINEL GET-MASTER-ADDR-BY-NAME {NAME}")
        port = int(said.split("\r\n")[4])
        return next(server for server in self.redis if self.announced(server) == port)

    def settle(self) -> None:
        self.wait("replicas follow", lambda: all(map(_follows, self.redis)))
        self.wait("sentinels see all", lambda: all(map(self._sees_all, self.sentinels)))

    def fail_over(self) -> None:
        """Ask for another primary, with the old one alive, and wait until all have it."""
        old = self.primary
        command = f"SENTINEL FAILOVER {NAME}"
        # Refused while the last failover is not over, or no replica has been heard of lately.
        self.wait("a failover begins", lambda: ask(self.sentinels[0].port, command) == "+OK\r\n")
        self.wait_for_another(old)

    def wait_for_another(self, old: RedisServer) -> None:
        """Wait until it is over: all sentinels that run name one primary, not `old`, that takes writes.

        Two of them may have led a failover, one after the other; then the second one's choice holds.
        """
        self.wait("another primary", lambda: self.primary is not old and self._agreed())

    def _introduce(self) -> None:
        first, *others = (self.announced(server) for server in self.redis)
        for server in self.redis:
            server.settings["replica-announce-port"] = str(self.announced(server))
        for server in self.redis[1:]:
            server.settings["replicaof"] = f"{HOST} {first}"
        names = {sentinel.port: secrets.token_hex(20) for sentinel in self.sentinels}
        for sentinel in self.sentinels:
            lines = [
                f"port {sentinel.port}",
                f"bind {HOST}",
                f'dir "{sentinel.folder}"',
                f"sentinel myid {names[sentinel.port]}",
                f"sentinel monitor {NAME} {HOST} {first} {QUORUM}",
                f"sentinel down-after-milliseconds {NAME} {self._down_after_ms}",
                f"sentinel failover-timeout {NAME} 10000",
                f"sentinel parallel-syncs {NAME} {len(self.redis)}",
                *(f"sentinel known-replica {NAME} {HOST} {port}" for port in others),
                *(
                    f"sentinel known-sentinel {NAME} {HOST} {port} {name}"
                    for port, name in names.items()
                    if port != sentinel.port
                ),
            ]
            sentinel.configuration.write_text("".join(f"{line}\n" for line in lines))

    def _agreed(self) -> bool:
        port = str(self.announced(self.primary))
        asked = [sentinel for sentinel in self.sentinels if sentinel.running]
        return _leads(self.primary) and all(_named(sentinel) == (port, "master") for sentinel in asked)

    def _sees_all(self, sentinel: Sentinel) -> bool:
        """Whether one that watches can reach everybody, and so can act at once."""
        wanted = f"status=ok,address={HOST}:{self.announced(self.redis[0])},slaves={len(self.redis) - 1}"
        if wanted not in ask(sentinel.port, "INFO sentinel") and sentinel.running:
            # After a failover the primary is another; then the count alone is looked at.
            wanted = f"slaves={len(self.redis) - 1},sentinels={len(self.sentinels)}"
        said = ask(sentinel.port, f"SENTINEL CKQUORUM {NAME}")
        return wanted in ask(sentinel.port, "INFO sentinel") and said.startswith(f"+OK {len(self.sentinels)}")


def _follows(server: RedisServer) -> bool:
    info = ask(server.port, "INFO replication")
    return "master_link_status:up" in info or "role:master" in info


def _named(sentinel: Sentinel) -> tuple[str, str]:
    """A sentinel's primary: its port, and `master` if nothing is the matter with it, else what is."""
    words = ask(sentinel.port, f"SENTINEL MASTER {NAME}").split("\r\n")[2::2]
    said = dict(zip(words[::2], words[1::2], strict=False))
    return said.get("port", ""), said.get("flags", "")


def _leads(server: RedisServer) -> bool:
    return "role:master" in ask(server.port, "INFO replication")
