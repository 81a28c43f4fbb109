"""State at k and the updates after k give `/score`, for every k of every recording, over SSE and WebSocket.

All recordings play at once to one node. Two fans who never leave keep every frame; others join, drop and
resume at random points.
"""

import json
import random
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from adversity.supporters import SseSupporter, WsSupporter
from e2e.followers import Follower, SseFollower, WsFollower, fold
from e2e.recordings import BY_NAME, RECORDINGS, TOUCHES, Recording, State, ended, final, replaying
from node_process import NodeProcess, sse
from scorewire.intake.casting import agree, cast
from scorewire.intake.recording import read
from scorewire.providers.native import write_message

pytestmark = [pytest.mark.data, pytest.mark.timeout(180)]

SPEED = "1500"
SEED = 3788741
EVERY_K = ("turkey-italy", "wizards-thunder-stats")
"""Games that are told again row by row, so that every k is seen; of the others each STRIDE-th update."""
STRIDE = 5
WANDERERS = 2
"""Fans of each protocol and game who come and go; and as many who follow all games on one stream."""
NAMES = [one.name for one in RECORDINGS]


class Season:
    """All recordings, played to the end of their confirmed results, and the fans who saw it."""

    def __init__(self, node: NodeProcess, data: Path) -> None:
        self.node = node
        self.http = httpx.Client(base_url=node.url, timeout=30)
        self.rng = random.Random(SEED)
        self.loyal: dict[str, Follower] = {
            "sse": SseFollower(node, repeats=False).come(),
            "ws": WsFollower(node, repeats=False).come(),
        }
        while not all(one.joins for one in self.loyal.values()):
            time.sleep(0.01)
        plays = [replaying(node, data / one.path, one.name, "--speed", SPEED) for one in RECORDINGS]
        self.wanderers: dict[str, list[SseSupporter | WsSupporter]] = {
            name: [kind(node.port, name, retry_s=0.02) for kind in (SseSupporter, WsSupporter) * WANDERERS]
            for name in NAMES
        }
        self.crowd: list[Follower] = [
            kind(node) for kind in (SseFollower, WsFollower) for _ in range(WANDERERS)
        ]
        while any(self.http.get(f"/v1/games/{name}/score").status_code != 200 for name in NAMES):
            time.sleep(0.01)
        self._wander(plays)
        for play in plays:
            ended(play)
        self.scores = {name: final(node, name) for name in NAMES}

    def _wander(self, plays: list[Any]) -> None:
        """Until all is told: somebody joins, or loses the connection, at a random moment."""
        for one in self.crowd:
            one.games = tuple(NAMES)  # type: ignore[attr-defined]
        absent = [*(fan for fans in self.wanderers.values() for fan in fans), *self.crowd]
        self.rng.shuffle(absent)
        present: list[Any] = []
        self.drops = 0
        while absent or any(play.poll() is None for play in plays):
            time.sleep(self.rng.uniform(0.002, 0.02))
            if absent and (not present or self.rng.random() < 0.3):
                present.append(absent.pop().come())
            else:
                self.rng.choice(present).drop()
                self.drops += 1

    def close(self) -> None:
        self.http.close()
        for fan in (
            *self.loyal.values(),
            *self.crowd,
            *(f for fans in self.wanderers.values() for f in fans),
        ):
            fan.leave()

    def at(self, name: str, seq: int) -> State:
        """The state as the REST face shows it for one seq."""
        answer = self.http.get(f"/v1/games/{name}/score?seq={seq}&epoch={self.scores[name]['epoch']}")
        assert answer.status_code == 200, answer.text
        found: State = answer.json()
        return found


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Season]:
    node = NodeProcess(tmp_path_factory.mktemp("season") / "data").start()
    try:
        one = Season(node, shared_data)
        yield one
        one.close()
    finally:
        node.close()


@pytest.mark.parametrize("name", NAMES)
def test_whoever_joins_drops_and_resumes_ends_with_the_score(season: Season, name: str) -> None:
    score = season.scores[name]
    for fan in season.wanderers[name]:
        assert fan.reach(score["seq"]) == score
        assert fan.joins > 1, "never dropped: this proves nothing"
    for follower in (*season.crowd, *season.loyal.values()):
        assert follower.reach(name, score["seq"]) == score


def test_the_loyal_were_sent_nothing_but_true_states(season: Season) -> None:
    """Rows that share a commit may come joined as one full state: that, too, is the state at its seq."""
    for kind, fan in season.loyal.items():
        assert fan.joins == 1, kind
        for name in NAMES:
            told = fan.holder.frames[name]
            assert (told[min(told)]["type"], fan.holder.fulls[name][0]) == ("full_state", "join")
            assert max(told) == season.scores[name]["seq"]
            assert set(fan.holder.fulls[name][1:]) <= {"resync"}
            updates = [seq for seq, frame in told.items() if frame["type"] == "score_update"]
            assert len(updates) > season.scores[name]["seq"] / 4, f"{kind}: {name} came as full states"
            for seq in updates[::STRIDE]:
                assert fold(season.at(name, seq - 1), told[seq]) == season.at(name, seq), f"{kind}: {seq}"
            for seq in set(told) - set(updates):
                assert told[seq]["state"] == season.at(name, seq), f"{kind}: {seq}"
    assert season.drops > 50


@pytest.mark.parametrize("name", EVERY_K)
def test_at_every_k_the_update_leads_to_the_next_state(season: Season, shared_data: Path, name: str) -> None:
    """Row by row, so that each is an update of its own; by induction, the state at any k and all after it."""
    one = BY_NAME[name]
    game_id = f"{name}.rows"
    fans = [kind(season.node, repeats=False) for kind in (SseFollower, WsFollower)]
    posted = RowByRow(season.node, shared_data / one.path, game_id)
    posted.declare()
    for fan in fans:
        fan.games = (game_id,)  # type: ignore[attr-defined]
        fan.come().reach(game_id, 1)
    for seq in range(2, one.rows + 1):
        posted.next_row(one)
        for fan in fans:
            fan.reach(game_id, seq)
    season.scores[game_id] = score = final(season.node, game_id)
    told = [fan.holder.frames[game_id] for fan in fans]
    states = {k: season.at(game_id, k) for k in range(1, one.rows + 1)}
    assert states[one.rows] == score
    for frames in told:
        assert frames[1]["state"] == states[1]
        for k in range(1, one.rows):
            assert frames[k + 1]["type"] == "score_update"
            assert fold(states[k], frames[k + 1]) == states[k + 1], f"k={k}"
    # And by hand from some k to the end.
    for k in season.rng.sample(range(1, one.rows), 5):
        state = states[k]
        for seq in range(k + 1, one.rows + 1):
            state = fold(state, told[0][seq])
        assert state == score, f"k={k}"
    for fan in fans:
        fan.leave()
    posted.close()


class RowByRow:
    """A recording posted so that each call makes one row: touches go with the play after them."""

    def __init__(self, node: NodeProcess, file: Path, game_id: str) -> None:
        (recording,) = read(file, format_name="auto")
        part = cast(recording.decode(), provider="", game_id=game_id, start_ms=None, known_as="")
        (self._declared,) = agree([part], preference=()).values()
        self._node = node
        self._http = httpx.Client()
        self._provider = part.provider
        self._events = deque(
            json.loads(write_message(one, message_id=f"m{n}")) for n, one in enumerate(part.events)
        )

    def declare(self) -> None:
        self._node.key(self._provider)
        self._post([json.loads(write_message(self._declared, message_id="declared"))])

    def close(self) -> None:
        self._http.close()

    def next_row(self, recording: Recording) -> None:
        call = [self._events.popleft()]
        while recording.path.startswith("soccer") and call[-1]["data"]["type"] in TOUCHES and self._events:
            call.append(self._events.popleft())
        self._post(call)

    def _post(self, call: list[State]) -> None:
        answer = self._node.post(self._provider, call, client=self._http)
        assert (answer.status_code, answer.json()["accepted"]) == (202, len(call)), answer.text


@pytest.mark.parametrize("name", NAMES)
def test_a_fan_with_the_state_at_any_k_resumes_over_websocket(season: Season, name: str) -> None:
    score = season.scores[name]
    ring = 0
    with connect(season.node.url.replace("http", "ws") + "/v1/ws") as link:
        for k in ks(season, name):
            resume = {"since_seq": k, "epoch": score["epoch"]}
            link.send(json.dumps({"action": "subscribe", "game_id": name, **resume}))
            state = season.at(name, k)
            ring += told_to_the_end(link, state, score)
            link.send(json.dumps({"action": "unsubscribe", "game_id": name}))
            while json.loads(link.recv(timeout=20))["type"] != "unsubscribed":
                pass
    assert ring, "nobody was given updates: this proves nothing"


def told_to_the_end(link: ClientConnection, state: State, score: State) -> bool:
    """Fold what comes until the score is reached; whether it came as updates."""
    updates = False
    while state["seq"] < score["seq"]:
        frame = json.loads(link.recv(timeout=20))
        if frame["type"] in {"full_state", "score_update"}:
            state = fold(state, frame)
            updates |= frame["type"] == "score_update"
    assert state == score
    return updates


@pytest.mark.parametrize("by", ["last-event-id", "since"])
@pytest.mark.parametrize("name", NAMES)
def test_a_fan_with_the_state_at_any_k_resumes_over_sse(season: Season, name: str, by: str) -> None:
    score = season.scores[name]
    ring = 0
    for k in ks(season, name):
        cursor = f"{score['epoch']}!{name}!{k}"
        path = f"/v1/stream?game={name}" + (f"&since={cursor}" if by == "since" else "")
        headers = {by: cursor} if by == "last-event-id" else {}
        state = season.at(name, k)
        with season.http.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200
            for block in sse(response):
                state = fold(state, json.loads(block["data"]))
                ring += block["event"] == "score_update"
                if state["seq"] == score["seq"]:
                    break
        assert state == score, f"k={k}"
        # The cursor is opaque; the one above is what a fan at k was sent.
        assert block["id"] == cursor.replace(f"!{k}", f"!{score['seq']}")
    assert ring, "nobody was given updates: this proves nothing"


def ks(season: Season, name: str) -> list[int]:
    """Some k of all parts of a game, those near its end too."""
    head = season.scores[name]["seq"]
    return sorted({*season.rng.sample(range(1, head), 12), head - 1, head - 2, head - 40})
