"""`scorewire rebuild`: fold the journal again, from the first row, and report any difference."""

import asyncio
from typing import Annotated

import msgspec
import typer

from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.config import Config
from scorewire.games.audit import Rebuilt

_ANSWER = msgspec.json.Decoder(Rebuilt)


def command(
    game: Annotated[str | None, typer.Argument(help="One game; all without it.", show_default=False)] = None,
    *,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fold again and compare.

    It changes nothing; exit code 1 if a stored state differs from its rows.
    """
    settings = configured(config, data)
    body = ask(settings, "POST", "/v1/admin/rebuild", {"game": game} if game else None)
    rebuilt = _ANSWER.decode(body) if body is not None else asyncio.run(_offline(settings, game))
    if as_json:
        print(msgspec.json.encode(rebuilt).decode())
    else:
        print(
            f"{rebuilt.games} games, {rebuilt.rows} rows folded again: {len(rebuilt.differences)} differences"
        )
        for difference in rebuilt.differences:
            print(f"  {difference.game_id} seq {difference.seq}: {difference.what}: {difference.detail}")
    if rebuilt.differences:
        raise typer.Exit(1)


async def _offline(config: Config, game: str | None) -> Rebuilt:
    async with opened(config) as stores:
        return await stores.audit.rebuild([game] if game else await stores.journal.game_ids())
