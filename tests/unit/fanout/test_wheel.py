"""One timer for everybody."""

from scorewire.fanout.wheel import Collector, Wheel


class Member:
    """Counts its heartbeats; a stand-in for a fan, of which the wheel needs no more."""

    def __init__(self, answers: list[float] | None = None) -> None:
        self.slot = -1
        self.beats: list[float] = []
        self.watched_at = 0
        self.looks: list[float] = []
        self.answers = answers or []

    def heartbeat(self) -> None:
        self.beats.append(0)

    def due(self, now_s: float) -> float:
        self.looks.append(now_s)
        return self.answers.pop(0) if self.answers else 0.0


def turn(wheel: Wheel, start: float, end: float) -> None:
    for tick in range(round(start * 10), round(end * 10) + 1):
        wheel.turn(tick / 10)


def test_everybody_hears_from_us_once_a_round_and_never_all_at_once() -> None:
    wheel = Wheel(heartbeat_s=15, skip=lambda _: False)
    members = [Member() for _ in range(300)]
    for member in members:
        wheel.enrol(member)  # type: ignore[arg-type]
    wheel.turn(0.0)
    wheel.turn(0.1)
    assert sum(len(member.beats) for member in members) <= 4
    turn(wheel, 0.2, 15.0)
    assert {len(member.beats) for member in members} == {1}
    turn(wheel, 15.1, 30.0)
    assert {len(member.beats) for member in members} == {2}
    assert len(wheel.fans()) == 300


def test_who_is_struck_off_or_skipped_hears_nothing() -> None:
    mute = Member()
    wheel = Wheel(heartbeat_s=1, skip=lambda fan: fan is mute)
    gone = Member()
    for member in (mute, gone):
        wheel.enrol(member)  # type: ignore[arg-type]
    wheel.strike(gone)  # type: ignore[arg-type]
    wheel.strike(gone)  # type: ignore[arg-type]
    turn(wheel, 0.0, 5.0)
    assert mute.beats == gone.beats == []


def test_a_late_loop_makes_up_for_at_most_a_round() -> None:
    wheel = Wheel(heartbeat_s=1, skip=lambda _: False)
    member = Member()
    wheel.enrol(member)  # type: ignore[arg-type]
    wheel.turn(0.0)
    wheel.turn(3600.0)
    assert 1 <= len(member.beats) <= 2


def test_nothing_is_left_of_connections_that_came_and_went() -> None:
    """75 s of them, with a table for each tenth of a second, once looked like a leak of 7 MB."""
    wheel = Wheel(heartbeat_s=15, skip=lambda _: False)
    for tick in range(100):
        wheel.turn(tick / 10)
        members = [Member() for _ in range(3)]
        for member in members:
            wheel.watch(member, 75.0)
        for member in members:
            wheel.unwatch(member)
    assert not wheel._deadlines


def test_deadlines_come_no_earlier_than_asked_and_again_when_told() -> None:
    wheel = Wheel(heartbeat_s=15, skip=lambda _: False)
    wheel.turn(0.0)
    member, forgotten = Member([2.0]), Member()
    wheel.watch(member, 1.0)
    wheel.watch(forgotten, 1.0)
    wheel.unwatch(forgotten)
    turn(wheel, 0.1, 0.9)
    assert member.looks == []
    turn(wheel, 1.0, 10.0)
    assert len(member.looks) == 2
    assert 1.0 <= member.looks[0] <= 1.3
    assert 3.0 <= member.looks[1] <= 3.6
    assert forgotten.looks == []


def test_rounds_have_their_periods() -> None:
    wheel = Wheel(heartbeat_s=15, skip=lambda _: False)
    seen: list[float] = []
    wheel.every(0.5, seen.append)
    turn(wheel, 0.0, 3.0)
    assert len(seen) == 6


def test_garbage_waits_until_nobody_waits_for_a_goal() -> None:
    idle = False
    collector = Collector(idle=lambda: idle)
    before = list(collector._last_s)
    collector.round(5.0)
    assert collector._last_s == before
    idle = True
    for now_s in (5.0, 5.1, 5.2):
        collector.round(now_s)
    collector.round(6.5)
    assert collector._last_s == [6.5, 5.1, 5.0] or collector._last_s[0] == 6.5
    collector.round(700.0)
    assert collector._last_s == [700.0, 700.0, 700.0]
