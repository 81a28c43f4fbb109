"""Results and tables, over whichever database; see journal_suite.py."""

import asyncio
from collections.abc import Sequence

from contract.journal_world import OpenedJournal, World
from scorewire.journal.competitions import KeptResult, KeptTable
from scorewire.journal.journal import Journal
from scorewire.model.provider_event import League, Team

CUP = ("cup", "2022")


def result(
    game_id: str,
    *,
    seq: int = 1,
    body: bytes | None = b"1-0",
    place: tuple[str, str] = CUP,
    start_ms: int = 1_671_375_600_000,
) -> KeptResult:
    return KeptResult(
        game_id=game_id, league_id=place[0], season=place[1], seq=seq, start_ms=start_ms, body=body
    )


def table(version: int, body: bytes, place: tuple[str, str] = CUP) -> KeptTable:
    return KeptTable(league_id=place[0], season=place[1], version=version, body=body)


def by_game(results: Sequence[KeptResult]) -> list[KeptResult]:
    return sorted(results, key=lambda one: one.game_id)


class CompetitionsSuite(OpenedJournal):
    """Both are kept or neither, and nobody computes over another's head."""

    async def test_results_and_the_table_made_of_them_are_kept_together(self, journal: Journal) -> None:
        cups = journal.competitions
        empty = await cups.read(*CUP)
        assert (empty.version, empty.results, empty.teams) == (0, (), ())
        assert await cups.table("cup") is None
        first = [result("g2"), result("g1", body=b"0-0")]
        assert await cups.keep(first, [table(0, b"first")])
        held = await cups.read(*CUP)
        assert (held.version, by_game(held.results)) == (1, by_game(first))
        assert await cups.keep([result("g1", seq=5, body=b"0-1")], [table(1, b"second")])
        assert await cups.table("cup") == await cups.table(*CUP) == table(2, b"second")
        assert await cups.held(["g1", "g9"]) == {"g1": result("g1", seq=5, body=b"0-1")}

    async def test_who_computed_from_what_has_changed_since_keeps_nothing(self, journal: Journal) -> None:
        cups = journal.competitions
        kept = await asyncio.gather(
            *(cups.keep([result(f"g{n}")], [table(0, f"by {n}".encode())]) for n in range(4))
        )
        assert sorted(kept) == [False, False, False, True]
        winner = kept.index(True)
        assert [one.game_id for one in (await cups.read(*CUP)).results] == [f"g{winner}"]
        assert not await cups.keep([result("late")], [table(0, b"late")])
        assert not await cups.keep([result("late")], [table(7, b"of another version")])
        # All or nothing, where a game changes two competitions.
        league = ("league", "2022")
        assert not await cups.keep([result("late")], [table(1, b"cup"), table(3, b"league", league)])
        assert await cups.table("cup") == table(1, f"by {winner}".encode())
        assert await cups.table("league") is None

    async def test_a_result_that_counts_no_more_goes_and_one_may_change_its_competition(
        self, journal: Journal
    ) -> None:
        cups, league = journal.competitions, ("league", "2022")
        assert await cups.keep([result("g1"), result("g2")], [table(0, b"two")])
        moved = result("g2", seq=2, place=league)
        changed = [result("g1", seq=2, body=None), moved]
        assert await cups.keep(changed, [table(1, b"none"), table(0, b"one", league)])
        assert (await cups.read(*CUP)).results == ()
        assert (await cups.read(*league)).results == (moved,)

    async def test_the_season_of_the_newest_game_is_told_where_none_is_named(self, journal: Journal) -> None:
        cups = journal.competitions
        for season, start_ms in (("2022", 3000), ("2023", 4000), ("2021", 1000)):
            place = ("cup", season)
            assert await cups.keep(
                [result(season, place=place, start_ms=start_ms)], [table(0, season.encode(), place)]
            )
        # An old game that is corrected makes its season no newer, and no older either.
        assert await cups.keep(
            [result("2022", seq=2, place=CUP, start_ms=3000)], [table(1, b"2022, corrected")]
        )
        place = ("cup", "2023")
        assert await cups.keep([result("early", place=place, start_ms=500)], [table(1, b"2023", place)])
        assert await cups.table("cup") == table(2, b"2023", place)
        assert await cups.table(*CUP) == table(2, b"2022, corrected")
        assert await cups.table("other") is None
        assert [one.season for one in await cups.tables()] == ["2023", "2022", "2021"]

    async def test_who_plays_in_a_competition_is_known_before_the_first_result(
        self, journal: Journal, world: World
    ) -> None:
        buffalo = Team(id="buf", name="Buffalo", conference="AFC", division="AFC East")
        declared = world.declared(
            "g1", home=buffalo, away=Team(id="mia", name="Miami"), league=League(id="cup", name="Cup")
        )
        line = world.line("g1", 1, league="cup", home="buf", away="mia", status="scheduled")
        await journal.commit(world.append("g1", declared=declared, line=line))
        assert [team.name for team in (await journal.competitions.read(*CUP)).teams] == ["Buffalo", "Miami"]
        assert (await journal.competitions.read(*CUP)).teams[0].division == "AFC East"
        assert (await journal.competitions.read(*CUP)).name == "Cup"
        assert (await journal.competitions.read("cup", "2021")).teams == ()

    async def test_games_whose_result_is_older_than_their_head_are_found_page_by_page(
        self, journal: Journal, world: World
    ) -> None:
        cups = journal.competitions
        for game_id, status in (("g1", "final"), ("g2", "scheduled"), ("g3", "live"), ("g4", "final")):
            await journal.commit(world.append(game_id, line=world.line(game_id, 1, status=status)))
        seen = {"final", "live"}
        assert await cups.unkept(seen) == ["g1", "g3", "g4"]
        assert await cups.unkept(seen, limit=2) == ["g1", "g3"]
        assert await cups.unkept(seen, after="g3") == ["g4"]
        assert await cups.keep([result("g1"), result("g2"), result("g4")], [table(0, b"three")])
        assert await cups.unkept(seen) == ["g3"]
        # A game that has a result, and is in none of these states now, is found once its head has moved.
        await journal.commit(world.append("g2", line=world.line("g2", 2, status="postponed")))
        assert await cups.unkept(seen) == ["g2", "g3"]
