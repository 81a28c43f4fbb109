"""The audiences of every game that is at hand, in one view or both, and when they are let go."""

from collections.abc import Callable, Sequence

from scorewire.fanout.audience import Audience, FanLike, Tally
from scorewire.fanout.channel import Channel
from scorewire.model.score_state import ScoreState
from scorewire.scoreboard.base import Head

LINGER_S = 10.0
"""How long a game without fans stays loaded: on a quiet game fans come and go."""

Place = tuple[str, bool]


class Stands:
    """See the module.

    Args:
        delay_s: 0 for what is shown at once.
        touched: see `Audience`.
        interval_of: a game's shortest time between two broadcasts, in seconds; 0 for none.
        gone: told the games that are let go in both views.
    """

    def __init__(
        self,
        *,
        delay_s: int,
        tally: Tally,
        touched: Callable[[Sequence[FanLike]], None],
        frames_max: int,
        interval_of: Callable[[str], float],
        gone: Callable[[str], None],
    ) -> None:
        self._delay_s = delay_s
        self._interval_of = interval_of
        self._tally = tally
        self._touched = touched
        self._frames_max = frames_max
        self._gone = gone
        self._audiences: dict[Place, Audience] = {}
        self._idle: dict[Place, float] = {}

    @property
    def games(self) -> int:
        """Games held in one view or both."""
        return len(self.ids())

    def ids(self) -> set[str]:
        """Their ids."""
        return {game_id for game_id, _ in self._audiences}

    def has(self, game_id: str) -> bool:
        """Whether a game is at hand."""
        return (game_id, False) in self._audiences or (game_id, True) in self._audiences

    def of(self, game_id: str) -> list[Audience]:
        """The audiences of a game: none, one or two."""
        found = (self._audiences.get((game_id, False)), self._audiences.get((game_id, True)))
        return [audience for audience in found if audience is not None]

    def all(self) -> list[Audience]:
        """Every audience."""
        return list(self._audiences.values())

    def state_of(self, game_id: str) -> ScoreState | None:
        """The state of a game that is at hand."""
        audiences = self.of(game_id)
        return audiences[0].channel.state if audiences else None

    def install(self, head: Head, now_s: float) -> None:
        """Put a game at hand, unless it is."""
        if not self.has(head.state.game_id):
            self._open(head, line=False, now_s=now_s)

    def view(self, game_id: str, *, line: bool, now_s: float) -> Audience:
        """The audience of a game at hand in one view, for a fan that enters it."""
        found = self.seen(game_id, line=line, now_s=now_s)
        self._idle.pop((game_id, line), None)
        return found

    def seen(self, game_id: str, *, line: bool, now_s: float) -> Audience:
        """The audience of a game at hand in one view; if nobody enters it, it is let go some time later."""
        found = self._audiences.get((game_id, line))
        if found is None:
            other = self._audiences[(game_id, not line)].channel
            found = self._open(
                Head(state=other.state, corrected_seq=other.corrected_seq), line=line, now_s=now_s
            )
        return found

    def _open(self, head: Head, *, line: bool, now_s: float) -> Audience:
        channel = Channel(head, line=line, frames_max=self._frames_max)
        audience = Audience(
            channel,
            tally=self._tally,
            touched=self._touched,
            delay_s=self._delay_s,
            interval_s=self._interval_of(channel.game_id),
        )
        place = (channel.game_id, line)
        self._audiences[place] = audience
        self._idle[place] = now_s + LINGER_S
        return audience

    def left(self, audience: Audience, now_s: float) -> None:
        """A fan has left; if it was the last, the audience is let go some time later."""
        if audience.empty():
            self._idle[(audience.channel.game_id, audience.channel.line)] = now_s + LINGER_S

    def let_go(self, now_s: float) -> None:
        """Forget the audiences in which nobody has been for a while."""
        for place in [place for place, due_s in self._idle.items() if due_s <= now_s]:
            del self._idle[place]
            audience = self._audiences.get(place)
            if audience is None or not audience.empty():
                continue
            if audience.queued:
                self._idle[place] = now_s + LINGER_S
            else:
                self.discard(audience)

    def discard(self, audience: Audience) -> None:
        """Forget an audience, whoever is in it; harmless if another has its place."""
        game_id, line = audience.channel.game_id, audience.channel.line
        if self._audiences.get((game_id, line)) is not audience:
            return
        del self._audiences[(game_id, line)]
        audience.alone = ()
        if not self.has(game_id):
            self._gone(game_id)
