"""The shape of GameCenter's live file, and of one entry in its drives.

Source: payloads of nfl.com/liveupdate/game-center; numbers of statistics: docs of the nflgame library.
"""

import re
from collections import Counter
from typing import Final

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.providers.format import read_json

PENALTY: Final = 93
TOUCHDOWNS: Final = frozenset({11, 13, 22, 24, 26, 28, 34, 36, 46, 48, 56, 58, 60, 62, 64, 108})
"""Statistics of who scored; 16 is the passer's."""


class Stat(Struct, frozen=True, rename="camel"):
    """What a player did in a play, by the league's number for it."""

    stat_id: int
    clubcode: str | None = None
    player_name: str | None = None
    yards: int | None = None
    sequence: int = 0


class Entry(Struct, frozen=True):
    """One entry of a drive: a play, a time-out, the end of a quarter."""

    qtr: int
    desc: str = ""
    time: str | None = ""
    down: int | None = 0
    ydstogo: int | None = 0
    yrdln: str | None = ""
    posteam: str | None = ""
    note: str | None = None
    players: dict[str, list[Stat]] | None = None


class TeamLine(Struct, frozen=True):
    """One team: its score by quarter under `1` to `5`, in all under `T`."""

    abbr: str
    score: dict[str, int | None] = {}


class Game(Struct, frozen=True):
    """The game, as it stands."""

    home: TeamLine
    away: TeamLine
    drives: dict[str, Raw] | None = None
    qtr: str | int | None = None
    clock: str | None = None
    down: int | None = None
    togo: int | None = None
    yl: str | None = None
    posteam: str | None = None
    stadium: str | None = None


class _Drive(Struct, frozen=True):
    plays: dict[str, Raw] = {}


_PAYLOAD = msgspec.json.Decoder(dict[str, Raw])
_GAME = msgspec.json.Decoder(Game)
_DRIVE = msgspec.json.Decoder(_Drive)
_ENTRY = msgspec.json.Decoder(Entry)
_NUMBER = re.compile(r"\d{10}\Z", re.ASCII)
_PLAY = re.compile(r"\d{1,9}\Z", re.ASCII)


def read(body: bytes) -> tuple[str, Game | None]:
    """The game's number and the game; None where the file is there before the game is.

    Raises:
        FeedError: `unreadable_payload`.
    """
    payload = read_json(_PAYLOAD, body, "a GameCenter file")
    number = next((key for key in payload if _NUMBER.match(key)), None)
    if number is None:
        raise FeedError("unreadable_payload", "this is not a GameCenter file: no game's number in it")
    if bytes(payload[number]) == b"null":
        return number, None
    return number, read_json(_GAME, bytes(payload[number]), "a GameCenter file")


def entries(game: Game, skipped: Counter[str]) -> dict[int, Entry]:
    """Every entry by its id, in order of play; what cannot be read is counted."""
    found: dict[int, Entry] = {}
    for key, raw in (game.drives or {}).items():
        if key == "crntdrv":
            continue
        try:
            plays = _DRIVE.decode(raw).plays
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            skipped["unreadable_drive"] += 1
            continue
        for name, play in plays.items():
            try:
                entry = _ENTRY.decode(play)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                skipped["unreadable_play"] += 1
                continue
            if not _PLAY.match(name) or not 1 <= entry.qtr <= 99:
                skipped["unreadable_play"] += 1
            elif int(name) in found:
                skipped["twin"] += 1
            else:
                found[int(name)] = entry
    return dict(sorted(found.items()))
