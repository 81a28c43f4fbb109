"""`scorewire event`: one event entered by hand, as the desk."""

from typing import Annotated

import typer

from scorewire.cli.desk import ByOption, GameArgument, ReasonOption, detail_of, person, told
from scorewire.cli.options import ConfigOption, DataOption, configured
from scorewire.errors import FeedError
from scorewire.intake.desk import DeskEntry
from scorewire.model.provider_event import Player, Side

SIDES: dict[str, Side] = {"home": "home", "away": "away"}


def command(
    game: GameArgument,
    type_: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="Of the sport, see docs/events.md: GOAL, TRY, GAME_FINAL ..."),
    ],
    detail: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="Details: minutes=4 penalty=true.")
    ] = None,
    *,
    team: Annotated[str, typer.Option(help="home or away.")] = "",
    period: Annotated[int | None, typer.Option(min=1, max=99, help="2 is the second half, set ...")] = None,
    clock: Annotated[str, typer.Option(help="As the sport writes it: 67:00, 45+2, 0:45.3.")] = "",
    player: Annotated[str, typer.Option(metavar="ID[:NAME]", help="Who did it.")] = "",
    by: ByOption = "",
    reason: ReasonOption = "entered by hand",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Enter an event that the feeds missed.

    It goes through the rules of the sport like a provider's, and stands until `scorewire correct undo` hands
    back to the feeds.
    """
    if team and team not in SIDES:
        raise FeedError("team_missing", f"--team is {team!r}, neither home nor away")
    entry = DeskEntry(
        by=person(by),
        reason=reason,
        type=type_.upper(),
        team=SIDES.get(team),
        period=period,
        clock=clock or None,
        player=_player(player),
        detail=detail_of(detail or []),
    )
    told(configured(config, data), game, "", entry)


def _player(text: str) -> Player | None:
    id_, _, name = text.partition(":")
    return Player(id=id_, name=name) if id_ else None
