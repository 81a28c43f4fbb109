"""What an update makes old, and what a header of keys may hold."""

import msgspec
import pytest

from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.surrogate_keys import KEYS_BYTES_MAX, header, of_list, of_state, of_team, touched
from scorewire.model.update import Update, difference

STATE = ScoreState(
    game_id="g1",
    epoch="k3v9x2aa",
    seq=31,
    sport="soccer",
    league=League(id="cup"),
    start="1994-11-06T08:00:00Z",
    status="live",
    home=SideState(id="red", name="Red", abbr="RED", score=1),
    away=SideState(id="blu", name="Blue", abbr="BLU", score=0),
    updated_at=1,
)
LISTS = {"games", "games:l:cup", "games:t:red", "games:t:blu", "games:s:soccer"}


def update(*, correction: bool = False, seq: int = 32, **changes: object) -> Update:
    after = msgspec.structs.replace(STATE, seq=seq, **changes)
    return Update(
        game_id="g1",
        epoch=after.epoch,
        seq=seq,
        ts=2,
        correction=correction,
        corrected_seq=0,
        event=None,
        patch=difference(STATE, after),
        state=after,
    )


def scored() -> SideState:
    return msgspec.structs.replace(STATE.home, score=2)


def test_a_goal_touches_its_game_alone() -> None:
    assert touched(update(home=scored())) == ("g:g1",)
    assert touched(update(detail={"shots": 3})) == ("g:g1",)


@pytest.mark.parametrize(
    "changed",
    [
        update(status="break"),
        update(start="1994-11-06T09:00:00Z"),
        update(league=League(id="cup", name="The Cup")),
        update(home=msgspec.structs.replace(STATE.home, name="Reds")),
        update(correction=True),
        update(seq=1),
    ],
)
def test_what_moves_a_game_in_lists_touches_them(changed: Update) -> None:
    assert set(touched(changed)) == {"g:g1", *LISTS}


def test_every_list_that_shows_a_game_is_found_by_what_touches_it() -> None:
    goal, move = set(touched(update(home=scored()))), set(touched(update(status="break")))
    for asked in (
        {},
        {"league": "cup"},
        {"team": "red"},
        {"sport": "soccer"},
        {"league": "cup", "team": "x"},
    ):
        wanted = {"league": None, "team": None, "sport": None, **asked}
        assert goal & set(of_list([STATE], **wanted))
        assert move & set(of_list([], **wanted)), "a game that is not on the page yet may come"
    assert move & set(of_team("red"))
    assert goal & set(of_state(STATE).split())


def test_a_header_is_bounded_and_cuts_no_key() -> None:
    keys = of_list(
        [msgspec.structs.replace(STATE, game_id=f"g{n:063}") for n in range(200)],
        league=None,
        team=None,
        sport=None,
    )
    held = header(keys)
    assert KEYS_BYTES_MAX - 100 < len(held) <= KEYS_BYTES_MAX
    assert held.split() == list(keys[: len(held.split())])
    assert header(keys[:3]).split() == list(keys[:3])
    assert header(()) == ""
