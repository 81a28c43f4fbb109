"""Who plays what in a replay: provider, game and declaration of each decoded recording. Pure.

A recording of a foreign format is posted under the format's name and the slug of its game, a native one under
the names that it holds; both can be named anew. Recordings of one game by several providers share one
declaration: the first recording's, with the providers in order of preference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers import Decoded
from scorewire.providers.format import UNDATED, rfc3339, time_ms


@dataclass(frozen=True, slots=True)
class Part:
    """One recording, cast: the games that it declares and what it tells of them, in its order."""

    declarations: tuple[GameDeclared, ...]
    events: tuple[ProviderEvent, ...]

    @property
    def provider(self) -> str:
        """Of a recording that has only one."""
        return (*(one.provider for one in self.declarations), *(one.provider for one in self.events))[0]

    @property
    def undated(self) -> bool:
        """Whether a game of it begins nowhere in time."""
        return any(one.start == UNDATED for one in self.declarations)


def cast(
    decoded: Decoded,
    *,
    provider: str = "",
    game_id: str = "",
    start_ms: int | None = None,
    known_as: str = "",
) -> Part:
    """Give a recording its names.

    Args:
        provider: under which it is posted; empty leaves what it says.
        game_id: the same for its game.
        start_ms: when its game begins; None leaves what it says. Its events move along.
        known_as: what the provider calls the game; empty leaves what it says.

    Raises:
        FeedError: `bad_id`, or `several_games` where one id is to name several.
    """
    for name in filter(None, (provider, game_id)):
        if not is_id(name):
            raise FeedError("bad_id", f"{name!r} is no id: letters, digits and ._~:@-, at most 64")
    games = {one.game_id for one in decoded.declarations} | {one.game_id for one in decoded.events}
    if len(games) > 1 and (game_id or start_ms is not None):
        raise FeedError("several_games", f"the recording holds {len(games)} games, which keep their names")
    shift_ms = 0
    if start_ms is not None and decoded.declarations:
        shift_ms = start_ms - (time_ms(decoded.declarations[0].start) or 0)
    declarations = tuple(
        _declared(one, provider, game_id, start_ms, known_as) for one in decoded.declarations
    )
    events = tuple(
        msgspec.structs.replace(
            one,
            provider=provider or one.provider,
            game_id=game_id or one.game_id,
            time_ms=max(0, one.time_ms + shift_ms),
        )
        for one in decoded.events
    )
    return Part(declarations, events)


def _declared(
    one: GameDeclared, provider: str, game_id: str, start_ms: int | None, known_as: str
) -> GameDeclared:
    name = provider or one.provider
    own = known_as or one.provider_ids.get(one.provider)
    return msgspec.structs.replace(
        one,
        provider=name,
        game_id=game_id or one.game_id,
        provider_ids=one.provider_ids if own is None else {**_without(one, one.provider), name: own},
        start=one.start if start_ms is None else rfc3339(start_ms),
        time_ms=one.time_ms if start_ms is None else start_ms,
    )


def _without(one: GameDeclared, provider: str) -> dict[str, str]:
    return {name: own for name, own in one.provider_ids.items() if name != provider}


def agree(parts: Sequence[Part], *, preference: Sequence[str] = ()) -> Mapping[str, GameDeclared]:
    """One declaration a game, by its id, in the order in which the parts name them.

    Args:
        preference: providers, best first; empty takes the declarations' own, or the order of the parts.

    Raises:
        FeedError: `bad_id` in `preference`.
    """
    for name in preference:
        if not is_id(name):
            raise FeedError("bad_id", f"{name!r} cannot be the name of a provider")
    agreed: dict[str, GameDeclared] = {}
    for part in parts:
        for one in part.declarations:
            held = agreed.get(one.game_id)
            agreed[one.game_id] = one if held is None else _merged(held, one)
    if not preference:
        return agreed
    return {game: msgspec.structs.replace(one, providers=tuple(preference)) for game, one in agreed.items()}


def _merged(held: GameDeclared, other: GameDeclared) -> GameDeclared:
    """What a second provider of the same game adds: its name, its id of the game, what the first lacks."""
    order = dict.fromkeys(
        (*(held.providers or (held.provider,)), *(other.providers or (other.provider,))),
    )
    dated = held if held.start != UNDATED else other
    return msgspec.structs.replace(
        held,
        providers=tuple(order),
        provider_ids={**other.provider_ids, **held.provider_ids},
        start=dated.start,
        time_ms=dated.time_ms,
        venue=held.venue or other.venue,
    )
