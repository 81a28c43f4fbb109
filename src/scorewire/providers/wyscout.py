"""Wyscout event files, version 2: a whole finished soccer match, its teams and players beside the events.

Quirks that this file decides:
    - Events and sub-events are numbers; what matters of them is often a tag.
    - Tag 101 (goal) is on the shot and on the keeper's event: only a shot, a free kick or a penalty scores.
    - Tag 102 (own goal) is the scorer's; the goal counts for the other side.
    - Each team's events are a list of their own, so a match is ordered by period and `eventSec`, then id.
    - `eventSec` restarts with each period; there is no wall time, and no score.
    - Nothing says who is at home: the first of `teams` is taken for it.
    - Positions are per cent, from the team's own goal, and may be strings; the second is where the ball went.
    - Cards are tags 1701 (red), 1702 (yellow), 1703 (second yellow) of a foul.
    - Half time is only seen by the next period's first event; substitutions are not in the file.

Source: Wyscout API v2 event and tag tables; Pappalardo et al. 2019, "A public data set of spatio-temporal
match events".
"""

from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from scorewire.errors import FeedError
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
from scorewire.providers.statsbomb import clock

PROVIDER = "wyscout"
PERIODS = {"1H": 1, "2H": 2, "E1": 3, "E2": 4, "P": 5}
BASES = {1: 0, 2: 45, 3: 90, 4: 105, 5: 120}
SHOOTOUT = 5
GOAL, OWN_GOAL, ASSIST = 101, 102, 301
CARDS = {1701: "RED_CARD", 1702: "YELLOW_CARD", 1703: "SECOND_YELLOW_CARD"}
BLOCKED, POST, ACCURATE = 2101, frozenset(range(1217, 1224)), 1801
DUEL, FOUL, SET_PIECE, OFFSIDE, PASS, SHOT, SAVE = 1, 2, 3, 6, 8, 10, 9
CORNER, FREE_KICK, CROSSED, FREE_KICK_SHOT, GOAL_KICK, PENALTY, THROW_IN = 30, 31, 32, 33, 34, 35, 36
PLAIN = {
    CORNER: "CORNER",
    FREE_KICK: "FREE_KICK",
    CROSSED: "FREE_KICK",
    GOAL_KICK: "GOAL_KICK",
    THROW_IN: "THROW_IN",
}
TOUCHES = {DUEL: "DUEL", 4: "GOALKEEPER", 5: "TOUCH", 7: "TOUCH", PASS: "PASS"}


class Tag(Struct, frozen=True):
    """`{"id": 101}`."""

    id: int


class Place(Struct, frozen=True):
    """Per cent of the pitch."""

    x: float | str = 0
    y: float | str = 0


class Entry(Struct, frozen=True):
    """One entry of `events`; `eventName` and `subEventName` are numbers, or an empty text."""

    id: int
    teamId: int  # noqa: N815
    matchId: int  # noqa: N815
    matchPeriod: str  # noqa: N815
    eventSec: float  # noqa: N815
    eventName: int | str = 0  # noqa: N815
    subEventName: int | str = 0  # noqa: N815
    playerId: int = 0  # noqa: N815
    positions: list[Place] = []
    tags: list[Tag] = []

    @property
    def marks(self) -> frozenset[int]:
        """Its tags."""
        return frozenset(tag.id for tag in self.tags)

    @property
    def period(self) -> int:
        """0 for one that we do not know."""
        return PERIODS.get(self.matchPeriod, 0)


class TeamOf(Struct, frozen=True):
    """`teams.ID.team`."""

    name: str = ""
    city: str = ""


class TeamEntry(Struct, frozen=True):
    """`teams.ID`."""

    team: TeamOf = TeamOf()


class PlayerOf(Struct, frozen=True):
    """`players.ID[].player`."""

    wyId: int = 0  # noqa: N815
    shortName: str = ""  # noqa: N815


class PlayerEntry(Struct, frozen=True):
    """`players.ID[]`."""

    player: PlayerOf = PlayerOf()


class File(Struct, frozen=True):
    """The whole file; entries are read one by one."""

    events: list[msgspec.Raw]
    teams: dict[str, TeamEntry] = {}
    players: dict[str, list[PlayerEntry]] = {}


_FILE = msgspec.json.Decoder(File)
_ENTRY = msgspec.json.Decoder(Entry)


@dataclass(slots=True)
class Reading:
    """What is known while the entries are read in order."""

    transcript: Transcript
    teams: tuple[int, int]
    names: dict[int, str]
    helper: Entry | None = None
    edges: set[int] = field(default_factory=set)

    def side(self, entry: Entry) -> Side:
        """Home is the first of the file's teams."""
        return "home" if entry.teamId == self.teams[0] else "away"

    def name(self, player: int) -> str:
        """As people use it."""
        return self.names.get(player, "")

    def claim(
        self,
        entry: Entry,
        type_: str,
        *,
        suffix: str = "",
        team: Side | None = None,
        detail: Detail | None = None,
        of_game: bool = False,
    ) -> None:
        """Write one claim down; `team` is the entry's unless given, none for a claim `of_game`."""
        minute, second = divmod(int(min(max(entry.eventSec, 0), 36_000)), 60)
        x, y = (None, None) if of_game or not entry.positions else _place(entry.positions[0])
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=f"{entry.id}{suffix}",
                revision=1,
                type=type_,
                team=None if of_game else team or self.side(entry),
                period=entry.period,
                clock=clock(entry.period, BASES[entry.period] + minute, second),
                player=None
                if of_game or not entry.playerId
                else Player(id=f"{PROVIDER}-{entry.playerId}", name=self.name(entry.playerId)),
                detail=detail or {},
                x=x,
                y=y,
            )
        )


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    file = read_json(_FILE, body, "a Wyscout event file")
    transcript = Transcript(provider=PROVIDER, game_id="")
    entries = _entries(file, transcript)
    ids = [int(one) for one in file.teams if one.isdecimal() and len(one) < 12]
    ids += [one for one in dict.fromkeys(entry.teamId for entry in entries) if one not in ids]
    if len(ids) != 2:
        raise FeedError("unreadable_payload", f"this is not a Wyscout match: it names {len(ids)} teams")
    match = str(entries[0].matchId)
    transcript.game_id = f"{PROVIDER}-{match}"
    names = {one.player.wyId: one.player.shortName for squad in file.players.values() for one in squad}
    reading = Reading(transcript=transcript, teams=(ids[0], ids[1]), names=names)
    last = entries[0]
    for entry in entries:
        _edge(reading, last, entry)
        _read(reading, entry)
        last = entry
    for kind, suffix in (("PERIOD_END", "-period"), ("GAME_END", "-end"), ("GAME_FINAL", "-final")):
        reading.claim(last, kind, suffix=suffix, of_game=True)
    return transcript.decoded(game=match, declaration=_declaration(reading, match, file))


def _entries(file: File, transcript: Transcript) -> list[Entry]:
    entries: list[Entry] = []
    for raw in file.events:
        try:
            entry = _ENTRY.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_entry")
            continue
        if entry.period:
            entries.append(entry)
        else:
            transcript.skip("unknown_period")
    if not entries:
        raise FeedError("unreadable_payload", "this is not a Wyscout event file: no entry can be read")
    return sorted(entries, key=lambda one: (one.period, one.eventSec, one.id))


def _edge(reading: Reading, last: Entry, entry: Entry) -> None:
    if entry.period in reading.edges:
        return
    if reading.edges:
        reading.claim(last, "PERIOD_END", suffix="-period", of_game=True)
    reading.edges.add(entry.period)
    reading.claim(msgspec.structs.replace(entry, eventSec=0.0), "PERIOD_START", suffix="-start", of_game=True)


def _read(reading: Reading, entry: Entry) -> None:
    marks = entry.marks
    kind, sub = entry.eventName, entry.subEventName
    if OWN_GOAL in marks:
        other: Side = "away" if reading.side(entry) == "home" else "home"
        reading.claim(entry, "GOAL", team=other, detail={"own_goal": True})
    elif kind == SHOT or (kind == SET_PIECE and sub in {FREE_KICK_SHOT, PENALTY}):
        _shot(reading, entry)
    elif kind == FOUL:
        reading.claim(entry, "FOUL")
        for card in sorted(marks & CARDS.keys()):
            reading.claim(entry, CARDS[card], suffix="-card")
    elif kind == OFFSIDE:
        reading.claim(entry, "OFFSIDE")
    elif kind == SAVE:
        reading.claim(entry, "GOALKEEPER" if GOAL in marks else "SAVE")
    elif kind == SET_PIECE and isinstance(sub, int) and sub in PLAIN:
        reading.claim(entry, PLAIN[sub])
    elif isinstance(kind, int) and kind in TOUCHES:
        reading.claim(entry, TOUCHES[kind])
    else:
        reading.transcript.skip("unknown_type")
    if ASSIST in marks:
        reading.helper = entry


def _shot(reading: Reading, entry: Entry) -> None:
    marks = entry.marks
    penalty = entry.subEventName == PENALTY
    if entry.period == SHOOTOUT:
        reading.claim(entry, "SHOOTOUT_GOAL" if GOAL in marks else "SHOOTOUT_MISS")
        return
    if penalty:
        reading.claim(entry, "PENALTY_AWARDED", suffix="-penalty")
    if GOAL in marks:
        detail: Detail = {"penalty": True} if penalty else {}
        helper = reading.helper
        if helper is not None and helper.teamId == entry.teamId and helper.playerId:
            detail |= {
                "assist": reading.name(helper.playerId),
                "assist_id": f"{PROVIDER}-{helper.playerId}",
            }
        reading.helper = None
        reading.claim(entry, "GOAL", detail=detail)
        return
    # A penalty that the keeper stopped is tagged like one beside the goal: how it was missed is left open.
    outcome = "" if penalty else "off_target"
    if BLOCKED in marks:
        outcome = "blocked"
    elif marks & POST:
        outcome = "post"
    elif ACCURATE in marks:
        outcome = "saved"
    reading.claim(
        entry, "PENALTY_MISSED" if penalty else "SHOT", detail={"outcome": outcome} if outcome else {}
    )


def _place(place: Place) -> tuple[float | None, float | None]:
    try:
        x, y = float(place.x), float(place.y)
    except ValueError:
        return None, None
    if not (0 <= x <= 100 and 0 <= y <= 100):
        return None, None
    return round(x / 100, 4), round(y / 100, 4)


def _declaration(reading: Reading, match: str, file: File) -> GameDeclared:
    home, away = (_team(one, file.teams.get(str(one), TeamEntry()).team) for one in reading.teams)
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{match}-scheduled",
        revision=1,
        sport="soccer",
        league=League(id=PROVIDER, name="Wyscout"),
        start=UNDATED,
        home=home,
        away=away,
        provider_ids={PROVIDER: match},
    )


def _team(number: int, team: TeamOf) -> Team:
    letters = "".join(letter for letter in team.name if letter.isalpha())
    return Team(id=f"{PROVIDER}-{number}", name=team.name, abbr=letters[:3].upper(), city=team.city)


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """`matchPeriod` and `eventSec` among the first entries."""
    head = body[:4096]
    return head.lstrip()[:1] == b"{" and b'"matchPeriod"' in head and b'"eventSec"' in head


WYSCOUT = Format(name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode)
