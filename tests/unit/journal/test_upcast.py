"""Stored bodies carry their version, and bodies of every version stay readable."""

from pathlib import Path

import msgspec
import pytest

from scorewire.errors import BackendError
from scorewire.journal.upcast import VERSION, current, stamp
from scorewire.model.game_event import Cause, CompactEvent, GameEvent
from scorewire.model.provider_event import GameDeclared, League, Player, ProviderEvent, SideScore, Team, Venue
from scorewire.model.score_state import GameClock, ScoreState, SideState

SAMPLES = Path(__file__).parents[2] / "vectors" / "journal"

GOAL = ProviderEvent(
    provider="acme",
    game_id="wc2022-final",
    event="prov-124",
    revision=1671376990000,
    sequence=31,
    type="GOAL",
    team="home",
    period=1,
    clock="22:41",
    player=Player(id="p10", name="Lionel Messi"),
    detail={"penalty": True},
    x=0.885,
    y=0.5,
    score=SideScore(home=1, away=0),
    time_ms=1671376990000,
)
EXPECTED = {
    "game_event": GameEvent(
        game_id="wc2022-final",
        seq=31,
        ts=1671376990123,
        type="GOAL",
        level="key",
        change="assert",
        cause=Cause(provider="acme", event="prov-124", revision=1671376990000),
        place=(1, 1361000, 31),
        claim=GOAL,
        compact=CompactEvent(
            seq=31,
            type="GOAL",
            team="home",
            player="Lionel Messi",
            period=1,
            clock="22:41",
            detail={"penalty": True},
        ),
        log_offset=77,
    ),
    "game_declared": GameDeclared(
        provider="acme",
        game_id="wc2022-final",
        event="m-1",
        revision=1671375600000,
        sport="soccer",
        league=League(id="fifa-wc", name="World Cup"),
        season="2022",
        round="Final",
        start="2022-12-18T15:00:00Z",
        venue=Venue(name="Lusail Stadium", tz="Asia/Qatar"),
        home=Team(id="arg", name="Argentina", abbr="ARG"),
        away=Team(id="fra", name="France", abbr="FRA"),
        providers=("acme", "backup"),
        provider_ids={"acme": "123", "backup": "987"},
    ),
    "line": ScoreState(
        game_id="wc2022-final",
        epoch="k3v9x2aa",
        seq=31,
        sport="soccer",
        league=League(id="fifa-wc", name="World Cup"),
        season="2022",
        start="2022-12-18T15:00:00Z",
        status="live",
        period="1H",
        clock=GameClock(display="22:41", seconds=1361, running=True, at=1671376990000),
        home=SideState(id="arg", name="Argentina", abbr="ARG", score=1),
        away=SideState(id="fra", name="France", abbr="FRA", score=0),
        linescore={"1": {"home": 1, "away": 0}},
        updated_at=1671376990123,
    ),
}


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_the_sample_of_every_version_reads_as_expected(kind, version):
    stored = (SAMPLES / f"{kind}.v{version}.json").read_bytes()
    expected = EXPECTED[kind]
    assert msgspec.json.decode(current(kind, stored), type=type(expected)) == expected


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_newest_sample_is_what_this_release_writes(kind):
    """A difference is a new field or a new meaning; the second needs a version and a step."""
    stored = (SAMPLES / f"{kind}.v{VERSION}.json").read_bytes()
    assert stamp(msgspec.json.encode(EXPECTED[kind])) == stored


def test_steps_run_from_the_stored_version_to_this_one():
    steps = {
        ("line", 1): lambda tree: {**tree, "a": tree["a"] * 10},
        ("line", 3): lambda tree: {"b": tree["a"]},
        ("game_event", 1): lambda tree: {"another": "kind"},
    }
    old = stamp(b'{"a":4}', 1)
    assert current("line", old, version=4, steps=steps) == b'{"b":40}'
    assert current("line", stamp(b'{"a":4}', 2), version=4, steps=steps) == b'{"b":4}'
    assert current("line", stamp(b'{"b":4}', 4), version=4, steps=steps) == b'{"b":4}'


@pytest.mark.parametrize("stored", [b'{"v":99,"a":1}', b'{"a":1}', b'{"v":"1","a":1}', b"{", b"[1]"])
def test_what_this_release_cannot_read_is_refused_for_good(stored):
    with pytest.raises(BackendError) as raised:
        current("line", stored)
    assert not raised.value.retryable
