"""StatsBomb event files: a whole finished soccer match as one JSON array.

What it is: `events/ID.json`, published once after the match and re-issued whole. Nothing in it names the
match, its date or its competition: the match is named by the file, the home side is the first of the two
Starting XI, and a date comes only with a companion `match` (one entry of `matches/`), or not at all.

Quirks that this file decides:
    - `index` is the order; `timestamp` restarts with each period, `minute`:`second` runs on (45:00 begins
      the second half). Added time is written as soccer writes it: minute 47 of the first half is `45+2`.
    - Half Start and Half End come twice, one a team: one PERIOD_START and one PERIOD_END, the twin is
      skipped (`twin`).
    - A goal is a Shot with the outcome Goal. An own goal is the pair Own Goal Against, Own Goal For: only
      the latter counts, for the team that it names; the player is its partner's (`related_events`).
    - Kicks of period 5 are shots like any other; here they are SHOOTOUT_GOAL and SHOOTOUT_MISS.
    - Cards are attributes of Foul Committed and Bad Behaviour; a penalty is one of Foul Committed, an
      offside one of the pass before it. One entry may so make two claims: the second has an id of its own
      (`ID-card`, `ID-penalty`, `ID-offside`).
    - Locations are 120 x 80, each team attacking towards x = 120, y growing to its right.
    - Full names as in a passport; the companion `lineups` has the names that people use.
    - No score is stated, so there is none to check against. No VAR, no retraction.
    - The wall time of a play is nominal: kick-off, plus what was played, plus 15 minutes for a break.

`sequence` is the position among the claims that are made: dense, and `index` where nothing is skipped or
added. Passes, carries and the like are claims of level touch.

Source: StatsBomb Open Data Specification v1.1; StatsBomb Open Data Events v4.0.0.
"""

import re
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    Team,
    Venue,
)
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_companion,
    read_json,
    rfc3339,
    time_ms,
)
from scorewire.providers.statsbomb_file import Entry, Lineup, LineupPlayer, Match, Named

PROVIDER = "statsbomb"
LENGTH, WIDTH = 120.0, 80.0
PERIOD_ENDS = {1: 45, 2: 90, 3: 105, 4: 120}
"""The minute after which a period's clock shows added time."""
PERIOD_BEGINS = {1: 0, 2: 62, 3: 115, 4: 136, 5: 160}
"""Nominal minutes of wall time from kick-off to the start of a period, breaks included."""
SHOOTOUT = 5

TOUCHES = {
    "Pass": "PASS",
    "Carry": "CARRY",
    "Pressure": "PRESSURE",
    "Duel": "DUEL",
    "50/50": "DUEL",
    "Dribble": "DRIBBLE",
    "Clearance": "CLEARANCE",
    "Interception": "INTERCEPTION",
    "Block": "BLOCK",
    "Ball Receipt*": "BALL_RECEIPT",
    "Ball Recovery": "BALL_RECOVERY",
    "Goal Keeper": "GOALKEEPER",
    "Dispossessed": "TOUCH",
    "Dribbled Past": "TOUCH",
    "Error": "TOUCH",
    "Foul Won": "TOUCH",
    "Miscontrol": "TOUCH",
    "Own Goal Against": "TOUCH",
    "Player Off": "TOUCH",
    "Player On": "TOUCH",
    "Referee Ball-Drop": "TOUCH",
    "Shield": "TOUCH",
    "Tactical Shift": "TOUCH",
    "Camera On": "TOUCH",
    "Camera off": "TOUCH",
}
PLAIN = {"Offside": "OFFSIDE", "Injury Stoppage": "INJURY"}
PASSES = {"Corner": "CORNER", "Throw-in": "THROW_IN", "Free Kick": "FREE_KICK", "Goal Kick": "GOAL_KICK"}
CARDS = {"Yellow Card": "YELLOW_CARD", "Second Yellow": "SECOND_YELLOW_CARD", "Red Card": "RED_CARD"}
SHOTS = {
    "Saved": "saved",
    "Saved to Post": "saved",
    "Saved Off Target": "saved",
    "Off T": "off_target",
    "Wayward": "off_target",
    "Blocked": "blocked",
    "Post": "post",
}
SAVES = {"Shot Saved", "Save", "Penalty Saved", "Shot Saved Off Target", "Shot Saved to Post"}


_ENTRIES = msgspec.json.Decoder(list[Raw])
_ENTRY = msgspec.json.Decoder(Entry)
_LINEUPS = msgspec.json.Decoder(list[Lineup])
_MATCH = msgspec.json.Decoder(Match)
_MATCH_NUMBER = re.compile(r"(\d{1,12})(?:_events)?(?=\.|\Z)")


@dataclass(slots=True)
class Reading:
    """What is known while the entries are read in order."""

    transcript: Transcript
    home: int
    start_ms: int
    lineups: dict[int, list[LineupPlayer]]
    by_id: dict[str, Entry]
    names: dict[int, str] = field(default_factory=dict)
    edges: set[tuple[str, int]] = field(default_factory=set)

    def side(self, team: Named) -> Side:
        """Home is the team of the first Starting XI."""
        return "home" if team.id == self.home else "away"

    def player(self, who: Named | None) -> Player | None:
        """With the name that people use, where the line-ups told us."""
        if who is None:
            return None
        return Player(id=f"{PROVIDER}-{who.id}", name=self.name(who))

    def name(self, who: Named) -> str:
        """The name that people use, else the full one."""
        return self.names.get(who.id) or who.name

    def claim(
        self,
        entry: Entry,
        type_: str,
        *,
        suffix: str = "",
        team: Side | None = None,
        who: Named | None = None,
        detail: Detail | None = None,
    ) -> None:
        """Write one claim down; `team` and `who` are the entry's unless given."""
        x, y = _place(entry.location)
        self.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=self.transcript.game_id,
                event=entry.id + suffix,
                revision=1,
                type=type_,
                team=team or self.side(entry.team),
                period=entry.period,
                clock=clock(entry.period, entry.minute, entry.second),
                player=self.player(who or entry.player),
                detail=detail or {},
                x=x,
                y=y,
                time_ms=self.start_ms + _elapsed_ms(entry),
            )
        )


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:
    """See `Decode`. Companions: `lineups` (names, benches), `match` (date, competition, venue)."""
    transcript = Transcript(provider=PROVIDER, game_id="")
    entries = _entries(body, transcript)
    sheets = [entry for entry in entries if entry.type.name == "Starting XI"]
    if len({sheet.team.id for sheet in sheets}) != 2:
        raise FeedError("unreadable_payload", "this is not a StatsBomb match: it lacks its two Starting XI")
    match = read_companion(_MATCH, companions, "match")
    game = _game(name, match, entries[0])
    transcript.game_id = f"{PROVIDER}-{game}"
    reading = Reading(
        transcript=transcript,
        home=sheets[0].team.id,
        start_ms=time_ms(_start(match)) or 0,
        lineups={one.team_id: one.lineup for one in read_companion(_LINEUPS, companions, "lineups") or []},
        by_id={entry.id: entry for entry in entries},
    )
    for squad in reading.lineups.values():
        reading.names |= {one.player_id: one.player_nickname or one.player_name for one in squad}
    teams = {sheet.team.id for sheet in sheets}
    for entry in entries:
        if entry.team.id in teams:
            _read(reading, entry)
        else:
            transcript.skip("unknown_team")
    _finish(reading, game, entries[-1])
    return transcript.decoded(game=game, declaration=_declaration(reading, game, match, sheets))


def _entries(body: bytes, transcript: Transcript) -> list[Entry]:
    entries: list[Entry] = []
    for raw in read_json(_ENTRIES, body, "a StatsBomb event file"):
        try:
            entries.append(_ENTRY.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_entry")
    if not entries:
        raise FeedError("unreadable_payload", "this is not a StatsBomb event file: no entry can be read")
    return sorted(entries, key=lambda entry: entry.index)


def _read(reading: Reading, entry: Entry) -> None:
    kind = entry.type.name
    if kind == "Starting XI":
        reading.transcript.add(
            ProviderEvent(
                provider=PROVIDER,
                game_id=reading.transcript.game_id,
                event=entry.id,
                revision=1,
                type="LINEUP",
                team=reading.side(entry.team),
                detail=_lineup(reading, entry),
                time_ms=reading.start_ms,
            )
        )
    elif kind in {"Half Start", "Half End"}:
        _edge(reading, entry)
    elif kind == "Shot":
        _shot(reading, entry)
    elif kind == "Own Goal For":
        _own_goal(reading, entry)
    elif kind in {"Foul Committed", "Bad Behaviour"}:
        _offence(reading, entry)
    elif kind == "Substitution":
        into = entry.substitution.replacement
        detail: Detail = {"in": reading.name(into), "in_id": f"{PROVIDER}-{into.id}"}
        reading.claim(entry, "SUBSTITUTION", detail=detail)
    elif kind == "Pass":
        reading.claim(entry, PASSES.get(entry.pass_.type.name, "PASS"))
        if entry.pass_.outcome.name == "Pass Offside":
            reading.claim(entry, "OFFSIDE", suffix="-offside")
    elif kind == "Goal Keeper" and entry.goalkeeper.type.name in SAVES:
        reading.claim(entry, "SAVE")
    elif kind in PLAIN:
        reading.claim(entry, PLAIN[kind])
    elif kind in TOUCHES:
        reading.claim(entry, TOUCHES[kind])
    else:
        reading.transcript.skip("unknown_type")


def _edge(reading: Reading, entry: Entry) -> None:
    edge = (entry.type.name, entry.period)
    if edge in reading.edges:
        reading.transcript.skip("twin")
        return
    reading.edges.add(edge)
    kind = "PERIOD_START" if entry.type.name == "Half Start" else "PERIOD_END"
    _whole_game(reading, entry, kind, entry.id)


def _whole_game(reading: Reading, entry: Entry, kind: str, event: str) -> None:
    """A claim about the game rather than about a team, at the entry's time."""
    reading.transcript.add(
        ProviderEvent(
            provider=PROVIDER,
            game_id=reading.transcript.game_id,
            event=event,
            revision=1,
            type=kind,
            period=entry.period,
            clock=clock(entry.period, entry.minute, entry.second),
            time_ms=reading.start_ms + _elapsed_ms(entry),
        )
    )


def _shot(reading: Reading, entry: Entry) -> None:
    outcome = entry.shot.outcome.name
    penalty = entry.shot.type.name == "Penalty"
    if entry.period == SHOOTOUT:
        reading.claim(entry, "SHOOTOUT_GOAL" if outcome == "Goal" else "SHOOTOUT_MISS")
    elif outcome == "Goal":
        detail: Detail = {"penalty": True} if penalty else {}
        assist = reading.by_id.get(entry.shot.key_pass_id)
        if assist is not None and assist.player is not None:
            detail |= {"assist": reading.name(assist.player), "assist_id": f"{PROVIDER}-{assist.player.id}"}
        reading.claim(entry, "GOAL", detail=detail)
    elif penalty:
        reading.claim(entry, "PENALTY_MISSED", detail=_outcome(outcome))
    else:
        reading.claim(entry, "SHOT", detail=_outcome(outcome))


def _outcome(outcome: str) -> Detail:
    known = SHOTS.get(outcome)
    return {"outcome": known} if known else {}


def _own_goal(reading: Reading, entry: Entry) -> None:
    partners = (reading.by_id.get(one) for one in entry.related_events)
    unlucky = next((one.player for one in partners if one and one.type.name == "Own Goal Against"), None)
    reading.claim(entry, "GOAL", who=unlucky, detail={"own_goal": True})


def _offence(reading: Reading, entry: Entry) -> None:
    foul = entry.type.name == "Foul Committed"
    offence = entry.foul_committed if foul else entry.bad_behaviour
    card = CARDS.get(offence.card.name)
    if foul:
        reading.claim(entry, "FOUL")
    if offence.penalty:
        other: Side = "away" if reading.side(entry.team) == "home" else "home"
        _awarded(reading, entry, other)
    if card:
        reading.claim(entry, card, suffix="-card" if foul else "")
    elif not foul:
        reading.transcript.skip("no_card")


def _awarded(reading: Reading, entry: Entry, team: Side) -> None:
    # The foul's place is seen from the offender's end, so the penalty that it gives has none.
    bare = msgspec.structs.replace(entry, location=[], player=None)
    reading.claim(bare, "PENALTY_AWARDED", suffix="-penalty", team=team)


def _lineup(reading: Reading, entry: Entry) -> Detail:
    starters: Detail = {
        f"{PROVIDER}-{one.player.id}": _sheet(
            one.jersey_number, reading.name(one.player), one.position.name, "starter"
        )
        for one in entry.tactics.lineup
    }
    bench: Detail = {
        f"{PROVIDER}-{one.player_id}": _sheet(
            one.jersey_number, one.player_nickname or one.player_name, "", "bench"
        )
        for one in reading.lineups.get(entry.team.id, [])
    }
    return starters | {key: text for key, text in bench.items() if key not in starters}


def _sheet(number: int | None, name: str, position: str, role: str) -> str:
    return "|".join(part.replace("|", " ") for part in (str(number or ""), name, position, role))


def _finish(reading: Reading, game: str, last: Entry) -> None:
    """The file is of a finished match, and says so nowhere: end it, confirmed."""
    _whole_game(reading, last, "GAME_END", f"{game}-end")
    _whole_game(reading, last, "GAME_FINAL", f"{game}-final")


def _game(name: str, match: Match | None, first: Entry) -> str:
    if match is not None:
        return str(match.match_id)
    number = _MATCH_NUMBER.search(name.rsplit("/", 1)[-1])
    if number:
        return number[1]
    return first.id[:8] if is_id(first.id[:8]) else "match"


def _start(match: Match | None) -> str:
    if match is None:
        return UNDATED
    # Kick-off is stated as the clock on the ground showed it, without a zone; it is kept as if UTC.
    moment = time_ms(f"{match.match_date}T{(match.kick_off or '12:00:00')[:8]}")
    return UNDATED if moment is None else rfc3339(moment)


def _declaration(reading: Reading, game: str, match: Match | None, sheets: list[Entry]) -> GameDeclared:
    teams = {reading.side(sheet.team): _team(sheet.team) for sheet in sheets}
    competition = match.competition if match else None
    start = _start(match)
    return GameDeclared(
        provider=PROVIDER,
        game_id=reading.transcript.game_id,
        event=f"{game}-scheduled",
        revision=1,
        sport="soccer",
        league=League(id=f"{PROVIDER}-{competition.competition_id}", name=competition.competition_name)
        if competition
        else League(id=PROVIDER, name="StatsBomb"),
        season=match.season.season_name if match and match.season else "",
        round=match.competition_stage.name if match and match.competition_stage else "",
        start=start,
        venue=Venue(name=match.stadium.name) if match and match.stadium else None,
        home=teams["home"],
        away=teams["away"],
        provider_ids={PROVIDER: game},
        time_ms=time_ms(start) or 0,
    )


def _team(team: Named) -> Team:
    letters = "".join(letter for letter in team.name if letter.isalpha())
    return Team(id=f"{PROVIDER}-{team.id}", name=team.name, abbr=letters[:3].upper())


def clock(period: int, minute: int, second: int) -> str | None:
    """The match clock as soccer writes it; a shoot-out has none.

    clock(1, 47, 10) == "45+2:10"; clock(2, 45, 0) == "45:00".
    """
    end = PERIOD_ENDS.get(period)
    if end is None:
        return None
    if minute < end or (minute, second) == (end, 0):
        return f"{minute:02}:{second:02}"
    return f"{end}+{minute - end}:{second:02}"


def _place(location: list[float]) -> tuple[float | None, float | None]:
    if len(location) < 2:
        return None, None
    return round(location[0] / LENGTH, 4), round(location[1] / WIDTH, 4)


def _elapsed_ms(entry: Entry) -> int:
    since = time_ms(f"1970-01-01T{entry.timestamp}Z") if entry.timestamp else None
    return PERIOD_BEGINS.get(entry.period, 0) * 60_000 + (since or 0)


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """The first entry is a Starting XI with a possession."""
    head = body[:4096]
    return head.lstrip()[:1] == b"[" and b'"Starting XI"' in head and b'"possession_team"' in head


STATSBOMB = Format(
    name=PROVIDER,
    sport="soccer",
    sequence="dense",
    recognise=recognise,
    decode=decode,
    companions=("lineups", "match"),
)
