"""How many calls a provider may make: a token bucket.

Our own, because the memory storage of `limits` starts a timer thread, and these are ten lines.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Lets `per_s` calls through a second, and as many at once after a quiet second."""

    per_s: float
    _tokens: float = -1.0
    _at_s: float = 0.0

    def take(self, now_s: float) -> float:
        """Take one call's right.

        Args:
            now_s: monotonic seconds.
        Returns:
            0.0 where it was there; else the seconds until it will be, and nothing is taken.
        """
        if self._tokens < 0:
            self._tokens = self.per_s
        else:
            self._tokens = min(self.per_s, self._tokens + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self.per_s
