"""Who plays, as declared, and what became of them: line-ups with goals, cards and changes. Pure.

A line-up is a play like any other: the newest that stands counts. Where a feed declares none, the batting
order of baseball and cricket is read from who came to bat; of other sports nothing is made up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.web.plays import Plays
from scorewire.web.timeline import moment

Role = Literal["starter", "bench", ""]

CARDS: Final[Mapping[str, tuple[str, str]]] = {
    "YELLOW_CARD": ("yellow", "yellow card"),
    "SECOND_YELLOW_CARD": ("second-yellow", "second yellow card"),
    "RED_CARD": ("red", "red card"),
}
"""Type -> its icon, and its words."""

GOALS: Final[Mapping[str, frozenset[str]]] = {
    "soccer": frozenset({"GOAL"}),
    "ice_hockey": frozenset({"GOAL"}),
    "handball": frozenset({"GOAL"}),
    "rugby_union": frozenset({"TRY"}),
}
"""What is marked beside a name, where it is rare enough."""

CHANGES: Final = frozenset({"soccer", "rugby_union", "baseball"})
"""Sports whose changes are told beside the names: a player who is off does not come back."""

AT_BAT: Final = frozenset(
    {
        "SINGLE",
        "DOUBLE",
        "TRIPLE",
        "HOME_RUN",
        "WALK",
        "HIT_BY_PITCH",
        "STRIKEOUT",
        "OUT",
        "FIELDERS_CHOICE",
        "REACHED_ON_ERROR",
        "INTERFERENCE",
    }
)
"""What a batter of baseball is named for."""
ORDER: Final = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside a name: an icon, its words, and when, as lines tell it."""

    icon: str
    words: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A player of a line-up; `off` and `on`: when, and for whom, as (moment, name)."""

    id: str
    name: str
    number: str = ""
    position: str = ""
    role: Role = ""
    marks: tuple[Mark, ...] = ()
    off: tuple[str, str] | None = None
    on: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Players under a heading; `ordered`: their order says something."""

    name: str
    players: tuple[Listed, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """One side's."""

    side: Side
    name: str
    groups: tuple[Group, ...]

    @property
    def starters(self) -> tuple[Listed, ...]:
        """Those who begin."""
        return tuple(one for group in self.groups for one in group.players if one.role == "starter")


@dataclass(slots=True)
class _Sheet:
    """A side while its plays are read."""

    listed: dict[str, Listed] = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    off: dict[str, tuple[str, str]] = field(default_factory=dict)
    on: dict[str, tuple[str, str]] = field(default_factory=dict)
    batted: dict[str, str] = field(default_factory=dict)
    came_in: set[str] = field(default_factory=set)


def lineups(plays: Plays) -> list[Lineup]:
    """Both sides, home first; empty where nobody told who plays."""
    declared = plays.declared
    if declared is None:
        return []
    sheets: dict[Side, _Sheet] = {"home": _Sheet(), "away": _Sheet()}
    for claim in plays.claims:
        if claim.team is not None:
            _read(declared.sport, sheets, sheets[claim.team], claim)
    made: list[Lineup] = []
    for side, sheet in sheets.items():
        team = declared.home if side == "home" else declared.away
        groups = tuple(_groups(declared.sport, sheet))
        made.append(Lineup(side=side, name=team.name or team.id, groups=groups))
    return made if any(one.groups for one in made) else []


def _read(sport: str, sheets: Mapping[Side, _Sheet], sheet: _Sheet, claim: ProviderEvent) -> None:
    kind, who = claim.type, claim.player
    when = moment(sport, claim.period, claim.clock)
    if kind == "LINEUP":
        sheet.listed = {player: _listed(player, str(text)) for player, text in claim.detail.items()}
    elif kind == "SUBSTITUTION":
        _change(sheet, claim, when)
    elif who is None:
        return
    elif kind in CARDS and sport == "soccer":
        icon, words = CARDS[kind]
        sheet.marks.setdefault(who.id, []).append(Mark(icon, words, when))
    elif kind in GOALS.get(sport, ()):
        own = bool(claim.detail.get("own_goal"))
        # An own goal counts for the other side, and its player is of this one.
        held = sheets["away" if claim.team == "home" else "home"] if own else sheet
        words = "own goal" if own else "try" if kind == "TRY" else "goal"
        held.marks.setdefault(who.id, []).append(Mark("miss" if own else sport, words, when))
    elif kind in AT_BAT or kind == "BALL":
        sheet.batted.setdefault(who.id, who.name)


def _change(sheet: _Sheet, claim: ProviderEvent, when: str) -> None:
    came, name = claim.detail.get("in_id"), str(claim.detail.get("in", ""))
    if claim.player is not None:
        sheet.off[claim.player.id] = (when, name)
    if isinstance(came, str) and came:
        sheet.came_in.add(came)
        sheet.on[came] = (when, claim.player.name if claim.player is not None else "")


def _listed(player: str, text: str) -> Listed:
    number, name, position, role = (*text.split("|", 3), "", "", "", "")[:4]
    known: Role = "starter" if role == "starter" else "bench" if role == "bench" else ""
    return Listed(id=player, name=name or player, number=number, position=position, role=known)


def _groups(sport: str, sheet: _Sheet) -> Iterable[Group]:
    if not sheet.listed:
        yield from _batting(sport, sheet)
        return
    players = [_marked(sport, sheet, one) for one in sheet.listed.values()]
    for role, name in (("starter", _first(sport)), ("bench", "Bench"), ("", "Squad")):
        found = tuple(one for one in players if one.role == role)
        if found:
            yield Group(
                name=name if role or len(found) < len(players) else _all(sport),
                players=found,
                ordered=role == "starter" and sport == "baseball",
            )


def _first(sport: str) -> str:
    return {"baseball": "Batting order", "cricket": "Playing eleven"}.get(sport, "Starting line-up")


def _all(sport: str) -> str:
    return "Dressed for the game" if sport == "ice_hockey" else "Squad"


def _marked(sport: str, sheet: _Sheet, one: Listed) -> Listed:
    changes = sport in CHANGES
    return replace(
        one,
        marks=tuple(sheet.marks.get(one.id, ())),
        off=sheet.off.get(one.id) if changes else None,
        on=sheet.on.get(one.id) if changes else None,
    )


def _batting(sport: str, sheet: _Sheet) -> Iterable[Group]:
    """In the order in which they came to bat; who came in for another stands apart."""
    if sport not in ("baseball", "cricket") or not sheet.batted:
        return
    everyone = [Listed(id=player, name=name or player) for player, name in sheet.batted.items()]
    if sport == "cricket":
        yield Group(name="Batting order", players=tuple(everyone), ordered=True)
        return
    first = [one for one in everyone if one.id not in sheet.came_in][:ORDER]
    later = [one for one in everyone if one not in first]
    yield Group(name="Batting order", players=tuple(first), ordered=True)
    if later:
        yield Group(name="Came in to bat", players=tuple(later))
