"""Claims: what a decoder refuses, and who decides after a second declaration."""

import msgspec
import pytest

from scorewire.model.provider_event import (
    Claim,
    GameDeclared,
    League,
    ProviderEvent,
    SideScore,
    Team,
    keep_preference,
)

CLAIM = msgspec.json.Decoder(Claim)


def declared(provider: str = "acme", providers: tuple[str, ...] = ()) -> GameDeclared:
    return GameDeclared(
        provider=provider,
        game_id="g1",
        event="m",
        revision=1,
        sport="soccer",
        league=League(id="cup"),
        start="2026-11-21T15:00:00Z",
        home=Team(id="red"),
        away=Team(id="blu"),
        providers=providers,
    )


@pytest.mark.parametrize(
    "claim",
    [
        declared(providers=("acme", "backup")),
        ProviderEvent(
            provider="p", game_id="g", event="e", revision=0, type="GOAL", score=SideScore(home=1, away=0)
        ),
    ],
)
def test_a_claim_reads_as_it_was_written(claim: Claim) -> None:
    assert CLAIM.decode(msgspec.json.encode(claim)) == claim


@pytest.mark.parametrize(
    "fields",
    [
        {"score": {"home": -1, "away": 0}},
        {"x": 1.5},
        {"revision": -1},
        {"team": "both"},
        {"period": 0},
        {"action": "delete"},
        {"clock": "x" * 17},
        {"detail": {"list": [1]}},
        {"event": ""},
    ],
)
def test_what_is_out_of_range_is_refused(fields: dict[str, object]) -> None:
    sound = {"kind": "event", "provider": "p", "game_id": "g", "event": "e", "revision": 1, "type": "GOAL"}
    assert CLAIM.decode(msgspec.json.encode(sound))
    with pytest.raises(msgspec.ValidationError):
        CLAIM.decode(msgspec.json.encode({**sound, **fields}))


@pytest.mark.parametrize(
    ("by", "names", "held", "holds"),
    [
        ("acme", (), None, ("acme",)),
        ("acme", ("acme", "backup"), None, ("acme", "backup")),
        ("acme", ("acme", "backup"), ("acme",), ("acme", "backup")),
        ("acme", (), ("acme", "backup"), ("acme", "backup")),
        ("acme", ("backup", "acme"), ("acme", "backup"), ("acme", "backup")),
        ("backup", (), ("acme", "backup"), ("acme", "backup")),
        ("backup", ("acme", "backup", "third"), ("acme", "backup"), ("acme", "backup")),
        ("desk", ("acme", "third"), ("acme", "backup"), ("acme", "third")),
    ],
)
def test_who_decides_does_not_change_in_passing(
    by: str, names: tuple[str, ...], held: tuple[str, ...] | None, holds: tuple[str, ...]
) -> None:
    before = declared(providers=held) if held is not None else None
    assert keep_preference(declared(by, names), before).providers == holds
