"""`scorewire capture`: one game taken along from a node, and decided again elsewhere."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from scorewire import captures
from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, configured
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import FeedError, RequestError
from scorewire.games import capture
from scorewire.model.ids import is_id
from scorewire.sports import SPORTS

app = typer.Typer(no_args_is_help=True, help="One game taken along, and decided again elsewhere.")

EXIT_DIFFERS = 1
TEXT_SHOWN = 600


@app.command()
def take(
    game: Annotated[str, typer.Argument(help="The game's id.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Else GAME.capture.")] = None,
    *,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Write all claims and rows of a game to a file: what its providers sent, no keys, no signatures."""
    if not is_id(game):
        raise RequestError(404, "unknown_game", f"There is no game {game!r}.")
    settings = configured(config, data)
    body = ask(settings, "GET", f"/v1/admin/games/{game}/capture")
    if body is None:
        body = asyncio.run(_offline(settings, game))
    place = out or Path(f"{game}.capture")
    place.write_bytes(body)
    taken = capture.read(body)
    print(f"{place}: {len(taken.entries)} claims, {len(taken.rows)} rows.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `take` wrote it.")],
) -> None:
    """Decide a capture's claims again and compare with its rows; exit code 1 if they differ."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise FeedError("unreadable_capture", f"{file}: {error.strerror or error}") from None
    taken = capture.read(body)
    found = capture.compare(taken.rows, capture.reproduce(taken, SPORTS))
    if found is None:
        print(f"{taken.head.game_id}: {len(taken.rows)} rows, reproduced.")
        return
    print(f"{taken.head.game_id} differs from row {found.seq} on.")
    print(f"stored      {found.stored[:TEXT_SHOWN] or 'nothing'}")
    print(f"reproduced  {found.reproduced[:TEXT_SHOWN] or 'nothing'}")
    if taken.head.first_offset > 1:
        print(
            f"The log began at offset {taken.head.first_offset} when it was taken: older claims are missing."
        )
    raise typer.Exit(EXIT_DIFFERS)


async def _offline(config: Config, game: str) -> bytes:
    async with opened(config) as stores:
        now_ms = SystemClock().now_ms()
        epoch = stores.journal.epoch
        body = await captures.take(config, stores.audit, game_id=game, epoch=epoch, now_ms=now_ms)
    if body is None:
        raise RequestError(404, "unknown_game", f"There is no game {game!r}.")
    return body
