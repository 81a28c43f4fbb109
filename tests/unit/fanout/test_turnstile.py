"""Room in all and for one address; who leaves makes room."""

from scorewire.fanout.turnstile import Turnstile


def test_the_limit_in_all() -> None:
    stile = Turnstile(fans_max=2, address_max=9)
    assert [stile.enter("192.0.2.1"), stile.enter(""), stile.enter("192.0.2.2")] == [True, True, False]
    stile.leave("")
    assert stile.enter("192.0.2.2")
    assert stile.fans == 2


def test_the_limit_of_an_address_holds_for_known_ones_and_leaves_nothing_behind() -> None:
    stile = Turnstile(fans_max=100, address_max=2)
    assert [stile.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert all(stile.enter("") for _ in range(5))
    stile.leave("192.0.2.1")
    assert stile.enter("192.0.2.1")
    stile.leave("192.0.2.1")
    stile.leave("192.0.2.1")
    assert stile._addresses == {}
