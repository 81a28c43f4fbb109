"""Power cuts at any byte of what a node wrote: what was acknowledged, or shown to a fan, is still there.

A real node runs under a recorder of its disk (disk_recorder.c). Each cut rebuilds a folder as a disk may hold
it then, and opens it with the product's own rooms.
"""

import asyncio
import json
import os
import random
import tempfile
import threading
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from adversity import disk, ledger
from adversity.feed import Provider, write
from adversity.supporters import Copy, SseSupporter
from node_process import NodeProcess
from ownership import decided, owner_of
from scorewire.clock import SystemClock
from scorewire.games.audit import Audit
from scorewire.games.history import History
from scorewire.journal.journal import Journal
from scorewire.log.local import LocalLog
from scorewire.sports import SPORTS

SEED = 7
CALLS = 240
RANDOM_CUTS = 40
CUTS_AT_WORDS = 20
"""Cuts at the very byte at which a call had been answered, or a fan told."""
CUTS_AT_CHECKPOINTS = 12
"""Cuts while the write-ahead file is carried over into the main one, where two files must agree."""

pytestmark = [pytest.mark.compiler, pytest.mark.slow, pytest.mark.timeout(120)]


class Recorded:
    """A match played on a node whose disk was recorded.

    Attributes:
        acknowledged: record bytes by which call n had been answered.
        shown: (record bytes, seq, the whole state) of each frame that the fan had by then.
        key_at: record bytes by which the provider's key had been told.
    """

    def __init__(self, folder: Path, *, calls: int, careless: bool = False) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.log = folder / "record"
        env = {
            "LD_PRELOAD": str(disk.build(folder)),
            "DISK_RECORDER_ROOT": str(self.data),
            "DISK_RECORDER_LOG": str(self.log),
            "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense",
        }
        if careless:
            paths = [str(Path(__file__).parent / "careless"), os.environ.get("PYTHONPATH", "")]
            env["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        self.node = NodeProcess(self.data, env=env)
        self.match = write("g1", calls, random.Random(SEED))
        self.acknowledged: list[int] = []
        self.shown: list[tuple[int, int, dict]] = []
        self.epoch = ""
        self.key_at = 0

    def play(self) -> "Recorded":
        """The match, with a clean stop in the middle and a kill later: files are removed and made again."""
        fan = SseSupporter(self.node.port, "g1", on_frame=self._note)
        provider = Provider(self.node, self.match)
        provider.on_answer = lambda: self.acknowledged.append(self.size())
        try:
            self.node.start()
            self.node.key("acme")
            self.key_at = self.size()
            posting = threading.Thread(target=provider.run, daemon=True)
            posting.start()
            self.node.settle("g1", 1)
            fan.come()
            for moment, end in ((1 / 2, self.node.stop), (3 / 4, self.node.kill)):
                while provider.answered < moment * len(self.match.calls) and posting.is_alive():
                    threading.Event().wait(0.001)
                end()
                self.node.start()
            posting.join(60)
            assert not provider.wrong
            fan.reach(self.node.settle("g1", len(self.match.versions) + 1)["seq"])
        finally:
            provider.gone = True
            fan.leave()
            self.node.close()
        self.records = disk.read(self.log)
        return self

    def size(self) -> int:
        return self.log.stat().st_size

    def _note(self, copy: Copy) -> None:
        assert copy.state is not None
        self.epoch = copy.epoch
        self.shown.append((self.size(), copy.seq, copy.state))

    def cuts(self, rng: random.Random) -> list[int]:
        """Anywhere, right after words were given, and around checkpoints."""
        words = [*self.acknowledged, *(size for size, _, _ in self.shown)]
        records = self.records
        carried = [n for n, one in enumerate(records) if one.kind == "write" and one.path.endswith(".sqlite")]
        return [
            *(rng.randrange(self.records[-1].end) for _ in range(RANDOM_CUTS)),
            *rng.sample(words, CUTS_AT_WORDS),
            *(
                records[min(len(records) - 1, n + rng.randrange(5))].end
                for n in rng.sample(carried, CUTS_AT_CHECKPOINTS)
            ),
        ]

    def flaw(self, cut: int, rng: random.Random) -> str:
        """What is wrong with the disk after one cut; empty if nothing is."""
        with tempfile.TemporaryDirectory(dir=self.data.parent) as folder:
            disk.after_cut(self.records, cut, Path(folder), rng)
            try:
                asyncio.run(self._examine(Path(folder), cut))
            except Exception as error:
                return f"cut at {cut} of {self.records[-1].end}: {type(error).__name__}: {error}"
        return ""

    async def _examine(self, folder: Path, cut: int) -> None:
        async with AsyncExitStack() as stack:
            clock = SystemClock()
            log = await LocalLog.open(
                folder / "log.sqlite", queue_max=100, webhook_ids_h=24, retention_days=30, clock=clock
            )
            stack.push_async_callback(log.close)
            journal = await Journal.open(folder / "journal.sqlite")
            stack.push_async_callback(journal.close)
            if cut >= self.key_at:
                secrets = await journal.keys(clock=clock).secrets("acme", fresh=True)
                assert list(secrets) == [self.node.secrets["acme"]], "the provider's key is gone"
            await self._what_fans_saw(journal, cut)
            for name in ("log.sqlite", "journal.sqlite"):
                assert ledger.rows(folder / name, "PRAGMA integrity_check") == [("ok",)], name
            await _take_up(log, journal)
            rebuilt = await Audit(journal=journal, log=log, machines=SPORTS).rebuild(await journal.game_ids())
            assert not rebuilt.differences, rebuilt.differences
            answered = [n for n, size in enumerate(self.acknowledged) if size <= cut]
            ledger.check_exactly_once(folder, self.match, acknowledged=answered)

    async def _what_fans_saw(self, journal: Journal, cut: int) -> None:
        """Before the owner could decide anything anew: what was shown is what is stored."""
        seen = [(seq, state) for size, seq, state in self.shown if size <= cut]
        if not seen:
            return
        assert journal.epoch == self.epoch
        seq, state = seen[-1]
        head_seq = await journal.head_seq("g1")
        assert head_seq >= seq, f"a fan had seen {seq}, the head is {head_seq}"
        head = await History(journal=journal, machines=SPORTS).state_at("g1", seq)
        assert head is not None
        assert json.loads(msgspec.json.encode(head.state)) == state, f"not what a fan had seen at {seq}"


async def _take_up(log: LocalLog, journal: Journal) -> None:
    """As a node does at its start: the owner applies what lies on the log."""
    await decided(owner_of(log, journal, reorder_ms=1, held_max=10_000, batch_max=500, checkpoint_rows=100))


def test_what_was_acknowledged_or_shown_survives_a_power_cut(tmp_path: Path) -> None:
    played = Recorded(tmp_path, calls=CALLS).play()
    rng = random.Random(SEED)
    flaws = list(filter(None, (played.flaw(cut, rng) for cut in played.cuts(rng))))
    assert not flaws, f"{len(flaws)} cuts lose something:\n" + "\n".join(flaws[:5])
    _was_an_ordeal(played)


def test_a_commit_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path) -> None:
    played = Recorded(tmp_path, calls=40, careless=True).play()
    rng = random.Random(SEED)
    flaws = list(filter(None, (played.flaw(cut, rng) for cut in rng.sample(played.acknowledged, 10))))
    assert len(flaws) >= 5, "this test cannot fail: nothing was lost without syncs"


def _was_an_ordeal(played: Recorded) -> None:
    """The record holds what makes power cuts hard: checkpoints, removals, and writes that nobody synced."""
    kinds = {(record.kind, record.path) for record in played.records}
    for name in ("log.sqlite", "journal.sqlite"):
        assert ("sync", name) in kinds, f"{name} was never checkpointed"
        assert ("unlink", f"{name}-wal") in kinds, f"{name}-wal was never removed"
