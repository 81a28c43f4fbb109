"""How games are dealt out to connections, and the rates."""

from scorewire.bench.ingest import Phase, lanes, phase_figures


def calls(games: int, each: int) -> list[list[bytes]]:
    return [[b"%d.%d" % (game, turn) for turn in range(each)] for game in range(games)]


def test_a_connection_takes_its_games_in_turns() -> None:
    assert lanes(calls(3, 2), 2) == [[b"0.0", b"2.0", b"0.1", b"2.1"], [b"1.0", b"1.1"]]


def test_every_call_is_dealt_once_and_in_its_games_order() -> None:
    dealt = lanes(calls(7, 5), 3)
    assert sorted(one for lane in dealt for one in lane) == sorted(
        one for game in calls(7, 5) for one in game
    )
    for lane in dealt:
        for game in {one[:1] for one in lane}:
            turns = [one for one in lane if one[:1] == game]
            assert turns == sorted(turns)


def test_no_connection_is_without_a_game() -> None:
    assert len(lanes(calls(2, 1), 32)) == 2


def test_the_rate_counts_until_the_scores_show_it() -> None:
    phase = Phase(
        events=1000, answered_s=0.25, shown_s=0.5, taken_s=[0.001], server_ns=400_000_000, client_s=0.05
    )
    figures = {figure.name: figure for figure in phase_figures("one a call", phase, 2000)}
    assert figures["one a call: events a second"].value == 2000
    assert figures["one a call: events a second"].met
    assert figures["one a call: events a second until the last 202"].value == 4000
    assert figures["one a call: server CPU an event"].value == 400
    assert figures["one a call: server busy"].value == 80
    assert figures["one a call: load client busy"].value == 10
