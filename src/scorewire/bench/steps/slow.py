"""What becomes of fans who read while a tenth of their game's fans does not; and what those cost.

First all read. Then a tenth stops, is sent FILL calls of FILL_EVENTS updates, more than the kernel keeps for
them, and the same is measured again. At last they read again, and must be where all are.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from scorewire.bench.crowd import LoadClients, Record
from scorewire.bench.spreading import Delays, delays
from scorewire.bench.steps.subject import SLOW, Subject

STALLED_SHARE = 10
"""One fan of so many does not read."""
RECEIVE_BYTES = 4096
"""Their receive buffer: they are to stall soon, whatever the kernel would grant."""
FILL, FILL_EVENTS = 30, 20
PERIOD_S = 0.05
IDLE_S = 0.5
LIMIT_S = 30.0
STANDSTILL_S = 2.0
"""After so much more than twice the time that the same took with all reading, it stands still."""


@dataclass(frozen=True, slots=True)
class Slow:
    """One step.

    Attributes:
        reading, beside: times of the healthy with all reading, and with a tenth not; None: they got nothing.
        served: of the healthy, how many had every update while a tenth did not read.
        stalled_bytes: what the server grew by, beyond what it did with all reading, a fan that does not read.
        given_bytes: what a fan that did not read is sent once it does.
        missed: updates that any fan never had, in the end.
    """

    healthy: int
    stalled: int
    reading: Delays
    beside: Delays | None
    served: int
    stalled_bytes: float
    given_bytes: float
    missed: int


class Crowd:
    """Those who read, and those who will stop. `missed` counts what never came, over all records."""

    def __init__(self, subject: Subject, readers: LoadClients, others: LoadClients) -> None:
        self.subject, self.readers, self.others = subject, readers, others
        self.missed = 0
        self.told: Counter[int] = Counter()

    def wanted(self) -> dict[str, int]:
        """Where everyone must get to."""
        return {SLOW: self.subject.seqs[SLOW]}

    def during(self, act: Callable[[], None], timeout_s: float) -> Record:
        """What those who read are told while something is done, until they have it all or time is up."""
        self.readers.record()
        act()
        record = self.readers.recorded(self.wanted(), timeout_s=timeout_s)
        self.told.update({one.seq: one.count for one in record.told})
        return record

    def fill(self) -> None:
        """More than the kernel keeps for who does not read."""
        for _ in range(FILL):
            self.subject.tell(*[SLOW] * FILL_EVENTS)

    def paced(self, updates: int) -> tuple[Record, Delays]:
        """Updates one after the other; how long each took."""
        sent: dict[tuple[str, int], float] = {}

        def tell() -> None:
            for _ in range(updates):
                began_s = time.monotonic()
                told_s = self.subject.tell(SLOW)
                sent[SLOW, self.subject.seqs[SLOW]] = told_s
                time.sleep(max(began_s + PERIOD_S - time.monotonic(), 0))

        record = self.during(tell, LIMIT_S)
        return record, delays(record.told, sent, time.time() - time.monotonic())

    def catch_up(self) -> int:
        """Everybody reads again; returns the bytes that those are sent who did not."""
        given_bytes = 0
        for crowd in (self.others, self.readers):
            crowd.record()
        for crowd in (self.others, self.readers):
            record = crowd.recorded(self.wanted(), timeout_s=LIMIT_S)
            self.missed += record.missed
            if crowd is self.readers:
                self.told.update({one.seq: one.count for one in record.told})
            else:
                given_bytes = record.bytes
        return given_bytes

    def short(self, seqs: range) -> int:
        """How many updates were not told to those who read, all records taken together."""
        return sum(abs(self.readers.fans - self.told[seq]) for seq in seqs)

    def resting_bytes(self) -> int:
        """The server's own memory once it has nothing to do."""
        time.sleep(IDLE_S)
        return self.subject.process.user_bytes()


def measure_slow(crowd: Crowd, updates: int, *, every: bool) -> Slow:
    """See the module; the crowd has joined.

    Args:
        updates: told one after the other, with all reading and with a tenth not.
        every: whether the step tells each update to each fan, however late; else a full state may stand in
            the place of what a fan missed.
    """
    first_seq = crowd.wanted()[SLOW] + 1
    healthy, stalled = crowd.readers.fans, crowd.others.fans
    crowd.others.record()
    empty_bytes = crowd.resting_bytes()
    began_s = time.monotonic()
    crowd.missed += crowd.during(crowd.fill, LIMIT_S).missed
    filled_s = time.monotonic() - began_s
    record, reading = crowd.paced(updates)
    crowd.missed += record.missed + crowd.others.recorded(crowd.wanted(), timeout_s=LIMIT_S).missed
    own_bytes = crowd.resting_bytes() - empty_bytes

    before_bytes = crowd.resting_bytes()
    behind = crowd.during(crowd.fill, 2 * filled_s + STANDSTILL_S).missed
    beside: Delays | None = None
    if not behind:
        record, beside = crowd.paced(updates)
        crowd.missed += record.missed
    grown_bytes = crowd.resting_bytes() - before_bytes
    given_bytes = crowd.catch_up()
    if every:
        crowd.missed += crowd.short(range(first_seq, crowd.wanted()[SLOW] + 1))
    else:
        crowd.missed += behind
    return Slow(
        healthy=healthy,
        stalled=stalled,
        reading=reading,
        beside=beside,
        served=healthy - behind,
        stalled_bytes=max(grown_bytes - own_bytes, 0) / stalled,
        given_bytes=given_bytes / stalled,
        missed=crowd.missed,
    )
