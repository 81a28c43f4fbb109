"""What several readers of the same games were told, held against each other; pure.

Every reader folds for itself, as docs/protocol.md says that a client does. For each game and seq there must
be one state: whoever reaches it must hold the same bytes as the others, and as `/score?seq=N&epoch=E` serves.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, cast

import msgspec

from scorewire.model.score_state import Tree
from scorewire.model.update import apply_update

Kind = Literal["gap", "step back", "repeat", "difference", "behind", "unreadable", "refused"]
Key = tuple[str, str, int]
"""(game, epoch, seq): one state, for good."""

BEHIND_S = 5.0
"""A reader that is connected must have by then what another one has."""
STATES_MAX = 500
DIGESTS_MAX = 100_000
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the protocol excludes."""

    kind: Kind
    reader: str
    game_id: str
    seq: int
    detail: str


@dataclass(slots=True)
class Told:
    """What one reader was told."""

    joins: int = 0
    updates: int = 0
    full_states: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    byes: int = 0
    states: int = 0


@dataclass(slots=True)
class _Reader:
    told: Told = field(default_factory=Told)
    held: dict[str, Tree] = field(default_factory=dict)
    since_s: float | None = None
    may_repeat: bool = False
    blamed: dict[str, int] = field(default_factory=dict)


class Auditor:
    """See the module.

    Args:
        states_max: states kept to say what differs; of older ones only a digest is left.
    """

    def __init__(self, *, states_max: int = STATES_MAX) -> None:
        self.faults: list[Fault] = []
        self.compared = 0
        self.uncompared = 0
        self._readers: dict[str, _Reader] = {}
        self._states_max = states_max
        self._states: OrderedDict[Key, Tree] = OrderedDict()
        self._digests: OrderedDict[Key, bytes] = OrderedDict()
        self._unserved: deque[Key] = deque()
        self._leads: dict[str, deque[tuple[float, str, int]]] = {}

    def told(self, reader: str) -> Told:
        """What a reader was told so far."""
        return self._reader(reader).told

    def joined(self, reader: str, now_s: float) -> None:
        """A reader has connected; a stream that is resumed may repeat about a second."""
        one = self._reader(reader)
        one.may_repeat = one.told.joins > 0
        one.told.joins += 1
        one.since_s = now_s

    def left(self, reader: str) -> None:
        """A reader has lost its connection; it keeps what it holds."""
        self._reader(reader).since_s = None

    def cursor(self, reader: str) -> dict[str, tuple[str, int]]:
        """What a reader has: game -> (epoch, seq)."""
        held = self._reader(reader).held
        return {game_id: (_epoch(state), _seq(state)) for game_id, state in held.items()}

    def frame(self, reader: str, frame: Tree, now_s: float) -> None:
        """A reader has received a `full_state` or a `score_update`; anything else says nothing."""
        try:
            if frame["type"] == "full_state":
                self._replace(reader, frame, now_s)
            elif frame["type"] == "score_update":
                self._update(reader, frame, now_s)
            elif frame["type"] == "bye":
                self._reader(reader).told.byes += 1
        except (KeyError, TypeError, AttributeError, AssertionError) as error:
            self._blame(
                "unreadable", reader, str(frame.get("game_id", "")), 0, f"{type(error).__name__}: {error}"
            )

    def polled(self, reader: str, state: Tree, now_s: float) -> None:
        """The newest state as a read gives it."""
        one, game_id = self._reader(reader), str(state["game_id"])
        held = one.held.get(game_id)
        if held is not None and _epoch(held) == _epoch(state) and _seq(state) < _seq(held):
            self._blame("step back", reader, game_id, _seq(state), f"it was at {_seq(held)} before")
            return
        self._hold(reader, game_id, state, now_s)

    def next_unserved(self) -> Key | None:
        """A state that was folded and is to be compared with the one that is served."""
        return self._unserved.popleft() if self._unserved else None

    def again(self, key: Key) -> None:
        """Nobody answered; to be asked again."""
        self._unserved.appendleft(key)

    def served(self, key: Key, state: Tree) -> None:
        """What `/score?seq=N&epoch=E` gives for it."""
        self.compared += 1
        self._compare("served", key, state)

    def refused(self, key: Key, detail: str) -> None:
        """It gave none."""
        self._blame("refused", "served", key[0], key[2], detail)

    def look(self, now_s: float) -> None:
        """Find readers that are behind the others."""
        for game_id, leads in self._leads.items():
            while len(leads) > 1 and leads[1][0] <= now_s - BEHIND_S:
                leads.popleft()
            at_s, epoch, seq = leads[0]
            if at_s > now_s - BEHIND_S:
                continue
            for name, one in self._readers.items():
                held = one.held.get(game_id)
                if one.since_s is None or one.since_s > now_s - BEHIND_S or held is None:
                    continue
                if _epoch(held) == epoch and _seq(held) < seq > one.blamed.get(game_id, 0):
                    one.blamed[game_id] = seq
                    detail = f"still at {_seq(held)}, {BEHIND_S:g} s after another reader had it"
                    self._blame("behind", name, game_id, seq, detail)

    def _replace(self, reader: str, frame: Tree, now_s: float) -> None:
        one, game_id = self._reader(reader), str(frame["game_id"])
        reason = str(frame["reason"])
        one.told.full_states[reason] = one.told.full_states.get(reason, 0) + 1
        state = frame["state"]
        assert isinstance(state, dict), "a full state has a state"
        if (_epoch(state), _seq(state)) != (frame["epoch"], frame["seq"]):
            self._blame("difference", reader, game_id, _seq(state), "the frame names another epoch or seq")
        held = one.held.get(game_id)
        if held is not None and _epoch(held) == _epoch(state) and _seq(state) < _seq(held):
            self._blame(
                "step back", reader, game_id, _seq(state), f"a full state for a reader at {_seq(held)}"
            )
            return
        self._hold(reader, game_id, state, now_s)

    def _update(self, reader: str, frame: Tree, now_s: float) -> None:
        one, game_id, seq = self._reader(reader), str(frame["game_id"]), cast(int, frame["seq"])
        one.told.updates += 1
        held = one.held.get(game_id)
        if held is None:
            self._blame("gap", reader, game_id, seq, "an update before any full state")
        elif seq == _seq(held) + 1:
            self._hold(reader, game_id, apply_update(held, frame), now_s)
        elif seq > _seq(held):
            self._blame("gap", reader, game_id, seq, f"the reader is at {_seq(held)}")
            del one.held[game_id]
        elif one.may_repeat:
            one.told.repeats += 1
        else:
            self._blame("repeat", reader, game_id, seq, f"the reader is at {_seq(held)} and was never away")

    def _hold(self, reader: str, game_id: str, state: Tree, now_s: float) -> None:
        one = self._reader(reader)
        one.held[game_id] = state
        one.told.states += 1
        key = (game_id, _epoch(state), _seq(state))
        leads = self._leads.setdefault(game_id, deque())
        if not leads or leads[-1][1] != key[1]:
            leads.clear()
            leads.append((now_s, key[1], key[2]))
        elif leads[-1][2] < key[2]:
            leads.append((now_s, key[1], key[2]))
        self._compare(reader, key, state)

    def _compare(self, reader: str, key: Key, state: Tree) -> None:
        digest = blake2b(_encode(state), digest_size=16).digest()
        known = self._digests.get(key)
        if known is None:
            self._remember(key, digest, state)
        elif known != digest:
            self._blame("difference", reader, key[0], key[2], self._difference(key, state))

    def _remember(self, key: Key, digest: bytes, state: Tree) -> None:
        self._digests[key] = digest
        self._states[key] = state
        self._unserved.append(key)
        while len(self._states) > self._states_max:
            self._states.popitem(last=False)
        while len(self._digests) > DIGESTS_MAX:
            self._digests.popitem(last=False)
        while len(self._unserved) > DIGESTS_MAX:
            self._unserved.popleft()
            self.uncompared += 1

    def _difference(self, key: Key, state: Tree) -> str:
        other = self._states.get(key)
        if other is None:
            return "differs from what another reader held"
        names = sorted(name for name in {*other, *state} if other.get(name) != state.get(name))
        return f"differs from what another reader held, in {', '.join(names)}"

    def _blame(self, kind: Kind, reader: str, game_id: str, seq: int, detail: str) -> None:
        self.faults.append(Fault(kind, reader, game_id, seq, detail))

    def _reader(self, name: str) -> _Reader:
        return self._readers.setdefault(name, _Reader())

    def left_uncompared(self) -> int:
        """States that no read has confirmed."""
        return self.uncompared + len(self._unserved)


def _seq(state: Tree) -> int:
    return cast(int, state["seq"])


def _epoch(state: Tree) -> str:
    return cast(str, state["epoch"])
