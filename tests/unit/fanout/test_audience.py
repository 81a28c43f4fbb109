"""A broadcast in slices reaches everyone once, whoever comes or goes in the middle."""

import pytest

from scorewire.fanout.audience import Audience, FanLike, Tally, by_game
from scorewire.fanout.audience import seat as take_seats
from scorewire.fanout.channel import NOTHING, Channel
from scorewire.fanout.frames import SEVERAL, SINGLE
from terrace import EPOCH, Match, Transport


class Stand:
    """A fan reduced to what an audience touches."""

    def __init__(self, form: int = SINGLE) -> None:
        self.form = form
        self.transport = Transport()
        self.audiences: tuple[Audience, ...] = ()

    def updates(self) -> int:
        return self.transport.sent.count(b"event: score_update")


def make(match: Match) -> tuple[Audience, Tally, list[FanLike]]:
    tally = Tally()
    touched: list[FanLike] = []
    channel = Channel(match.head, line=False, frames_max=16)
    return Audience(channel, tally=tally, touched=touched.extend), tally, touched


def seat(audience: Audience, count: int, form: int = SINGLE) -> list[Stand]:
    fans = [Stand(form) for _ in range(count)]
    for fan in fans:
        audience.enter(fan, None, None)  # type: ignore[arg-type]
    return fans


def finish(audience: Audience, budget: int = 1000) -> None:
    while audience.more():
        audience.run(budget)


@pytest.mark.parametrize("budget", [1, 3, 1000])
def test_each_fan_gets_each_frame_once(budget: int) -> None:
    match = Match()
    audience, tally, touched = make(match)
    fans = seat(audience, 10) + seat(audience, 5, SEVERAL)
    audience.channel.advance(match.goal())
    finish(audience, budget)
    assert [fan.updates() for fan in fans] == [1] * 15
    assert touched == fans[10:]
    assert (tally.deliveries, tally.broadcasts) == (15, 1)
    assert tally.bytes == sum(len(fan.transport.sent) for fan in fans)
    assert audience.settled_seq == 2


def test_who_joins_in_the_middle_gets_nothing_twice_and_misses_nothing() -> None:
    match = Match()
    audience, _, _ = make(match)
    fans = seat(audience, 4)
    audience.channel.advance(match.goal())
    audience.run(2)
    first = seat(audience, 1)[0]  # at 2, while the broadcast of 2 is under way
    audience.channel.advance(match.goal())
    second = seat(audience, 1)[0]  # at 3
    audience.run(2)
    finish(audience, 1)
    assert [fan.updates() for fan in fans] == [2] * 4
    assert (first.updates(), second.updates()) == (1, 0)
    assert audience.settled_seq == 3


def test_who_leaves_in_the_middle_gets_no_more() -> None:
    match = Match()
    audience, _, _ = make(match)
    fans = seat(audience, 4)
    audience.channel.advance(match.goal())
    audience.run(2)
    assert audience.leave(fans[3]) == 1  # type: ignore[arg-type]
    finish(audience)
    assert [fan.updates() for fan in fans] == [1, 1, 1, 0]


def test_frames_that_come_during_a_broadcast_go_out_joined() -> None:
    match = Match()
    audience, tally, _ = make(match)
    fans = seat(audience, 3)
    for _ in range(3):
        audience.channel.advance(match.quiet())
    finish(audience)
    assert [fan.updates() for fan in fans] == [3] * 3
    assert tally.deliveries == 3


def test_another_epoch_ends_the_broadcast_under_way() -> None:
    match = Match()
    audience, _, _ = make(match)
    fans = seat(audience, 4)
    audience.enter(ahead := Stand(), EPOCH, 99)  # type: ignore[arg-type]
    audience.channel.advance(match.goal())
    audience.run(2)
    audience.channel.advance(Match().reborn("newepoch"))
    audience.forget_copies()
    assert audience.settled_seq == NOTHING
    finish(audience, 1)
    for fan in (*fans, ahead):
        assert fan.transport.sent.count(b'"reason":"resync"') == 1
    assert not audience.waiting


def test_empty_means_nobody_at_all() -> None:
    audience, _, _ = make(Match())
    assert audience.empty()
    fan = seat(audience, 1)[0]
    assert (audience.empty(), audience.count()) == (False, 1)
    audience.leave(fan)  # type: ignore[arg-type]
    audience.lagging = 1
    assert not audience.empty()


def test_fans_of_one_game_share_where_they_are() -> None:
    one, two = make(Match("g1"))[0], make(Match("g2"))[0]
    first, second, both = seat(one, 1)[0], seat(one, 1)[0], seat(two, 1)[0]
    for fan in (first, second):
        take_seats(fan, [one])  # type: ignore[arg-type]
    take_seats(both, [one, two])  # type: ignore[arg-type]
    assert first.audiences is second.audiences is one.alone
    assert by_game(both) == {"g1": one, "g2": two}  # type: ignore[arg-type]


def test_full_states_are_counted_for_those_who_come_back_and_not_for_those_who_join() -> None:
    match = Match()
    audience, tally, _ = make(match)
    for update in (match.correct(), match.quiet()):
        audience.channel.advance(update)
    places = [(None, None), (EPOCH, 3), (EPOCH, 2), (EPOCH, 1), ("elsewhere", 2), (EPOCH, 99)]
    for epoch, seq in places:
        audience.enter(Stand(), epoch, seq)  # type: ignore[arg-type]
    assert tally.resyncs == 2
