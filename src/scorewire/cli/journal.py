"""`scorewire journal`: copies of the record, a new epoch after a restore, months, a move to a server."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scorewire.cli.moving import moving
from scorewire.cli.operations import ask
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.journal.backup import copy_file
from scorewire.journal.journal import Journal
from scorewire.journal.partitions import DEFAULT, Upkeep

app = typer.Typer(no_args_is_help=True)

COPIED = ("journal.sqlite", "log.sqlite")
"""In this order: what the log has beyond the journal is decided again, and the other way round it is lost."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """`{"before": "k3f9a2cq", "epoch": "p7dm4xzr"}`."""

    before: str
    epoch: str


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the copies go; it is made if it is not there.")],
    *,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Copy the files of the data folder while the node runs: the journal, then the log.

    Each copy is checked. Existing files are never overwritten. A journal on PostgreSQL is its server's to
    copy, with pg_dump or a base backup: docs/journal.md.
    """
    settings = configured(config, data)
    source = Path(settings.storage.data)
    names = [name for name in COPIED if not (name == "journal.sqlite" and settings.storage.journal)]
    present = [name for name in names if (source / name).is_file()]
    if not present:
        raise ConfigError("storage.data", f"no node has run on {source} yet; name its folder with --data")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in present:
        copy_file(source / name, folder / name)
        print(f"{folder / name}  {(folder / name).stat().st_size} bytes")
    if settings.storage.journal:
        typer.echo("The journal is on a server: copy it with pg_dump, before this.", err=True)


@app.command()
def restored(*, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Begin a new epoch, after an older copy of the journal was put in its place and before a node starts.

    What fans, caches and scoreboards hold under the old epoch then means nothing any more: each fan is given
    full states, and nobody is shown old bytes under a new name.
    """
    settings = configured(config, data)
    _nobody_runs(settings, "restore")
    told = asyncio.run(_renew(_place(settings)))
    if as_json:
        print(msgspec.json.encode(told).decode())
        return
    print(f"The epoch was {told.before} and is {told.epoch}: every node that starts now tells it.")


@app.command()
def upkeep(*, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Make the partitions of the next months, as a running node does by itself; for PostgreSQL only.

    Exit code 1 where rows lie in the default partition that no month can take.
    """
    done = asyncio.run(_keep_up(_place(configured(config, data))))
    if as_json:
        print(msgspec.json.encode(done).decode())
    else:
        print(f"made {', '.join(done.made) or 'nothing'}; {done.moved} rows were moved to their months")
        if done.strays:
            print(f"{done.strays} rows lie in {DEFAULT}: games that are dated outside the years of any month")
    if done.strays:
        raise typer.Exit(1)


@app.command("move")
def move_it(
    url: Annotated[
        str | None,
        typer.Argument(
            help="Empty database, postgresql://user@host/scorewire; without it, the setting storage.journal.",
            show_default=False,
        ),
    ] = None,
    *,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the journal of a node that was stopped into an empty database, for a site that goes on over Kafka.

    All or nothing, in one transaction, in which every row is compared before it counts. Epoch, keys and rows
    stay as they are, so fans come back with their cursors. The file stays; no node decides from it any more.
    """
    settings = configured(config, data)
    target = url or settings.storage.journal
    if not target:
        raise ConfigError("storage.journal", "say where to: postgresql://user@host/scorewire")
    # The folder's own, even where the settings are those of the site that is to go on.
    settings = msgspec.structs.replace(
        settings, storage=msgspec.structs.replace(settings.storage, journal="")
    )
    _nobody_runs(settings, "move")
    told = moving(_place(settings), Path(settings.storage.data) / "log.sqlite", target)
    if as_json:
        print(msgspec.json.encode(told).decode())
    else:
        copied = ", ".join(f"{rows} {name}" for name, rows in told.rows.items() if rows)
        print(f"moved {copied or 'an empty journal'}: each row was compared")
        print(f"{told.folded} games were folded on both sides, {len(told.differ)} of them are not the same")
        for game_id in told.differ:
            print(f"  {game_id}")
        print(f"The epoch is {told.epoch}, as it was. Start the site's processes; this node stays stopped.")
    if told.differ:
        raise typer.Exit(1)


def _nobody_runs(config: Config, then: str) -> None:
    if ask(config, "GET", "/v1/admin/status") is not None:
        raise ConfigError("storage.data", f"a node runs on {config.storage.data}: stop it, then {then}")


def _place(config: Config) -> str:
    place = config.storage.journal_place()
    if not config.storage.journal and not Path(place).is_file():
        raise ConfigError("storage.data", f"there is no journal in {config.storage.data}")
    return place


async def _renew(place: str) -> Restored:
    journal = await Journal.open(place)
    try:
        before = journal.epoch
        return Restored(before=before, epoch=await journal.renew_epoch())
    finally:
        await journal.close()


async def _keep_up(place: str) -> Upkeep:
    journal = await Journal.open(place)
    try:
        return await journal.upkeep(datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC).date())
    finally:
        await journal.close()
