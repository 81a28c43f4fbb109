"""Follows of teams, leagues and sports: the games that they bring, and who asked for them."""

from collections.abc import Callable, Sequence

from scorewire.fanout.audience import FanLike
from scorewire.fanout.follow import Follow, Interest, Key
from scorewire.fanout.stands import LINGER_S
from scorewire.model.score_state import UNDER_WAY, ScoreState

GAMES_MAX = 1000
"""Games of one fan, whatever it follows."""


class Interests:
    """What is followed here beside single games.

    Args:
        full_games_max: games that such follows bring one fan in the full form; the rest come as lines,
            those under way and the next to start being preferred.
        state_of: the state of a game that is at hand.
    """

    def __init__(self, *, full_games_max: int, state_of: Callable[[str], ScoreState | None]) -> None:
        self._held: dict[Key, Interest] = {}
        self._idle: dict[Key, float] = {}
        self._full_games_max = full_games_max
        self._state_of = state_of

    def any(self) -> bool:
        """Whether anything is followed."""
        return bool(self._held)

    def loaded(self, key: Key) -> bool:
        """Whether the games of a key are known here."""
        interest = self._held.get(key)
        return interest is not None and interest.loaded

    def open(self, key: Key, now_s: float) -> Interest:
        """The interest to be loaded; games that appear from now on are added to it."""
        self._idle[key] = now_s + LINGER_S
        interest = self._held.get(key)
        if interest is None:
            interest = self._held[key] = Interest(key)
        return interest

    def drop(self, key: Key) -> None:
        """Forget what nobody follows."""
        interest = self._held.get(key)
        if interest is not None and not interest.fans:
            del self._held[key]
            self._idle.pop(key, None)

    def let_go(self, now_s: float, loads: Callable[[Key], bool]) -> None:
        """Forget what nobody has followed for a while.

        Args:
            loads: whether a load is under way, for which somebody may wait.
        """
        for key in [key for key, due_s in self._idle.items() if due_s <= now_s]:
            if loads(key):
                self._idle[key] = now_s + LINGER_S
            else:
                self.drop(key)
                self._idle.pop(key, None)

    def join(self, fan: FanLike, follow: Follow) -> None:
        """A fan follows; games that appear later are brought to it."""
        self._held[follow.key].fans[fan] = follow.line
        self._idle.pop(follow.key, None)

    def leave(self, fan: FanLike, key: Key, now_s: float) -> None:
        """A fan follows no more; if it was the last, the interest is let go some time later."""
        interest = self._held.get(key)
        if interest is None:
            return
        interest.fans.pop(fan, None)
        if not interest.fans:
            self._idle[key] = now_s + LINGER_S

    def add(self, game_id: str, keys: Sequence[Key]) -> list[tuple[FanLike, bool]]:
        """An update of a game passes; the fans to whom it is new, with the view that they asked for."""
        found: dict[FanLike, bool] = {}
        for key in keys:
            interest = self._held.get(key)
            if interest is None or game_id in interest.games:
                continue
            interest.games[game_id] = None
            for fan, line in interest.fans.items():
                found[fan] = line and found.get(fan, True)
        return list(found.items())

    def wanted(self, follows: Sequence[Follow]) -> dict[str, bool]:
        """{game: whether in the list form} of some follows; what two of them bring comes once, in full."""
        wanted: dict[str, bool] = {}
        brought: dict[str, None] = {}
        named: set[str] = set()
        for follow in follows:
            if follow.kind == "game":
                wanted[follow.id] = follow.line and wanted.get(follow.id, True)
                if not follow.line:
                    named.add(follow.id)
                continue
            interest = self._held.get(follow.key)
            for game_id in interest.games if interest is not None else ():
                if len(wanted) >= GAMES_MAX:
                    break
                wanted[game_id] = follow.line and wanted.get(game_id, True)
                if not follow.line:
                    brought[game_id] = None
        for game_id in sorted(brought, key=self._rank)[self._full_games_max :]:
            if game_id not in named:
                wanted[game_id] = True
        return wanted

    def _rank(self, game_id: str) -> tuple[bool, str]:
        state = self._state_of(game_id)
        return (True, "") if state is None else (state.status not in UNDER_WAY, state.start)
