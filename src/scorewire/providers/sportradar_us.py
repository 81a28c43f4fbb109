"""Sportradar's US leagues: one message of a push stream, or a whole game of the REST play-by-play.

Unverified, built from documentation and from the order of messages of recorded streams. The envelope, the
status and the order of plays are read in sportradar.py; what a play of a league says in its own file
(sportradar_nba.py ...). A heartbeat says nothing of a game: decoded, it is empty.

A whole game is told in its order of play. It holds what still counts, so its silences are corrections; see
intake/snapshot.py.

Source: developer.sportradar.com, push feeds and play-by-play of NBA.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import Detail
from scorewire.providers import sportradar_mlb, sportradar_nba, sportradar_nfl, sportradar_nhl
from scorewire.providers.format import (
    NO_COMPANIONS,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_json,
)
from scorewire.providers.sportradar import (
    UNKNOWN_REVISION,
    Game,
    Message,
    declare,
    in_order,
    revision,
    statuses,
    take_back,
)
from scorewire.providers.sportradar_scene import Read, Scene, scene_of

HEAD_BYTES: Final = 4096


class Deleted(Struct, frozen=True):
    """All that a deletion is sure to hold."""

    id: str
    deleted: str | bool | int = ""
    updated: str = ""
    updated_at: str = ""


class Part(Struct, frozen=True):
    """A period of a whole game."""

    number: int = 0
    sequence: int = 0
    type: str = ""
    events: list[Raw] = []


class WholeGame(Game, frozen=True):
    """A whole game in periods; `deleted_events` are older than what stands in them."""

    periods: list[Part] | None = None


@dataclass(frozen=True, slots=True)
class League:
    """One league's feed.

    Attributes:
        word: as `metadata.league` names it.
        read: one play into claims.
        whole: the plays of a whole game, each with its scene.
        marks: what a whole game of this league holds and no other's does.
        parts: ends of the ids of claims that a play makes beside its own.
    """

    name: str
    word: str
    sport: str
    read: Read
    whole: Callable[[bytes], tuple[Game, Iterator[tuple[Scene, Raw]]]]
    marks: tuple[bytes, ...]
    rules: Callable[[Game], Detail]
    parts: tuple[str, ...] = ()


_MESSAGE = msgspec.json.Decoder(Message)
_DELETED = msgspec.json.Decoder(Deleted)
_WHOLE_GAME = msgspec.json.Decoder(WholeGame)


def in_periods(body: bytes) -> tuple[Game, Iterator[tuple[Scene, Raw]]]:
    """Basketball's and hockey's whole game.

    Raises:
        FeedError: `unreadable_payload`.
    """
    game = read_json(_WHOLE_GAME, body, "a game of Sportradar's")
    if game.periods is None:
        raise FeedError("unreadable_payload", "this is no game of Sportradar's: it has no periods")
    return game, _periods(game, game.periods)


def _periods(game: Game, periods: list[Part]) -> Iterator[tuple[Scene, Raw]]:
    for part in periods:
        scene = scene_of(game, part.sequence or part.number, fresh=True)
        for event in part.events:
            yield scene, event


def no_rules(_: Game) -> Detail:
    """For leagues all of whose games are played by the sport's own defaults."""
    return {}


LEAGUES: Final = (
    League(
        name="sportradar_nba",
        word="NBA",
        sport="basketball",
        read=sportradar_nba.read,
        whole=in_periods,
        marks=(b'"periods"', b'"event_type"', b'"attribution"', b'"quarter"'),
        rules=no_rules,
    ),
    League(
        name="sportradar_mlb",
        word="MLB",
        sport="baseball",
        read=sportradar_mlb.read,
        whole=sportradar_mlb.whole,
        marks=(b'"innings"', b'"halfs"', b'"at_bat"'),
        rules=sportradar_mlb.rules,
        parts=sportradar_mlb.PARTS,
    ),
    League(
        name="sportradar_nhl",
        word="NHL",
        sport="ice_hockey",
        read=sportradar_nhl.read,
        whole=in_periods,
        marks=(b'"periods"', b'"event_type"', b'"team_goal"'),
        rules=sportradar_nhl.rules,
        parts=sportradar_nhl.PARTS,
    ),
    League(
        name="sportradar_nfl",
        word="NFL",
        sport="american_football",
        read=sportradar_nfl.read,
        whole=sportradar_nfl.whole,
        marks=(b'"periods"', b'"pbp"', b'"play_type"', b'"start_situation"'),
        rules=sportradar_nfl.rules,
        parts=sportradar_nfl.PARTS,
    ),
)


def decode_league(league: League, body: bytes) -> Decoded:
    """One push message or a whole game of a league; see `Decode`.

    Raises:
        FeedError: `unreadable_payload`.
    """
    message = None
    if b'"payload"' in body[:HEAD_BYTES] or b'"heartbeat"' in body[:HEAD_BYTES]:
        message = read_json(_MESSAGE, body, "a push message of Sportradar's")
    if message is not None and message.payload is not None:
        return _pushed(league, message)
    if message is not None and message.heartbeat:
        return Decoded("", (), (), {"heartbeat": 1})
    game, plays = league.whole(body)
    transcript = _transcript(league, game)
    for scene, raw in plays:
        _one(league, scene, raw, transcript)
    statuses(game, transcript)
    transcript.events = in_order(transcript.events)
    return _decoded(league, game, transcript)


def _pushed(league: League, message: Message) -> Decoded:
    payload = message.payload
    assert payload is not None
    game = payload.game
    transcript = _transcript(league, game)
    if not payload.event:
        transcript.skip("no_event")
    elif message.metadata.operation == "delete":
        _delete(league, payload.event, transcript)
    else:
        # MLB says which messages are the first of their play. The other leagues call each of them an update.
        fresh = message.metadata.operation == "create"
        _one(league, scene_of(game, 0, fresh=fresh), payload.event, transcript)
    statuses(game, transcript)
    return _decoded(league, game, transcript)


def _transcript(league: League, game: Game) -> Transcript:
    if not is_id(f"sr-{game.id}"):
        raise FeedError("unreadable_payload", f"{game.id!r} cannot be the id of a game")
    return Transcript(provider=league.name, game_id=f"sr-{game.id}")


def _one(league: League, scene: Scene, raw: Raw, transcript: Transcript) -> None:
    try:
        league.read(raw, scene, transcript)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        transcript.skip("unreadable_event")


def _delete(league: League, raw: Raw, transcript: Transcript) -> None:
    try:
        event = _DELETED.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        transcript.skip("unreadable_event")
        return
    said = event.deleted if isinstance(event.deleted, str) else ""
    at = max(UNKNOWN_REVISION, revision(said, event.updated, event.updated_at))
    for end in ("", *league.parts):
        take_back(transcript, f"{event.id}{end}", at)


def _decoded(league: League, game: Game, transcript: Transcript) -> Decoded:
    frame = declare(
        game, provider=league.name, sport=league.sport, league=league.word, rules=league.rules(game)
    )
    return transcript.decoded(game=game.id, declaration=frame)


def _format(league: League) -> Format:
    said = re.compile(rb'"league"\s*:\s*"' + league.word.encode() + rb'"')

    def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
        if b'"payload"' in body[:HEAD_BYTES]:
            return said.search(body) is not None
        return all(mark in body for mark in league.marks)

    def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
        return decode_league(league, body)

    return Format(name=league.name, sport=league.sport, sequence="sparse", recognise=recognise, decode=decode)


FORMATS: Final = tuple(_format(league) for league in LEAGUES)
SPORTRADAR_NBA, SPORTRADAR_MLB, SPORTRADAR_NHL, SPORTRADAR_NFL = FORMATS
