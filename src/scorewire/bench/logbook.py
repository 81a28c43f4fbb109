"""What many fans were told, in which order and when; pure.

Each fan has a page: the seq that it holds of each game. An update must be the next one; a full state may be
any that is newer. Everything else is counted: a gap is a missed update, and the figures are worth nothing.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

POINTS_MAX = 1000
"""Times told of one event; of more, so many that are evenly spread, the first and the last among them."""
TAIL_BYTES = 200
"""What is kept across reads: as much as a message may have before its seq."""

_MESSAGE = re.compile(
    rb'\{"type":"(score_update|full_state)","game_id":"([^"]+)",(?:"epoch":"[^"]+",)?"seq":(\d+),'
)
_STAMP = re.compile(rb'"ts":(\d+)\}')


class Page:
    """One fan: the end of what it read, and the seq that it holds of each game."""

    __slots__ = ("seqs", "tail")

    def __init__(self) -> None:
        self.tail = b""
        self.seqs: dict[str, int] = {}


class Told(Struct, frozen=True, kw_only=True):
    """One event as the fans had it.

    Attributes:
        ts: when the node decided it, on its wall clock in ms; 0 if no fan had all of it in one read.
        count: fans that had it, as an update or as a full state with this seq.
        at_s: when, ascending, at most POINTS_MAX of them.
    """

    game: str
    seq: int
    ts: int
    count: int
    at_s: list[float]


class _Event:
    __slots__ = ("at_s", "ts")

    def __init__(self) -> None:
        self.ts = 0
        self.at_s: list[float] = []


class Logbook:
    """Takes the bytes of every fan.

    Attributes:
        gaps: updates that were not the next one of their game.
        repeated: messages that brought nothing newer; `disordered`: those of them that were updates, which
            must never be.
        leapt: updates that a full state stood for, the first of a game left out.
    """

    def __init__(self) -> None:
        self.gaps = 0
        self.repeated = 0
        self.disordered = 0
        self.leapt = 0
        self._events: dict[tuple[str, int], _Event] = {}
        self._names: dict[bytes, str] = {}

    def take(self, page: Page, data: bytes, now_s: float) -> bool:
        """Take a fan's next bytes; whether it holds something newer now."""
        whole = page.tail + data if page.tail else data
        seqs, end, newer = page.seqs, 0, False
        for found in _MESSAGE.finditer(whole):
            end = found.end()
            kind, name, number = found.groups()
            game = self._names.get(name) or self._names.setdefault(name, name.decode())
            seq, held = int(number), seqs.get(game, 0)
            if seq <= held:
                self.repeated += 1
                self.disordered += kind == b"score_update"
                continue
            if seq != held + 1:
                if kind == b"score_update":
                    self.gaps += 1
                elif held:
                    self.leapt += seq - held - 1
            seqs[game] = seq
            newer = True
            event = self._events.get((game, seq))
            if event is None:
                event = self._events[game, seq] = _Event()
            event.at_s.append(now_s)
            if event.ts == 0:
                stamp = _STAMP.search(whole, end)
                event.ts = int(stamp[1]) if stamp else 0
        page.tail = whole[max(end, len(whole) - TAIL_BYTES) :]
        return newer

    def told(self) -> list[Told]:
        """Everything that came, by game and seq; the book is empty then."""
        events, self._events = self._events, {}
        return [
            Told(game=game, seq=seq, ts=event.ts, count=len(event.at_s), at_s=thinned(event.at_s))
            for (game, seq), event in sorted(events.items())
        ]


def thinned(ascending: list[float], points_max: int = POINTS_MAX) -> list[float]:
    """At most so many of the values, evenly spread, the first and the last among them."""
    if len(ascending) <= points_max:
        return ascending
    last = len(ascending) - 1
    return [ascending[last * n // (points_max - 1)] for n in range(points_max)]


def reached(page: Page, wanted: Mapping[str, int], games: int) -> bool:
    """Whether a fan of so many games holds them all, each at the wanted seq or beyond.

    Args:
        wanted: games that are not in it are wanted at any seq.
    """
    if len(page.seqs) < games:
        return False
    return all(seq >= wanted.get(game, 0) for game, seq in page.seqs.items())


def merged(books: Iterable[Iterable[Told]]) -> list[Told]:
    """What several load clients were told, as one."""
    by_event: dict[tuple[str, int], list[Told]] = {}
    for book in books:
        for one in book:
            by_event.setdefault((one.game, one.seq), []).append(one)
    return [
        Told(
            game=game,
            seq=seq,
            ts=max(one.ts for one in parts),
            count=sum(one.count for one in parts),
            at_s=sorted(at_s for one in parts for at_s in one.at_s),
        )
        for (game, seq), parts in sorted(by_event.items())
    ]
