"""What the US feeds share: revisions, places in play order, statuses, people, the frame of a game."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.providers.format import Transcript
from scorewire.providers.sportradar import (
    END_OF_GAME,
    UNKNOWN_REVISION,
    Game,
    Person,
    Side,
    Summary,
    declare,
    in_order,
    place,
    player,
    revision,
    score,
    since,
    statuses,
)

DAY_MS = 86_400_000
START_MS = 1_735_700_400_000


def claimed(status: str) -> list[tuple[str, str]]:
    transcript = Transcript(provider="p", game_id="g")
    statuses(Game(id="g", status=status), transcript)
    return [(one.event, one.type) for one in transcript.events]


@pytest.mark.parametrize(
    ("status", "types"),
    [
        ("scheduled", []),
        ("inprogress", []),
        ("complete", [("status-complete", "GAME_END")]),
        ("closed", [("status-complete", "GAME_END"), ("status-closed", "GAME_FINAL")]),
        ("delayed", [("status-delayed", "GAME_DELAYED")]),
        ("postponed", [("status-postponed", "GAME_POSTPONED")]),
        ("Cancelled", [("status-cancelled", "GAME_CANCELLED")]),
        ("live", []),
    ],
)
def test_a_status_claims_what_it_says_and_an_unknown_one_nothing(
    status: str, types: list[tuple[str, str]]
) -> None:
    assert claimed(status) == types


@given(
    one=st.tuples(st.integers(0, 99), st.integers(0, 2**32 - 1), st.integers(0, 8191)),
    other=st.tuples(st.integers(0, 99), st.integers(0, 2**32 - 1), st.integers(0, 8191)),
)
def test_places_order_like_period_time_and_number(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    assert (place(*one) < place(*other)) == (one < other)
    assert 0 <= place(*one) < END_OF_GAME + 2 <= 2**53 or one[0] == 99


@given(st.integers(-(2**70), 2**70), st.none() | st.integers(0, 2**50))
def test_any_time_gives_a_place(sequence: int, scheduled_ms: int | None) -> None:
    assert 0 <= place(1, since(sequence, scheduled_ms), 0) < 2**53


def test_play_time_counts_from_the_day_before_the_game_and_wraps_where_nobody_knows_it() -> None:
    assert since(START_MS + 5, START_MS) == DAY_MS + 5
    assert since(107_000, START_MS) == 107_000
    assert since(START_MS + 5, None) - since(START_MS, None) == 5


def test_the_first_time_that_can_be_read_is_the_revision() -> None:
    assert revision("", "soon", "1970-01-01T00:00:02Z", "1970-01-01T00:00:09Z") == 2000
    assert revision("", "never") == UNKNOWN_REVISION


@pytest.mark.parametrize(
    ("home", "away", "stated"), [(2, 0, True), (None, 0, False), (2, None, False), (-1, 0, False)]
)
def test_a_score_has_two_halves(home: int | None, away: int | None, stated: bool) -> None:
    assert (score(home, away) is not None) == stated


def test_people_without_an_id_are_nobody() -> None:
    assert player(None) is None
    assert player(Person(id="", full_name="X")) is None
    assert player(Person(id="a b", full_name="X")) is None
    known = player(Person(id="p1", preferred_name="Jo", first_name="Joseph", last_name="Y"))
    assert known is not None
    assert (known.id, known.name) == ("sr-p1", "Jo Y")


def test_the_frame_of_a_game_wherever_the_feed_keeps_its_teams() -> None:
    home, away = Side(id="h", name="Nets", market="Brooklyn", alias="BKN"), Side(id="a", name="Wizards")
    plain = Game(id="g", scheduled="2025-01-01T03:00:00+00:00", home=home, away=away)
    held = Game(id="g", summary=Summary(home, away))
    declared = declare(plain, provider="sportradar_nba", sport="basketball", league="NBA")
    assert declared is not None
    assert (declared.start, declared.home.name, declared.home.abbr) == (
        "2025-01-01T03:00:00Z", "Brooklyn Nets", "BKN",
    )  # fmt: skip
    assert declared.provider_ids == {"sportradar_nba": "g"}
    again = declare(held, provider="sportradar_nfl", sport="american_football", league="NFL")
    assert again is not None
    assert again.away.name == "Wizards"
    assert declare(Game(id="g"), provider="p", sport="basketball", league="NBA") is None


def test_what_has_no_number_stays_behind_its_neighbour() -> None:
    transcript = Transcript(provider="p", game_id="g")
    statuses(Game(id="g", status="closed"), transcript)
    end, final = transcript.events
    bare = msgspec.structs.replace(end, event="bare", sequence=None)
    early = msgspec.structs.replace(end, event="early", sequence=5)
    assert [one.event for one in in_order([final, bare, early])] == ["early", "status-closed", "bare"]
