"""One provider's own account: its score, its order, and the numbers that it left out."""

from scorewire.games.account import Account, opened, score_after
from scorewire.model.provider_event import ProviderEvent
from scorewire.sports import SPORTS

from .conftest import declaration


def account(kind: str = "dense") -> Account:
    return opened(
        "backup",
        declared=declaration(providers=("acme", "backup")),
        machines=SPORTS,
        kind=kind,  # type: ignore[arg-type]
        shadow=False,
        shared=set(),
    )


def claim(number: int, type_: str = "GOAL", **fields: object) -> ProviderEvent:
    base = {
        "provider": "backup",
        "game_id": "g1",
        "event": f"e{number}",
        "revision": 1,
        "sequence": number,
        "type": type_,
        "team": "home",
        "period": 1,
    }
    return ProviderEvent(**{**base, **fields})  # type: ignore[arg-type]


def test_it_knows_the_score_after_each_goal_and_what_the_goal_added() -> None:
    one = account()
    for offset, each in enumerate([claim(1), claim(3, team="away"), claim(4, "CORNER"), claim(2)]):
        one.take(each, now_ms=offset, log_offset=offset)
    assert one.gains == {"e1": (1, 0), "e2": (1, 0), "e3": (0, 1)}
    assert (one.after["e1"], one.after["e2"]) == ((1, 0), (2, 0))
    assert [score_after(one.book, play) for play in one.book.order] == [(1, 0), (2, 0), (2, 1), (2, 1)]
    one.take(claim(1, "CORNER", revision=2), now_ms=9, log_offset=9)
    assert "e1" not in one.gains


def test_its_neighbours_are_those_of_its_own_order() -> None:
    one = account()
    for number in (1, 4, 2, 3):
        one.take(claim(number, "CORNER"), now_ms=0, log_offset=number)
    index = one.index_of("e3")
    assert [play.key[1] for play in one.before(index)] == ["e2", "e1"]
    assert [play.key[1] for play in one.behind(index)] == ["e4"]
    assert one.index_of("unheard of") == 4


def test_numbers_that_were_left_out_are_missing_until_they_come() -> None:
    one = account()
    for number in (1, 2, 6, 4):
        one.hear(claim(number), 1_000 * number, 500)
    (gap,) = one.gaps
    assert (gap.low, gap.high, gap.due_ms, one.missing) == (2, 6, 6_500, {3, 5})
    sparse = account("sparse")
    for number in (10, 20):
        sparse.hear(claim(number), number, 500)
    assert sparse.gaps == []


def test_a_lost_feed_is_lost_until_it_says_anything() -> None:
    one = account()
    one.hear(claim(1), 1_000, 500)
    assert (one.heard_ms, one.lost, one.steady_since_ms) == (1_000, False, 1_000)
    one.hear(claim(2, "FEED_LOST", team=None), 2_000, 500)
    assert (one.lost, one.steady_since_ms) == (True, None)
    one.hear(claim(3, "FEED_BACK", team=None), 9_000, 500)
    assert (one.lost, one.steady_since_ms) == (False, 9_000)
