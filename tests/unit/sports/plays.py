"""Short ways to claim plays, to fold them, and to draw any that a decoder would let through."""

from itertools import count
from typing import Any

from hypothesis import strategies as st

from scorewire.model.provider_event import Player, ProviderEvent, SideScore
from scorewire.sports.machine import AnyMachine, Board

_numbers = count(1)


def claim(kind: str, team: str | None = None, **fields: Any) -> ProviderEvent:
    """A claim of `kind`; `player="p1"` names a player by id, other fields are the claim's own."""
    player = fields.pop("player", None)
    if isinstance(player, str):
        fields["player"] = Player(id=player)
    base = {"provider": "acme", "game_id": "g1", "event": f"e{next(_numbers)}", "revision": 1}
    return ProviderEvent(**{**base, "type": kind, "team": team, **fields})


def fold(
    machine: AnyMachine, *claims: ProviderEvent, rules: dict[str, Any] | None = None, at: int = 1_000
) -> Any:
    """The state after `claims`, all had at the same time."""
    state = machine.begin(rules or {})
    for one in claims:
        state = machine.evolve(state, one, at)
    return state


def board(machine: AnyMachine, *claims: ProviderEvent, **options: Any) -> Board:
    return machine.board(fold(machine, *claims, **options))


def rule(machine: AnyMachine, state: Any, one: ProviderEvent) -> str | None:
    """The rule by which `one` is refused in `state`."""
    refusal = machine.decide(state, one)
    return refusal.rule if refusal is not None else None


def misshapen(machine: AnyMachine, one: ProviderEvent, rules: dict[str, Any] | None = None) -> str | None:
    """The rule by which `one` is refused at the door."""
    refusal = machine.check(rules or {}, one)
    return refusal.rule if refusal is not None else None


def any_claim(machine: AnyMachine) -> st.SearchStrategy[ProviderEvent]:
    """What a decoder lets through, sense or nonsense; `check` may refuse it."""
    clocks = st.sampled_from(
        [None, "0:00", "45", "22:41", "45+2:10", "90+4", "0:45.3", "11:38", "120:00", "999"]
    )
    scalars = st.one_of(
        st.integers(-3, 30), st.booleans(), st.sampled_from(["goal", "home", "offensive", "x"])
    )
    keys = st.sampled_from(
        [
            "home",
            "away",
            "own_goal",
            "penalty",
            "subject",
            "decision",
            "minutes",
            "kind",
            "left",
            "possession",
            "event",
        ]
    )
    return st.builds(
        ProviderEvent,
        provider=st.just("acme"),
        game_id=st.just("g1"),
        event=st.integers(1, 10**6).map(str),
        revision=st.just(1),
        action=st.sampled_from(["assert"] * 9 + ["retract"]),
        type=st.sampled_from([*machine.events, "NO_SUCH_TYPE"]),
        team=st.sampled_from([None, "home", "away"]),
        period=st.one_of(st.none(), st.integers(1, 7), st.just(99)),
        clock=clocks,
        player=st.one_of(st.none(), st.sampled_from("abc").map(lambda name: Player(id=name))),
        detail=st.dictionaries(keys, scalars, max_size=3),
        score=st.one_of(st.none(), st.builds(SideScore, home=st.integers(0, 5), away=st.integers(0, 5))),
        confirmation=st.sampled_from(["confirmed"] * 6 + ["tentative", "cancelled"]),
    )


def check_any_part_is_accepted(machine: AnyMachine, game: list[ProviderEvent], heard: list[bool]) -> None:
    """Every claim of a sound game is accepted whatever was heard of the claims before it.

    Feeds arrive shuffled and each claim is decided at its place, so this is what lets any order of arrival
    end in the same state.
    """
    state = machine.begin({})
    for one, kept in zip(game, heard, strict=True):
        assert misshapen(machine, one) is None
        assert rule(machine, state, one) is None, (
            f"{one.type} of period {one.period} needs what was not heard"
        )
        if kept:
            state = machine.evolve(state, one, 1)


def flaws(value: object, path: str = "detail") -> list[str]:
    """Where a tree holds what patches cannot carry: nulls, arrays, keys that are not words."""
    if isinstance(value, dict):
        return [
            flaw
            for key, inner in value.items()
            for flaw in ([] if isinstance(key, str) else [f"{path}: key {key!r}"])
            + flaws(inner, f"{path}.{key}")
        ]
    return [] if isinstance(value, (str, int, float, bool)) else [f"{path}: {value!r}"]
