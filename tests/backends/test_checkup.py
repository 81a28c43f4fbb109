"""What `scorewire doctor` says of the journal's server."""

import pytest

from contract.journal_world import World
from scorewire.cli.doctor import journal_server
from scorewire.journal.checkup import look
from scorewire.journal.journal import Journal
from services.postgres import PostgresServer

pytestmark = pytest.mark.postgres


async def test_a_sound_server_is_fine_before_and_after_its_first_node(postgres_url: str) -> None:
    found = look(postgres_url)
    assert (int(found.version.split(".")[0]) >= 15, found.doubts, found.strays) == (True, (), 0)
    journal = await Journal.open(postgres_url)
    assert journal_server(postgres_url).verdict == "fine"
    await journal.commit(World().append("a", 2, line=World().line("a", 2, start="9998-01-01T00:00:00Z")))
    await journal.close()
    said = journal_server(postgres_url)
    assert (said.verdict, said.found.split(": ")[1]) == ("note", "2 rows lie in the default partition")


def test_a_server_that_may_lose_what_it_acknowledged_is_bad() -> None:
    with PostgresServer(settings={"fsync": "off"}) as server:
        said = journal_server(server.url)
    assert said.verdict == "bad"
    assert "fsync is off" in said.found


def test_one_that_does_not_answer_is_bad(postgres_url: str) -> None:
    said = journal_server(postgres_url + "_absent")
    assert said.verdict == "bad"
    assert "does not exist" in said.found
