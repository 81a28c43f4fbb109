"""What a feed has told of each game so far, and what of a new payload is news; pure.

    Decoded ─read─► News(declarations, events, after) ── posted ──► keep(news)

Reading changes nothing: only what was posted is kept, so that what could not be posted is news again. A
payload is either single events of a stream (`note`) or all that there is to say of its games (`compare`); see
snapshot.py for both. Games are told under the feed's provider, and under their own slug or, where the
operator names it, under another game's id: that game is somebody else's to declare.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.errors import FeedError
from scorewire.intake.snapshot import GameSnapshot, Limits, compare, note
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.providers.format import Decoded

GAMES_MAX: Final = 2_000
"""Games of one feed whose book is kept; the one that was silent for longest goes first."""
OVER_STAGE: Final = 4
VERSION: Final = 1


class FollowedGame(Struct, frozen=True, kw_only=True):
    """What is known of one game; never changed in place.

    Attributes:
        own: what the provider calls it.
        lost: the node was told that this feed of it has broken off.
    """

    game_id: str
    own: str
    snapshot: GameSnapshot = GameSnapshot()
    declared: GameDeclared | None = None
    heard_ms: int = 0
    lost: bool = False
    version: int = VERSION

    @property
    def over(self) -> bool:
        """Confirmed: nobody waits for this feed any more."""
        return self.snapshot.stage >= OVER_STAGE


@dataclass(frozen=True, slots=True)
class News:
    """What to post, declarations first, and what to keep once it is posted.

    Attributes:
        new: the provider's own names of games that were not followed before.
        held: why a snapshot was held back, by game.
        skipped: entries of the payload that made no claim, by reason.
    """

    declarations: tuple[GameDeclared, ...] = ()
    events: tuple[ProviderEvent, ...] = ()
    after: tuple[FollowedGame, ...] = ()
    new: tuple[str, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(FollowedGame)


def save(game: FollowedGame) -> bytes:
    """As JSON, for a file."""
    return _ENCODER.encode(game)


def load(body: bytes) -> FollowedGame:
    """Read what `save` wrote.

    Raises:
        FeedError: `unreadable_state`.
    """
    try:
        game = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedError("unreadable_state", f"this is no saved game of a feed: {error}") from None
    if game.version != VERSION:
        raise FeedError("unreadable_state", f"a saved game of version {game.version} cannot be read")
    return game


class FeedBook:
    """The games of one feed.

    Args:
        provider: under which the feed is posted.
        names: our ids of games that others declare, by what the provider calls them.
        renumber: the format numbers the entries of each payload anew (see snapshot.py).
    """

    __slots__ = ("_games", "_limits", "_names", "_provider", "_renumber")

    def __init__(
        self,
        *,
        provider: str,
        names: Mapping[str, str],
        limits: Limits,
        renumber: bool,
        known: Iterable[FollowedGame] = (),
    ) -> None:
        self._provider = provider
        self._names = dict(names)
        self._limits = limits
        self._renumber = renumber
        self._games = {one.game_id: one for one in known}

    @property
    def followed(self) -> tuple[FollowedGame, ...]:
        """The games that are not over."""
        return tuple(one for one in self._games.values() if not one.over)

    def read(self, decoded: Decoded, *, now_ms: int, whole: bool, settled_ms: int | None = None) -> News:
        """What of a payload is news.

        Args:
            whole: it says all that there is to say of its games.
            settled_ms: what was heard later than this cannot have vanished from it.
        """
        claims: dict[str, list[ProviderEvent]] = {}
        for claim in decoded.events:
            claims.setdefault(claim.game_id, []).append(claim)
        frames = {one.game_id: one for one in decoded.declarations}
        several = len(claims.keys() | frames.keys()) > 1
        declarations: list[GameDeclared] = []
        events: list[ProviderEvent] = []
        after: list[FollowedGame] = []
        new: list[str] = []
        held: dict[str, str] = {}
        for slug in dict.fromkeys((*frames, *claims)):
            frame = frames.get(slug)
            own = _own(frame, slug) if several else decoded.game or _own(frame, slug)
            game_id = self._names.get(own, slug)
            game = self._games.get(game_id)
            if game is None:
                game = FollowedGame(game_id=game_id, own=own)
                new.append(own)
            if own not in self._names and (said := self._declare(game, frame, now_ms)) is not None:
                declarations.append(said)
                game = msgspec.structs.replace(game, declared=said)
            told = claims.get(slug, [])
            if whole:
                change = compare(
                    game.snapshot,
                    told,
                    now_ms=now_ms,
                    limits=self._limits,
                    renumber=self._renumber,
                    settled_ms=settled_ms,
                )
            else:
                change = note(game.snapshot, told, now_ms=now_ms)
            if change.held is not None:
                held[game_id] = change.held.rule
            events += (
                msgspec.structs.replace(claim, provider=self._provider, game_id=game_id)
                for claim in change.claims
            )
            after.append(msgspec.structs.replace(game, snapshot=change.after, heard_ms=now_ms))
        return News(
            tuple(declarations), tuple(events), tuple(after), tuple(new), held, Counter(decoded.skipped)
        )

    def _declare(self, game: FollowedGame, frame: GameDeclared | None, now_ms: int) -> GameDeclared | None:
        """A declaration that says more than, or other things than, the last."""
        if frame is None:
            return None
        before = game.declared
        own = frame.provider_ids.get(frame.provider, game.own)
        said = msgspec.structs.replace(
            frame,
            provider=self._provider,
            game_id=game.game_id,
            provider_ids={self._provider: own},
            time_ms=now_ms,
            revision=1,
        )
        if before is None:
            return said
        # A stream's frame holds less than that of a whole game, and takes nothing back.
        said = msgspec.structs.replace(
            said,
            season=said.season or before.season,
            round=said.round or before.round,
            venue=said.venue or before.venue,
            rules=said.rules or before.rules,
        )
        return None if msgspec.structs.replace(said, time_ms=before.time_ms) == before else said

    def keep(self, news: News) -> None:
        """Note that it is posted."""
        for game in news.after:
            self._games.pop(game.game_id, None)
            self._games[game.game_id] = game
        while len(self._games) > GAMES_MAX:
            del self._games[next(iter(self._games))]

    def lost(self, *, now_ms: int) -> News:
        """The feed has broken off: FEED_LOST for every game that waits for it."""
        return self._tell("FEED_LOST", [one for one in self.followed if not one.lost], now_ms)

    def back(self, *, now_ms: int) -> News:
        """The feed is there again: FEED_BACK for every game that was told otherwise."""
        return self._tell("FEED_BACK", [one for one in self._games.values() if one.lost], now_ms)

    def _tell(self, type_: str, games: list[FollowedGame], now_ms: int) -> News:
        lost = type_ == "FEED_LOST"
        events = tuple(
            ProviderEvent(
                provider=self._provider,
                game_id=one.game_id,
                event=f"{type_.lower().replace('_', '-')}-{now_ms}",
                revision=1,
                type=type_,
                time_ms=now_ms,
            )
            for one in games
        )
        return News(events=events, after=tuple(msgspec.structs.replace(one, lost=lost) for one in games))


def _own(frame: GameDeclared | None, slug: str) -> str:
    return frame.provider_ids.get(frame.provider, slug) if frame is not None else slug
