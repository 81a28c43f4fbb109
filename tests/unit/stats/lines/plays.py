"""Games whose lines are counted: recordings decided into rows, hand-made claims, corrections of either."""

from itertools import count
from pathlib import Path

import msgspec

from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk, Verdict
from scorewire.intake.recording import read
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    SequenceKind,
    Side,
    Team,
)
from scorewire.model.update import Update
from scorewire.sports import SPORTS
from scorewire.stats.lines import LINES
from scorewire.stats.lines.book import LineBook
from scorewire.stats.lines.box import Cells, GameLines, PlayerLine


class Game:
    """One game: claims in, rows kept, lines asked."""

    def __init__(
        self, declared: GameDeclared, kind: SequenceKind = "sparse", *, epoch: str = "epoch"
    ) -> None:
        self.desk = Desk(Book(game_id=declared.game_id, machines=SPORTS), epoch)
        self.kind = kind
        self.numbers = count(1)
        self.rows: list[GameEvent] = []
        self.updates: list[Update] = []
        self.offer(declared)

    def offer(self, claim: GameDeclared | ProviderEvent) -> Verdict:
        number = next(self.numbers)
        kind = self.kind if isinstance(claim, ProviderEvent) else None
        verdict = decide(self.desk, claim, now_ms=1_000 + number, log_offset=number, kind=kind)
        self.rows += verdict.rows
        self.updates += verdict.updates
        return verdict

    def say(self, type_: str, side: Side | None = None, who: str = "", **fields: object) -> Verdict:
        """A claim of the provider, accepted; named as it is called unless `event` says otherwise."""
        number = next(self.numbers)
        base = {
            "provider": "acme",
            "game_id": self.desk.book.game_id,
            "event": f"e{number}",
            "revision": number,
            "type": type_,
            "team": side,
            "player": Player(id=who, name=who.upper()) if who else None,
        }
        verdict = self.offer(ProviderEvent(**{**base, **fields}))  # type: ignore[arg-type]
        assert verdict.refusal is None, verdict.refusal
        return verdict

    def line_up(self, side: Side, *players: str, starters: int = 99, position: str = "") -> None:
        detail: Detail = {
            who: f"{n}|{who.upper()}|{position}|{'starter' if n <= starters else 'bench'}"
            for n, who in enumerate(players, 1)
        }
        self.say("LINEUP", side, detail=detail)

    def plays(self, type_: str) -> list[ProviderEvent]:
        """The newest version of every play of a type."""
        return [play.claim for play in self.desk.book.order if play.claim.type == type_]

    def put_right(self, claim: ProviderEvent, **fields: object) -> Verdict:
        """The same event again, a revision later, with other content."""
        newer = msgspec.structs.replace(claim, revision=self.revision(), **fields)
        verdict = self.offer(newer)
        assert (verdict.refusal, [row.change for row in verdict.rows]) == (None, ["amend"])
        return verdict

    def take_back(self, claim: ProviderEvent) -> Verdict:
        """The provider retracts an event."""
        verdict = self.offer(msgspec.structs.replace(claim, revision=self.revision(), action="retract"))
        assert [row.change for row in verdict.rows] == ["retract"]
        return verdict

    def revision(self) -> int:
        return max(play.claim.revision for play in self.desk.book.order) + next(self.numbers)

    @property
    def lines(self) -> GameLines:
        return lines_of(self.rows)


def lines_of(rows: list[GameEvent]) -> GameLines:
    """The lines after these rows."""
    book = LineBook(machines=SPORTS, sports=LINES)
    for row in rows:
        book.apply(row)
    lines = book.lines()
    assert lines is not None
    return lines


def same(one: GameLines, other: GameLines) -> bool:
    """Equal but for the row after which they are; as bytes, so that the order is the same too."""
    return msgspec.json.encode(msgspec.structs.replace(one, seq=0)) == msgspec.json.encode(
        msgspec.structs.replace(other, seq=0)
    )


def game(sport: str, **rules: object) -> Game:
    """A game of home against away."""
    return Game(
        GameDeclared(
            provider="acme",
            game_id="g1",
            event="m-1",
            revision=1,
            sport=sport,
            league=League(id="cup"),
            start="2026-11-21T15:00:00Z",
            home=Team(id="h", name="Home"),
            away=Team(id="a", name="Away"),
            rules=rules,  # type: ignore[arg-type]
        )
    )


def recorded(folder: Path, path: str, *, only: str = "", epoch: str = "epoch") -> Game:
    """A recording, with what lies beside it, decided; the game of several that is named."""
    for one in read(folder / path):
        decoded = one.decode()
        for declared in decoded.declarations:
            if only in ("", declared.game_id):
                played = Game(declared, one.format.sequence, epoch=epoch)
                for claim in decoded.events:
                    if claim.game_id == declared.game_id:
                        played.offer(claim)
                return played
    raise AssertionError(f"{path} holds no game {only}")


def player(lines: GameLines, who: str) -> PlayerLine:
    """The line of a player, of whichever side."""
    return next(line for line in (*lines.home.players, *lines.away.players) if line.id == who)


def cells(lines: GameLines, who: str, table: str = "") -> Cells:
    """One table of a player's line; the first where none is named."""
    tables = player(lines, who).tables
    return tables[table] if table else next(iter(tables.values()))
