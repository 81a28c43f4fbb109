"""`scorewire conflicts`: what the providers of a game do not agree on, and the desk's word on it."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from scorewire.cli.desk import ByOption, GameArgument, ReasonOption, person, sent
from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.config import Config
from scorewire.errors import RequestError
from scorewire.games.inquiry import ConflictsShown
from scorewire.games.report import ConflictShown
from scorewire.intake.desk import Settlement
from scorewire.model.provider_event import ProviderEvent

app = typer.Typer(no_args_is_help=True, help="What two providers of a game do not agree on: list, settle.")

_ANSWER = msgspec.json.Decoder(ConflictsShown)


@app.command("list")
def list_conflicts(
    game: GameArgument,
    *,
    settled: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The conflicts of a game with both sides, newest first."""
    settings = configured(config, data)
    body = ask(settings, "GET", f"/v1/admin/games/{game}/conflicts", {"state": "all" if settled else "open"})
    shown = _ANSWER.decode(body) if body is not None else asyncio.run(_offline(settings, game, settled))
    if as_json:
        print(msgspec.json.encode(shown.conflicts).decode())
        return
    if not shown.conflicts:
        print("The providers agree.")
    for one in shown.conflicts:
        print("\n".join(lines(one)))


@app.command()
def settle(
    game: GameArgument,
    provider: Annotated[str, typer.Argument(help="Whose claim it is.")],
    event: Annotated[str, typer.Argument(help="Its event, as `list` shows it.")],
    *,
    adopt: Annotated[bool, typer.Option("--adopt/--dismiss", help="Whether the claim counts.")],
    by: ByOption = "",
    reason: ReasonOption = "settled by hand",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Say whether a claim counts. `correct undo` opens a dismissed conflict again."""
    wanted = Settlement(by=person(by), reason=reason, provider=provider, event=event, adopt=adopt)
    sent(configured(config, data), game, f"/v1/admin/games/{game}/conflicts", wanted)


def lines(one: ConflictShown) -> list[str]:
    """A conflict as lines: the claim, then what stands against it."""
    time = datetime.fromtimestamp(one.since_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    state = one.settled or "open"
    word = f"   {one.by}: {one.reason}" if one.by else ""
    head = f"{time}  {one.provider} {one.event}  {_said(one.claim)}   {one.why}, {state}{word}"
    relation = {"ambiguous": "could be", "withdrawn": "tells it"}.get(one.why, "after")
    return [
        head,
        *(f"    {relation:10}{other.provider} {other.event}  {_said(other)}" for other in one.against),
    ]


def _said(claim: ProviderEvent) -> str:
    if claim.action == "retract":
        return "taken back"
    player = (claim.player.name or claim.player.id) if claim.player is not None else ""
    period = f"period {claim.period}" if claim.period is not None else ""
    return " ".join(word for word in (claim.type, claim.team, player, period, claim.clock) if word)


async def _offline(config: Config, game: str, settled: bool) -> ConflictsShown:
    async with opened(config) as stores:
        found = await stores.inquiry.conflicts(game, settled=settled)
    if found is None:
        raise RequestError(404, "unknown_game", f"There is no game {game!r}.")
    return found
