"""Redis Cluster: three primaries that share the slots, with sharded pub/sub.

Nodes keep what they know of each other in their folder, so one that was killed comes back as itself.
"""

from itertools import pairwise

from services.group import Group
from services.link import Link
from services.ports import HOST, choose_port
from services.redis import RedisServer, ask
from services.server import Server

SLOTS = 16_384


class RedisCluster(Group):
    """See the module.

    Args:
        replicas: of each primary; with at least one a primary that dies is replaced.
        node_timeout_ms: after so long without an answer the others call a node dead.
        linked: let clients come through a link to each node (see `link_of`); nodes talk with each other
            without.

    Attributes:
        primaries: the first three; a failover makes a replica of one.
        replicas: who follows each of them, in the same order, then the second of each.
    """

    def __init__(
        self, *, primaries: int = 3, replicas: int = 0, node_timeout_ms: int = 1_500, linked: bool = False
    ) -> None:
        def node() -> RedisServer:
            settings = {
                "cluster-enabled": "yes",
                "cluster-port": str(choose_port()),
                "cluster-node-timeout": str(node_timeout_ms),
                "repl-diskless-sync-delay": "0",
            }
            return RedisServer(settings=settings)

        self.primaries = [node() for _ in range(primaries)]
        self.replicas = [node() for _ in range(primaries * replicas)]
        self._joined = False
        nodes = [*self.primaries, *self.replicas]
        links = {node.port: Link(node.port) for node in nodes} if linked else {}
        super().__init__(nodes, links)
        for server in nodes:
            server.settings["cluster-announce-port"] = str(self.announced(server))

    @property
    def url(self) -> str:
        """`redis+cluster://host:port,host:port,host:port`."""
        return "redis+cluster://" + ",".join(f"{HOST}:{self.announced(server)}" for server in self.primaries)

    def settle(self) -> None:
        if not self._joined:
            self._join()
        self.wait("all nodes agree that all slots are served", lambda: all(map(self.agrees, self.servers)))

    def owner_of(self, slot: int) -> RedisServer:
        """Who serves a slot, by what the first node that runs knows."""
        asked = next(server for server in self.servers if server.running)
        for line in _nodes(asked):
            ranges = [word for word in line[8:] if not word.startswith("[")]
            for first, last in ((word.split("-") * 2)[:2] for word in ranges):
                if int(first) <= slot <= int(last):
                    return self._at(line[1])
        raise AssertionError(f"nobody serves slot {slot}")

    def begin_move(self, slot: int, to: RedisServer) -> RedisServer:
        """Declare that a slot moves; returns its owner, who answers ASK for keys that it no longer has."""
        owner = self.owner_of(slot)
        _do(to, f"CLUSTER SETSLOT {slot} IMPORTING {_name(owner)}")
        _do(owner, f"CLUSTER SETSLOT {slot} MIGRATING {_name(to)}")
        return owner

    def move_keys(self, slot: int, owner: RedisServer, to: RedisServer) -> int:
        """Move the keys of a slot whose move has begun; returns how many."""
        moved = 0
        while keys := _words(ask(owner.port, f"CLUSTER GETKEYSINSLOT {slot} 100")):
            for key in keys:
                said = ask(owner.port, f'MIGRATE {HOST} {to.port} "{key}" 0 5000')
                assert said == "+OK\r\n", said
            moved += len(keys)
        return moved

    def end_move(self, slot: int, to: RedisServer) -> None:
        """Tell every primary that the slot has moved, the new owner first."""
        name = _name(to)
        for server in [to, *(other for other in self.primaries if other is not to)]:
            _do(server, f"CLUSTER SETSLOT {slot} NODE {name}")
        self.wait(f"slot {slot} has moved", lambda: all(map(self.agrees, self.servers)))
        # Not only what each was told: an owner's older message, sent before it heard of this move and under a
        # higher epoch than the new owner's, would take the slot back at the node that reads it.
        self.wait("all nodes know the same owners", self._is_of_one_mind)

    def lose(self, slot: int, to: RedisServer) -> None:
        """Break a move off at its worst: its two nodes send each other for the slot, until `end_move`."""
        owner = self.begin_move(slot, to)
        self.move_keys(slot, owner, to)
        _do(to, f"CLUSTER SETSLOT {slot} STABLE")
        _do(owner, f"CLUSTER SETSLOT {slot} NODE {_name(to)}")

    def move(self, slot: int, to: RedisServer) -> int:
        """Move a slot with its keys; returns how many."""
        owner = self.begin_move(slot, to)
        moved = self.move_keys(slot, owner, to)
        self.end_move(slot, to)
        return moved

    def _join(self) -> None:
        bounds = [SLOTS * n // len(self.primaries) for n in range(len(self.primaries) + 1)]
        for epoch, (server, (begin, end)) in enumerate(zip(self.primaries, pairwise(bounds), strict=True), 1):
            # Each its own epoch before they meet: else they would settle that among themselves for a while.
            _do(server, f"CLUSTER SET-CONFIG-EPOCH {epoch}")
            _do(server, f"CLUSTER ADDSLOTSRANGE {begin} {end - 1}")
        first, *others = [*self.primaries, *self.replicas]
        for other in others:
            _do(first, f"CLUSTER MEET {HOST} {other.port} {other.settings['cluster-port']}")
        self.wait("everybody has met everybody", lambda: all(self._met(server) for server in self.servers))
        for number, replica in enumerate(self.replicas):
            _do(replica, f"CLUSTER REPLICATE {_name(self.primaries[number % len(self.primaries)])}")
        self.wait("replicas follow", lambda: all(map(_follows, self.replicas)))
        self._joined = True

    def _met(self, server: Server) -> bool:
        lines = _nodes(server)
        return len(lines) == len(self.servers) and all("handshake" not in line[2] for line in lines)

    def agrees(self, server: Server) -> bool:
        """Whether a node takes all slots to be served."""
        info = ask(server.port, "CLUSTER INFO")
        return "cluster_state:ok" in info and f"cluster_slots_ok:{SLOTS}" in info

    def _is_of_one_mind(self) -> bool:
        """Whether every node names the same owners of slots under the same epochs."""
        return len({_map(server) for server in self.servers}) == 1

    def _at(self, address: str) -> RedisServer:
        port = int(address.partition("@")[0].rpartition(":")[2])
        return next(server for server in [*self.primaries, *self.replicas] if self.announced(server) == port)


def _follows(server: Server) -> bool:
    return "master_link_status:up" in ask(server.port, "INFO replication")


def _nodes(server: Server) -> list[list[str]]:
    """What a node knows of all: name, address, flags, ..., from the ninth on its slots."""
    return [line.split() for line in ask(server.port, "CLUSTER NODES").splitlines()[1:] if line]


def _map(server: Server) -> str:
    """What a node knows of who owns what: name, epoch and slots of each, without moves that are under way."""
    lines = [
        " ".join([line[0], line[6], *(word for word in line[8:] if not word.startswith("["))])
        for line in _nodes(server)
    ]
    return "\n".join(sorted(lines))


def _name(server: Server) -> str:
    return ask(server.port, "CLUSTER MYID").split("\r\n")[1]


def _do(server: Server, command: str) -> None:
    said = ask(server.port, command)
    assert said == "+OK\r\n", f"{command}: {said}"


def _words(answer: str) -> list[str]:
    """An array of strings, as RESP writes it."""
    return answer.split("\r\n")[2::2]
