"""Real recordings through the signed webhook of a real node, in order and not, to the real results."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from node_process import NodeProcess

pytestmark = [pytest.mark.data, pytest.mark.timeout(180)]

PAIR = "basketball/nba_two_feeds_0021600270"
GAMES = {
    "soccer/statsbomb/3788741_events.json.gz": (0, 3, 96),
    "soccer/statsbomb/15986_events.json.gz": (2, 2, 104),
    "basketball/nba_cdn_live/0022000001_playbyplay.json.gz": (125, 99, 559),
    f"{PAIR}/data_nba_com_pbp.json.gz": (126, 115, 569),
    f"{PAIR}/stats_nba_com_pbp.json.gz": (126, 115, 573),
}
"""Home and away as they ended, and the rows of the log: touches make none."""
OWN = dict(zip(("statsbomb", "nba_cdn", "data_nba_com", "stats_nba_com"), list(GAMES)[1:], strict=True))


def replay(node: NodeProcess, *arguments: str) -> str:
    """Run the command beside the node; returns its last line."""
    command = [sys.executable, "-m", "scorewire", "replay", "--url", node.url]
    if "--config" not in arguments:
        command += ["--data", str(node.data)]
    done = subprocess.run(
        [*command, *arguments], check=False, capture_output=True, text=True, env=node.env, timeout=120
    )
    assert done.returncode == 0, done.stderr + done.stdout
    node.await_decided()
    return done.stdout.strip()


def final(node: NodeProcess, game: str) -> dict[str, object]:
    """The state once the result is confirmed."""
    deadline = time.monotonic() + 20
    while True:
        state = node.score(game)
        if state["status"] == "final":
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.05)


def canonical(state: dict[str, object]) -> str:
    """A state without what differs from one telling to the next."""
    kept = {name: value for name, value in state.items() if name not in {"game_id", "updated_at", "end"}}
    clock = dict(kept["clock"])  # type: ignore[call-overload]
    clock.pop("at", None)
    return json.dumps({**kept, "clock": clock}, sort_keys=True)


@pytest.mark.parametrize("path", GAMES)
def test_however_it_is_told_the_game_ends_the_same(node: NodeProcess, shared_data: Path, path: str) -> None:
    file = str(shared_data / path)
    replay(node, file, "--game", "plain")
    replay(node, file, "--game", "wild", "--shuffle", "7", "--duplicate", "0.2")
    replay(node, file, "--game", "paced", "--shuffle", "8", "--duplicate", "0.2", "--speed", "3000")
    plain = final(node, "plain")
    home, away, rows = GAMES[path]
    assert (plain["home"]["score"], plain["away"]["score"], plain["seq"]) == (home, away, rows)  # type: ignore[index]
    assert "under_check" not in plain
    for game in ("wild", "paced"):
        assert canonical(final(node, game)) == canonical(plain)


def test_a_second_replay_changes_nothing(node: NodeProcess, shared_data: Path) -> None:
    file = str(shared_data / f"{PAIR}/data_nba_com_pbp.json.gz")
    replay(node, file, "--game", "g")
    first = final(node, "g")
    said = replay(node, file, "--game", "g")
    assert "0 accepted, 568 duplicates, 0 refused" in said
    assert node.score("g") == first


def test_two_feeds_of_one_game_side_by_side(node: NodeProcess, shared_data: Path) -> None:
    files = [str(shared_data / PAIR / f"{feed}_pbp.json.gz") for feed in ("data_nba_com", "stats_nba_com")]
    replay(node, *files, "--game", "both")
    state = final(node, "both")
    assert (state["home"]["score"], state["away"]["score"]) == (126, 115)  # type: ignore[index]
    assert state["seq"] == 569, "a row for each play of the first feed and none for the other's"
    command = [sys.executable, "-m", "scorewire", "providers", "report", "--json", "--data", str(node.data)]
    deadline = time.monotonic() + 10
    while True:
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=node.env, timeout=60)
        reports = json.loads(done.stdout)
        if [one["told"] for one in reports] == [568, 572] or time.monotonic() > deadline:
            break
    assert [(one["told"], one["alone"], one["misses"]) for one in reports] == [(568, 2, 0), (572, 6, 0)]


@pytest.mark.parametrize(("provider", "path"), list(OWN.items()))
def test_the_providers_own_payloads(tmp_path: Path, shared_data: Path, provider: str, path: str) -> None:
    config = tmp_path / "node.toml"
    config.write_text(
        f'[storage]\ndata = "{tmp_path / "data"}"\n[providers.{provider}]\nformat = "{provider}"\n'
    )
    node = NodeProcess(tmp_path / "data", config=config).start()
    try:
        replay(node, str(shared_data / path), "--game", "raw", "--raw", "--config", str(config))
        state = final(node, "raw")
    finally:
        node.close()
    home, away, _ = GAMES[path]
    assert (state["home"]["score"], state["away"]["score"]) == (home, away)  # type: ignore[index]
