"""What lists showed some minutes ago: within bounds, and never newer than was asked for."""

from hypothesis import example, given
from hypothesis import strategies as st

from scorewire.journal.lately import KEPT_MS, Lately
from terrace import START_MS, Match


def played(match: Match, now_ms: int) -> int:
    match.at(now_ms)
    match.goal()
    return now_ms


def test_the_line_of_a_moment_is_the_newest_that_is_not_younger() -> None:
    lately, match = Lately(), Match()
    lines = [match.state.line()]
    for second in (10, 20, 30):
        played(match, START_MS + second * 1000)
        lines.append(match.state.line())
    for line in lines:
        lately.note(line)
    assert lately.at("g1", START_MS - 1) is None
    assert lately.at("other", START_MS) is None
    for second, line in ((0, 0), (9, 0), (10, 1), (29, 2), (30, 3), (500, 3)):
        assert lately.at("g1", START_MS + second * 1000) is lines[line]
    assert lately.changed(START_MS + 30_000) == {}
    assert lately.changed(START_MS + 29_999) == {"g1": lines[3]}


def test_a_line_that_is_read_back_late_does_not_replace_a_newer_one() -> None:
    lately, match = Lately(), Match()
    old = match.state.line()
    played(match, START_MS + 1000)
    lately.note(match.state.line())
    lately.note(old)
    assert lately.at("g1", START_MS + 2000) == match.state.line()
    assert lately.at("g1", START_MS) is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60_000)), max_size=150))
@example([("a", 0), ("b", 60_000), ("b", 60_000), ("b", 60_000), ("b", 60_000), ("a", 0)])
def test_it_forgets_what_is_older_than_every_delay_and_never_tells_another_line(
    plays: list[tuple[str, int]],
) -> None:
    lately, now_ms = Lately(), START_MS
    matches = {game_id: Match(game_id) for game_id in "abcd"}
    told: dict[str, list[tuple[int, int]]] = {game_id: [] for game_id in matches}
    for game_id, later_ms in plays:
        now_ms += later_ms
        played(matches[game_id], now_ms)
        lately.note(matches[game_id].state.line())
        told[game_id].append((now_ms, matches[game_id].state.seq))
        for asked_ms in range(now_ms - 180_000, now_ms + 1, 30_000):
            for one, lines in told.items():
                then = [(ts, seq) for ts, seq in lines if ts <= asked_ms]
                found = lately.at(one, asked_ms)
                changed = bool(lines) and lines[-1][0] > asked_ms
                assert (one in lately.changed(asked_ms)) == changed
                if found is not None:
                    assert found.seq == then[-1][1]
                elif changed and then:
                    # It was quiet for so long that it was forgotten, and is folded again by whoever asks.
                    assert lines[len(then)][0] - then[-1][0] > KEPT_MS
        assert lately._count == sum(map(len, lately._lines.values()))


def test_its_size_is_bounded_and_the_oldest_leave_first() -> None:
    lately = Lately(lines_max=100)
    first, second = Match("first"), Match("second")
    lately.note(first.state.line())
    for ms in range(1, 300):
        played(second, START_MS + ms)
        lately.note(second.state.line())
    assert lately._count <= 100
    assert lately.at("second", START_MS + 1) is None, "folded again by whoever needs it"
    assert lately.changed(START_MS) == {"second": second.state.line()}
