"""Matches of tennis and volleyball played by the real rules, point by point, for the pages."""

import random
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import UNSET

from e2e.matchday import NOW, event, side, state
from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import ScoreState
from scorewire.sports import SPORTS

Said = dict[str, Any]


def rallies(seed: int, count: int) -> Iterator[Said]:
    """Points, now and then an ace, by two sides of equal strength."""
    rng = random.Random(seed)
    for _ in range(count):
        said: Said = {"type": "POINT", "team": rng.choice(("home", "away"))}
        yield said | ({"detail": {"kind": "ace"}} if rng.random() < 0.1 else {})


def games(line: str) -> list[Said]:
    """Games to love: `hha` is two for home and one for away."""
    sides = {"h": "home", "a": "away"}
    return [{"type": "POINT", "team": sides[one]} for one in line for _ in range(4)]


def played(sport: str, said: Iterable[Said], **given: Any) -> ScoreState:
    """The match after what was said, with all its events, up to its end."""
    machine = SPORTS[sport]
    rules = given.pop("rules", {})
    held = machine.begin(rules)
    events: list[CompactEvent] = []
    for number, one in enumerate(said, 1):
        if machine.board(held).status in ("ended", "retired"):
            break
        claim = ProviderEvent(
            game_id="m", provider="acme", event=f"e{number}", revision=1, time_ms=NOW, sequence=None, **one
        )
        held = machine.evolve(held, claim, NOW)
        shown = {name: value for name, value in claim.detail.items() if name == "kind"}
        events.append(event(number, claim.type, claim.team, period=claim.period, detail=shown))
    board = machine.board(held)
    match: ScoreState = state(
        given.pop("game_id", f"{sport}-match"),
        **{
            "sport": sport,
            "seq": len(events),
            "status": board.status,
            "period": board.period or UNSET,
            "home": side("Iga Swiatek", "SWI", board.home),
            "away": side("Aryna Sabalenka", "SAB", board.away),
            "linescore": board.linescore or UNSET,
            "detail": board.detail or UNSET,
            "note": board.note or UNSET,
            "events": tuple(events),
        }
        | given,
    )
    return match


def matches() -> list[ScoreState]:
    """Matches of both sports at many moments, by several rules; some of them cut short."""
    made: list[ScoreState] = []
    ways: tuple[Said, ...] = ({}, {"no_ad": True}, {"best_of": 5, "match_tiebreak_points": 10})
    for seed, rules in enumerate(ways):
        for count in (1, 3, 40, 97, 130, 400):
            made.append(played("tennis", rallies(seed, count), rules=rules))
            made.append(played("volleyball", rallies(seed, count)))
    whole = played("tennis", [*games("hahahahahaha"), *rallies(1, 9)])
    retired = played(
        "tennis", [*games("hahahahahaha"), *rallies(1, 9), {"type": "GAME_RETIRED", "team": "home"}]
    )
    cut = played("tennis", rallies(2, 130))
    events = cut.events or ()
    return [*made, whole, retired, state_of(cut, events[60:]), state_of(cut, events[:60])]


def state_of(held: ScoreState, events: Iterable[CompactEvent]) -> ScoreState:
    """The same match, where only these events are known."""
    given = {name: getattr(held, name) for name in held.__struct_fields__}
    return ScoreState(**given | {"events": tuple(events)})
