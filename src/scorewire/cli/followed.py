"""What a watcher holds of its games: states, patches, and when it must come again; pure."""

import random
from dataclasses import dataclass, field
from typing import Literal, cast

import msgspec

from scorewire.cli.sse import Message
from scorewire.model.score_state import ScoreState, Tree
from scorewire.model.update import apply_update

BACK_OFF_S = 0.5
BACK_OFF_MAX_S = 30.0

Next = Literal["go on", "again", "resync"]
"""go on reading; connect again with the cursor; connect again without it, for full states."""

_TREE = msgspec.json.Decoder(Tree)


@dataclass(slots=True)
class Followed:
    """The newest state of each followed game, as a client keeps it.

    Attributes:
        told: the newest events, newest last, as `(game_id, event)`; a correction has its reason instead.
        told_in_all: how many there were.
        replaced: the game of the newest full state.
        bye_ms: how long the server asked us to stay away.
    """

    states: dict[str, Tree] = field(default_factory=dict)
    told: list[tuple[str, Tree]] = field(default_factory=list)
    told_in_all: int = 0
    replaced: str = ""
    bye_ms: int | None = None

    def take(self, message: Message) -> Next:
        """Apply one message; a patch that does not follow means that something was missed."""
        if message.event not in {"full_state", "score_update", "bye"}:
            return "go on"
        try:
            content = _TREE.decode(message.data)
        except msgspec.DecodeError:
            return "resync"
        if message.event == "bye":
            wait = content.get("retry_ms")
            self.bye_ms = wait if isinstance(wait, int) else None
            return "again"
        game_id = str(content.get("game_id"))
        if message.event == "full_state":
            self.states[game_id] = cast(Tree, content["state"])
            self.replaced = game_id
            if content.get("reason") == "correction":
                self._tell(game_id, {"type": "CORRECTION"})
            return "go on"
        return self._update(game_id, content)

    def _update(self, game_id: str, content: Tree) -> Next:
        held = self.states.get(game_id)
        seq = content.get("seq")
        if held is None or not isinstance(seq, int):
            return "resync"
        if seq <= cast(int, held["seq"]):
            return "go on"  # a resumed stream may repeat about a second
        try:
            self.states[game_id] = apply_update(held, content)
        except ValueError:
            return "resync"
        event = content.get("event")
        if isinstance(event, dict):
            self._tell(game_id, event)
        return "go on"

    def _tell(self, game_id: str, event: Tree) -> None:
        self.told = [*self.told, (game_id, event)][-100:]
        self.told_in_all += 1

    def shown(self) -> list[ScoreState]:
        """The states in the order in which the games were asked for or first came."""
        return [msgspec.convert(state, ScoreState) for state in self.states.values()]


def back_off_s(attempt: int, rng: random.Random, *, retry_ms: int | None, bye_ms: int | None) -> float:
    """How long to stay away before attempt `attempt` (from 0); spread, so that crowds do not return as one.

    What the server said last counts most: its `bye`, then its `retry`, then doubling.
    """
    if bye_ms is not None:
        return bye_ms / 1000
    first = retry_ms / 1000 if retry_ms is not None else BACK_OFF_S
    return min(first * 2.0**attempt, BACK_OFF_MAX_S) * (0.5 + rng.random() / 2)
