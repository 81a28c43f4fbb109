"""What is taken back stays in the log as a line, and all after it is right, for every fan, at every seq."""

import gzip
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.followers import Follower, SseFollower, WsFollower
from e2e.recordings import BY_NAME, State, replay, rows
from node_process import NodeProcess, declare, event, sse

POINTS = {"FG2": 2, "FG3": 3, "FT": 1}
PLAYS = 300
EARLY, MIDDLE = 20, 150
TAKEN_BACK = "e20"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path_factory.mktemp("corrections") / "data").start()
    one.key("acme")
    yield one
    one.close()


@pytest.fixture
def fans(node: NodeProcess) -> Iterator[list[Follower]]:
    """One of one game, and of two games over SSE and over WebSocket; the tests name the games."""
    found: list[Follower] = [
        SseFollower(node, repeats=False),
        SseFollower(node),
        WsFollower(node, repeats=False),
    ]
    yield found
    for fan in found:
        fan.leave()


def follow(fans: list[Follower], game_id: str, other: str, seq: int) -> None:
    for fan in fans:
        fan.games = (game_id, other) if fan is not fans[0] else (game_id,)  # type: ignore[attr-defined]
        fan.come().reach(game_id, seq)


def at(node: NodeProcess, score: State, seq: int, client: httpx.Client) -> State:
    answer = client.get(f"{node.url}/v1/games/{score['game_id']}/score?seq={seq}&epoch={score['epoch']}")
    assert answer.status_code == 200, answer.text
    found: State = answer.json()
    return found


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "asleep"])
@pytest.mark.parametrize("how", ["cancelled", "retracted"])
def test_a_goal_that_did_not_count(node: NodeProcess, fans: list[Follower], how: str, asleep: bool) -> None:
    game, other = f"{how}-{asleep}", f"other-{how}-{asleep}"
    node.post("acme", [declare(game), declare(other), event(game, 1, "PERIOD_START", period=1)])
    node.settle(game, 2)
    follow(fans, game, other, 2)
    if asleep:
        for fan in fans:
            fan.leave()
    node.post("acme", event(game, 2, "GOAL", team="home", period=1))
    node.settle(game, 3)
    for fan in fans:
        if not asleep:
            assert fan.reach(game, 3)["home"]["score"] == 1
    taken_back = (
        event(game, 3, "GOAL_CANCELLED", team="home", period=1, detail={"event": "e2"})
        if how == "cancelled"
        else event(game, 3, "GOAL", team="home", action="retract") | {}
    )
    if how == "retracted":
        taken_back["data"]["event"] = "e2"
    assert node.post("acme", taken_back).json()["accepted"] == 1
    score = node.settle(game, 4)
    for fan in fans:
        if asleep:
            fan.come()
        assert fan.reach(game, 4) == score
        told = fan.holder.frames[game][4]
        assert (told["type"], told["reason"]) == ("full_state", "correction")
        assert (3 in fan.holder.frames[game]) is not asleep
    assert score["home"]["score"] == 0
    found = rows(node, game)
    assert [(row["seq"], row["type"], row.get("corrects")) for row in found[-2:]] == [
        (3, "GOAL", None),
        (4, "GOAL_CANCELLED", 3),
    ]
    # Fans see both lines as well.
    assert [(one["type"], one.get("corrects")) for one in score["events"][-2:]] == [
        ("GOAL", None),
        ("GOAL_CANCELLED", 3),
    ]
    with httpx.Client() as client:
        assert [at(node, score, seq, client)["home"]["score"] for seq in (2, 3, 4)] == [0, 1, 0]
    # Whoever stands after the correction is told of nothing but what follows it.
    cursor = f"{score['epoch']}!{game}!4"
    node.post("acme", event(game, 4, "GOAL", team="away", period=1))
    node.settle(game, 5)
    with httpx.stream("GET", f"{node.url}/v1/stream?game={game}&since={cursor}", timeout=10) as response:
        assert next(sse(response))["event"] == "score_update"
    for fan in fans:
        fan.reach(game, 5)
        assert fan.holder.fulls[game].count("correction") == 1


def basketball(game_id: str, rng: random.Random) -> list[State]:
    """A game of PLAYS plays in four quarters, whose play EARLY is a basket of three points."""
    plays: list[State] = []
    for number in range(1, PLAYS + 1):
        quarter, place = divmod(number - 1, PLAYS // 4)
        left = 720 - place * 720 // (PLAYS // 4)
        about: State = {"period": quarter + 1, "clock": f"{left // 60}:{left % 60:02}"}
        if place in {0, PLAYS // 4 - 1}:
            kind = "PERIOD_END" if place else "PERIOD_START"
        else:
            kind = rng.choice(("FG2", "FG2", "FG3", "FT", "FG2_MISS", "REBOUND", "TURNOVER", "FOUL"))
            about |= {"team": rng.choice(("home", "away"))}
        if number == EARLY:
            kind, about = "FG3", {**about, "team": "home"}
        plays.append(event(game_id, number, kind, **about))
    return plays


def post(node: NodeProcess, plays: list[State]) -> None:
    for start in range(0, len(plays), 50):
        answer = node.post("acme", plays[start : start + 50])
        assert answer.json()["accepted"] == len(plays[start : start + 50]), answer.text


def told_anew(plays: list[State], game_id: str, first: int = 1) -> list[State]:
    """The same plays of another game, numbered without a gap."""
    return [
        {
            **play,
            "id": f"{game_id}-{number}",
            "subject": game_id,
            "data": {**play["data"], "sequence": number},
        }
        for number, play in enumerate(plays, first)
    ]


def whole(state: State) -> State:
    """All that a state says of the game, but for how it was told."""
    kept = {k: v for k, v in state.items() if k not in {"game_id", "seq", "updated_at", "events"}}
    if "clock" in kept:
        kept["clock"] = {k: v for k, v in kept["clock"].items() if k != "at"}
    return kept


@pytest.mark.parametrize("how", ["retracted", "cancelled", "amended"])
def test_an_early_basket_that_did_not_count_in_the_middle_of_a_long_game(
    node: NodeProcess, fans: list[Follower], how: str
) -> None:
    """Every state after it equals that of a game in which it never counted (or counted two)."""
    game, other, twin = f"long-{how}", f"beside-{how}", f"twin-{how}"
    plays = basketball(game, random.Random(1891))
    correction = event(game, MIDDLE + 1, "FG3", team="home", period=1, action="retract")
    if how == "cancelled":
        correction = event(game, MIDDLE + 1, "BASKET_CANCELLED", team="home", period=2)
        correction["data"] |= {"event": "c1", "detail": {"event": TAKEN_BACK}}
    else:
        correction["data"]["event"] = TAKEN_BACK
    if how == "amended":
        correction["data"] = {**plays[EARLY - 1]["data"], "type": "FG2", "sequence": MIDDLE + 1}
    node.post("acme", [declare(one, sport="basketball") for one in (game, other, twin)])
    post(node, plays[:MIDDLE])
    before = node.settle(game, MIDDLE + 1)
    follow(fans, game, other, MIDDLE + 1)
    post(node, [correction])
    after = node.settle(game, MIDDLE + 2)
    for fan in fans:
        fan.reach(game, MIDDLE + 2)
        told = fan.holder.frames[game][MIDDLE + 2]
        assert (told["type"], told["reason"], told["state"]) == ("full_state", "correction", after)
    lost = 1 if how == "amended" else 3
    assert before["home"]["score"] - after["home"]["score"] == lost
    assert before["away"]["score"] == after["away"]["score"]
    assert before["linescore"]["1"]["home"] - after["linescore"]["1"]["home"] == lost
    rest = told_anew(plays[MIDDLE:], game, MIDDLE + 2)
    post(node, rest)
    assert node.post("acme", [{**correction, "id": "again"}]).status_code == 202  # and says nothing new
    score = node.settle(game, PLAYS + 2)
    for fan in fans:
        assert fan.reach(game, PLAYS + 2) == score
        assert fan.holder.fulls[game].count("correction") == 1

    other_way = [*plays[: EARLY - 1], *plays[EARLY:]]
    if how == "amended":
        changed = {**plays[EARLY - 1], "data": {**plays[EARLY - 1]["data"], "type": "FG2"}}
        other_way = [*plays[: EARLY - 1], changed, *plays[EARLY:]]
    post(node, told_anew(other_way, twin))
    shorter = PLAYS - len(other_way)
    right = node.settle(twin, len(other_way) + 1)
    with httpx.Client() as client:
        assert at(node, score, MIDDLE + 1, client) == before  # the past stays as it was shown
        # Row n + 1 holds play n; the correction is one row more.
        for seq in range(1, PLAYS + 3):
            state = at(node, score, seq, client)
            assert state["seq"] == seq
            assert totals(state) == expected(plays, seq, lost)
            if seq > MIDDLE + 1:
                assert whole(state) == whole(at(node, right, seq - 1 - shorter, client)), seq
    found = rows(node, game)
    assert (found[EARLY]["type"], found[EARLY].get("corrects")) == ("FG3", None)
    name = "AMEND" if how == "amended" else "BASKET_CANCELLED"
    assert [(row["type"], row["seq"], row["corrects"]) for row in found if "corrects" in row] == [
        (name, MIDDLE + 2, EARLY + 1)
    ]
    assert len(found) == PLAYS + 2


def totals(state: State) -> tuple[int, int]:
    line = state.get("linescore", {}).values()
    for side in ("home", "away"):
        assert sum(one[side] for one in line) == state[side]["score"], "the line does not add up"
    return state["home"]["score"], state["away"]["score"]


def expected(plays: list[State], seq: int, lost: int) -> tuple[int, int]:
    """Home and away at a row, added up by hand."""
    corrected = seq >= MIDDLE + 2
    score = {"home": -lost if corrected else 0, "away": 0}
    for play in plays[: seq - 2 if corrected else seq - 1]:
        score[play["data"].get("team", "home")] += POINTS.get(play["data"]["type"], 0)
    return score["home"], score["away"]


@pytest.mark.data
@pytest.mark.timeout(120)
def test_a_real_basket_is_taken_back_in_the_middle_of_a_real_game(
    node: NodeProcess, fans: list[Follower], shared_data: Path, tmp_path: Path
) -> None:
    one = BY_NAME["warriors-nets"]
    full = shared_data / one.path
    with gzip.open(full, "rt") as file:
        feed = json.load(file)
    actions = feed["game"]["actions"]
    shutil.copy(full.with_name("0022000001_boxscore.json.gz"), tmp_path)  # it names the players
    half = tmp_path / full.name.removesuffix(".gz")
    half.write_text(json.dumps({**feed, "game": {**feed["game"], "actions": actions[: len(actions) // 2]}}))
    replay(node, half, "real")
    at_half = rows(node, "real")
    basket = next(row for row in at_half if row["type"] == "FG3" and row["team"] == "home")
    assert basket["seq"] < len(at_half) / 4
    before = node.settle("real", at_half[-1]["seq"])
    node.post("acme", declare("beside-real"))
    node.settle("beside-real", 1)
    follow(fans, "real", "beside-real", before["seq"])

    node.key("nba_cdn")
    cause = basket["cause"]
    correction = event("real", 1, "FG3", provider="nba_cdn", team="home", action="retract")
    correction["data"] = {
        "event": cause["event"], "revision": cause["revision"] + 1, "type": "FG3", "team": "home",
        "action": "retract",
    }  # fmt: skip
    assert node.post("nba_cdn", correction).json()["accepted"] == 1
    after = node.settle("real", before["seq"] + 1)
    for fan in fans:
        fan.reach("real", before["seq"] + 1)
        assert fan.holder.frames["real"][before["seq"] + 1]["reason"] == "correction"
    assert before["home"]["score"] - after["home"]["score"] == 3

    replay(node, full, "real")  # all of it again: the assertion of old does not resurrect
    found = rows(node, "real")
    score = node.settle("real", found[-1]["seq"])
    assert (score["status"], score["home"]["score"], score["away"]["score"]) == ("final", 122, 99)
    assert score["under_check"] is True, "the provider's own score still counts the basket"
    counted: dict[int, tuple[str, int]] = {}
    with httpx.Client() as client:
        for row in found:
            if "corrects" in row:
                assert row["type"] == "BASKET_CANCELLED", row
                del counted[row["corrects"]]
            elif row["type"] in POINTS:
                counted[row["seq"]] = (row["team"], POINTS[row["type"]])
            sums = [sum(n for side, n in counted.values() if side == team) for team in ("home", "away")]
            assert totals(at(node, score, row["seq"], client)) == tuple(sums), row
    for fan in fans:
        assert fan.reach("real", score["seq"]) == score
