"""The shots of a game as a list in one frame: what `GET /v1/games/{id}/shots` answers. Pure.

{"game_id": "g1", "epoch": "k3v9x2aa", "seq": 412, "sport": "soccer",
 "ground": {"name": "pitch", "unit": "m", "length": 105.0, "width": 68.0},
 "shots": [{"seq": 31, "type": "GOAL", "team": "home", "player": {"id": "p10", "name": "Lionel Messi"},
            "period": 1, "clock": "22:41", "outcome": "goal", "worth": 1, "along": 94.0, "across": 34.0}]}

`along` runs from the own end of the side that shoots, `across` from its left: both sides attack the same way.
Balls batted in baseball are told as `out` towards second base and `right` towards first base's side, in feet
from home plate, and their outcome is what came of them.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import Player, ProviderEvent, Side
from scorewire.model.score_state import ScoreState
from scorewire.web.gallery import Story
from scorewire.web.pictures.reading import ball
from scorewire.web.plays import Plays


class GroundTold(Struct, frozen=True, kw_only=True):
    """What the places lie on, and the unit that they are told in."""

    name: str
    unit: Literal["m", "ft"]
    length: float
    width: float


class ShotTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One shot that stands; `seq` is the row that told it as it is now."""

    seq: int
    type: str
    team: Side
    outcome: str
    player: Player | None = None
    period: int | None = None
    clock: str | None = None
    worth: int = 0
    along: float | None = None
    across: float | None = None
    right: float | None = None
    out: float | None = None


class ShotList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The shots of a game after row `seq`, in order of play; without a ground where its sport has none."""

    game_id: str
    epoch: str
    seq: int
    sport: str
    ground: GroundTold | None = None
    shots: tuple[ShotTold, ...]


_ENCODE = msgspec.json.Encoder().encode


def shot_list(state: ScoreState, plays: Plays) -> bytes:
    """The answer as JSON."""
    story = Story(plays=plays, sport=state.sport)
    ground = story.ground
    lies_on = None
    if ground is not None:
        unit: Literal["m", "ft"] = "m" if ground.unit == "m" else "ft"
        lies_on = GroundTold(name=ground.name, unit=unit, length=ground.length, width=ground.width)
    told = ShotList(
        game_id=state.game_id,
        epoch=state.epoch,
        seq=state.seq,
        sport=state.sport,
        ground=lies_on,
        shots=tuple(_batted(plays) if state.sport == "baseball" else _taken(story)),
    )
    return _ENCODE(told)


def _taken(story: Story) -> list[ShotTold]:
    return [
        ShotTold(
            **_base(story.plays, one.claim, one.shot.side),
            outcome=one.shot.outcome,
            worth=one.shot.points,
            along=round(one.spot.along, 2),
            across=round(one.spot.across, 2),
        )
        for one in story.taken
    ]


def _batted(plays: Plays) -> list[ShotTold]:
    return [
        ShotTold(
            **_base(plays, claim, found.side),
            outcome=found.result,
            right=round(found.right, 1),
            out=round(found.out, 1),
        )
        for claim in plays.claims
        if (found := ball(claim)) is not None
    ]


def _base(plays: Plays, claim: ProviderEvent, side: Side) -> dict[str, Any]:
    return {
        "seq": plays.seqs.get((claim.provider, claim.event), 0),
        "type": claim.type,
        "team": side,
        "player": claim.player,
        "period": claim.period,
        "clock": claim.clock,
    }
