"""Each fault that the protocol excludes is found, and a true history has none."""

import random

import msgspec
import pytest

from scorewire.cli.verified import BEHIND_S, Auditor
from scorewire.model.score_state import Tree
from scorewire.model.update import Update
from terrace import EPOCH, Match, plain


def full(match: Match, reason: str = "join") -> Tree:
    state = plain(match.state)
    seq, game_id = match.state.seq, match.state.game_id
    return {
        "type": "full_state",
        "game_id": game_id,
        "epoch": EPOCH,
        "seq": seq,
        "reason": reason,
        "state": state,
    }


def told(update: Update) -> Tree:
    frame: Tree = {"type": "score_update", "game_id": update.game_id, "seq": update.seq}
    frame |= {"patch": msgspec.to_builtins(update.patch), "ts": update.ts}
    return frame | ({"event": msgspec.to_builtins(update.event)} if update.event else {})


def kinds(auditor: Auditor) -> list[tuple[str, str]]:
    return [(fault.kind, fault.reader) for fault in auditor.faults]


def joined(match: Match, *readers: str) -> Auditor:
    auditor = Auditor()
    for reader in readers:
        auditor.joined(reader, 0.0)
        auditor.frame(reader, full(match), 0.0)
    return auditor


def test_a_true_history_over_two_readers_and_reads_has_no_fault() -> None:
    rng, match = random.Random(5), Match()
    auditor = joined(match, "sse", "websocket")
    states = {1: plain(match.state)}
    now_s = 0.0
    for _ in range(300):
        now_s += 0.5
        act = rng.choice((match.goal, match.quiet, match.correct))
        update = act()
        states[update.seq] = plain(match.state)
        frame = full(match, "correction") if update.correction else told(update)
        for reader in ("sse", "websocket"):
            auditor.frame(reader, frame, now_s)
        auditor.polled("polling", plain(match.state), now_s)
        auditor.look(now_s)
        if rng.random() < 0.05:
            auditor.left("sse")
            auditor.joined("sse", now_s)
            auditor.frame("sse", frame, now_s)  # resumed streams repeat about a second
    while (key := auditor.next_unserved()) is not None:
        auditor.served(key, states[key[2]])
    assert auditor.faults == []
    assert auditor.compared == len(states)
    assert auditor.left_uncompared() == 0
    assert auditor.told("sse").full_states["join"] == 1


def test_a_gap_is_a_fault_and_so_is_an_update_before_any_state() -> None:
    match = Match()
    auditor = joined(match, "sse")
    match.goal()
    auditor.frame("sse", told(match.goal()), 1.0)
    auditor.frame("sse", told(match.goal()), 1.0)
    assert kinds(auditor) == [("gap", "sse")] * 2


def test_a_repeat_is_a_fault_for_who_was_never_away() -> None:
    match = Match()
    auditor = joined(match, "sse")
    update = told(match.goal())
    auditor.frame("sse", update, 1.0)
    auditor.frame("sse", update, 1.0)
    assert kinds(auditor) == [("repeat", "sse")]


def test_a_step_back_is_a_fault_over_a_stream_and_between_polls() -> None:
    match = Match()
    old = full(match, "resync")
    auditor = joined(match, "sse")
    auditor.frame("sse", told(match.goal()), 1.0)
    auditor.frame("sse", old, 2.0)
    auditor.polled("polling", plain(match.state), 2.0)
    state = old["state"]
    assert isinstance(state, dict)
    auditor.polled("polling", state, 3.0)
    assert kinds(auditor) == [("step back", "sse"), ("step back", "polling")]


def test_a_wrong_patch_differs_from_what_is_served_and_from_the_other_reader() -> None:
    match = Match()
    auditor = joined(match, "sse", "websocket")
    update = told(match.goal())
    auditor.frame("sse", update, 1.0)
    auditor.frame("websocket", {**update, "patch": {"home": {"score": 7}}}, 1.0)
    assert kinds(auditor) == [("difference", "websocket")]
    assert auditor.faults[0].detail.endswith("in detail, home")
    keys = []
    while (key := auditor.next_unserved()) is not None:
        keys.append(key)
    assert keys == [("g1", EPOCH, 1), ("g1", EPOCH, 2)]
    auditor.served(keys[1], {**plain(match.state), "status": "final"})
    assert kinds(auditor)[1:] == [("difference", "served")]


def test_whoever_is_behind_for_long_is_named_once() -> None:
    match = Match()
    auditor = joined(match, "sse", "websocket", "away")
    auditor.left("away")
    auditor.frame("sse", told(match.goal()), 10.0)
    auditor.look(10.0 + BEHIND_S - 0.1)
    assert auditor.faults == []
    auditor.look(10.0 + BEHIND_S)
    auditor.look(11.0 + BEHIND_S)
    assert kinds(auditor) == [("behind", "websocket")]


def test_another_epoch_begins_anew() -> None:
    match = Match()
    auditor = joined(match, "sse")
    auditor.frame("sse", told(match.goal()), 1.0)
    again = Match(epoch="another2")
    auditor.frame("sse", {**full(again, "resync"), "epoch": "another2"}, 2.0)
    assert auditor.faults == []
    auditor.frame("sse", {**full(again, "resync"), "epoch": "a-third1"}, 2.0)
    assert kinds(auditor) == [("difference", "sse")]


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "full_state"},
        {"type": "full_state", "game_id": "g", "epoch": "e", "seq": 1, "reason": "join", "state": None},
        {"type": "score_update", "game_id": "g1"},
        {"type": "score_update", "game_id": "g1", "seq": "two"},
        {"type": "score_update", "game_id": "g1", "seq": 2, "patch": [], "ts": 1},
    ],
)
def test_what_cannot_be_read_is_a_fault(frame: Tree) -> None:
    auditor = joined(Match(), "sse")
    auditor.frame("sse", frame, 1.0)
    assert kinds(auditor) == [("unreadable", "sse")]


def test_what_is_unknown_says_nothing_and_memory_is_bounded() -> None:
    match = Match()
    auditor = Auditor(states_max=3)
    auditor.joined("sse", 0.0)
    auditor.frame("sse", full(match), 0.0)
    auditor.frame("sse", {"type": "standings_update", "league": "l"}, 0.0)
    for _ in range(10):
        auditor.frame("sse", told(match.goal()), 0.0)
    assert auditor.faults == []
    assert len(auditor._states) == 3
    auditor.polled("polling", {**plain(match.state), "seq": 2}, 0.0)
    assert auditor.faults[0].detail == "differs from what another reader held"
