"""What the point-by-point files of tennis share: CSV, names, a match that is told point by point."""

import csv
import io
import re
from dataclasses import dataclass, field

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    ProviderEvent,
    Side,
    SideScore,
    Team,
)
from scorewire.providers.format import UNDATED, Transcript, rfc3339

ROWS_MAX = 200_000
POINT_MS = 40_000
"""A point with the walk before it, where nothing says when it was played."""


def read_rows(body: bytes, columns: frozenset[str], what: str) -> list[dict[str, str]]:
    """The rows of a CSV that has these columns.

    Raises:
        FeedError: `unreadable_payload`.
    """
    text = body.decode("utf-8-sig", errors="replace").replace("\0", "")
    try:
        reader = csv.DictReader(io.StringIO(text))
        if not columns <= set(reader.fieldnames or ()):
            raise FeedError("unreadable_payload", f"this is not {what}: it lacks some of its columns")
        rows = [
            {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            for row, _ in zip(reader, range(ROWS_MAX), strict=False)
        ]
    except csv.Error as error:
        raise FeedError("unreadable_payload", f"this is not {what}: {error}") from None
    if not rows:
        raise FeedError("unreadable_payload", f"this is not {what}: it has no rows")
    return rows


def whole(text: str | None) -> int | None:
    """A small whole number, or None."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdecimal() else None


def slug(name: str) -> str:
    """slug("Juan Martin Del Potro") == "juan-martin-del-potro"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48] or "player"


@dataclass(slots=True)
class Match:
    """One match while it is told; the first named player is the home side."""

    provider: str
    game: str
    transcript: Transcript
    start_ms: int = 0
    period: int = 0
    sets: dict[Side, int] = field(default_factory=lambda: {"home": 0, "away": 0})
    last: ProviderEvent | None = None

    def point(
        self,
        event: str,
        side: Side,
        period: int,
        detail: Detail,
        *,
        clock: str | None = None,
        at_ms: int = 0,
        score: SideScore | None = None,
    ) -> None:
        """A point of `side` in set `period`; the set is announced with its first.

        Args:
            score: the sets after it, where the file states them.
        """
        if period != self.period:
            self.period = period
            self._tell("PERIOD_START", f"set-{period}", clock=clock, at_ms=at_ms)
        self._tell("POINT", event, team=side, detail=detail, score=score, clock=clock, at_ms=at_ms)

    def set_won(self, side: Side) -> None:
        """`side` has won the set that is told."""
        self.sets[side] += 1

    def score(self) -> SideScore:
        """The sets that are won."""
        return SideScore(home=self.sets["home"], away=self.sets["away"])

    def end(self, *, to_win: int) -> None:
        """The last point is told; the match is over if anybody has won enough sets."""
        last = self.last
        if last is None or max(self.sets.values()) < to_win:
            return
        for kind in ("GAME_END", "GAME_FINAL"):
            self._tell(
                kind, kind.lower().replace("_", "-"), score=self.score(), clock=last.clock, at_ms=last.time_ms
            )

    def _tell(
        self,
        kind: str,
        event: str,
        *,
        team: Side | None = None,
        detail: Detail | None = None,
        score: SideScore | None = None,
        clock: str | None = None,
        at_ms: int = 0,
    ) -> None:
        self.last = ProviderEvent(
            provider=self.provider,
            game_id=self.transcript.game_id,
            event=event,
            revision=1,
            type=kind,
            team=team,
            period=self.period or None,
            clock=clock,
            detail=detail or {},
            score=score,
            time_ms=at_ms,
        )
        self.transcript.add(self.last)

    def declare(
        self, players: tuple[str, str], *, league: League, season: str, rules: Detail
    ) -> GameDeclared:
        """The frame of the match."""
        home, away = (Team(id=slug(name), name=name, abbr=_abbr(name)) for name in players)
        return GameDeclared(
            provider=self.provider,
            game_id=self.transcript.game_id,
            event=f"{self.game}-scheduled",
            revision=1,
            sport="tennis",
            league=league,
            season=season,
            start=UNDATED if not self.start_ms else rfc3339(self.start_ms),
            home=home,
            away=away,
            provider_ids={self.provider: self.game},
            rules=rules,
            time_ms=self.start_ms,
        )


def opened(provider: str, game: str) -> Match | None:
    """A match of this name; None if it cannot be one's."""
    name = f"{provider}-{game}"[:64]
    return Match(provider, game, Transcript(provider=provider, game_id=name)) if is_id(name) else None


def _abbr(name: str) -> str:
    family = name.rsplit(maxsplit=1)[-1] if name.split() else name
    return "".join(letter for letter in family if letter.isalpha())[:3].upper()
