"""Metrica Sports sample data: anonymised soccer matches, as CSV (games 1 and 2) or as EPTS JSON (game 3).

Quirks that this file decides:
    - GOAL is one of several sub-types (`HEAD-ON TARGET-GOAL`), and GOAL KICK is another thing.
    - A SHOT with GOAL scores. A BALL OUT or BALL LOST with GOAL is an own goal: the own side kicks off
      after it. GOAL on any other entry (a RECOVERY) is followed by no kick-off: `goal_without_shot`.
    - Times are seconds of video from the first frame: a period's clock begins at its first entry.
    - One absolute frame: teams change ends at half time. Places are told as they are, cut to the pitch.
    - No ids of entries in the CSV: the id is the line; the JSON has `index`.
    - FAULT RECEIVED is the fouled player's: the foul is the other side's.
    - The half ends with END HALF, or with its last entry where that is missing.
    - Neither names a home side beyond `Home`, or, in JSON, the first team by id. No date, no names, no score.

Source: Metrica Sports sample-data, documentation of events; FIFA EPTS event definitions.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import Detail, GameDeclared, League, Player, ProviderEvent, Side, Team
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_json,
)
from scorewire.providers.statsbomb import PERIOD_ENDS, clock
from scorewire.providers.xml import number

PROVIDER = "metrica"
HEADER = "Team,Type,Subtype,Period,Start Frame,Start Time [s]"
BASES = {1: 0, 2: 45, 3: 90, 4: 105}
OUTCOMES = {"SAVED": "saved", "BLOCKED": "blocked", "WOODWORK": "post", "OFF TARGET": "off_target"}
SET_PIECES = {
    "CORNER KICK": "CORNER",
    "FREE KICK": "FREE_KICK",
    "THROW IN": "THROW_IN",
    "PENALTY": "PENALTY_AWARDED",
}
CARDS = {"YELLOW": "YELLOW_CARD", "RED": "RED_CARD"}
TOUCHES = {
    "PASS": "PASS",
    "CARRY": "CARRY",
    "RECOVERY": "BALL_RECOVERY",
    "CHALLENGE": "DUEL",
    "BALL LOST": "TOUCH",
    "BALL OUT": "TOUCH",
}


class Entry(Struct, frozen=True):
    """One entry of either shape."""

    id: str
    team: str
    type: str
    subtypes: frozenset[str]
    period: int
    time_s: float
    player: str
    x: float | None
    y: float | None


class Named(Struct, frozen=True):
    """`{"name": "Player 10", "id": "P3577"}`; sub-types have numbers for ids."""

    name: str = ""
    id: str | int = ""


class Moment(Struct, frozen=True):
    """Where and when."""

    time: float = 0
    x: float | None = None
    y: float | None = None


class JsonEntry(Struct, frozen=True):
    """One entry of `data`."""

    index: int
    team: Named
    type: Named
    period: int
    start: Moment = Moment()
    subtypes: list[Named] | Named | None = None
    from_: Named | None = msgspec.field(name="from", default=None)


class JsonFile(Struct, frozen=True):
    """The EPTS file."""

    data: list[msgspec.Raw]


_FILE = msgspec.json.Decoder(JsonFile)
_ENTRY = msgspec.json.Decoder(JsonEntry)


@dataclass(slots=True)
class Reading:
    """What is known while the entries are read in order."""

    transcript: Transcript
    home: str
    began_s: dict[int, float] = field(default_factory=dict)

    def claim(
        self,
        entry: Entry,
        type_: str,
        *,
        suffix: str = "",
        other_side: bool = False,
        detail: Detail | None = None,
        of_game: bool = False,
    ) -> None:
        """Write one claim down, for the entry's team, the other side, or the game."""
        side: Side = "home" if (entry.team == self.home) is not other_side else "away"
        of_player = not of_game and is_id(entry.player)
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=entry.id + suffix,
                revision=1,
                type=type_,
                team=None if of_game else side,
                period=entry.period,
                clock=self._clock(entry),
                player=Player(id=entry.player, name=entry.player) if of_player else None,
                detail=detail or {},
                x=None if of_game else _share(entry.x),
                y=None if of_game else _share(entry.y),
            )
        )

    def _clock(self, entry: Entry) -> str | None:
        if entry.period not in PERIOD_ENDS:
            return None
        played = min(max(entry.time_s - self.began_s.get(entry.period, entry.time_s), 0), 36_000)
        minute, second = divmod(int(played), 60)
        return clock(entry.period, BASES[entry.period] + minute, second)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    transcript = Transcript(provider=PROVIDER, game_id="")
    entries = list(_json(body, transcript) if body.lstrip()[:1] == b"{" else _csv(body, transcript))
    if not entries:
        raise FeedError("unreadable_payload", "this is not a Metrica event file: no entry can be read")
    teams = sorted({entry.team for entry in entries}, key=lambda one: (one.lower() != "home", one))
    stem = name.rsplit("/", 1)[-1].split(".", 1)[0].removesuffix("_events")
    game = stem if is_id(stem) else "match"
    transcript.game_id = f"{PROVIDER}-{game}"[:64]
    reading = Reading(transcript=transcript, home=teams[0])
    last: Entry | None = None
    for entry in entries:
        if entry.period not in reading.began_s:
            if last is not None:
                reading.claim(last, "PERIOD_END", suffix="-period", of_game=True)
            reading.began_s[entry.period] = entry.time_s
            reading.claim(entry, "PERIOD_START", suffix="-start", of_game=True)
        _read(reading, entry)
        last = entry
    assert last is not None
    for kind, suffix in (("PERIOD_END", "-period"), ("GAME_END", "-end"), ("GAME_FINAL", "-final")):
        reading.claim(last, kind, suffix=suffix, of_game=True)
    return transcript.decoded(game=game, declaration=_declaration(reading, game, teams))


def _csv(body: bytes, transcript: Transcript) -> Iterator[Entry]:
    text = body.decode("utf-8-sig", errors="replace").replace("\0", "")
    if not text.startswith(HEADER):
        raise FeedError("unreadable_payload", "this is not a Metrica event file: its first line is another")
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as error:
        raise FeedError("unreadable_payload", f"this is not a Metrica event file: {error}") from None
    for line, row in enumerate(rows, 2):
        period, time_s = row.get("Period") or "", number(row.get("Start Time [s]"))
        if period not in {"1", "2", "3", "4", "5"} or time_s is None or not row.get("Team"):
            transcript.skip("unreadable_entry")
            continue
        yield Entry(
            id=f"line-{line}",
            team=row["Team"],
            type=row.get("Type") or "",
            subtypes=frozenset((row.get("Subtype") or "").split("-")),
            period=int(period),
            time_s=time_s,
            player=row.get("From") or "",
            x=number(row.get("Start X")),
            y=number(row.get("Start Y")),
        )


def _json(body: bytes, transcript: Transcript) -> Iterator[Entry]:
    for raw in read_json(_FILE, body, "a Metrica event file").data:
        try:
            entry = _ENTRY.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_entry")
            continue
        if not 1 <= entry.period <= 5:
            transcript.skip("unreadable_entry")
            continue
        kinds = [entry.subtypes] if isinstance(entry.subtypes, Named) else entry.subtypes or []
        yield Entry(
            id=f"index-{entry.index}",
            team=str(entry.team.id) or entry.team.name,
            type=entry.type.name,
            subtypes=frozenset(one.name for one in kinds),
            period=entry.period,
            time_s=entry.start.time,
            player=entry.from_.name.replace(" ", "") if entry.from_ is not None else "",
            x=entry.start.x,
            y=entry.start.y,
        )


def _read(reading: Reading, entry: Entry) -> None:
    kind, marks = entry.type, entry.subtypes
    if "GOAL" in marks:
        if kind == "SHOT":
            reading.claim(entry, "GOAL")
        elif kind in {"BALL OUT", "BALL LOST"}:
            reading.claim(entry, "GOAL", other_side=True, detail={"own_goal": True})
        else:
            reading.transcript.skip("goal_without_shot")
    elif kind == "SHOT":
        outcome = next((word for mark, word in OUTCOMES.items() if mark in marks), "")
        reading.claim(entry, "SHOT", detail={"outcome": outcome} if outcome else {})
    elif kind == "SET PIECE":
        known = next((word for mark, word in SET_PIECES.items() if mark in marks), "")
        if known:
            reading.claim(entry, known)
        else:
            reading.transcript.skip("kick_off" if "KICK OFF" in marks else "unknown_set_piece")
    elif kind == "CARD":
        card = next((word for mark, word in CARDS.items() if mark in marks), "")
        if card:
            reading.claim(entry, card)
        else:
            reading.transcript.skip("unknown_card")
    elif kind == "FAULT RECEIVED":
        reading.claim(msgspec.structs.replace(entry, player=""), "FOUL", other_side=True)
    elif kind in TOUCHES:
        reading.claim(entry, "OFFSIDE" if "OFFSIDE" in marks else TOUCHES[kind])
    else:
        reading.transcript.skip("unknown_type")


def _share(value: float | None) -> float | None:
    return None if value is None else round(min(max(value, 0.0), 1.0), 4)


def _declaration(reading: Reading, game: str, teams: list[str]) -> GameDeclared:
    home, away = (*teams, "Away")[:2]
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{game}-scheduled",
        revision=1,
        sport="soccer",
        league=League(id=PROVIDER, name="Metrica Sports"),
        start=UNDATED,
        home=_team(home),
        away=_team(away),
        provider_ids={PROVIDER: game},
    )


def _team(name: str) -> Team:
    return Team(
        id=f"{PROVIDER}-{name.lower()}" if is_id(name) else PROVIDER, name=name, abbr=name[:4].upper()
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The CSV's header, or EPTS entries."""
    head = body[:2048].lstrip()
    return head.startswith(HEADER.encode()) or (
        head[:1] == b"{" and b'"data"' in head and b'"subtypes"' in head and b'"frame"' in head
    )


METRICA = Format(name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode)
