"""A provider that tells goals of ten games all the time, and notes what was acknowledged, and when.

As providers do it: what was not answered, or with 5xx or 429, is posted again under the same webhook-id, at
the other intake; what happens meanwhile waits, and goes in one call.
"""

import json
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import httpx

from faults.ground import PROVIDER
from node_process import NodeProcess, declare, event, sign

GOALS_PER_S: Final = 25.0
CALL_EVENTS_MAX: Final = 100
ANSWER_S: Final = 5.0
"""How long the provider waits for an answer."""
PAUSE_S: Final = (0.1, 1.0)
"""Before it posts again: the first time, and the longest."""


class Season:
    """See the module; `start` it, and `finish` it.

    Attributes:
        goals: of each game, when its first, second ... goal happened: before it was posted.
        told: (game, event, revision) of all that was acknowledged.
        silence_s: the longest time between two acknowledgements.
        repeats: posts beyond the first of each call.
        wrong: answers that no provider should get.
    """

    def __init__(self, intakes: Sequence[NodeProcess], games: Sequence[str]) -> None:
        self.games = list(games)
        self.goals: dict[str, list[float]] = {game: [] for game in games}
        self.told: set[tuple[str, str, int]] = set()
        self.silence_s = 0.0
        self.repeats = 0
        self.wrong: list[str] = []
        self._intakes = list(intakes)
        self._secret = next(one.secrets[PROVIDER] for one in intakes if one.secrets)
        self._turn = 0
        self._calls = 0
        self._answered_s = 0.0
        self._over = threading.Event()
        self._given_up = threading.Event()
        self._client = httpx.Client(timeout=ANSWER_S)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def declare(self) -> None:
        """Declare the games and begin them."""
        begun = [event(game, 1, "PERIOD_START", period=1, revision=1) for game in self.games]
        self._post([*(declare(game, PROVIDER) for game in self.games), *begun])

    def start(self) -> None:
        """Goals begin to fall."""
        self._answered_s = time.monotonic()
        self._thread.start()

    def finish(self, within_s: float = 60.0) -> None:
        """No more goals; wait until the last is acknowledged.

        Raises:
            AssertionError: it was not, in time.
        """
        self._over.set()
        self._thread.join(within_s)
        late = self._thread.is_alive()
        self._given_up.set()
        self._thread.join(2 * ANSWER_S)
        self._client.close()
        assert not late, f"the provider has had no answer for {time.monotonic() - self._answered_s:.1f} s"
        assert not self.wrong, self.wrong[:3]

    def _run(self) -> None:
        fallen, began_s = 0, time.monotonic()
        while not self._given_up.is_set():
            due = int((time.monotonic() - began_s) * GOALS_PER_S)
            over = self._over.is_set()
            happened = [
                self._goal(n, began_s + n / GOALS_PER_S)
                for n in range(fallen, min(due, fallen + CALL_EVENTS_MAX))
            ]
            fallen += len(happened)
            if happened:
                self._post(happened)
            elif over:
                return
            if over and fallen >= due:
                return
            time.sleep(0.01)

    def _goal(self, n: int, at_s: float) -> dict[str, Any]:
        game = self.games[n % len(self.games)]
        self.goals[game].append(at_s)
        number = len(self.goals[game]) + 1
        side = "home" if number % 3 else "away"
        return event(game, number, "GOAL", team=side, period=1, revision=1)

    def _post(self, messages: list[dict[str, Any]]) -> None:
        body = json.dumps(messages).encode()
        self._calls += 1
        name = f"{self.games[0]}-{self._calls}"
        pause_s, longest_s = PAUSE_S
        while not self._answered(name, body, messages):
            self.repeats += 1
            self._turn += 1
            if self._given_up.wait(pause_s):
                return
            pause_s = min(2 * pause_s, longest_s)

    def _answered(self, name: str, body: bytes, messages: list[dict[str, Any]]) -> bool:
        intake = self._intakes[self._turn % len(self._intakes)]
        headers = {
            "content-type": "application/cloudevents-batch+json",
            **sign(self._secret, body, name),
        }
        try:
            answer = self._client.post(f"{intake.url}/v1/ingest/{PROVIDER}", content=body, headers=headers)
        except httpx.TransportError:
            return False
        if answer.status_code >= 500 or answer.status_code == 429:
            return False
        if answer.status_code != 202 or answer.json()["rejected"]:
            self.wrong.append(f"{name}: {answer.status_code} {answer.text[:300]}")
            return True
        now_s = time.monotonic()
        if self._answered_s:
            self.silence_s = max(self.silence_s, now_s - self._answered_s)
        self._answered_s = now_s
        self.told |= {
            (one["subject"], one["data"]["event"], one["data"]["revision"])
            for one in messages
            if "event" in one["data"]
        }
        return True
