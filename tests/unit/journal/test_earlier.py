"""A list of then is the list that would have been told then: same games, same order, same pages."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scorewire.journal.earlier import joined, matches, place
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.score_state import UNDER_WAY, ScoreState
from terrace import Match

STATUSES = ("scheduled", "live", "break", "final")


def line(number: int, status: str, day: int) -> ScoreState:
    state = Match(f"g{number:02}", league=f"l{number % 3}", home=f"t{number % 4}", status=status).state.line()
    return msgspec.structs.replace(state, start=f"2026-11-{10 + day:02}T15:00:00Z")


lines = st.lists(
    st.builds(line, st.integers(0, 30), st.sampled_from(STATUSES), st.integers(0, 3)),
    max_size=30,
    unique_by=lambda one: one.game_id,
)
queries = st.builds(
    GamesQuery,
    league=st.sampled_from([None, "l0", "l1"]),
    season=st.sampled_from([None, "2022", "2021"]),
    games=st.sampled_from([None, tuple(f"g{n}" for n in range(0, 30, 2))]),
    team=st.sampled_from([None, "t0", "fra"]),
    sport=st.sampled_from([None, "soccer", "tennis"]),
    status=st.sampled_from([None, "underway", *STATUSES]),
    date=st.sampled_from([None, "2026-11-11"]),
    limit=st.integers(1, 7),
)


def shown(query: GamesQuery, one: ScoreState) -> bool:
    """By the words of the documentation, without a cursor."""
    return (
        query.league in {None, one.league.id}
        and query.season in {None, one.season}
        and (query.games is None or one.game_id in query.games)
        and query.team in {None, one.home.id, one.away.id}
        and query.sport in {None, one.sport}
        and (query.date is None or one.start.startswith(query.date))
        and (query.status in {None, one.status} or (query.status == "underway" and one.status in UNDER_WAY))
    )


@given(lines, queries, st.data())
def test_page_by_page_it_is_the_whole_list(
    all_of_then: list[ScoreState], query: GamesQuery, data: st.DataObject
) -> None:
    changed = {one.game_id for one in all_of_then if data.draw(st.booleans())}
    expected = sorted((one for one in all_of_then if shown(query, one)), key=place, reverse=True)
    found: list[ScoreState] = []
    while True:
        same = [one for one in all_of_then if one.game_id not in changed and matches(query, one)]
        same.sort(key=place, reverse=True)
        page = GamesPage(games=tuple(same[: query.limit]), next="more" if len(same) > query.limit else None)
        page = joined(query, page, [one for one in all_of_then if one.game_id in changed])
        assert len(page.games) <= query.limit
        found += page.games
        if page.next is None:
            break
        query = msgspec.structs.replace(query, cursor=page.next)
    assert found == expected
