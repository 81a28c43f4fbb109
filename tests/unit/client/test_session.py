"""The Python client passes the table of the protocol, and tells the same however bytes are cut."""

import json
from pathlib import Path
from typing import Any

import pytest

from scorewire.client.session import News, Session, back_off_ms

CASES = Path(__file__).resolve().parents[2] / "protocol_cases"
TABLE = json.loads((CASES / "session.json").read_text())
EVENT_STREAM = {"content-type": "text/event-stream; charset=utf-8"}
NAMES = [case["name"] for case in TABLE]


def written(step: dict[str, Any]) -> bytes:
    text: str = step.get("text", "")
    for frame in step.get("frames", ()):
        text += f"id: {frame['id']}\n" if "id" in frame else ""
        text += f"event: {frame['event']}\ndata: {json.dumps(frame['data'])}\n\n"
    return text.encode()


def shown(effect: tuple[Any, ...]) -> list[Any]:
    if effect[0] == "standings":
        return ["standings", *(effect[1][name] for name in ("league_id", "season", "version"))]
    if effect[0] != "update":
        return list(effect)
    update: News = effect[1]
    event = [] if update.event is None else [update.event["type"]]
    return ["update", update.kind, update.game_id, update.state["seq"], *event]


def act(session: Session, step: dict[str, Any], cut: int | None) -> None:
    now, headers = step["at"], step.get("headers")
    match step["do"]:
        case "answered":
            session.answered(now, step.get("status", 200), EVENT_STREAM if headers is None else headers)
        case "heard":
            data = written(step)
            size = cut or len(data)
            for at in range(0, len(data), size):
                session.heard(now, data[at : at + size])
        case "repaired":
            session.repaired(now, step["game"], step["state"])
        case "polled":
            session.polled(now, step["states_read"], headers or {})
        case "stop":
            session.stop()
        case other:
            getattr(session, other)(now)


@pytest.mark.parametrize("cut", [None, 7], ids=["whole", "cut"])
@pytest.mark.parametrize("case", TABLE, ids=NAMES)
def test_a_case_of_the_table(case: dict[str, Any], cut: int | None) -> None:
    session = Session(
        random=lambda: case.get("random", 0.5), cursor=case.get("cursor", ""), states=case.get("states", ())
    )
    for number, step in enumerate(case["steps"]):
        act(session, step, cut)
        at = f"step {number}: {step['do']}"
        effects = [shown(effect) for effect in session.take()]
        expected = step.get("effects", [])
        if cut:  # a line is live before its first frame is whole, so only what is told is compared
            effects, expected = (
                [one for one in told if one[0] in ("update", "standings")] for told in (effects, expected)
            )
        assert effects == expected, at
        if "due" in step:
            assert session.due_ms == step["due"], at
        if "cursor" in step:
            assert session.cursor == step["cursor"], at
        if "states" in step:
            held = {name: game.state for name, game in session.games.items() if game.state}
            assert held == step["states"], at


def test_names_are_told_apart() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_back_off_doubles_up_to_its_limit_and_is_spread_from_nothing() -> None:
    most = [back_off_ms(failures, 1000, lambda: 0.999) for failures in range(1, 40)]
    assert most[:6] == [999, 1998, 3996, 7992, 15984, 29970]
    assert set(most[6:]) == {29970}
    assert back_off_ms(9, 1000, lambda: 0.0) == 0
