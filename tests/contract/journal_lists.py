"""Lists of games and keys, over whichever database; see journal_suite.py."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract.journal_world import OpenedJournal, World
from scorewire.errors import RequestError
from scorewire.journal.journal import Journal
from scorewire.journal.listing import Group, write_cursor
from scorewire.journal.records import Commit, GamesQuery
from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState, Status

KICK_OFF = datetime(2022, 12, 18, 15, tzinfo=UTC)
STATUSES: tuple[Status, ...] = (
    "scheduled",
    "live",
    "break",
    "ended",
    "final",
    "corrected",
    "postponed",
    "void",
)
SPORTS = {"fifa-wc": "soccer", "epl": "soccer", "nba": "basketball"}
DATES = (None, "2022-12-18", "2022-12-19", "2023-01-01", "1999-01-01")
ZONES = ("UTC", "Asia/Tokyo", "America/New_York", "Asia/Kolkata")


@dataclass(slots=True)
class Expected:
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
                and (wanted.season is None or line.season == wanted.season)
                and (wanted.games is None or line.game_id in wanted.games)
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


def make_lines(world: World, count: int) -> list[ScoreState]:
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
                season=f"202{n % 2}",
                home=f"t{n % 11}",
                away=f"t{(n + 1 + n % 5) % 11}",
            )
        )
    return made


async def store(world: World, journal: Journal, lines: list[ScoreState]) -> None:
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


def some_query(chance: random.Random) -> GamesQuery:
    """Mostly with one condition or two."""

    def maybe(*values: str) -> str | None:
        return chance.choice(values) if chance.random() < 0.35 else None

    return GamesQuery(
        date=chance.choice(DATES),
        tz=chance.choice(ZONES),
        sport=maybe("soccer", "basketball", "chess"),
        league=maybe("fifa-wc", "nba", "none"),
        season=maybe("2020", "2021", "1999"),
        games=tuple(f"game-{n}" for n in range(0, 200, 3)) if chance.random() < 0.1 else None,
        team=maybe("t0", "t7", "nobody"),
        status=maybe(*STATUSES, "underway"),
        limit=chance.choice((1, 7, 50, 200)),
    )


class StandingClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.s = 1000.0

    def now_ms(self) -> int:
        return 1_671_375_600_000 + int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s


class ListsSuite(OpenedJournal):
    """Subclass it, name the subclass Test..., and give `open`."""

    async def test_pages_joined_are_what_the_model_says(self, world: World, journal: Journal) -> None:
        lines = make_lines(world, 200)
        await store(world, journal, lines)
        expected, chance = Expected(lines), random.Random(7)
        for _ in range(120):
            wanted = some_query(chance)
            assert await read_all(journal, wanted) == expected.answer(wanted), wanted

    async def test_ids_stand_in_the_order_of_their_code_points(self, world: World, journal: Journal) -> None:
        """As Python has them, whatever the language of the database: cursors and joined lists rely on it."""
        ids = ["a", "B", "a-b", "ab", "A_b", "a.b", "a~", "Z", "10", "9", "a:1", "a@1"]
        await store(world, journal, [world.line(game_id, 1) for game_id in ids])
        for limit in (1, 5, 200):
            assert await read_all(journal, GamesQuery(limit=limit)) == sorted(ids, reverse=True)
        assert await journal.game_ids() == sorted(ids)
        assert await journal.games_of("sport", "soccer") == tuple(sorted(ids))

    async def test_a_game_that_moves_between_two_pages_hides_no_other(
        self, world: World, journal: Journal
    ) -> None:
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

    async def test_lines_are_told_in_the_epoch_of_now(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a", 3))
        (line,) = (await journal.games(GamesQuery())).games
        assert line == msgspec.structs.replace(world.line("a", 3), epoch=journal.epoch)
        epoch = await journal.renew_epoch()
        (line,) = (await journal.games(GamesQuery())).games
        assert line.epoch == epoch

    @pytest.mark.parametrize("limit", [-1, 0, 1, 200, 5000])
    async def test_a_page_is_never_empty_for_its_limit_nor_too_long(
        self, world: World, journal: Journal, limit: int
    ) -> None:
        await store(world, journal, make_lines(world, 250))
        page = await journal.games(GamesQuery(limit=limit))
        assert len(page.games) == max(1, min(limit, 200))

    async def test_games_not_over(self, world: World, journal: Journal) -> None:
        lines = make_lines(world, 120)
        await store(world, journal, lines)
        asked: tuple[tuple[Group, str, Callable[[ScoreState], bool]], ...] = (
            ("team", "t3", lambda line: "t3" in (line.home.id, line.away.id)),
            ("league", "nba", lambda line: line.league.id == "nba"),
            ("sport", "soccer", lambda line: line.sport == "soccer"),
            ("sport", "chess", lambda line: False),
        )
        for kind, name, member in asked:
            wanted = sorted(
                (line for line in lines if member(line) and line.status not in OVER),
                key=lambda line: (line.status not in UNDER_WAY, line.start, line.game_id),
            )
            assert await journal.games_of(kind, name) == tuple(line.game_id for line in wanted)

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
    async def test_what_cannot_be_read_is_the_readers_fault(
        self, journal: Journal, asked: dict[str, str], code: str
    ) -> None:
        with pytest.raises(RequestError) as raised:
            await journal.games(msgspec.structs.replace(GamesQuery(), **asked))
        assert (raised.value.status, raised.value.code) == (400, code)

    async def test_keys_count_where_they_are_made_and_beside(self, world: World, journal: Journal) -> None:
        clock = StandingClock()
        other = await self.open()
        here, beside = journal.keys(clock=clock), other.keys(clock=clock)
        made = await beside.create("acme")
        clock.s += 1
        token = await beside.create("ed", "reader")
        assert await here.secrets("acme") == (made.secret,)
        assert await here.bearer(token.secret) == "reader"
        assert await here.bearer(made.secret) is None
        assert await beside.revoke(made.id)
        assert not await beside.revoke(made.id)
        clock.s += 0.001
        assert await here.secrets("acme", fresh=True) == ()
        assert [(one.id, one.kind) for one in await here.list()] == [
            (made.id, "webhook"),
            (token.id, "reader"),
        ]
        await other.close()
