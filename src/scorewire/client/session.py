"""What a reader of games does, as docs/protocol.md section 3.1 says: a state machine; pure.

The shell tells what happens (`start`, `answered`, `heard`, `lost`, `tick`, `polled`, `repaired`, `wake`),
each with the time now, and then takes the effects in order:

    ("connect", cursor)   open the stream, from the cursor; "" joins anew
    ("close",)            let go of the stream
    ("read", game)        read the game's /score and tell `repaired`
    ("poll",)             read what is newest of everything and tell `polled`
    ("update", news)      news, for the one who follows
    ("standings", table)  a league's table that is another than the one held, as decoded JSON
    ("link", link)        the connection's state, for people
    ("refused", status)   over: this request will never be answered otherwise

`due_ms` is when `tick` is wanted. The way of a connection:

            start                 200              nothing for 45 s, an error, bye
    off ────────► opening ────────────► open ─────────────────────┐
                     ▲   │ any failure                            │
                     │   └──────────────────► waiting ◄───────────┘   from 3 failures on: poll as well
                     └──────── back-off over ─────┘

A cursor is used only while nothing is missing: after a gap that stays open, full states are wanted.
Times are milliseconds on a clock that never goes back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal, cast

import msgspec

from scorewire.client.sse import EventReader, Message
from scorewire.model.score_state import Tree
from scorewire.model.update import apply_update

CONNECT_MS = 10_000
SILENCE_MS = 45_000
"""A stream beats every 15 s."""
BEAT_MS = 20_000
"""A beat and a little more: who wakes up and has heard nothing for so long does not trust the line."""
BACK_OFF_MS = 1_000
BACK_OFF_MS_MAX = 30_000
SETTLED_MS = 10_000
FAILURES_BEFORE_POLLING = 3
POLL_MS = 10_000
POLL_JITTER_MS = 2_000
TOLD_MS_MAX = 600_000
"""A server that asks for more is asked again after this."""
PENDING_MAX = 50
TRY_AGAIN = frozenset({408, 425, 429})

Link = Literal["off", "connecting", "live", "reconnecting", "polling", "refused", "ended"]
Verdict = Literal["replaced", "applied", "repeated", "gap"]
Effect = tuple[str, *tuple[object, ...]]

_TREE = msgspec.json.Decoder(Tree)


class Refused(Exception):
    """The node will not answer this otherwise: an unknown game, a wrong parameter, a missing right."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail or f"the node answers {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class News:
    """One step of a game, as decoded JSON; client.py gives it types.

    kind: the reason of a full state, `update` for the next row, `poll` for a plain read.
    """

    kind: str
    game_id: str
    state: Tree
    event: Tree | None = None


@dataclass(slots=True)
class Game:
    """One followed game: its newest state, and updates that came before the ones they build on."""

    state: Tree | None = None
    pending: list[Tree] = field(default_factory=list)

    def replace(self, state: Tree) -> Verdict:
        """A full state replaces, but never steps back within one epoch."""
        held = self.state
        if held is not None and held["epoch"] == state["epoch"]:
            if _seq(held) >= _seq(state):
                return "repeated"
        elif held is not None:
            self.pending = []
        self.state = state
        waiting, self.pending = self.pending, []
        for update in waiting:
            self.update(update)
        return "replaced"

    def update(self, update: Tree) -> Verdict:
        """An update counts only if it is the next one."""
        held, seq = self.state, _seq(update)
        if held is not None and seq <= _seq(held):
            return "repeated"
        if held is None or seq != _seq(held) + 1:
            self.pending = [*self.pending, update][-PENDING_MAX:]
            return "gap"
        self.state = apply_update(held, update)
        return "applied"


class Session:
    """See the module.

    Args:
        random: a number from 0 up to 1, for jitter.
        cursor: where to begin; with it belong the `states` that are held already.
    """

    def __init__(self, *, random: Callable[[], float], cursor: str = "", states: Iterable[Tree] = ()) -> None:
        self.effects: list[Effect] = []
        self.games = {str(state["game_id"]): Game(state) for state in states}
        self.tables: dict[str, Tree] = {}
        self.link: Link = "off"
        self.cursor = cursor
        self._random = random
        self._phase: Literal["off", "waiting", "opening", "open"] = "off"
        self._reader = EventReader()
        self._failures = 0
        self._retry_ms = BACK_OFF_MS
        self._opened_ms = 0.0
        self._heard_ms = 0.0
        self._connect_at: float | None = None
        self._silent_at: float | None = None
        self._poll_at: float | None = None
        self._polling = False
        self._reading: set[str] = set()

    @property
    def due_ms(self) -> float | None:
        """When `tick` is wanted next."""
        times = [at for at in (self._connect_at, self._silent_at, self._poll_at) if at is not None]
        return min(times, default=None)

    @property
    def open(self) -> bool:
        """Whether bytes are expected."""
        return self._phase == "open"

    def take(self) -> list[Effect]:
        """The effects since the last call, in order."""
        taken, self.effects = self.effects, []
        return taken

    def start(self, now_ms: float) -> None:
        """Begin, or begin again after `stop` from where one was."""
        if self._phase == "off":
            self._show("connecting")
            self._connect(now_ms)

    def stop(self, link: Link = "off") -> None:
        """Let go of everything but what is held."""
        self._drop()
        self._phase = "off"
        self._failures, self._polling = 0, False
        self._connect_at = self._poll_at = None
        self._reading.clear()
        self._show(link)

    def again(self, now_ms: float) -> None:
        """Connect at once: what is followed has changed, or the network is back."""
        if self._phase != "off":
            self._drop()
            self._show("reconnecting")
            self._connect(now_ms)

    def wake(self, now_ms: float) -> None:
        """The device or the page was asleep: the line may be dead and still look open."""
        if self._phase == "waiting" or (self._phase == "open" and now_ms - self._heard_ms > BEAT_MS):
            self._failures = 0
            self.again(now_ms)

    def answered(self, now_ms: float, status: int, headers: Mapping[str, str]) -> None:
        """The head of the answer to `connect`; header names in small letters."""
        if self._phase != "opening":
            return
        if status == 200 and headers.get("content-type", "").startswith("text/event-stream"):
            self._phase = "open"
            self._opened_ms = self._heard_ms = now_ms
            self._silent_at = now_ms + SILENCE_MS
        elif status == 204:
            self.stop("ended")  # of a playback, told before
        elif status == 200 or status >= 500 or status in TRY_AGAIN:
            # A 200 of another kind is somebody's sign-in page: it goes away.
            self._fail(now_ms, not_before_ms=retry_after_ms(headers))
        else:
            self.stop("refused")
            self.effects.append(("refused", status))

    def heard(self, now_ms: float, chunk: bytes) -> None:
        """Bytes of the stream."""
        if self._phase != "open":
            return
        self._heard_ms = now_ms
        self._silent_at = now_ms + SILENCE_MS
        try:
            messages = self._reader.feed(chunk)
        except ValueError:
            self._fail(now_ms)
            return
        if self._reader.retry_ms is not None:
            self._retry_ms = min(self._reader.retry_ms, BACK_OFF_MS_MAX)
        for message in messages:
            self.cursor = message.last_id
            self._message(now_ms, message)
            if self._phase != "open":
                return
        self.cursor = self._reader.last_id
        self._poll_at = None
        self._show("live")

    def lost(self, now_ms: float) -> None:
        """The connection has ended, or could not be made."""
        if self._phase in ("opening", "open"):
            self._fail(now_ms)

    def tick(self, now_ms: float) -> None:
        """Time has passed."""
        if self._connect_at is not None and self._connect_at <= now_ms:
            self._connect(now_ms)
        elif self._silent_at is not None and self._silent_at <= now_ms:
            self._fail(now_ms)
        if self._poll_at is not None and self._poll_at <= now_ms:
            self._poll_at, self._polling = None, True
            self.effects.append(("poll",))

    def polled(self, now_ms: float, states: Iterable[Tree] | None, headers: Mapping[str, str]) -> None:
        """What a poll has brought: states that may be news, or None where it failed."""
        self._polling = False
        for state in states or ():
            self._replace(state, "poll")
        if self._phase in ("waiting", "opening") and self._failures >= FAILURES_BEFORE_POLLING:
            self._show("polling" if states is not None else "reconnecting")
            pause = POLL_MS + self._random() * POLL_JITTER_MS
            self._poll_at = now_ms + max(pause, retry_after_ms(headers))

    def read_table(self, table: Tree) -> None:
        """A league's table as a poll has brought it, or a frame; it replaces, and is told if it differs."""
        league_id = str(table["league_id"])
        held = self.tables.get(league_id)
        if held is None or (held["season"], held["table"]) != (table["season"], table["table"]):
            self.tables[league_id] = table
            self.effects.append(("standings", table))

    def repaired(self, now_ms: float, game_id: str, state: Tree | None) -> None:
        """What `read` has brought; where it leaves the gap open, full states are asked for."""
        if game_id not in self._reading:
            return
        self._reading.discard(game_id)
        if state is not None:
            self._replace(state, "resync")
        if self.games[game_id].pending and self._phase in ("opening", "open"):
            self._fail(now_ms)

    def _connect(self, now_ms: float) -> None:
        if any(game.pending for game in self.games.values()):
            self.cursor = ""
        self._phase = "opening"
        self._reader = EventReader(self.cursor)
        self._connect_at, self._silent_at = None, now_ms + CONNECT_MS
        self.effects.append(("connect", self.cursor))

    def _drop(self) -> None:
        if self._phase in ("opening", "open"):
            self.effects.append(("close",))
        self._silent_at = None

    def _fail(self, now_ms: float, *, told_ms: int | None = None, not_before_ms: int = 0) -> None:
        self._drop()
        if self._phase == "open" and now_ms - self._opened_ms >= SETTLED_MS:
            self._failures = 0
        self._phase = "waiting"
        self._failures += 1
        if told_ms is not None:
            wait = float(min(told_ms, TOLD_MS_MAX))  # the server spreads its readers: obeyed as it stands
        else:
            wait = not_before_ms + back_off_ms(self._failures, self._retry_ms, self._random)
        self._connect_at = now_ms + wait
        if self._failures < FAILURES_BEFORE_POLLING:
            self._show("reconnecting")
        elif self._poll_at is None and not self._polling:
            self._show("polling")
            self._poll_at = now_ms

    def _message(self, now_ms: float, message: Message) -> None:
        if message.event not in ("full_state", "score_update", "standings_update", "bye"):
            return
        content = _read(message)
        if content is None:
            # A proxy has cut or mixed something: what is held is sound, what comes now is not.
            self.cursor = ""
            self._fail(now_ms)
        elif message.event == "bye" and content.get("reason") == "end":
            self.stop("ended")
        elif message.event == "bye":
            told = content.get("retry_ms")
            self._fail(now_ms, told_ms=told if isinstance(told, int) and told >= 0 else None)
        else:
            if message.event == "standings_update":
                self.read_table(content)
            else:
                self._frame(message.event, content)
            self._failures = 0

    def _frame(self, event: str, frame: Tree) -> None:
        game_id = str(frame["game_id"])
        if event == "full_state":
            self._replace(cast(Tree, frame["state"]), str(frame.get("reason")))
            return
        game = self.games.setdefault(game_id, Game())
        verdict = game.update(frame)
        if verdict == "applied" and game.state is not None:
            happened = frame.get("event")
            news = News("update", game_id, game.state, happened if isinstance(happened, dict) else None)
            self.effects.append(("update", news))
        elif verdict == "gap" and game_id not in self._reading:
            self._reading.add(game_id)
            self.effects.append(("read", game_id))

    def _replace(self, state: Tree, kind: str) -> None:
        game_id = str(state["game_id"])
        game = self.games.setdefault(game_id, Game())
        if game.replace(state) == "replaced" and game.state is not None:
            self.effects.append(("update", News(kind, game_id, game.state)))

    def _show(self, link: Link) -> None:
        if link != self.link:
            self.link = link
            self.effects.append(("link", link))


def back_off_ms(failures: int, first_ms: int, random: Callable[[], float]) -> float:
    """Full jitter: anywhere between nothing and the doubled wait, so that crowds do not return as one.

    Args:
        failures: in a row, from 1.
        first_ms: the most after the first: what the server's `retry` said.
    """
    return float(round(random() * min(first_ms * 2 ** min(failures - 1, 20), BACK_OFF_MS_MAX)))


def retry_after_ms(headers: Mapping[str, str]) -> int:
    """`Retry-After` in seconds, or as a date against the answer's own `Date`; 0 where there is none.

    Source: RFC 9110 10.2.3.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]) * 1000, TOLD_MS_MAX)
    try:
        until, now = (parsedate_to_datetime(text) for text in (value, headers.get("date", "")))
    except ValueError:
        return 0
    return min(max(round((until - now).total_seconds() * 1000), 0), TOLD_MS_MAX)


def _read(message: Message) -> Tree | None:
    """A frame as decoded JSON, or None where it is not one of the protocol."""
    try:
        content = _TREE.decode(message.data)
    except msgspec.DecodeError:
        return None
    if message.event == "bye":
        return content
    if message.event == "standings_update":
        named = isinstance(content.get("league_id"), str) and isinstance(content.get("season"), str)
        return content if named and isinstance(content.get("table"), dict) else None
    if message.event == "full_state":
        state = content.get("state")
        if not isinstance(state, dict) or state.get("game_id") != content.get("game_id"):
            return None
        return content if isinstance(state.get("seq"), int) else None
    whole = isinstance(content.get("patch", {}), dict) and isinstance(content.get("seq"), int)
    return content if whole else None


def _seq(tree: Tree) -> int:
    return cast(int, tree["seq"])
