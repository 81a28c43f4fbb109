"""Lines of games, over whichever database; see journal_suite.py."""

import asyncio

from contract.journal_world import START_MS, OpenedJournal, World
from scorewire.journal.journal import Journal
from scorewire.journal.lines import KeptLines

BY = "first"


def lines(
    game_id: str,
    *players: str,
    seq: int = 1,
    season: str = "2022",
    league: str = "cup",
    body: bytes | None = None,
    day: int = 0,
    home: str = "arg",
    away: str = "fra",
    counted: str = BY,
) -> KeptLines:
    return KeptLines(
        game_id=game_id,
        league_id=league,
        season=season,
        seq=seq,
        counted=counted,
        start_ms=START_MS + day * 86_400_000,
        home_id=home,
        away_id=away,
        body=f"{game_id} at {seq}".encode() if body is None else body,
        players=players,
    )


async def season(journal: Journal, league: str = "cup", name: str = "2022") -> list[str]:
    return [body.decode() for _, body in await journal.lines.season(league, name)]


async def games_of(journal: Journal, player: str, name: str | None = None, limit: int = 9) -> list[str]:
    return [body.decode() for body in await journal.lines.of_player(player, name, limit=limit)]


class LinesSuite(OpenedJournal):
    """A game's lines are replaced as a whole, with who played in it, and found from both."""

    async def test_lines_are_found_by_season_team_and_player(self, journal: Journal) -> None:
        await journal.lines.keep(
            [
                lines("g2", "messi", "mbappe", day=2),
                lines("g1", "messi", "modric", day=1, away="cro"),
                lines("g3", "modric", day=3, home="cro", away="mar"),
                lines("old", "messi", season="2018", day=-1600),
            ]
        )
        assert await season(journal) == ["g1 at 1", "g2 at 1", "g3 at 1"]
        assert await games_of(journal, "messi") == ["g2 at 1", "g1 at 1", "old at 1"]
        assert await games_of(journal, "messi", "2022", limit=1) == ["g2 at 1"]
        assert await games_of(journal, "ronaldo") == []
        assert await journal.lines.of_team("cro", limit=9) == [b"g3 at 1", b"g1 at 1"]
        assert await journal.lines.of_team("arg", "2018", limit=9) == [b"old at 1"]
        assert await journal.lines.newest_season("cup") == "2022"
        assert await journal.lines.newest_season("other") is None

    async def test_a_game_is_replaced_and_who_no_longer_played_is_gone(self, journal: Journal) -> None:
        await journal.lines.keep([lines("g1", "messi", "mbappe")])
        await journal.lines.keep([lines("g1", "mbappe", "giroud", seq=5, league="friendly", season="2023")])
        assert await season(journal) == []
        assert await season(journal, "friendly", "2023") == ["g1 at 5"]
        assert [await games_of(journal, who) for who in ("messi", "mbappe", "giroud")] == [
            [],
            ["g1 at 5"],
            ["g1 at 5"],
        ]
        assert await journal.lines.held(["g1", "g9"]) == {"g1": 5}

    async def test_older_lines_replace_nothing_and_the_same_row_may_be_counted_anew(
        self, journal: Journal
    ) -> None:
        await journal.lines.keep([lines("g1", "messi", seq=5)])
        await journal.lines.keep([lines("g1", "mbappe", seq=4)])
        assert (await season(journal), await games_of(journal, "mbappe")) == (["g1 at 5"], [])
        await journal.lines.keep([lines("g1", "mbappe", seq=5, body=b"anew")])
        assert (await season(journal), await games_of(journal, "messi")) == (["anew"], [])

    async def test_of_many_who_keep_one_game_the_newest_row_stands(self, journal: Journal) -> None:
        await asyncio.gather(*(journal.lines.keep([lines("g1", f"p{seq}", seq=seq)]) for seq in range(1, 9)))
        assert await season(journal) == ["g1 at 8"]
        assert [len(await games_of(journal, f"p{seq}")) for seq in range(1, 9)] == [0] * 7 + [1]

    async def test_what_counts_for_nothing_is_kept_and_found_nowhere(
        self, journal: Journal, world: World
    ) -> None:
        await journal.commit(world.append("g1", 2, line=world.line("g1", 2, status="void")))
        await journal.lines.keep([lines("g1", "messi")])
        await journal.lines.keep([KeptLines(game_id="g1", seq=2, counted=BY)])
        assert (await season(journal), await games_of(journal, "messi")) == ([], [])
        assert await journal.lines.of_team("arg", limit=9) == []
        assert await journal.lines.newest_season("cup") is None
        assert await journal.lines.unkept({"void"}, BY) == []

    async def test_a_season_is_read_page_by_page_in_the_order_of_starts(self, journal: Journal) -> None:
        await journal.lines.keep([lines(f"g{n}", day=-n // 2) for n in range(7)])
        read: list[str] = []
        page = await journal.lines.season("cup", "2022", limit=3)
        while page:
            read += [place.game_id for place, _ in page]
            page = await journal.lines.season("cup", "2022", after=page[-1][0], limit=3)
        assert read == ["g5", "g6", "g3", "g4", "g1", "g2", "g0"]

    async def test_games_whose_lines_are_older_than_their_head_or_counted_otherwise_are_found(
        self, journal: Journal, world: World
    ) -> None:
        for game_id, status in (("g1", "final"), ("g2", "scheduled"), ("g3", "live"), ("g4", "final")):
            await journal.commit(world.append(game_id, line=world.line(game_id, 1, status=status)))
        seen = {"final", "live"}
        assert await journal.lines.unkept(seen, BY) == ["g1", "g3", "g4"]
        assert await journal.lines.unkept(seen, BY, after="g1", limit=1) == ["g3"]
        await journal.lines.keep([lines("g1"), lines("g2"), lines("g4", counted="other")])
        assert await journal.lines.unkept(seen, BY) == ["g3", "g4"]
        await journal.commit(world.append("g2", line=world.line("g2", 2, status="postponed")))
        assert await journal.lines.unkept(seen, BY) == ["g2", "g3", "g4"]
