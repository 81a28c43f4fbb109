"""/asyncapi.json: its references resolve, examples fit schemas, the patch is one that clients apply."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from scorewire.api import asyncapi
from scorewire.fanout.frames import encode_state, full_state_frame, table_frame, update_frame
from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update, apply_update
from scorewire.scoreboard import tables
from scorewire.stats.keeping import LeagueTable
from scorewire.stats.standings.table import Table

from .conftest import World

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


async def test_real_frames_fit_the_schemas(world: World) -> None:
    """What fanout/ writes for each row of a game with a correction, in both views."""
    told: list[Update] = []
    world.scoreboard.listen(told.extend)
    await world.started()
    await world.claim("GOAL_CANCELLED", team="home", detail={"event": "goal"})
    assert len(told) == 4
    for update in told:
        for line in (False, True):
            assert fits("score_update", update_frame(update, line=line).data)
            state = encode_state(update.state, line=line)
            assert fits("full_state", full_state_frame(update.state, state, "correction").data)


def test_a_real_table_fits_the_schema() -> None:
    body = msgspec.json.encode(LeagueTable(league=League(id="cup"), season="2024", table=Table(rules="cup")))
    kept = tables.Table(league_id="cup", season="2024", version=1, since_ms=0, body=body)
    assert fits("standings_update", table_frame(kept).data)


def fits(name: str, frame: bytes) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema_rs.validate(schema, msgspec.json.decode(frame))
    return True
