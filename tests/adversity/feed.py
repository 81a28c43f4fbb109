"""A synthetic match as the calls that a provider makes, and a provider that repeats what nobody answered."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from node_process import NodeProcess, declare, event

KINDS = ("SHOT", "FOUL", "CORNER", "OFFSIDE", "GOAL", "PASS", "CARRY", "YELLOW_CARD")
REVISION_1 = 1_000_000


@dataclass
class Match:
    """The calls of one match, each a batch that is posted under one webhook-id.

    Attributes:
        versions: every (event, revision) that must become a row exactly once.
        touches: every event that must be remembered without a row.
        score: home, away after all of it.
    """

    game_id: str
    calls: list[list[dict]]
    versions: list[tuple[str, int]] = field(default_factory=list)
    touches: set[str] = field(default_factory=set)
    score: tuple[int, int] = (0, 0)


def write(game_id: str, calls: int, rng: random.Random) -> Match:
    """Plays, touches, amendments, retractions and cancelled goals, numbered without a gap.

    A tenth of the calls change places with the next one, so that claims wait behind a gap.
    """
    match = Match(game_id, [[declare(game_id)]])
    goals: dict[str, str] = {}
    shots: list[str] = []
    number = 0

    def say(type_: str, name: str | None = None, revision: int = REVISION_1, **data: object) -> dict:
        nonlocal number
        number += 1
        told = event(game_id, number, type_, revision=revision, period=1, **data)
        told["data"]["event"] = name or f"e{number}"
        if type_ in {"PASS", "CARRY"}:
            match.touches.add(told["data"]["event"])
        else:
            match.versions.append((told["data"]["event"], revision))
        return told

    match.calls.append([say("PERIOD_START")])
    for _ in range(calls):
        call = []
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            roll = rng.random()
            if roll < 0.06 and goals:
                name = rng.choice(sorted(goals))
                del goals[name]
                call.append(say("GOAL_CANCELLED", detail={"event": name}))
            elif roll < 0.10 and shots:
                name = shots.pop(rng.randrange(len(shots)))
                call.append(say("SHOT", name, REVISION_1 + 1, team="home", detail={"outcome": "post"}))
            elif roll < 0.13 and shots:
                name = shots.pop(rng.randrange(len(shots)))
                call.append(say("SHOT", name, REVISION_1 + 1, action="retract", team="home"))
            else:
                kind = rng.choice(KINDS)
                side = rng.choice(("home", "away"))
                told = say(kind, team=side)
                call.append(told)
                if kind == "GOAL":
                    goals[told["data"]["event"]] = side
                elif kind == "SHOT":
                    shots.append(told["data"]["event"])
        match.calls.append(call)
    for at in range(2, len(match.calls) - 1, 10):
        # An amendment that overtakes what it amends by more than the wait leaves that stale, without a row.
        if _names(match.calls[at]) & _names(match.calls[at + 1]):
            continue
        match.calls[at], match.calls[at + 1] = match.calls[at + 1], match.calls[at]
    sides = list(goals.values())
    match.score = (sides.count("home"), sides.count("away"))
    return match


def _names(call: list[dict]) -> set[str]:
    """The events that a call is about."""
    told = [message["data"] for message in call]
    return {name for one in told for name in (one.get("event"), one.get("detail", {}).get("event")) if name}


class Provider:
    """Posts call after call in order; what is not answered, or with 5xx, is posted again under its id.

    Attributes:
        sent: calls begun. answered: calls acknowledged. repeats: posts beyond the first of each call.
        on_answer: called after each acknowledgement.
        pause_s: between an answer and the next call; may be changed at any time.
    """

    def __init__(
        self, node: NodeProcess, match: Match, *, prefix: str = "call", pause_s: float = 0.0
    ) -> None:
        self.sent = 0
        self.answered = 0
        self.repeats = 0
        self.wrong: list[str] = []
        self.gone = False
        self.on_answer: Callable[[], object] = int
        self._node = node
        self._match = match
        self._prefix = prefix
        self.pause_s = pause_s

    def run(self) -> None:
        """Post everything; returns early once `gone` is set."""
        client = httpx.Client()
        try:
            for n, call in enumerate(self._match.calls):
                self.sent = n
                while not self._post(client, n, call):
                    self.repeats += 1
                    time.sleep(0.02)
                    if self.gone:
                        return
                self.answered = n + 1
                self.on_answer()
                time.sleep(self.pause_s)
        finally:
            client.close()

    def _post(self, client: httpx.Client, n: int, call: list[dict]) -> bool:
        try:
            answer = self._node.post("acme", call, webhook_id=f"{self._prefix}-{n}", client=client)
        except httpx.TransportError:
            return False
        if answer.status_code >= 500:
            return False
        # The first answer again, or the answer of the first that was heard: never another.
        if (answer.status_code, answer.json()) != (
            202,
            {"accepted": len(call), "duplicates": 0, "rejected": []},
        ):
            self.wrong.append(f"call {n}: {answer.status_code} {answer.text}")
        return True
