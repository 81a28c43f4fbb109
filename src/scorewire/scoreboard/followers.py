"""Which of several who are told selectively follows which games, and what of these they were told last.

A game that is new, that is listed by other names than before, or that goes on after it was over concerns
everybody: who follows its team, league or sport cannot name it yet. So does a correction of a game that is
over, which nobody may follow any more. How games are listed is remembered for a bounded number of them; of
others it is seen from the update itself whether that has changed.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Final, Generic, TypeVar

from scorewire.model.score_state import OVER
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head

LISTED_MAX: Final = 20_000
"""Games whose names are remembered; the design's number of games live at once."""

Who = TypeVar("Who", bound=Hashable)
Names = tuple[str, str, str, str, bool]


class Followers(Generic[Who]):
    """See the module."""

    def __init__(self) -> None:
        self._all: dict[Who, set[str]] = {}
        self._by_game: dict[str, dict[Who, None]] = {}
        self._listed: OrderedDict[str, Names] = OrderedDict()
        self._told: dict[str, tuple[str, int]] = {}

    def __len__(self) -> int:
        return len(self._all)

    @property
    def games(self) -> int:
        """Games that somebody follows."""
        return len(self._by_game)

    def of(self, game_id: str) -> Collection[Who]:
        """Who follows a game."""
        return self._by_game.get(game_id, {}).keys()

    def join(self, who: Who) -> None:
        """Somebody new, who follows nothing yet."""
        self._all[who] = set()

    def begin(self, who: Who, game_ids: Iterable[str]) -> list[str]:
        """Somebody follows games; returns those that nobody followed."""
        first = []
        for game_id in game_ids:
            self._all[who].add(game_id)
            followers = self._by_game.setdefault(game_id, {})
            if not followers:
                first.append(game_id)
            followers[who] = None
        return first

    def end(self, who: Who, game_ids: Iterable[str]) -> list[str]:
        """Somebody follows games no more; returns those that nobody follows now."""
        last = []
        for game_id in game_ids:
            followers = self._by_game.get(game_id)
            if followers is None or who not in followers:
                continue
            self._all[who].discard(game_id)
            del followers[who]
            if not followers:
                del self._by_game[game_id]
                self._told.pop(game_id, None)
                last.append(game_id)
        return last

    def leave(self, who: Who) -> list[str]:
        """Somebody has gone; returns the games that nobody follows now."""
        last = self.end(who, tuple(self._all.get(who, ())))
        self._all.pop(who, None)
        return last

    def concerned(self, update: Update) -> Collection[Who]:
        """Who is to be told of an update, which counts as told."""
        game_id = update.game_id
        followers = self._by_game.get(game_id)
        if followers is not None:
            self._told[game_id] = (update.epoch, update.seq)
        if self._lists(update):
            return self._all.keys()
        return followers.keys() if followers is not None else ()

    def behind(self, heads: Iterable[Head | None]) -> Iterator[tuple[Head, Collection[Who]]]:
        """Of followed games, those heads of which nobody was told; they count as told.

        A game whose followers were told nothing since they began was compared with each of them then.
        """
        for head in heads:
            if head is None:
                continue
            game_id, place = head.state.game_id, (head.state.epoch, head.state.seq)
            followers = self._by_game.get(game_id)
            if followers is not None and self._told.get(game_id) != place:
                self._told[game_id] = place
                yield head, followers.keys()

    def followed(self) -> tuple[str, ...]:
        """The games that somebody follows."""
        return tuple(self._by_game)

    def _lists(self, update: Update) -> bool:
        """Whether a game is listed as it was not before."""
        state = update.state
        over = state.status in OVER
        names = (state.home.id, state.away.id, state.league.id, state.sport, over)
        before = self._listed.get(state.game_id)
        self._listed[state.game_id] = names
        self._listed.move_to_end(state.game_id)
        if len(self._listed) > LISTED_MAX:
            self._listed.popitem(last=False)
        if over:
            return update.correction
        return before != names if before is not None else _renames(update)


def _renames(update: Update) -> bool:
    """Whether an update may list its game anew, for all that can be seen from it."""
    if update.seq == 1 or update.correction:
        return True
    sides = (update.patch.get("home"), update.patch.get("away"))
    return (
        "league" in update.patch
        or "sport" in update.patch
        or any(isinstance(side, dict) and "id" in side for side in sides)
    )
