"""kill -9 at 50 random moments of a match: nothing acknowledged is lost, nothing counts twice."""

import contextlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adversity import ledger
from adversity.feed import Match, Provider, write
from adversity.supporters import SseSupporter, Supporter, WsSupporter
from node_process import NodeProcess

KILLS = 50
CALLS = 300
SEED = 20261121
RESTART_S_MAX = 30.0
"""Python's imports, on a busy machine, and far more than reading the log again takes."""


class Killed:
    """The match after all its kills."""

    def __init__(self, folder: Path) -> None:
        self.rng = random.Random(SEED)
        self.node = NodeProcess(folder / "data", env={"SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense"})
        self.match: Match = write("g1", CALLS, self.rng)
        self.provider = Provider(self.node, self.match)
        self.restarts_s: list[float] = []
        self.killed_starting = 0
        self.loyal: list[Supporter] = []
        self.restless: list[Supporter] = []
        self.sleeper = SseSupporter(self.node.port, "g1")

    def play(self) -> None:
        """All of it: the provider posts, fans follow, and the node dies where the seed says."""
        self.node.start()
        self.node.key("acme")
        posting = threading.Thread(target=self.provider.run, daemon=True)
        posting.start()
        self.node.settle("g1", 2)
        self.loyal = [SseSupporter(self.node.port, "g1").come() for _ in range(3)]
        self.loyal.append(WsSupporter(self.node.port, "g1").come())
        self.restless = [SseSupporter(self.node.port, "g1").come(), WsSupporter(self.node.port, "g1").come()]
        self.sleeper.come().reach(2)
        self.sleeper.leave()
        for moment in sorted(self.rng.sample(range(4, CALLS), KILLS)):
            while self.provider.sent < moment and posting.is_alive():
                time.sleep(0.0005)
            self._die()
        posting.join(60)
        assert not posting.is_alive(), "the provider was never answered"

    def _die(self) -> None:
        # A call takes some milliseconds: its bytes, the commit, the answer, the journal, the fans.
        time.sleep(self.rng.random() * 0.012)
        self.node.kill()
        if self.rng.random() < 0.15:
            self._die_while_starting()
        if self.rng.random() < 0.3:
            self.rng.choice(self.restless).drop()
        started = time.monotonic()
        self.node.start()
        self.restarts_s.append(time.monotonic() - started)

    def _die_while_starting(self) -> None:
        self.killed_starting += 1

        def strike() -> None:
            assert self.node.process is not None
            self.node.process.kill()

        timer = threading.Timer(self.rng.uniform(0.2, 1.0), strike)
        timer.start()
        with contextlib.suppress(AssertionError):
            self.node.start()
        timer.join()
        assert self.node.process is not None
        self.node.process.wait()

    def close(self) -> None:
        self.provider.gone = True
        for fan in (*self.loyal, *self.restless, self.sleeper):
            fan.leave()
        self.node.close()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    one = Killed(tmp_path_factory.mktemp("kill"))
    try:
        one.play()
        yield one
    finally:
        one.close()


def timeless(score: dict) -> dict:
    """A state without its names and times: a claim that waited while the node was dead took another seq."""
    without = {"seq", "game_id", "events", "updated_at"}
    kept = {name: value for name, value in score.items() if name not in without}
    return {**kept, "clock": {**kept["clock"], "at": 0}}


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(killed: Killed) -> None:
    assert killed.provider.answered == len(killed.match.calls)
    assert not killed.provider.wrong
    score = killed.node.settle("g1", len(killed.match.versions) + 1)
    assert (score["home"]["score"], score["away"]["score"]) == killed.match.score
    ledger.check_exactly_once(killed.node.data, killed.match, acknowledged=range(killed.provider.answered))
    assert set(ledger.versions_applied(killed.node.data, "g1")) >= set(killed.match.versions)
    letters = ledger.rows(killed.node.data / "log.sqlite", "SELECT rule, detail FROM dead_letters")
    assert not letters


def test_the_same_match_without_a_kill_ends_in_the_same_state(killed: Killed) -> None:
    again = write("g2", CALLS, random.Random(SEED))
    Provider(killed.node, again, prefix="calm").run()
    calm = killed.node.settle("g2", len(again.versions) + 1)
    assert timeless(killed.node.score("g1")) == timeless(calm)


def test_every_fan_converged(killed: Killed) -> None:
    score = killed.node.settle("g1", len(killed.match.versions) + 1)
    for fan in (*killed.loyal, *killed.restless, killed.sleeper.come()):
        assert fan.reach(score["seq"]) == score
        assert "lost" not in fan.byes, "the node came back behind what a fan had seen"
    assert killed.sleeper.joins == 2
    assert killed.sleeper.copy.told[-1][1] == "correction", "it slept through corrections"
    # How often one is back before the next kill is the machine's business; together they have been.
    assert sum(fan.joins for fan in killed.loyal) > KILLS


def test_it_was_a_real_ordeal(killed: Killed, record_property: Callable[[str, object], None]) -> None:
    slowest, middle = max(killed.restarts_s), sorted(killed.restarts_s)[KILLS // 2]
    record_property("restart_s", {"median": round(middle, 2), "max": round(slowest, 2)})
    print(
        json.dumps(
            {
                "restart_s_median": round(middle, 2),
                "restart_s_max": round(slowest, 2),
                "repeated_posts": killed.provider.repeats,
                "killed_while_starting": killed.killed_starting,
            }
        )
    )
    assert len(killed.restarts_s) == KILLS
    assert killed.provider.repeats >= KILLS / 2, "most kills met no call under way"
    assert slowest < RESTART_S_MAX
