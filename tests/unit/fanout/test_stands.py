"""Audiences come and go with their fans, and a view that is let go takes nothing from the other."""

from scorewire.fanout.audience import Tally
from scorewire.fanout.stands import LINGER_S, Stands
from terrace import Match


def make() -> tuple[Stands, list[str]]:
    gone: list[str] = []
    stands = Stands(
        delay_s=0,
        tally=Tally(),
        touched=print,
        frames_max=16,
        interval_of=lambda _: 0.0,
        gone=gone.append,
    )
    return stands, gone


def test_the_second_view_is_made_of_the_first_and_each_is_let_go_alone() -> None:
    stands, gone = make()
    match = Match()
    stands.install(match.head, 0.0)
    full, line = stands.of("g1")[0], stands.view("g1", line=True, now_s=5.0)
    assert (full.channel.line, line.channel.line) == (False, True)
    assert stands.state_of("g1") is line.channel.state is match.state
    stands.let_go(LINGER_S)
    assert (stands.of("g1"), gone) == ([line], [])
    stands.left(line, 20.0)
    stands.let_go(20.0 + LINGER_S)
    assert (stands.has("g1"), stands.games, gone) == (False, 0, ["g1"])


def test_an_audience_whose_turn_waits_is_not_let_go() -> None:
    stands, _ = make()
    stands.install(Match().head, 0.0)
    (audience,) = stands.of("g1")
    audience.queued = True
    stands.let_go(LINGER_S)
    assert stands.has("g1")
    audience.queued = False
    stands.let_go(2 * LINGER_S)
    assert not stands.has("g1")


def test_an_audience_that_was_replaced_does_not_take_the_new_one_along() -> None:
    stands, gone = make()
    stands.install(Match().head, 0.0)
    (old,) = stands.of("g1")
    stands.discard(old)
    stands.install(Match().head, 0.0)
    stands.discard(old)
    assert stands.has("g1")
    assert gone == ["g1"]
