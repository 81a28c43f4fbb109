"""What the log says when a process is told to stop, and when it has."""

from structlog.testing import capture_logs

from scorewire.node.stop_order import StopOrder


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def monotonic_s(self) -> float:
        return self.s

    def now_ms(self) -> int:
        return 0


def test_the_first_reason_counts_and_the_time_is_from_there() -> None:
    watch = Watch()
    order = StopOrder("worker", clock=watch, worker="2")
    assert not order.given.is_set()
    with capture_logs() as said:
        order.give("SIGTERM")
        watch.s += 1.5
        order.give("the supervisor has gone")
        watch.s += 0.25
        order.carried_out(byes=3)
    assert order.given.is_set()
    who = {"role": "worker", "worker": "2", "log_level": "info"}
    assert said == [
        {**who, "event": "stopping", "reason": "SIGTERM"},
        {**who, "event": "stopped", "took_s": 1.75, "byes": 3},
    ]
