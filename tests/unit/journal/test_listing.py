"""Lists against a model, their cursors, and the work that they take with 10,000 games stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorewire.errors import RequestError
from scorewire.journal.journal import Journal
from scorewire.journal.listing import day_ms, not_over, query, read_cursor, write_cursor
from scorewire.journal.records import Commit, GamesQuery
from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState

KICK_OFF = datetime(2022, 12, 18, 15, tzinfo=UTC)
STATUSES = ("scheduled", "live", "break", "ended", "final", "corrected", "postponed", "void")
SPORTS = {"fifa-wc": "soccer", "epl": "soccer", "nba": "basketball"}


@dataclass(slots=True)
class Model:
    """What a list should say, worked out from all games at once."""

    lines: list[ScoreState]

    def answer(self, wanted: GamesQuery) -> list[str]:
        def start(line: ScoreState) -> datetime:
            return datetime.fromisoformat(line.start)

        def fits(line: ScoreState) -> bool:
            day = start(line).astimezone(ZoneInfo(wanted.tz)).date().isoformat()
            return (
                (wanted.sport is None or line.sport == wanted.sport)
                and (wanted.league is None or line.league.id == wanted.league)
                and (wanted.team is None or wanted.team in (line.home.id, line.away.id))
                and (wanted.date is None or day == wanted.date)
                and (
                    wanted.status is None
                    or line.status == wanted.status
                    or (wanted.status == "underway" and line.status in UNDER_WAY)
                )
            )

        found = sorted(
            filter(fits, self.lines),
            key=lambda line: (line.status in UNDER_WAY, start(line), line.game_id),
            reverse=True,
        )
        return [line.game_id for line in found]


def make_lines(world, count: int) -> list[ScoreState]:
    """Games of three leagues, eleven teams, every status, five hours apart; some start together."""
    leagues = list(SPORTS)
    made = []
    for n in range(count):
        league = leagues[n % 3]
        start = KICK_OFF + timedelta(hours=5 * (n % 89))
        made.append(
            world.line(
                f"game-{n}",
                1,
                status=STATUSES[n % 7 if n % 11 else 7],
                start=start.isoformat().replace("+00:00", "Z"),
                sport=SPORTS[league],
                league=league,
                home=f"t{n % 11}",
                away=f"t{(n + 1 + n % 5) % 11}",
            )
        )
    return made


async def store(world, journal: Journal, lines: list[ScoreState]) -> None:
    for first in range(0, len(lines), 500):
        commits = [world.append(line.game_id, 1, line=line) for line in lines[first : first + 500]]
        await journal.commit(
            Commit(
                rows=tuple(row for one in commits for row in one.rows),
                heads=tuple(head for one in commits for head in one.heads),
            )
        )


async def read_all(journal: Journal, wanted: GamesQuery) -> list[str]:
    told: list[str] = []
    cursor = None
    while True:
        page = await journal.games(msgspec.structs.replace(wanted, cursor=cursor))
        assert len(page.games) <= wanted.limit
        told += [line.game_id for line in page.games]
        if page.next is None:
            return told
        assert len(page.games) == wanted.limit
        cursor = page.next


queries = st.builds(
    GamesQuery,
    date=st.none() | st.sampled_from(["2022-12-18", "2022-12-19", "2023-01-01", "1999-01-01"]),
    tz=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Asia/Kolkata"]),
    sport=st.none() | st.sampled_from(["soccer", "basketball", "chess"]),
    league=st.none() | st.sampled_from(["fifa-wc", "nba", "none"]),
    team=st.none() | st.sampled_from(["t0", "t7", "nobody"]),
    status=st.none() | st.sampled_from([*STATUSES, "underway"]),
    limit=st.sampled_from([1, 7, 50, 200]),
)


@given(wanted=queries)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_joined_are_what_the_model_says(wanted, stored):
    model, run, journal = stored
    assert run(read_all(journal, wanted)) == model.answer(wanted)


@pytest.fixture(scope="module")
def stored(tmp_path_factory, request):
    """Two hundred games, in a loop of their own so that hypothesis can ask many times."""
    import asyncio

    world = request.getfixturevalue("world_of_lists")
    with asyncio.Runner() as runner:
        journal = runner.run(Journal.open(tmp_path_factory.mktemp("lists") / "journal.sqlite"))
        lines = make_lines(world, 200)
        runner.run(store(world, journal, lines))
        yield Model(lines), runner.run, journal
        runner.run(journal.close())


async def test_a_game_that_moves_between_two_pages_hides_no_other(world, journal):
    lines = make_lines(world, 40)
    await store(world, journal, lines)
    first = await journal.games(GamesQuery(limit=10))
    told = [line.game_id for line in first.games]
    ended = world.line(told[0], 2, status="final", start=first.games[0].start)
    await journal.commit(world.append(told[0], 1, line=ended))
    added = world.line("newest", 1, status="live", start="2030-01-01T00:00:00Z")
    await journal.commit(world.append("newest", 1, line=added))
    second = await journal.games(GamesQuery(limit=200, cursor=first.next))
    assert set(told) | {line.game_id for line in second.games} == {line.game_id for line in lines}


async def test_lines_are_told_in_the_epoch_of_now(world, journal):
    await journal.commit(world.append("a", 3))
    (line,) = (await journal.games(GamesQuery())).games
    assert line == msgspec.structs.replace(world.line("a", 3), epoch=journal.epoch)
    epoch = await journal.renew_epoch()
    (line,) = (await journal.games(GamesQuery())).games
    assert line.epoch == epoch


@pytest.mark.parametrize("limit", [-1, 0, 1, 200, 5000])
async def test_a_page_is_never_empty_for_its_limit_nor_too_long(world, journal, limit):
    await store(world, journal, make_lines(world, 250))
    page = await journal.games(GamesQuery(limit=limit))
    assert len(page.games) == max(1, min(limit, 200))


async def test_games_not_over(world, journal):
    lines = make_lines(world, 120)
    await store(world, journal, lines)
    for kind, name, member in (
        ("team", "t3", lambda line: "t3" in (line.home.id, line.away.id)),
        ("league", "nba", lambda line: line.league.id == "nba"),
        ("sport", "soccer", lambda line: line.sport == "soccer"),
        ("sport", "chess", lambda line: False),
    ):
        wanted = sorted(
            (line for line in lines if member(line) and line.status not in OVER),
            key=lambda line: (line.status not in UNDER_WAY, line.start, line.game_id),
        )
        assert await journal.games_of(kind, name) == tuple(line.game_id for line in wanted)


@pytest.mark.parametrize(
    ("day", "tz", "hours"),
    [
        ("2022-12-18", "UTC", 24),
        ("2023-03-26", "Europe/Berlin", 23),
        ("2023-10-29", "Europe/Berlin", 25),
        ("2023-04-28", "Africa/Cairo", 23),
    ],
)
def test_days_of_a_time_zone(day, tz, hours):
    first, end = day_ms(day, tz)
    assert end - first == hours * 3_600_000
    begun = datetime.fromtimestamp(first / 1000, ZoneInfo(tz))
    assert begun.date().isoformat() == day


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"date": "2022-02-30"}, "bad_date"),
        ({"date": "today"}, "bad_date"),
        ({"date": "9999-12-31"}, "bad_date"),
        ({"date": "2022-12-18", "tz": "Mars/Olympus"}, "unknown_time_zone"),
        ({"date": "2022-12-18", "tz": "../../etc/passwd"}, "unknown_time_zone"),
        ({"date": "2022-12-18", "tz": ""}, "unknown_time_zone"),
        ({"date": "2022-12-18", "tz": "Europe"}, "unknown_time_zone"),
        ({"cursor": "not one of ours"}, "unreadable_cursor"),
        ({"cursor": "é"}, "unreadable_cursor"),
        ({"cursor": "A"}, "unreadable_cursor"),
        ({"cursor": write_cursor((1, 2, "x"))[:-3]}, "unreadable_cursor"),
        ({"cursor": ""}, "unreadable_cursor"),
        ({"cursor": write_cursor((10**23, 0, "a"))}, "unreadable_cursor"),
        ({"cursor": write_cursor((1, 2**63, "a"))}, "unreadable_cursor"),
        ({"cursor": write_cursor((1, -(2**63) - 1, "a"))}, "unreadable_cursor"),
    ],
)
async def test_what_cannot_be_read_is_the_readers_fault(journal, asked, code):
    with pytest.raises(RequestError) as raised:
        await journal.games(GamesQuery(**asked))
    assert (raised.value.status, raised.value.code) == (400, code)


@given(
    st.tuples(
        st.integers(0, 1),
        st.integers(-(2**53), 2**53),
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}\Z"),
    )
)
def test_cursors_read_back_and_need_no_escaping(position):
    text = write_cursor(position)
    assert read_cursor(text) == position
    assert text.replace("-", "").replace("_", "").isalnum()


FIXED = {
    "all": {},
    "underway": {"status": "underway"},
    "final": {"status": "final"},
    "sport": {"sport": "soccer"},
    "league": {"league": "nba"},
    "sport and status": {"sport": "soccer", "status": "final"},
}


async def test_lists_walk_no_table(plan):
    """Bounded work: in order from an index, or a sort of one day's or one team's games.

    The planner has no statistics (nothing runs ANALYZE), so its plan is the same with 10,000 games stored.
    """
    cursor = write_cursor((0, 1_671_375_600_000, "game-9"))

    for name, asked in FIXED.items():
        for place in (None, cursor):
            steps = await plan(query(GamesQuery(**asked, cursor=place)).limit(51))
            assert not [step for step in steps if "TEMP B-TREE" in step], (name, steps)
            # Walking the index of the order is right where everything is wanted, from its end.
            walked = [step for step in steps if step.startswith("SCAN")]
            assert walked in ([], ["SCAN games USING COVERING INDEX games_in_order"]), (name, steps)
            assert walked == [] or name == "all"
    for asked in ({"team": "t3"}, {"date": "2022-12-18"}, {"team": "t3", "league": "nba"}):
        steps = await plan(query(GamesQuery(**asked)).limit(51))
        assert not [step for step in steps if step.startswith("SCAN")], (asked, steps)
    for kind in ("team", "league", "sport"):
        steps = await plan(not_over(kind, "t3", 100))
        assert not [step for step in steps if step.startswith("SCAN")], (kind, steps)
