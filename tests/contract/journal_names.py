"""Finding by name, and lists of several days, over whichever database; see journal_suite.py."""

from contract.journal_world import START_MS, OpenedJournal, World
from scorewire.journal.journal import Journal
from scorewire.journal.names import Found
from scorewire.journal.records import Commit, GamesQuery
from scorewire.model.folding import folded
from scorewire.model.provider_event import League, Player, Team

TEAMS = ("1. FC Köln", "Beşiktaş İstanbul", "Łódź", "Кубань", "ΑΕΚ Αθήνα", "Ærø", "100% Wolf_pack", "Arsenal")
PLAYERS = ("Luka Modrić", "Martin Ødegaard", "Kevin Großkreutz", "Đorđe Petrović", "Þór Ólafsson")


async def stored(journal: Journal, world: World) -> None:
    for number, name in enumerate(TEAMS):
        home, league = Team(id=f"t{number}", name=name, abbr="T"), League(id="league", name="Süper Lig")
        told = world.declared(f"g{number}", home=home, league=league)
        await journal.commit(world.append(f"g{number}", declared=told))
    seqs = iter(range(1, 99))
    rows = [world.row("p", next(seqs), player=Player(id=name[:3], name=name)) for name in PLAYERS]
    made = world.append("p", len(rows))
    await journal.commit(Commit(rows=tuple(rows), heads=made.heads, declared=made.declared))


def names(found: Found) -> list[str]:
    return [one.name for one in (*found.teams, *found.leagues, *found.players)]


class NamesSuite(OpenedJournal):
    """Finding by name. Subclass it, name the subclass Test..., and give `open`."""

    async def test_a_name_is_found_as_it_is_and_as_it_is_typed(self, world: World, journal: Journal) -> None:
        await stored(journal, world)
        for name in (*TEAMS, *PLAYERS, "Süper Lig"):
            for typed in (name, folded(name), name.upper(), folded(name).split()[-1]):
                assert name in names(await journal.found(typed, START_MS)), typed

    async def test_what_is_not_in_a_name_finds_nothing(self, world: World, journal: Journal) -> None:
        await stored(journal, world)
        for typed in ("", "  ", "%", "_", "\\", "100_", "koln arsenal", "x" * 5000):
            found = await journal.found(typed, START_MS)
            wanted = {"%": ["100% Wolf_pack"], "_": ["100% Wolf_pack"]}.get(typed, [])
            assert names(found) == wanted, typed

    async def test_what_begins_so_comes_first(self, world: World, journal: Journal) -> None:
        for number, name in enumerate(("Great Arsenal", "Arsenal Kyiv", "Arsenal")):
            told = world.declared(f"g{number}", home=Team(id=f"t{number}", name=name, abbr="A"))
            await journal.commit(world.append(f"g{number}", declared=told))
        found = await journal.found("arsen", START_MS)
        assert [one.name for one in found.teams] == ["Arsenal", "Arsenal Kyiv", "Great Arsenal"]

    async def test_games_are_found_by_both_teams_together(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("final"))
        other = Team(id="bra", name="Brazil", abbr="BRA")
        line = world.line("other", 1, home="arg", away="bra")
        await journal.commit(world.append("other", declared=world.declared("other", away=other), line=line))
        both = await journal.found("fra ARG", START_MS)
        assert [one.game_id for one in both.games] == ["final"]
        assert {one.game_id for one in (await journal.found("arg", START_MS)).games} == {"final", "other"}

    async def test_a_list_of_days_is_those_days_together(self, world: World, journal: Journal) -> None:
        starts = {f"d{day}": f"2022-12-{day}T23:30:00Z" for day in (10, 11, 12, 13, 14)}
        for game_id, start in starts.items():
            line = world.line(game_id, 1, status="scheduled", start=start)
            await journal.commit(
                world.append(game_id, line=line, declared=world.declared(game_id, start=start))
            )
        asked = GamesQuery(date="2022-12-11", days=3)
        assert {one.game_id for one in (await journal.games(asked)).games} == {"d11", "d12", "d13"}
        berlin = GamesQuery(date="2022-12-11", days=3, tz="Europe/Berlin")
        assert {one.game_id for one in (await journal.games(berlin)).games} == {"d10", "d11", "d12"}
