"""`scorewire explain`: from the score shown, to the rows, to the provider messages that caused them."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.config import Config
from scorewire.errors import RequestError
from scorewire.games.audit import Explained, Explanation

_ANSWER = msgspec.json.Decoder(Explanation)


def command(
    game: Annotated[str, typer.Argument(help="The game's id.")],
    *,
    seq: Annotated[int | None, typer.Option(min=1, help="As it was at this seq.", show_default=False)] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain a score.

    Reads the journal from the first row, without trusting any stored state.
    """
    settings = configured(config, data)
    body = ask(settings, "GET", f"/v1/admin/games/{game}/explain", {"seq": seq} if seq else None)
    explanation = _ANSWER.decode(body) if body is not None else asyncio.run(_offline(settings, game, seq))
    if as_json:
        print(msgspec.json.encode(explanation).decode())
        return
    for line in told(explanation):
        print(line)


async def _offline(config: Config, game: str, seq: int | None) -> Explanation:
    async with opened(config) as stores:
        found = await stores.audit.explain(game, seq)
    if found is None:
        raise RequestError(404, "unknown_game", f"There is no game {game!r}, or it has no such row.")
    return found


def told(explanation: Explanation) -> list[str]:
    """The explanation as lines, the newest row last."""
    shown = explanation.shown
    lines = [
        f"{shown.home.name or shown.home.id} {shown.home.score}-{shown.away.score}"
        f" {shown.away.name or shown.away.id}   {shown.status}   seq {explanation.seq}",
        "",
    ]
    return lines + [_row(row) for row in explanation.rows]


def _row(row: Explained) -> str:
    came = row.received_ms if row.received_ms is not None else row.ts
    time = datetime.fromtimestamp(came / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    cause = f"{row.provider} {row.event} revision {row.revision}"
    corrects = f"   corrects {row.corrects}" if row.corrects is not None else ""
    message = f"   message {row.webhook_id}" if row.webhook_id else ""
    why = f"   {row.by}: {row.reason}" if row.by else ""
    play = " ".join(part for part in (row.team, row.player, row.clock) if part)
    about = f"{row.type:22} {play:24}" if play else f"{row.type:47}"
    stated = f"   states {row.stated}" if row.stated not in ("", row.score) else ""
    disputed = f"   disputed: {row.disputed}" if row.disputed else ""
    noted = "".join(f"   {name} {value}" for name, value in sorted(row.note.items()))
    told = f"{corrects}{stated}{disputed}{message}{why}{noted}"
    return f"{row.seq:5d}  {row.score:>7}  {about} {time}  {cause}{told}"
