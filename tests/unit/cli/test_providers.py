"""`providers report`: a table, of a node that runs and of a folder that it left."""

from pathlib import Path

import msgspec

from scorewire.cli.providers import table
from scorewire.games.report import ProviderReport

ONE = ProviderReport(
    provider="acme",
    games=3,
    told=900,
    first=40,
    lead_ms=-1_250,
    misses=2,
    alone=5,
    retractions=7,
    failovers=1,
    conflicts=4,
    upheld=3,
)


def test_columns_stand_under_their_names() -> None:
    head, row = table((ONE,))
    assert len(head) == len(row)
    assert row.split() == ["acme", "3", "900", "40", "-1.2", "2", "5", "7", "1", "4", "3"]
    assert table(()) == ["No game is told by several providers."]
    assert " - " in table((msgspec.structs.replace(ONE, lead_ms=None),))[1]


def test_the_running_node_is_asked(run, node) -> None:
    body = msgspec.json.encode({"providers": [ONE]})
    node.answers["GET /v1/admin/providers/report"] = (200, body)
    node.answers["GET /v1/admin/providers/report?game=g1"] = (200, b'{"providers":[]}')
    data = ("--data", str(node.folder))
    assert "acme" in run("providers", "report", *data)[1]
    assert msgspec.json.decode(run("providers", "report", "--json", *data)[1])[0]["misses"] == 2
    assert "No game" in run("providers", "report", "--game", "g1", *data)[1]


def test_a_folder_without_a_node_is_read(run, left_behind: Path) -> None:
    assert "No game is told by several" in run("providers", "report", "--data", str(left_behind))[1]
