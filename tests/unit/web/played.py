"""Plays for tests of a game's pages: a frame, and claims as a feed would tell them."""

from typing import Any

from scorewire.model.provider_event import GameDeclared, League, Player, ProviderEvent, Team
from scorewire.web.plays import Plays


def declared(sport: str = "soccer", **rules: Any) -> GameDeclared:
    return GameDeclared(
        provider="acme",
        game_id="g1",
        event="declared",
        revision=1,
        sport=sport,
        league=League(id="l"),
        start="2026-11-21T12:30:00Z",
        home=Team(id="arg", name="Argentina", abbr="ARG"),
        away=Team(id="fra", name="France", abbr="FRA"),
        rules=rules,
    )


def claim(type_: str, team: str | None = "home", who: str = "", **given: Any) -> ProviderEvent:
    """A claim; what is no field of one is its detail."""
    fields = {"period", "clock", "x", "y", "provider", "event"}
    told = {name: value for name, value in given.items() if name in fields}
    held: dict[str, Any] = {"provider": "acme", "game_id": "g1", "event": "e", "revision": 1, "period": 1}
    return ProviderEvent(
        **(held | told),
        type=type_,
        team=team,  # type: ignore[arg-type]
        player=Player(id=who.lower(), name=who) if who else None,
        detail={name: value for name, value in given.items() if name not in fields},
    )


def plays(*claims: ProviderEvent, sport: str = "soccer", **rules: Any) -> Plays:
    seqs = {(one.provider, one.event): number for number, one in enumerate(claims, 2)}
    return Plays(seq=1 + len(claims), declared=declared(sport, **rules), claims=claims, seqs=seqs)


def eleven(*positions: str, letter: str = "H") -> dict[str, str]:
    """The detail of a LINEUP: as many starters as positions."""
    return {
        f"{letter.lower()}{number}": f"{number}|{letter}. Player{number}|{position}|starter"
        for number, position in enumerate(positions, 1)
    }


FOUR_THREE_THREE = (
    "Goalkeeper",
    "Right Back",
    "Right Center Back",
    "Left Center Back",
    "Left Back",
    "Center Defensive Midfield",
    "Right Center Midfield",
    "Left Center Midfield",
    "Right Wing",
    "Left Wing",
    "Center Forward",
)
