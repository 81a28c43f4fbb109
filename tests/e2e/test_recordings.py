"""Real recordings through the signed webhook of a real node: the real results, however they are told."""

import json
import math
import statistics
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from e2e.recordings import (
    BY_NAME,
    RECORDINGS,
    TOUCHES,
    Recording,
    State,
    canonical,
    canonical_rows,
    final,
    replay,
    rows,
)
from node_process import NodeProcess, sse

pytestmark = [pytest.mark.data, pytest.mark.timeout(180)]

TELLINGS = {
    "plain": (),
    "shuffled": ("--shuffle", "20221218"),
    "doubled": ("--duplicate", "0.2"),
    "slow": ("--speed", "4000"),
    "wild": ("--speed", "4000", "--shuffle", "11", "--duplicate", "0.2"),
}
"""At full speed unless said. At 4000 times the pace, 400 ms are 27 minutes of the game."""
UPDATE_MEDIAN_MAX, UPDATE_P99_MAX, FULL_MAX = 260, 512, 8192
SIZES: dict[str, list[int]] = {}
"""Of the updates of every recording that was told, for the figures over all of them."""


class Listener:
    """A fan of a whole sport, so that a game joins with its first row; keeps what it is sent of one game.

    Attributes:
        updates, fulls: `data` of each frame, as bytes.
    """

    def __init__(self, node: NodeProcess, sport: str, game_id: str) -> None:
        self.updates: list[bytes] = []
        self.fulls: list[bytes] = []
        self._url = f"{node.url}/v1/stream?sport={sport}&view=full"
        self._game_id = game_id
        self._joined = threading.Event()
        self._over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._joined.wait(30)

    def hear_out(self) -> "Listener":
        assert self._over.wait(60), f"{self._game_id} did not end for a listener"
        return self

    def _listen(self) -> None:
        with httpx.stream("GET", self._url, timeout=60) as response:
            assert response.status_code == 200
            self._joined.set()
            for block in sse(response):
                frame = json.loads(block["data"])
                if frame["game_id"] != self._game_id:
                    continue
                data = block["data"].encode()
                (self.updates if frame["type"] == "score_update" else self.fulls).append(data)
                status = frame.get("patch", frame.get("state")).get("status")
                if status == "final":
                    self._over.set()
                    return


@dataclass
class Told:
    """One recording, told in every way to one node."""

    recording: Recording
    listener: Listener
    said: dict[str, str]
    states: dict[str, State]
    rows: dict[str, list[State]]

    @property
    def sport(self) -> str:
        return self.recording.path.partition("/")[0]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path_factory.mktemp("recordings") / "data").start()
    yield one
    one.close()


@pytest.fixture(scope="module", params=[one.name for one in RECORDINGS])
def told(node: NodeProcess, shared_data: Path, request: pytest.FixtureRequest) -> Told:
    recording = BY_NAME[request.param]
    sport = recording.path.partition("/")[0]
    # Ids are about as long as those of the protocol's examples, since every update holds one.
    name = f"game{RECORDINGS.index(recording):02}"
    listener = Listener(node, sport, f"{name}.slow")
    found = Told(recording, listener, {}, {}, {})
    for telling, options in TELLINGS.items():
        game_id = f"{name}.{telling}"
        found.said[telling] = replay(node, shared_data / recording.path, game_id, *options)
        found.states[telling] = final(node, game_id)
        found.rows[telling] = rows(node, game_id)
    listener.hear_out()
    return found


def test_the_result_is_the_real_one(told: Told) -> None:
    real, state = told.recording, told.states["plain"]
    assert f"{real.posted} posted" in told.said["plain"]
    assert ", 0 refused." in told.said["plain"]
    for side, (abbr, score) in (("home", real.home), ("away", real.away)):
        assert (state[side]["abbr"], state[side]["score"]) == (abbr, score)
    assert {n: (line["home"], line["away"]) for n, line in state["linescore"].items()} == real.lines
    assert (state["status"], state["period"], state.get("under_check")) == ("final", real.period, None)
    assert state["seq"] == real.rows


def test_overtime_is_shown_while_it_is_played(told: Told, node: NodeProcess) -> None:
    state = told.states["plain"]
    starts = [row for row in told.rows["plain"] if row["type"] == "PERIOD_START" and row.get("period") == 5]
    assert len(starts) == ("5" in told.recording.lines)
    for row in starts:
        path = f"/v1/games/{state['game_id']}/score?epoch={state['epoch']}&seq="
        before, after = (node.get(f"{path}{seq}").json() for seq in (row["seq"] - 1, row["seq"]))
        assert before["home"]["score"] == before["away"]["score"] == 105
        assert (before["status"], after["status"], after["period"]) == ("break", "live", "OT1")


@pytest.mark.parametrize("telling", [name for name in TELLINGS if name != "plain"])
def test_however_it_is_told_it_is_the_same(told: Told, telling: str) -> None:
    assert canonical(told.states[telling]) == canonical(told.states["plain"])
    assert canonical_rows(told.rows[telling]) == canonical_rows(told.rows["plain"])
    if "--duplicate" in TELLINGS[telling]:
        duplicates = int(told.said[telling].split(" duplicates")[0].split()[-1])
        assert duplicates > told.recording.posted * 0.1, "nothing was doubled: this proves nothing"


def test_touches_make_no_rows(told: Told) -> None:
    kinds = Counter(row["type"] for row in told.rows["plain"])
    assert {row["level"] for row in told.rows["plain"]} == {"key", "play"}
    assert [row["seq"] for row in told.rows["plain"]] == list(range(1, told.recording.rows + 1))
    if told.sport == "soccer":
        assert not TOUCHES & set(kinds)
        assert told.recording.posted > 30 * told.recording.rows
    else:
        # Every play of a box score is shown; the one row more is our own GAME_SCHEDULED.
        assert told.recording.posted == told.recording.rows - 1


def test_updates_and_states_are_small(
    told: Told, node: NodeProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = told.listener
    # Rows that share a commit may come as one full state, if that is smaller than their updates.
    assert told.recording.rows * 0.9 < len(heard.updates) < told.recording.rows
    sizes = sorted(map(len, heard.updates))
    SIZES[told.recording.name] = sizes
    states = [len(data) for data in heard.fulls] + [len(node.get(path).content) for path in paths(told)]
    with capsys.disabled():
        print(f"\n{told.recording.name}: {told.recording.posted} posted, {told.recording.rows} rows;"
              f" score_update {figures(sizes)}; full state at most {max(states)} bytes")  # fmt: skip
    assert statistics.median(sizes) <= UPDATE_MEDIAN_MAX
    assert p99(sizes) <= UPDATE_P99_MAX
    assert max(states) <= FULL_MAX


def paths(told: Told) -> list[str]:
    """The states at every tenth row, and the last."""
    state = told.states["slow"]
    address = f"/v1/games/{state['game_id']}/score?epoch={state['epoch']}&seq="
    return [f"{address}{seq}" for seq in {*range(1, state["seq"], 10), state["seq"]}]


def p99(sizes: list[int]) -> int:
    return sizes[math.ceil(len(sizes) * 0.99) - 1]


def figures(sizes: list[int]) -> str:
    return f"median {statistics.median(sizes):.0f}, p99 {p99(sizes)}, max {sizes[-1]} bytes"


def test_updates_are_small_over_all_recordings(capsys: pytest.CaptureFixture[str]) -> None:
    if len(SIZES) < len(RECORDINGS):
        pytest.skip("only some recordings were told")
    sizes = sorted(size for some in SIZES.values() for size in some)
    with capsys.disabled():
        print(f"\nall recordings: {len(sizes)} updates, {figures(sizes)}")
    assert statistics.median(sizes) <= UPDATE_MEDIAN_MAX
    assert p99(sizes) <= UPDATE_P99_MAX
