"""`scorewire bench steps`: from the naive loop to Scorewire, each step beside a C program that only sends.

Each step runs on the server's core with the same fans. A round is one update, told to everyone; it ends when
the last fan has it, and every fan must have it. The yardstick sends as many bytes to as many fans of its own,
turn by turn. Then a game of a few fans is told right behind the big one, and at last a tenth of a game's fans
stops reading.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from scorewire.bench.bars import svg
from scorewire.bench.calls import seq_marker, update_marker
from scorewire.bench.contest import MissedError
from scorewire.bench.crowd import LoadClients
from scorewire.bench.fanout import NO_COMPILER
from scorewire.bench.report import Outcome
from scorewire.bench.rounds import Rounds
from scorewire.bench.running import Stage
from scorewire.bench.steps.result import STEPS, Measured, Options, Step, doubts, panels, step_figures
from scorewire.bench.steps.slow import RECEIVE_BYTES, STALLED_SHARE, Crowd, Slow, measure_slow
from scorewire.bench.steps.subject import BIG, SLOW, SMALL, ScorewireNode, StepServer, Subject
from scorewire.bench.yardstick import Yardstick, build, frame_like

WARM_ROUNDS = 2
SETTLE_S = 0.03
IDLE_S = 0.5
ROUND_S = 30.0
SLOW_SHARE = 10
"""The game of which a tenth does not read has a tenth of the fans: filling their buffers takes long."""


class Yard:
    """The yardstick and its fans, who stay for the whole run; without a compiler it does nothing."""

    def __init__(self, stack: ExitStack, options: Options, stage: Stage) -> None:
        self._bare: Yardstick | None = None
        binary = build(stage.folder)
        if binary is not None:
            fans, cores = options.fans, stage.cores
            self._bare = stack.enter_context(Yardstick(binary, fans=fans, cores=cores.server))
            self._fans = stack.enter_context(LoadClients(fans=fans, cores=cores.clients))
            self._fans.join(ports=self._bare.ports, path="/")

    def __bool__(self) -> bool:
        return self._bare is not None

    def round(self, kept: Rounds, marked: bytes, frame_bytes: int) -> None:
        """Send a frame of the same size to as many fans."""
        if self._bare is None:
            return
        self._fans.listen(marked, timeout_s=ROUND_S)
        sent_s = self._bare.send(frame_like(marked, frame_bytes))
        spent_ns = self._bare.cpu_ns()
        heard = self._fans.heard()
        if heard.missed:
            raise MissedError(f"{heard.missed} fans of the yardstick never had its frame")
        time.sleep(SETTLE_S)
        kept.add(sent_s, heard, spent_ns)


class Trial:
    """One step with its fans."""

    def __init__(self, subject: Subject, many: LoadClients, few: LoadClients) -> None:
        self.subject, self.many, self.few = subject, many, few

    def join(self) -> int:
        """Everyone comes; returns what the many weigh, in bytes of the server's own memory."""
        process, port = self.subject.process, self.subject.port
        for game, fans in ((SMALL, self.few), (BIG, self.many)):
            time.sleep(IDLE_S)
            before_bytes = process.user_bytes()
            fans.join(port=port, path=f"/v1/stream?game={game}")
            fans.gather(seq_marker(self.subject.seqs[game]), timeout_s=ROUND_S)
        time.sleep(IDLE_S)
        return process.user_bytes() - before_bytes

    def round(self, kept: Rounds) -> None:
        """One update to the many.

        Raises:
            MissedError: some never had it.
        """
        process = self.subject.process
        # The next seq is known, and the crowd must listen before it is told.
        self._listen(self.many, BIG)
        before_ns = process.cpu_ns()
        sent_s = self.subject.tell(BIG)
        heard = self.many.heard()
        self._check(heard.missed, BIG)
        time.sleep(SETTLE_S)
        kept.add(sent_s, heard, process.cpu_ns() - before_ns)

    def beside(self, *, big: bool) -> float:
        """One update to the few, right behind one to the many or alone; seconds until the last has it."""
        self._listen(self.few, SMALL)
        if big:
            self._listen(self.many, BIG)
        sent_s = self.subject.tell(BIG, SMALL) if big else self.subject.tell(SMALL)
        few = self.few.heard()
        self._check(few.missed, SMALL)
        if big:
            self._check(self.many.heard().missed, BIG)
        time.sleep(SETTLE_S)
        return few.at_s[-1] - sent_s

    def _listen(self, fans: LoadClients, game: str) -> None:
        fans.listen(update_marker(game, self.subject.seqs[game] + 1), timeout_s=ROUND_S)

    def _check(self, missed: int, game: str) -> None:
        if missed:
            raise MissedError(f"{missed} fans of {game} never had seq {self.subject.seqs[game]}")


def run(options: Options, stage: Stage, plot: Path | None = None) -> Outcome:
    """Measure; draw a plot if asked.

    Raises:
        BackendError: a part of the bench failed, so that there is nothing to report.
    """
    outcome = Outcome()
    made: list[Measured] = []
    with ExitStack() as stack:
        yard = Yard(stack, options, stage)
        if not yard:
            outcome.notes.append(NO_COMPILER)
        for step in STEPS:
            stage.tell(step.title)
            try:
                one = _step(step, options, stage, yard)
            except MissedError as missed:
                outcome.failures.append(f"{step.title}: {missed}")
                continue
            made.append(one)
            outcome.failures += one.failures()
    if outcome.failures:
        return outcome
    outcome.figures += [figure for one in made for figure in step_figures(options, one)]
    outcome.notes += doubts(options, made, len(stage.cores.clients))
    if plot is not None:
        plot.write_text(svg(panels(outcome.figures)), encoding="utf-8")
    return outcome


def _step(step: Step, options: Options, stage: Stage, yard: Yard) -> Measured:
    cores = stage.cores
    with (
        _subject(step, options, stage) as subject,
        LoadClients(fans=options.fans, cores=cores.clients) as many,
        LoadClients(fans=options.small, cores=cores.clients) as few,
    ):
        trial = Trial(subject, many, few)
        weight = trial.join()
        own, bare, warm = Rounds(), Rounds(), Rounds()
        for _ in range(WARM_ROUNDS):
            trial.round(warm)
        frame_bytes = min(warm.bytes) // options.fans
        for _ in range(options.rounds):
            trial.round(own)
            yard.round(bare, update_marker(BIG, subject.seqs[BIG]), frame_bytes)
        collected = subject.collect()
        alone = [trial.beside(big=False) for _ in range(options.rounds)]
        beside = [trial.beside(big=True) for _ in range(options.rounds)]
        slow = _slow(step, options, stage, subject)
    return Measured(
        step=step,
        rounds=own,
        bare=bare,
        call_ns=subject.call_ns,
        fan_bytes=weight / options.fans,
        alone_s=median(alone),
        beside_s=median(beside),
        collection_s=collected.collection_s if collected else None,
        longest_s=collected.longest_s if collected else None,
        slow=slow,
    )


def _subject(step: Step, options: Options, stage: Stage) -> Subject:
    if step.name == "scorewire":
        return ScorewireNode(folder=stage.folder, cores=stage.cores, calls=options.rounds)
    return StepServer(step.name, cores=stage.cores)


def _slow(step: Step, options: Options, stage: Stage, subject: Subject) -> Slow:
    fans = max(options.fans // SLOW_SHARE, STALLED_SHARE)
    stalled = fans // STALLED_SHARE
    cores = stage.cores.clients
    with (
        LoadClients(fans=fans - stalled, cores=cores) as readers,
        LoadClients(fans=stalled, cores=cores) as others,
    ):
        readers.join(port=subject.port, path=f"/v1/stream?game={SLOW}")
        others.join(port=subject.port, path=f"/v1/stream?game={SLOW}", receive_bytes=RECEIVE_BYTES)
        return measure_slow(Crowd(subject, readers, others), options.updates, every=step.every)
