"""What the two event feeds of Stats Perform (Opta) share: types and qualifiers by number, and their claims.

Unverified, built from documentation: no payload may be kept here.

Quirks that this file decides:
    - `id` is unique; the event id is so within a team only, and serves to find related events.
    - A deletion is the same id published again as type 43, or 84 after a video review. It takes the event
      back, whatever it was.
    - `last_modified` is the revision: events are edited up to days later, cards among them.
    - Files are in no order. A claim's number is made of period, minute, second and the low digits of its id.
    - Starts and ends of periods, and announced minutes, come once for each team: one claim, under an id of
      its own (`period-1-start`).
    - Own goals (qualifier 28) are told of the scorer's team, and claimed for the other.
    - A substitution is two events, off and on; it is claimed under the id of the first, with the other's
      player. One without its partner waits for the next file (`substitution_unpaired`).
    - Shots of the shoot-out are events of period 5.
    - Periods: 1 to 5 as ours, 10 half time, 14 after the game, 15 and 16 before it.
    - Places are percent, and always attack to the right.

Source: Stats Perform, event types and qualifiers of F24 and MA3; public parsers of the same (kloppy,
socceraction), read for their knowledge of quirks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scorewire.model.ids import is_id
from scorewire.model.provider_event import Detail, Player, ProviderEvent, Side, SideScore
from scorewire.providers.format import Transcript
from scorewire.providers.statsbomb import clock

DELETED: Final = frozenset({43, 84})
"""Deleted, and deleted after a video review."""
GOAL, CARD, OFF, ON, START, END, LINEUP, ADDED = 16, 17, 18, 19, 32, 30, 34, 70
SHOTS: Final[dict[int, str]] = {13: "off_target", 14: "post", 15: "saved"}
PLAIN: Final[dict[int, str]] = {2: "OFFSIDE", 10: "SAVE"}
WON_OR_LOST: Final[dict[int, tuple[str, int]]] = {4: ("FOUL", 0), 6: ("CORNER", 1)}
"""Told of both teams; the one with this outcome is the one whose foul or corner it is."""
TOUCHES: Final[dict[int, str]] = {
    1: "PASS",
    3: "DRIBBLE",
    7: "DUEL",
    8: "INTERCEPTION",
    12: "CLEARANCE",
    44: "DUEL",
    45: "DUEL",
    49: "BALL_RECOVERY",
    50: "TOUCH",
    51: "TOUCH",
    61: "TOUCH",
}
CARDS: Final[dict[int, str]] = {31: "YELLOW_CARD", 32: "SECOND_YELLOW_CARD", 33: "RED_CARD"}
PENALTY_Q, OWN_GOAL_Q, RELATED_Q, BLOCKED_Q, MINUTES_Q = 9, 28, 55, 82, 277
PLAYERS_Q, NUMBERS_Q, POSITIONS_Q = 30, 59, 44
SUBSTITUTE: Final = "5"
SHOOTOUT: Final = 5
AFTER_GAME: Final = 14

_ORDER: Final[Mapping[int, int]] = {
    16: 0, 15: 1, 1: 2, 10: 3, 2: 4, 11: 5, 3: 6, 12: 7, 4: 8, 13: 9, 5: 10, 14: 20,
}  # fmt: skip
_SECONDS_MAX: Final = 2**19 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OptaEvent:
    """One event of either feed.

    Attributes:
        number: unique within its team only.
        minute: runs on: the second half begins at 45.
        qualifiers: by number; empty text where one has no value.
    """

    id: str
    number: str = ""
    type: int
    period: int = 0
    minute: int = 0
    second: int = 0
    team: str = ""
    player: str = ""
    player_name: str = ""
    outcome: int | None = None
    x: float | None = None
    y: float | None = None
    modified_ms: int = 1
    time_ms: int = 0
    qualifiers: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Match:
    """What is known while the events of a file are read."""

    prefix: str
    home: str
    away: str
    transcript: Transcript
    events: Sequence[OptaEvent]
    final: SideScore | None = None
    by_number: dict[tuple[str, str], OptaEvent] = field(default_factory=dict)

    def side(self, team: str) -> Side | None:
        """Whose id this is."""
        return "home" if team and team == self.home else "away" if team and team == self.away else None

    def who(self, event: OptaEvent | None) -> Player | None:
        """Nobody where the id is none."""
        if event is None or not event.player or not is_id(named := f"{self.prefix}-{event.player}"):
            return None
        return Player(id=named, name=event.player_name[:200])


def claim_all(match: Match) -> None:
    """Claims of all events of a file, in the order of play."""
    ordered = sorted(match.events, key=place)
    for event in ordered:
        if event.type not in DELETED:
            match.by_number[event.team, event.number] = event
    edges: set[str] = set()
    for event in ordered:
        _claim(match, event, edges)


def place(event: OptaEvent) -> int:
    """Play order as one number below 2**53."""
    seconds = min(max(event.minute * 60 + event.second, 0), _SECONDS_MAX)
    low = int(event.id[-7:]) if event.id[-7:].isdecimal() and event.id.isascii() else 0
    return (_ORDER.get(event.period, 30) << 43) + (seconds << 24) + low


def _claim(match: Match, event: OptaEvent, edges: set[str]) -> None:
    transcript = match.transcript
    if event.type in DELETED:
        _add(match, event, ProviderEvent(**_base(event), action="retract"), numbered=False)
        return
    if event.type in {START, END, ADDED}:
        _edge(match, event, edges)
        return
    if event.type in TOUCHES:
        _add(match, event, ProviderEvent(**_played(match, event), type=TOUCHES[event.type]))
        return
    type_, detail, team = _read(match, event)
    if type_ is None:
        transcript.skip(str(detail["reason"]))
        return
    played = _played(match, event)
    played["team"] = team or played["team"]
    _add(match, event, ProviderEvent(**played, type=type_, detail=detail))


def _read(match: Match, event: OptaEvent) -> tuple[str | None, Detail, Side | None]:
    """Type, detail, and the team where it is not the event's own; without a type, the reason."""
    held = event.qualifiers
    match event.type:
        case 16 if event.period == SHOOTOUT:
            return "SHOOTOUT_GOAL", {}, None
        case 16:
            own = OWN_GOAL_Q in held
            side = match.side(event.team)
            detail: Detail = {"own_goal": True} if own else _assist(match, event)
            if PENALTY_Q in held:
                detail = {**detail, "penalty": True}
            other: Side | None = None if side is None else "away" if side == "home" else "home"
            return "GOAL", detail, other if own else None
        case 13 | 14 | 15 if event.period == SHOOTOUT:
            return "SHOOTOUT_MISS", {}, None
        case 13 | 14 | 15 if PENALTY_Q in held:
            return "PENALTY_MISSED", {}, None
        case 13 | 14 | 15:
            return "SHOT", {"outcome": "blocked" if BLOCKED_Q in held else SHOTS[event.type]}, None
        case 17:
            card = next((name for number, name in CARDS.items() if number in held), None)
            return card, {} if card else {"reason": "card_unknown"}, None
        case 18:
            return _substitution(match, event)
        case 19:
            return None, {"reason": "substitute_on"}, None
        case 34:
            return "LINEUP", _lineup(match, event), None
        case 2 | 10:
            return PLAIN[event.type], {}, None
        case 4 | 6:
            type_, outcome = WON_OR_LOST[event.type]
            return (type_, {}, None) if event.outcome == outcome else (None, {"reason": "other_side"}, None)
    return None, {"reason": "other_type"}, None


def _edge(match: Match, event: OptaEvent, edges: set[str]) -> None:
    """What comes once for each team and is one thing."""
    period = event.period
    detail: Detail = {}
    if event.type == END and period == AFTER_GAME:
        name, type_ = "game-end", "GAME_END"
    elif not 1 <= period <= SHOOTOUT:
        match.transcript.skip("edge_outside_play")
        return
    elif event.type == ADDED:
        minutes = event.qualifiers.get(MINUTES_Q, "")
        if not minutes.isdecimal() or len(minutes) > 2:
            match.transcript.skip("minutes_missing")
            return
        name, type_, detail = f"period-{period}-added", "ADDED_TIME", {"minutes": int(minutes)}
    else:
        word = "start" if event.type == START else "end"
        name, type_ = f"period-{period}-{word}", f"PERIOD_{word.upper()}"
    if name in edges:
        match.transcript.skip("told_by_both_teams")
        return
    edges.add(name)
    score = match.final if type_ == "GAME_END" else None
    base = {**_base(event), "event": name}
    number = period if type_ != "GAME_END" else None
    shown = clock(period, event.minute, event.second) if type_ == "ADDED_TIME" else None
    _add(
        match,
        event,
        ProviderEvent(**base, type=type_, period=number, clock=shown, detail=detail, score=score),
    )


def _base(event: OptaEvent) -> dict[str, Any]:
    return {
        "provider": "",
        "game_id": "",
        "event": event.id,
        "revision": event.modified_ms,
        "time_ms": event.time_ms,
    }


def _played(match: Match, event: OptaEvent) -> dict[str, Any]:
    in_play = 1 <= event.period <= SHOOTOUT
    return {
        **_base(event),
        "team": match.side(event.team),
        "period": event.period if in_play else None,
        "clock": clock(event.period, event.minute, event.second) if in_play else None,
        "player": match.who(event),
        "x": _fraction(event.x),
        "y": _fraction(event.y),
    }


def _add(match: Match, event: OptaEvent, claim: ProviderEvent, *, numbered: bool = True) -> None:
    match.transcript.add_numbered(claim, place(event) if numbered else None)


def _related(match: Match, event: OptaEvent) -> OptaEvent | None:
    return match.by_number.get((event.team, event.qualifiers.get(RELATED_Q, "-")))


def _assist(match: Match, event: OptaEvent) -> Detail:
    player = match.who(_related(match, event))
    return {} if player is None else {"assist": player.name, "assist_id": player.id}


def _substitution(match: Match, event: OptaEvent) -> tuple[str | None, Detail, Side | None]:
    on = _related(match, event)
    if on is None or on.type != ON:
        on = next(
            (
                one
                for one in match.events
                if (one.type, one.team) == (ON, event.team) and one.qualifiers.get(RELATED_Q) == event.number
            ),
            None,
        )
    player = match.who(on)
    if player is None:
        return None, {"reason": "substitution_unpaired"}, None
    return "SUBSTITUTION", {"in": player.name, "in_id": player.id}, None


def _lineup(match: Match, event: OptaEvent) -> Detail:
    def words(qualifier: int) -> list[str]:
        return [word.strip() for word in event.qualifiers.get(qualifier, "").split(",")]

    names = {one.player: one.player_name for one in match.events if one.player}
    lines: Detail = {}
    numbers, positions = words(NUMBERS_Q), words(POSITIONS_Q)
    for at, player in enumerate(words(PLAYERS_Q)[:60]):
        if not player or not is_id(f"{match.prefix}-{player}"):
            continue
        number = numbers[at] if at < len(numbers) else ""
        position = positions[at] if at < len(positions) else ""
        role = "bench" if position in {SUBSTITUTE, ""} else "starter"
        name = names.get(player, "").replace("|", " ")
        lines[f"{match.prefix}-{player}"] = f"{number}|{name}|{position}|{role}"
    return lines


def _fraction(value: float | None) -> float | None:
    return None if value is None else round(min(1.0, max(0.0, value / 100)), 4)


def qualifiers(pairs: Iterable[tuple[object, object]]) -> dict[int, str]:
    """By number; what has no number is left out."""
    return {
        int(str(number)): "" if value is None else str(value)
        for number, value in pairs
        if str(number).isascii() and str(number).isdecimal() and len(str(number)) < 9
    }
