"""A key event is timed tier by tier; what is not key, not shown or long gone costs a slot and no more."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from scorewire.fanout.audience import Audience, Tally
from scorewire.fanout.channel import Channel
from scorewire.games.settlement import Settlement
from scorewire.journal.records import Commit
from scorewire.log.base import LogEntry
from scorewire.model.game_event import Cause, CompactEvent, GameEvent
from scorewire.model.journey import Journey, Journeys
from scorewire.model.provider_event import ProviderEvent
from scorewire.model.update import Update
from scorewire.node.journeys import CALLS_MAX, NEWEST_MAX, Timekeeper
from terrace import Match, Transport


@dataclass
class Ticking:
    """A clock that a test sets, in milliseconds of the monotonic one."""

    ms: float = 0.0

    def now_ms(self) -> int:
        return 1_800_000_000_000 + int(self.ms)

    def monotonic_s(self) -> float:
        return self.ms / 1000


class Stand:
    """A fan reduced to what an audience touches."""

    form = 0

    def __init__(self) -> None:
        self.transport = Transport()


@dataclass
class Course:
    """A timekeeper, and the tiers played by hand."""

    clock: Ticking = field(default_factory=Ticking)
    match: Match = field(default_factory=Match)
    tally: Tally = field(default_factory=Tally)
    reads: int = 0

    def __post_init__(self) -> None:
        self.keeper = Timekeeper(clock=self.clock)
        self.tally.ended = self.keeper.told

    def audience(self, fans: int, delay_s: int = 0) -> Audience:
        channel = Channel(self.match.head, line=False, frames_max=8)
        one = Audience(channel, tally=self.tally, touched=list.clear, delay_s=delay_s)  # type: ignore[arg-type]
        for _ in range(fans):
            one.enter(Stand(), None, None)  # type: ignore[arg-type]
        return one

    def wrote(self, update: Update, level: str = "key", webhook_id: str = "w1", at: float = 4) -> None:
        """The journal has a row at `at` ms; its claim was read at 2 and decided at 3."""
        claim = ProviderEvent(
            provider="acme", game_id=update.game_id, event="e", revision=1, type="GOAL", time_ms=99
        )
        row = GameEvent(
            game_id=update.game_id,
            seq=update.seq,
            ts=update.ts,
            type="GOAL",
            level=level,  # type: ignore[arg-type]
            change="assert",
            cause=Cause(provider="acme", event="e", revision=1),
            claim=claim,
            compact=CompactEvent(seq=update.seq, type="GOAL"),
            log_offset=7,
        )
        entry = LogEntry(partition=0, offset=7, received_ms=1, webhook_id=webhook_id, claim=claim)
        self.clock.ms = at
        settlement = Settlement(commit=Commit(rows=(row,)), letters=(), updates=(update,))
        self.keeper.wrote(settlement, (entry,), 0.002, 0.003)

    def journeys(self) -> tuple[Journey, ...]:
        self.reads += 1
        self.clock.ms = 10_000 * self.reads
        return msgspec.json.decode(self.keeper.read(), type=Journeys).journeys


def broadcast(audiences: Iterable[Audience], update: Update) -> None:
    for one in audiences:
        one.channel.advance(update)
        while one.more():
            one.run(1000)


def test_each_tier_is_timed_from_the_call() -> None:
    course = Course()
    audiences = [course.audience(3), course.audience(2), course.audience(9, delay_s=30)]
    goal = course.match.goal()
    course.keeper.answered("w1", 0.001, 0.0025)
    course.wrote(goal)
    course.clock.ms = 5
    course.keeper.shown([goal])
    course.clock.ms = 6.5
    broadcast(audiences, goal)
    (one,) = course.journeys()
    assert (one.game_id, one.seq, one.home, one.score.home, one.provider_ms) == ("g1", 2, "Argentina", 1, 99)
    times = (one.durable, one.answered, one.decided, one.journal, one.scoreboard, one.fans)
    assert times == (1.0, 1.5, 2.0, 3.0, 4.0, 5.5)
    assert one.told == 5  # those who hear later hear it later


def test_a_later_broadcast_is_not_taken_for_this_one() -> None:
    course = Course()
    audience = course.audience(1)
    goal = course.match.goal()
    course.wrote(goal)
    broadcast([audience], goal)
    course.clock.ms = 900
    broadcast([audience], course.match.goal())
    (one,) = course.journeys()
    assert (one.told, one.fans) == (1, 2.0)


def test_what_was_not_timed_is_absent() -> None:
    course = Course()
    course.wrote(course.match.goal(), webhook_id="by the desk")
    (one,) = course.journeys()
    assert (one.decided, one.journal) == (1.0, 2.0)
    absent = (one.durable, one.answered, one.scoreboard, one.fans)
    assert absent == (msgspec.UNSET,) * 4
    course.keeper.answered("by the desk", 0.001, 0.009)
    assert course.journeys()[0].answered == 8.0, "the owner was quicker than the answer"


def test_only_key_events_are_followed_and_only_the_newest_kept() -> None:
    course = Course()
    course.wrote(course.match.quiet(), level="play")
    assert course.journeys() == ()
    for number in range(NEWEST_MAX + 5):
        course.keeper.answered(f"w{number}", 0.0, 0.0)
        course.wrote(course.match.goal(), webhook_id=f"w{number}")
    assert [one.seq for one in course.journeys()] == list(range(NEWEST_MAX + 7, 7, -1))


def test_nothing_grows() -> None:
    course = Course()
    for number in range(2 * CALLS_MAX):
        course.keeper.answered(f"w{number}", 0.0, 0.0)
    for number in range(2 * NEWEST_MAX):
        course.match = Match(f"g{number}")
        course.wrote(course.match.goal())
    keeper = course.keeper
    sizes = [len(held) for held in (keeper._calls, keeper._unshown, keeper._untold)]
    assert sizes == [CALLS_MAX, NEWEST_MAX, NEWEST_MAX]


def test_a_crowd_is_given_the_same_answer_for_a_second() -> None:
    course = Course()
    first = course.keeper.read()
    course.wrote(course.match.goal(), at=500)
    assert course.keeper.read() is first
    course.clock.ms = 1001
    assert course.keeper.read() is not first
