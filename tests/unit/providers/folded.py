"""What a decoded payload comes to: its claims decided one by one, in the provider's order."""

from dataclasses import dataclass, field

from msgspec import UnsetType

from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.provider_event import Claim, SequenceKind
from scorewire.model.score_state import ScoreState
from scorewire.providers.format import Decoded
from scorewire.sports import SPORTS


@dataclass(slots=True)
class Folded:
    """One game after all its claims.

    Attributes:
        refused: the rules by which claims were refused, each as often as it was.
    """

    desk: Desk
    refused: list[str] = field(default_factory=list)

    @property
    def state(self) -> ScoreState:
        """As fans see it."""
        assert self.desk.shown is not None
        return self.desk.shown

    @property
    def score(self) -> tuple[int, int]:
        """Home and away."""
        return self.state.home.score, self.state.away.score

    @property
    def lines(self) -> dict[str, tuple[int, int]]:
        """The linescore: period -> home and away."""
        lines = self.state.linescore
        assert not isinstance(lines, UnsetType)
        return {period: (line["home"], line["away"]) for period, line in lines.items()}


def fold(decoded: Decoded, kind: SequenceKind | None = "dense") -> dict[str, Folded]:
    """Every game of a payload, by its id."""
    games: dict[str, Folded] = {}
    claims: list[Claim] = [*decoded.declarations, *decoded.events]
    for offset, claim in enumerate(claims, 1):
        game = games.setdefault(
            claim.game_id, Folded(Desk(Book(game_id=claim.game_id, machines=SPORTS), "epoch"))
        )
        verdict = decide(game.desk, claim, now_ms=offset, log_offset=offset, kind=kind)
        if verdict.refusal is not None:
            game.refused.append(verdict.refusal.rule)
    return games


def fold_one(decoded: Decoded, kind: SequenceKind | None = "dense") -> Folded:
    """The only game of a payload."""
    (game,) = fold(decoded, kind).values()
    return game
