"""Follows of teams, leagues and sports: the games that they bring, and who asked for them."""

from collections.abc import Callable, Collection, Container, Sequence

from scorewire.fanout.audience import Audience, FanLike
from scorewire.fanout.follow import Follow, Interest, Key
from scorewire.fanout.stands import LINGER_S
from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState

GAMES_MAX = 1000
"""Games of one fan, apart from those that it names."""

FINISHED = OVER | {"ended"}
FINISHED_S = 300.0
"""How long a finished game stays with who follows its team, league or sport; a correction brings it back."""

_LATEST_FIRST = str.maketrans("0123456789", "9876543210")


def gives_up(fan: FanLike) -> list[Audience] | None:
    """The finished game that a fan gives up for another; none while there is room, None if it has none."""
    if len(fan.audiences) < GAMES_MAX:
        return []
    named = {follow.id for follow in fan.follows if follow.kind == "game"}
    for audience in fan.audiences:
        if audience.channel.state.status in FINISHED and audience.channel.game_id not in named:
            return [audience]
    return None


def leave_out(wanted: dict[str, bool], held: Collection[str], follows: Sequence[Follow]) -> None:
    """Take out of what is wanted the games for which there is no place, but none that is followed by name.

    Args:
        held: the games that the fan has.
    """
    if len(held) + len(wanted) <= GAMES_MAX:
        return
    named = {follow.id for follow in follows if follow.kind == "game"}
    brought = [game_id for game_id in wanted if game_id not in held and game_id not in named]
    for game_id in brought[max(0, GAMES_MAX - len(held)) :]:
        del wanted[game_id]


class Interests:
    """What is followed here beside single games.

    Args:
        full_games_max: games that such follows bring one fan in the full form; the rest come as lines,
            those under way being preferred, then the next to start, then the last to have finished.
        state_of: the state of a game that is at hand.
    """

    def __init__(self, *, full_games_max: int, state_of: Callable[[str], ScoreState | None]) -> None:
        self._held: dict[Key, Interest] = {}
        self._idle: dict[Key, float] = {}
        self._finished: dict[str, float] = {}
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

    def concern(self, keys: Sequence[Key]) -> bool:
        """Whether somebody follows one of these, or waits for it."""
        return any(key in self._held for key in keys)

    def forget(self, game_id: str) -> None:
        """A list named a game that does not exist; if it appears, it appears as a new one."""
        for interest in self._held.values():
            interest.games.pop(game_id, None)

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
        places = self._places(follows)
        for follow in follows:
            if follow.kind == "game":
                wanted[follow.id] = follow.line and wanted.get(follow.id, True)
                if not follow.line:
                    named.add(follow.id)
                continue
            interest = self._held.get(follow.key)
            for game_id in interest.games if interest is not None else ():
                if game_id not in places:
                    continue
                wanted[game_id] = follow.line and wanted.get(game_id, True)
                if not follow.line:
                    brought[game_id] = None
        for game_id in sorted(brought, key=self._rank)[self._full_games_max :]:
            if game_id not in named:
                wanted[game_id] = True
        return wanted

    def brings(self, follows: Sequence[Follow], game_id: str) -> bool:
        """Whether some follows bring a game, by its name or otherwise."""
        for follow in follows:
            interest = self._held.get(follow.key)
            if follow.key == ("game", game_id) or (interest is not None and game_id in interest.games):
                return True
        return False

    def note(self, state: ScoreState, now_s: float) -> None:
        """A game has changed, or has come to hand."""
        if state.status in FINISHED:
            self._finished[state.game_id] = now_s + FINISHED_S
        elif self._finished:
            self._finished.pop(state.game_id, None)

    def retire(self, now_s: float) -> tuple[set[str], list[FanLike]]:
        """Games that finished a while ago leave every interest; returns them, and the fans concerned."""
        games = {game_id for game_id, due_s in self._finished.items() if due_s <= now_s}
        fans: dict[FanLike, bool] = {}
        for game_id in games:
            del self._finished[game_id]
        for interest in self._held.values() if games else ():
            had = [game_id for game_id in games if game_id in interest.games]
            for game_id in had:
                del interest.games[game_id]
            if had:
                fans.update(interest.fans)
        return games, list(fans)

    def _places(self, follows: Sequence[Follow]) -> Container[str]:
        """The games that there is a place for, of all that are brought."""
        brought: dict[str, None] = {}
        for follow in follows:
            interest = None if follow.kind == "game" else self._held.get(follow.key)
            if interest is not None:
                brought.update(interest.games)
        return brought if len(brought) <= GAMES_MAX else set(sorted(brought, key=self._rank)[:GAMES_MAX])

    def _rank(self, game_id: str) -> tuple[int, str]:
        state = self._state_of(game_id)
        if state is None:
            return (2, "")
        if state.status in OVER:
            return (3, state.start.translate(_LATEST_FIRST))
        return (0 if state.status in UNDER_WAY else 1, state.start)
