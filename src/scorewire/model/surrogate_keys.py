"""By what a cache finds the answers that an update makes old: `Surrogate-Key`, and our own cache's tags.

    g:wc2022-final        every answer about this game, and every page of a list that shows it
    l:fifa-wc t:arg s:soccer   answers about games of this league, team, sport; to purge by hand
    games, games:l:fifa-wc, games:t:arg, games:s:soccer
                          lists that a game may enter, leave, or take another place in

`touched` says which of them an update makes old, so that a goal purges one game and a kick-off the lists too.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update

KEYS_BYTES_MAX: Final = 4096
"""Of one header; servers take 8 KiB in all. A list of more games is found by its own key, and by time."""

_MOVES: Final = frozenset({"status", "start", "sport", "league", "season", "round"})
"""What lists choose and order by."""


def of_state(state: ScoreState) -> str:
    """`g:wc2022-final l:fifa-wc t:arg t:fra s:soccer`."""
    return f"g:{state.game_id} l:{state.league.id} t:{state.home.id} t:{state.away.id} s:{state.sport}"


def of_list(
    games: Iterable[ScoreState], *, league: str | None, team: str | None, sport: str | None
) -> tuple[str, ...]:
    """The keys of a page of a list: of what may change its order, and of the games on it."""
    if league is not None:
        own = f"games:l:{league}"
    elif team is not None:
        own = f"games:t:{team}"
    elif sport is not None:
        own = f"games:s:{sport}"
    else:
        own = "games"
    return (own, *(f"g:{game.game_id}" for game in games))


def of_team(team_id: str) -> tuple[str, ...]:
    """The keys of a team's page, which names its games."""
    return (f"t:{team_id}", f"games:t:{team_id}")


def of_league(league_id: str) -> tuple[str, ...]:
    """The keys of a league's table, which is made anew a moment after a game has changed it: purged by hand
    only."""
    return (f"l:{league_id}",)


def header(keys: Sequence[str]) -> str:
    """As a header holds them; where they are too long for one, those in front that fit.

    A cache then has a long list for as long as it may, whatever happens to the games that are left out.
    """
    size, count = -1, 0
    for key in keys:
        size += len(key) + 1
        if size > KEYS_BYTES_MAX:
            break
        count += 1
    return " ".join(keys[:count])


def touched(update: Update) -> tuple[str, ...]:
    """The keys of all answers that are old once this update is shown."""
    state = update.state
    game = f"g:{state.game_id}"
    if not _moves(update):
        return (game,)
    return (
        game,
        "games",
        f"games:l:{state.league.id}",
        f"games:t:{state.home.id}",
        f"games:t:{state.away.id}",
        f"games:s:{state.sport}",
    )


def _moves(update: Update) -> bool:
    """Whether a list may have other games, or another order, than before."""
    if update.seq == 1 or update.correction or not _MOVES.isdisjoint(update.patch):
        return True
    for side in ("home", "away"):
        change = update.patch.get(side)
        if isinstance(change, dict) and set(change) - {"score"}:
            return True
    return False
