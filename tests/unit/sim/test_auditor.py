"""The auditor's count, by hand."""

import pytest

from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.sim.auditor import expected, standing

DECLARED = GameDeclared(
    provider="feed",
    game_id="g",
    event="d",
    revision=1,
    sport="soccer",
    league=League(id="l"),
    start="2026-11-21T15:00:00Z",
    home=Team(id="h"),
    away=Team(id="a"),
)


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
        ([said("a", 1, "GOAL"), said("b", 2, "GOAL", "away")], (1, 1)),
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
    assert expected(DECLARED, messages).score == score


def test_what_is_disowned_or_was_never_there_does_not_stand() -> None:
    messages = [
        said("a", 1, "GOAL", confirmation="tentative", sequence=2),
        said("a", 3, "GOAL", confirmation="cancelled", sequence=2),
        said("ghost", 4, "GOAL", action="retract", sequence=3),
        said("b", 2, "GOAL", sequence=1),
        said("a", 2, "GOAL", sequence=2),
    ]
    assert [one.event for one in standing(messages)] == ["b"]
