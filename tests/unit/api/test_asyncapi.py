"""/asyncapi.json: its references resolve, examples fit schemas, the patch is one that clients apply."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from scorewire.api import asyncapi
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import ScoreState
from scorewire.model.update import apply_update

DOCUMENT = asyncapi.document()


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    if isinstance(node, list):
        return [found for value in node for found in references(value)]
    return []


def test_every_reference_leads_somewhere() -> None:
    assert len(references(DOCUMENT)) > 20
    for reference in references(DOCUMENT):
        node: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


@pytest.mark.parametrize("name", DOCUMENT["components"]["messages"])
def test_examples_fit_their_schemas(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    schema = {**message["payload"], "components": DOCUMENT["components"]}
    for example in message["examples"]:
        jsonschema_rs.validate(schema, example["payload"])
    assert not jsonschema_rs.is_valid(schema, {"type": "other"})


def test_examples_are_what_our_own_structs_read() -> None:
    state = asyncapi.FULL_STATE_EXAMPLE["state"]
    assert msgspec.to_builtins(msgspec.convert(state, ScoreState)) == state
    event = asyncapi.SCORE_UPDATE_EXAMPLE["event"]
    assert msgspec.to_builtins(msgspec.convert(event, CompactEvent)) == event
    before = {**state, "seq": asyncapi.SCORE_UPDATE_EXAMPLE["seq"] - 1}
    after = apply_update(before, asyncapi.SCORE_UPDATE_EXAMPLE)
    assert after["home"]["score"] == 1  # type: ignore[index]
