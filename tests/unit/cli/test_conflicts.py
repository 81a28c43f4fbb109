"""`conflicts`: both sides as lines, and the desk's word through the running node."""

from pathlib import Path

import msgspec

from scorewire.cli.conflicts import lines
from scorewire.games.report import ConflictShown
from scorewire.model.provider_event import Player, ProviderEvent

CONFLICTS = "/v1/admin/games/g1/conflicts"
GOAL = ProviderEvent(
    provider="backup",
    game_id="g1",
    event="b1",
    revision=1,
    type="GOAL",
    team="home",
    period=2,
    clock="67:10",
    player=Player(id="p10", name="Lionel Messi"),
)
FOUL = ProviderEvent(provider="acme", game_id="g1", event="a7", revision=1, type="FOUL", team="away")


def conflict(**fields: object) -> ConflictShown:
    base = {
        "game_id": "g1",
        "provider": "backup",
        "event": "b1",
        "since_ms": 0,
        "why": "missing",
        "claim": GOAL,
    }
    return ConflictShown(**{"against": (FOUL,), **base, **fields})  # type: ignore[arg-type]


def test_a_conflict_names_both_sides() -> None:
    head, after = lines(conflict())
    assert "backup b1  GOAL home Lionel Messi period 2 67:10   missing, open" in head
    assert after == "    after     acme a7  FOUL away"
    assert "could be  acme a7" in lines(conflict(why="ambiguous"))[1]
    withdrawn = conflict(why="withdrawn", claim=msgspec.structs.replace(GOAL, action="retract"))
    assert "backup b1  taken back   withdrawn, open" in lines(withdrawn)[0]
    assert "tells it  acme a7" in lines(withdrawn)[1]
    settled = lines(conflict(settled="dismissed", by="anna", reason="no goal"))[0]
    assert settled.endswith("missing, dismissed   anna: no goal")


def test_the_running_node_is_asked(run, node) -> None:
    body = msgspec.json.encode({"conflicts": [conflict()]})
    node.answers[f"GET {CONFLICTS}?state=open"] = (200, body)
    node.answers[f"GET {CONFLICTS}?state=all"] = (200, b'{"conflicts":[]}')
    data = ("--data", str(node.folder))
    assert "GOAL home Lionel Messi" in run("conflicts", "list", "g1", *data)[1]
    assert len(msgspec.json.decode(run("conflicts", "list", "g1", "--json", *data)[1])) == 1
    assert run("conflicts", "list", "g1", "--all", *data)[1] == "The providers agree.\n"


def test_a_folder_without_a_node_is_read(run, left_behind: Path) -> None:
    assert run("conflicts", "list", "spurs-1", "--data", str(left_behind))[1] == "The providers agree.\n"
    code, _, err = run("conflicts", "list", "nothing", "--data", str(left_behind))
    assert (code, "unknown_game" in err) == (1, True)


def test_the_desk_says_whether_a_claim_counts(run, node) -> None:
    node.answers[f"POST {CONFLICTS}"] = (200, b'{"event":"d1","outcome":"applied","seq":4,"score":"1-0"}')
    data = ("--by", "anna", "--data", str(node.folder))
    assert "g1 is 1-0 at seq 4." in run("conflicts", "settle", "g1", "backup", "b1", "--adopt", *data)[1]
    assert run("conflicts", "settle", "g1", "backup", "b1", "--dismiss", *data)[0] == 0
    assert run("conflicts", "settle", "g1", "backup", "b1", *data)[0] == 2
