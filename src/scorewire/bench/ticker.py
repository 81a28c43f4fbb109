"""Something that happens again and again at a steady rate, while the benchmark listens elsewhere."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

JOIN_S = 60.0


class Ticker:
    """Calls `act` once a period, in a thread of its own, within a `with` block.

    A call that takes longer than its period is followed by the next one at once, so that the rate is kept
    if it can be; `late_s` is how far behind its time the latest call began.

    Raises:
        Exception: what `act` raised, where the block ends.
    """

    def __init__(self, act: Callable[[], object], *, period_s: float) -> None:
        self.calls = 0
        self.late_s = 0.0
        self._act = act
        self._period_s = period_s
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="bench-ticker", daemon=True)

    def check(self) -> None:
        """Whether it goes on still.

        Raises:
            Exception: what `act` raised.
        """
        if self._error is not None:
            raise self._error

    def __enter__(self) -> "Ticker":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(JOIN_S)
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        next_s = time.monotonic()
        try:
            while not self._stopping.wait(max(next_s - time.monotonic(), 0)):
                self.late_s = time.monotonic() - next_s
                self._act()
                self.calls += 1
                next_s += self._period_s
        except BaseException as error:
            self._error = error
