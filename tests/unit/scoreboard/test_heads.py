"""Heads that an edge keeps while nobody can tell whether they still hold. The rest: test_local.py."""

from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.heads import Heads


def head(game_id: str) -> Head:
    state = ScoreState(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=1,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="a", name="A", abbr="A", score=0),
        away=SideState(id="b", name="B", abbr="B", score=0),
        updated_at=1,
    )
    return Head(state=state, corrected_seq=0)


async def nobody(_: str) -> Head | None:
    return None


def test_followed_games_stay_when_the_others_are_forgotten() -> None:
    heads = Heads(load=nobody, heads_max=10)
    for game_id in ("g1", "g2", "g3"):
        heads.keep(head(game_id))
    heads.followed |= {"g2", "absent"}
    heads.forget_unfollowed()
    assert [one.state.game_id for one in heads.of_followed()] == ["g2"]
    assert heads.at("g1") is None
    assert len(heads) == 1


async def test_a_head_that_is_forgotten_is_loaded_again() -> None:
    loaded: list[str] = []

    async def load(game_id: str) -> Head:
        loaded.append(game_id)
        return head(game_id)

    heads = Heads(load=load, heads_max=10)
    await heads.head("g1")
    heads.forget("g1")
    heads.forget("absent")
    assert heads.at("g1") is None
    assert await heads.head("g1") == head("g1")
    assert loaded == ["g1", "g1"]


def test_looking_is_no_use() -> None:
    heads = Heads(load=nobody, heads_max=2)
    heads.keep(head("g1"))
    heads.keep(head("g2"))
    heads.at("g1")
    heads.keep(head("g3"))
    assert heads.at("g1") is None
    heads.held("g2")
    heads.keep(head("g4"))
    assert heads.at("g2") is not None
