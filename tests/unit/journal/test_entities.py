"""Only what is new or has changed is written, and terse declarations erase nothing."""

import msgspec
import pytest

from scorewire.journal import schema
from scorewire.journal.entities import Known, moment_ms, venue_key, write
from scorewire.journal.records import Commit
from scorewire.model.provider_event import Player, Team, Venue


def test_a_commit_is_news_once(world):
    known = Known()
    commit = world.append("final", 2)
    news = known.news(commit)
    assert {table.name: len(rows) for table, rows in news.rows.items()} == {
        "leagues": 1,
        "seasons": 1,
        "teams": 2,
        "games": 1,
    }
    assert known.news(commit).rows, "nothing is known before it is durable"
    known.remember(news)
    later = msgspec.structs.replace(world.append("final", 1), declared=commit.declared)
    assert not known.news(later).rows


def test_a_game_that_another_owner_had_meanwhile_is_listed_again(world):
    known = Known()
    known.remember(known.news(world.append("final", 2)))
    assert not known.news(world.append("final", 1, from_seq=2)).rows
    assert list(known.news(world.append("final", 1, from_seq=3)).rows) == [schema.games]


def test_a_change_is_news(world):
    known = Known()
    known.remember(known.news(world.append("final", 1)))
    later = world.append("final", 1, line=world.line("final", 2, status="final"))
    (game,) = known.news(later).rows[schema.games]
    assert (game["status"], game["underway"], game["over"]) == ("final", 0, 1)
    renamed = Commit(declared=(world.declared("final", home=Team(id="arg", name="Albiceleste")),))
    assert [row["name"] for row in known.news(renamed).rows[schema.teams]] == ["Albiceleste"]


@pytest.mark.parametrize(
    ("status", "underway", "over"),
    [("scheduled", 0, 0), ("live", 1, 0), ("ended", 1, 0), ("final", 0, 1), ("postponed", 0, 0)],
)
def test_where_a_status_stands(world, status, underway, over):
    (game,) = Known().news(world.append("g", 1, line=world.line("g", 1, status=status))).rows[schema.games]
    assert (game["underway"], game["over"]) == (underway, over)


def test_a_player_is_written_once_and_again_when_renamed(world):
    def commit(*names):
        rows = [
            world.row("final", n, player=Player(id="p10", name=name)) for n, name in enumerate(names, start=1)
        ]
        return Commit(rows=tuple(rows))

    known = Known()
    news = known.news(commit("Messi", "Messi", "Messi"))
    assert news.rows[schema.players] == [{"id": "p10", "name": "Messi"}]
    known.remember(news)
    news = known.news(commit("Messi", "Lionel Messi", "Messi", "Messi"))
    assert [row["name"] for row in news.rows[schema.players]] == ["Lionel Messi", "Messi"]


def test_what_is_remembered_is_bounded(world):
    known = Known(entries_max=100)
    for n in range(200):
        known.remember(known.news(world.append(f"game-{n}", 1)))
        assert len(known) <= 100


async def test_writing_twice_is_as_good_as_once(world, journal):
    """Forgetting what is stored only costs a write."""
    news = Known().news(world.append("final", 1))
    for _ in range(2):
        await journal._database.write(lambda c: write(c, news))
    assert (await journal.team("arg")).name == "Argentina"


def test_a_venue_without_an_id_goes_by_its_name():
    assert venue_key(Venue(name="Lusail Stadium")) == "Lusail Stadium"
    assert venue_key(Venue(name="Lusail Stadium", id="lusail")) == "lusail"
    assert venue_key(msgspec.json.decode(b'{"name":"A"}', type=Venue)) == "A"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2022-12-18T15:00:00Z", 1_671_375_600_000),
        ("2022-12-18T18:00:00.250+03:00", 1_671_375_600_250),
        ("2022-12-18T15:00:00", 1_671_375_600_000),
    ],
)
def test_moments(text, ms):
    assert moment_ms(text) == ms
