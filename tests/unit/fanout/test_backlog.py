"""Nothing is shown early, nothing is lost, and a flood is thinned without losing any game's newest update."""

from hypothesis import given
from hypothesis import strategies as st

from scorewire.fanout.backlog import Backlog
from terrace import START_MS, Match


def test_an_update_waits_until_its_row_is_as_old_as_the_delay() -> None:
    backlog = Backlog(delay_s=30, updates_max=10)
    match = Match()
    first, second = match.goal(), match.goal()  # of one and two seconds after the start
    backlog.put(first, 1.0)
    backlog.put(second, 2.0)
    assert backlog.due(START_MS + 30_999, 30.9) == []
    assert backlog.due(START_MS + 31_000, 31.0) == [first]
    assert backlog.due(START_MS + 90_000, 90.0) == [second]
    assert not backlog


def test_a_wall_clock_that_is_set_back_holds_nothing_for_longer_than_the_delay() -> None:
    backlog = Backlog(delay_s=30, updates_max=10)
    update = Match().goal()
    backlog.put(update, 100.0)
    assert backlog.due(START_MS - 3_600_000, 129.9) == []
    assert backlog.due(START_MS - 3_600_000, 130.0) == [update]


def test_what_is_read_back_comes_in_its_own_time() -> None:
    backlog = Backlog(delay_s=30, updates_max=10)
    match = Match()
    rows = [match.goal() for _ in range(3)]
    backlog.recall(rows[:2], 10.0)
    backlog.put(rows[1], 2.0)
    backlog.put(rows[2], 3.0)
    assert backlog.due(START_MS + 31_500, 31.5) == [rows[0]]
    assert backlog.due(START_MS + 40_000, 40.0) == [rows[1], rows[1], rows[2]]


@given(st.lists(st.sampled_from("abc"), max_size=200), st.integers(4, 40))
def test_a_flood_is_thinned_and_every_game_keeps_its_newest(played: list[str], room: int) -> None:
    backlog = Backlog(delay_s=30, updates_max=room)
    matches = {game_id: Match(game_id) for game_id in "abc"}
    for game_id in played:
        backlog.put(matches[game_id].goal(), 0.0)
        assert len(backlog) <= max(room, 2 * len(matches))
    shown = backlog.due(START_MS + 10**9, 10**6)
    for game_id, match in matches.items():
        seqs = [update.seq for update in shown if update.game_id == game_id]
        assert seqs == sorted(set(seqs))
        assert not seqs or seqs[-1] == match.state.seq
    assert len(shown) + backlog.joined == len(played)


def test_a_busy_game_is_thinned_and_a_quiet_one_beside_it_is_not() -> None:
    backlog = Backlog(delay_s=180, updates_max=100)
    busy, quiet = Match("busy"), Match("quiet")
    for number in range(500):
        backlog.put(busy.goal(), 0.0)
        if number % 100 == 0:
            backlog.put(quiet.goal(), 0.0)
    shown = [update.seq for update in backlog.due(START_MS + 10**9, 10**6) if update.game_id == "quiet"]
    assert shown[-1] == quiet.state.seq
