"""The auditor's count, by hand."""

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.sim.auditor import expected_score


def said(event: str, revision: int, type_: str, team: str = "home", **fields: object) -> ProviderEvent:
    return ProviderEvent(
        provider="feed",
        game_id="g",
        event=event,
        revision=revision,
        type=type_,
        team=team,
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("messages", "score"),
    [
        ([], (0, 0)),
        ([said("a", 1, "GOAL"), said("b", 2, "FG3", "away")], (1, 3)),
        ([said("a", 2, "SHOT"), said("a", 1, "GOAL")], (0, 0)),
        ([said("a", 1, "GOAL"), said("a", 2, "GOAL", action="retract")], (0, 0)),
        ([said("a", 1, "GOAL"), said("c", 2, "GOAL_CANCELLED", detail={"event": "a"})], (0, 0)),
        (
            [
                said("a", 1, "GOAL"),
                said("c", 2, "GOAL_CANCELLED", detail={"event": "a"}),
                said("c", 3, "GOAL_CANCELLED", detail={"event": "a"}, action="retract"),
            ],
            (1, 0),
        ),
    ],
)
def test_what_stands_is_added_up(messages: list[ProviderEvent], score: tuple[int, int]) -> None:
    assert expected_score(messages) == score
