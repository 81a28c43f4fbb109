"""The world: a heap of (time, n, action), one Random, and nothing that waits.

What is durable survives a crash (the log, the journal's rows, ledger, checkpoints and position); what is
only in memory does not. A crash is placed at each of the three points where it could hurt: after the
append to the log, after the journal's commit, and before fans were told.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from msgspec import UnsetType

from scorewire.fanout.channel import NOTHING, Channel
from scorewire.fanout.frames import SEVERAL
from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.frame import score_state
from scorewire.games.partition import Partition
from scorewire.games.settlement import Settlement
from scorewire.games.tellers import Terms
from scorewire.journal.records import Consumed, LedgerEntry
from scorewire.log.base import LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.model.score_state import ScoreState
from scorewire.model.update import apply_update
from scorewire.scoreboard.base import Head
from scorewire.sim import auditor, script
from scorewire.sim.options import Options
from scorewire.sim.script import Script
from scorewire.sports import SPORTS

EPOCH = "simworld"
ALONE = "alone"
"""Beside the troubles of backup.py: a game that one provider tells."""
REORDER_MS = 500


class Difference(AssertionError):
    """The node or a fan is not where the auditor says that it must be."""


@dataclass(slots=True)
class Disk:
    """What survives a crash: the log, and the journal."""

    log: list[LogEntry] = field(default_factory=list)
    rows: dict[str, list[GameEvent]] = field(default_factory=dict)
    ledger: dict[tuple[str, str, str], LedgerEntry] = field(default_factory=dict)
    checkpoints: dict[str, bytes] = field(default_factory=dict)
    consumed: Consumed = field(default_factory=lambda: Consumed(partition=0))
    refused: list[str] = field(default_factory=list)

    def commit(self, settlement: Settlement) -> None:
        """All of a settlement, as the journal's transaction would."""
        commit = settlement.commit
        for head in commit.heads:
            rows = self.rows.setdefault(head.game_id, [])
            if len(rows) != head.from_seq:
                raise Difference(
                    f"{head.game_id}: head is at {len(rows)}, the owner believed {head.from_seq}"
                )
            rows += [row for row in commit.rows if row.game_id == head.game_id]
        for entry in commit.ledger:
            self.ledger[(entry.game_id, entry.provider, entry.event)] = entry
        for each in commit.checkpoints:
            self.checkpoints[each.game_id] = each.body
        assert commit.consumed is not None
        self.consumed = commit.consumed
        self.refused += [letter.rule for letter in settlement.letters]

    def book(self, game_id: str) -> Book | None:
        """A game as the journal gives it: newest checkpoint, rows after it, ledger."""
        rows = self.rows.get(game_id)
        if not rows:
            return None
        body = self.checkpoints.get(game_id)
        book = checkpoint.read(body, SPORTS) if body else Book(game_id=game_id, machines=SPORTS)
        for row in rows[book.seq :]:
            book.apply(row)
        checkpoint.recall(book, [entry for entry in self.ledger.values() if entry.game_id == game_id])
        return book


@dataclass(slots=True)
class Fan:
    """Follows one game over a link that is cut now and then; `state` is what its screen shows."""

    game_id: str
    epoch: str = ""
    seq: int = NOTHING
    state: dict[str, object] | None = None
    online: bool = False
    seen: int = 0

    def receive(self, data: bytes) -> None:
        """Take the frames of one write, as a client does."""
        for block in data.split(b"\n\n"):
            lines = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
            if b"data" in lines:
                self._take(msgspec.json.decode(lines[b"data"]))

    def _take(self, message: dict[str, object]) -> None:
        seq = message["seq"]
        assert isinstance(seq, int)
        if message["type"] == "full_state":
            state = message["state"]
            assert isinstance(state, dict)
            if self.state is not None and seq < self.seq:
                raise Difference(f"fan of {self.game_id} was sent back from {self.seq} to {seq}")
            self.state = state
        else:
            if self.state is None:
                raise Difference(f"fan of {self.game_id} got an update before any state")
            self.state = apply_update(self.state, message)
        self.seq = seq
        self.seen += 1


class World:
    """One seed, from the first message to silence; `run` raises Difference if anything is amiss.

    Attributes:
        games, under_check: how many were compared, and whose score was under check in the end, by trouble.
    """

    def __init__(self, seed: int, options: Options) -> None:
        self.options = options
        self.rng = random.Random(seed)
        self.now_ms = 0
        self.crashes = 0
        self.games = Counter[str]()
        self.under_check = Counter[str]()
        self.disk = Disk()
        self.scripts = [script.write(n, options, self.rng) for n in range(options.games)]
        self.fans = [Fan(self.rng.choice(self.scripts).declared.game_id) for _ in range(options.fans)]
        self.channels: dict[str, Channel] = {}
        self.node = self._start_node()
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def run(self) -> None:
        """Play everything, then compare."""
        for each in self.scripts:
            self._deliver(each.declared)
            self._tell_all(each)
        for fan in self.fans:
            self._at(self.rng.randrange(self.options.sleep_ms), lambda fan=fan: self._join(fan))  # type: ignore[misc]
        while self._heap:
            self.now_ms, _, action = heapq.heappop(self._heap)
            action()
        self._settle()
        for _ in range(3):  # what waits for another provider is due, and what follows from that
            self.now_ms += self.options.failover_ms + self.options.steady_ms
            self._settle()
        for fan in self.fans:
            if not fan.online:
                self._join(fan)
        self._compare()

    def _tell_all(self, each: Script) -> None:
        """Put all messages of a game on the links; what was cut off is lost, or comes afterwards."""
        at, cut = 0, each.backup.cut if each.backup is not None else range(0)
        times: list[int] = []
        for _ in each.messages:
            at += self.rng.randrange(2 * self.options.pace_ms)
            times.append(at)
        back_ms = times[min(cut.stop, len(times)) - 1] if cut else 0
        for number, message in enumerate(each.messages):
            if number not in cut:
                self._send(message, times[number])
            elif each.backup is not None and each.backup.trouble == "late":
                self._send(message, back_ms)
        if each.backup is not None:
            for number, message in each.backup.messages:
                self._send(message, times[number] + self.rng.randrange(self.options.lag_ms))

    def _at(self, when_ms: int, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (when_ms, self._count, action))

    def _send(self, message: ProviderEvent, at_ms: int) -> None:
        """Put a message on the link to the node, perhaps twice, perhaps late."""
        for _ in range(2 if self.rng.random() < self.options.duplicate_p else 1):
            roll = self.rng.random()
            if roll < self.options.late_p:
                longest = self.options.late_ms
            elif roll < self.options.late_p + self.options.reorder_p:
                longest = self.options.reorder_ms
            else:
                longest = self.options.delay_ms
            self._at(at_ms + self.rng.randrange(longest), lambda: self._deliver(message))

    def _deliver(self, claim: Claim) -> None:
        """Intake: durable first; then the node may live to decide it."""
        offset = len(self.disk.log) + 1
        entry = LogEntry(
            partition=0, offset=offset, received_ms=self.now_ms, webhook_id=f"m{offset}", claim=claim
        )
        self.disk.log.append(entry)
        if self._dies():
            self._restart()
        self._work()
        self._at(self.now_ms + REORDER_MS, self._settle)

    def _work(self) -> None:
        entries = self.disk.log[self.node.read_after :]
        for game_id in self.node.absent(entries):
            self.node.adopt(game_id, self.disk.book(game_id))
        for entry in entries:
            self.node.take(entry, self.now_ms)
        self._write()

    def _settle(self) -> None:
        """The owner's timer: the log is read to its end, so what waited long enough goes on."""
        self._work()
        self.node.expire(self.now_ms, now_s=self.now_ms / 1000)
        self._write()

    def _write(self) -> None:
        if not self.node.must_settle and self.rng.random() < 0.5:
            return  # positions of claims without a row are written now and then only
        settlement = self.node.settle()
        if self._dies():
            self._restart()
            self._work()
            return
        self.disk.commit(settlement)
        if self._dies():
            self._restart()
            return
        for update in settlement.updates:
            channel = self.channels.get(update.game_id)
            if channel is None:
                continue
            before = channel.seq
            if channel.advance(update):
                self._tell(channel, before)

    def _tell(self, channel: Channel, before: int) -> None:
        for fan in self.fans:
            if fan.online and fan.game_id == channel.game_id:
                if fan.seq != before:
                    raise Difference(
                        f"live fan of {fan.game_id} is at {fan.seq}, the channel was at {before}"
                    )
                fan.receive(channel.catch_up(fan.seq, SEVERAL, otherwise="resync"))
                if self.rng.random() < self.options.drop_p:
                    self._cut(fan)

    def _join(self, fan: Fan) -> None:
        head = self._head(fan.game_id)
        if head is None:
            self._at(self.now_ms + self.options.pace_ms, lambda: self._join(fan))
            return
        channel = self.channels.get(fan.game_id)
        if channel is None:
            channel = Channel(head, line=False, frames_max=self.options.ring_frames)
            self.channels[fan.game_id] = channel
        corrected = fan.state is not None and fan.seq < channel.corrected_seq
        if fan.state is None:
            data = channel.full("join", SEVERAL)
        else:
            data = channel.catch_up(fan.seq, SEVERAL, otherwise="rejoin")
        if corrected and b'"reason":"correction"' not in data:
            raise Difference(f"fan of {fan.game_id} slept through a correction and was not told")
        fan.online = True
        fan.receive(data)

    def _head(self, game_id: str) -> Head | None:
        book = self.disk.book(game_id)
        if book is None:
            return None
        return Head(state=score_state(book, EPOCH, None), corrected_seq=book.corrected_seq)

    def _cut(self, fan: Fan) -> None:
        fan.online = False
        self._at(self.now_ms + self.rng.randrange(self.options.sleep_ms), lambda: self._join(fan))

    def _dies(self) -> bool:
        return self.rng.random() < self.options.crash_p

    def _start_node(self) -> Partition:
        return Partition(
            consumed=self.disk.consumed,
            epoch=EPOCH,
            machines=SPORTS,
            kinds=lambda _: "dense",
            reorder_ms=REORDER_MS,
            held_max=1000,
            books_max=1,
            checkpoint_rows=self.options.checkpoint_rows,
            terms=Terms(failover_ms=self.options.failover_ms, steady_ms=self.options.steady_ms),
        )

    def _restart(self) -> None:
        """All memory is lost; fans find the new node after a while.

        What waited for another provider is taken up again, as the owner does.
        """
        self.crashes += 1
        self.channels.clear()
        for fan in self.fans:
            if fan.online:
                self._cut(fan)
        self.node = self._start_node()
        for game_id in sorted({entry.game_id for entry in self.disk.ledger.values() if entry.what == "told"}):
            self.node.adopt(game_id, self.disk.book(game_id))
            self.node.wake(game_id, self.now_ms)
        self._at(self.now_ms + self.options.failover_ms + REORDER_MS, self._settle)

    def _compare(self) -> None:
        for each in self.scripts:
            game_id = each.declared.game_id
            head = self._head(game_id)
            assert head is not None
            sheet = auditor.expected(each.declared, each.messages)
            shown = (head.state.home.score, head.state.away.score)
            lines = _lines(head.state)
            trouble = each.backup.trouble if each.backup is not None else ALONE
            self.games[trouble] += 1
            self.under_check[trouble] += head.state.under_check
            if (shown, lines) != (sheet.score, sheet.lines) and (
                each.backup is None or not head.state.under_check
            ):
                raise Difference(
                    f"{game_id}, {each.declared.sport}: shows {shown} {lines}, must be {sheet.score}"
                    f" {sheet.lines}; refused {self.disk.refused}"
                )
            if head.state.status not in {"final", "corrected"} and not head.state.under_check:
                raise Difference(f"{game_id}, {each.declared.sport}: is {head.state.status}, must be final")
            self._compare_fans(game_id, head.state)

    def _compare_fans(self, game_id: str, state: ScoreState) -> None:
        truth = msgspec.json.decode(msgspec.json.encode(state))
        for fan in self.fans:
            if fan.game_id == game_id and fan.state != truth:
                raise Difference(f"a fan of {game_id} at {fan.seq} does not show the state at {state.seq}")


def _lines(state: ScoreState) -> dict[int, tuple[int, int]]:
    """The periods in which anybody scored."""
    lines = state.linescore
    if isinstance(lines, UnsetType):
        return {}
    return {
        int(name): (one["home"], one["away"]) for name, one in lines.items() if one["home"] or one["away"]
    }
