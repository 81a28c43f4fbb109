"""A result encodes to JSON and back, and games have one order."""

import msgspec

from scorewire.stats.standings.result import Figures, Result, in_order
from unit.stats.standings.made import game, games

SAMPLE = Result(
    game_id="g1",
    sport="soccer",
    league="l",
    home=Figures(id="a", score=2, yellow=1),
    away=Figures(id="b"),
    outcome="home",
)


def test_json_holds_what_is_not_the_rule() -> None:
    encoded = msgspec.json.encode(SAMPLE)
    assert encoded == (
        b'{"game_id":"g1","sport":"soccer","league":"l","home":{"id":"a","score":2,"yellow":1},'
        b'"away":{"id":"b"},"outcome":"home"}'
    )
    assert msgspec.json.decode(encoded, type=Result) == SAMPLE


def test_order_is_that_of_time_then_of_ids() -> None:
    first, second = games("a 1-0 b, c 1-0 d")
    together = msgspec.structs.replace(game(1, "e 0-0 f"), game_id="g000")
    assert sorted([second, first, together], key=in_order) == [together, first, second]
