"""`scorewire correct`: a wrong score put right by hand, and handed back to the feeds."""

import re
from typing import Annotated

import msgspec
import typer

from scorewire.cli.desk import ByOption, GameArgument, ReasonOption, entries, lines, person, told
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.errors import FeedError, RequestError
from scorewire.intake.desk import Cancellation, DeskEntry, HandBack
from scorewire.model.provider_event import Detail

app = typer.Typer(no_args_is_help=True, help="A wrong score put right by hand, and handed back to the feeds.")

_SCORE = re.compile(r"(\d{1,4})[-:](\d{1,4})\Z", re.ASCII)


@app.command()
def score(
    game: GameArgument,
    result: Annotated[str, typer.Argument(metavar="HOME-AWAY", help="The score as it is: 2-1.")],
    *,
    lines_: Annotated[
        str, typer.Option("--lines", metavar="TEXT", help="By period, where known: '1-0 1-1'.")
    ] = "",
    period: Annotated[int | None, typer.Option(min=1, max=99, help="The period in which it holds.")] = None,
    by: ByOption = "",
    reason: ReasonOption = "put right by hand",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what the score is. What is played from now on adds to it; `undo` hands back to the feeds."""
    match = _SCORE.match(result)
    if match is None:
        raise FeedError("wrong_detail", f"{result!r} is not a score such as 2-1")
    detail: Detail = {"home": int(match[1]), "away": int(match[2])}
    if lines_:
        detail["lines"] = lines_
    entry = DeskEntry(by=person(by), reason=reason, type="SCORE_SET", period=period, detail=detail)
    told(configured(config, data), game, "", entry)


@app.command()
def cancel(
    game: GameArgument,
    seq: Annotated[int, typer.Argument(min=1, help="Of the row that told the play; see `explain`.")],
    *,
    by: ByOption = "",
    reason: ReasonOption = "does not count",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Take back a play, whatever its provider sends of it, until `undo`."""
    told(configured(config, data), game, "/cancel", Cancellation(by=person(by), reason=reason, seq=seq))


@app.command()
def undo(
    game: GameArgument,
    event: Annotated[
        str, typer.Argument(help="As `list` shows it; without it, the newest that stands.")
    ] = "",
    *,
    by: ByOption = "",
    reason: ReasonOption = "handed back to the feeds",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Hand back to the feeds: what the desk entered no longer counts, what they sent does."""
    settings = configured(config, data)
    if not event:
        standing = [one.event for one in entries(settings, game).entries if one.stands]
        if not standing:
            raise RequestError(404, "unknown_entry", f"The desk has no entry that stands in {game}.")
        event = standing[0]
    told(settings, game, f"/{event}/hand-back", HandBack(by=person(by), reason=reason), entry=False)


@app.command("list")
def list_entries(
    game: GameArgument, *, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """What the desk has entered for a game, by whom and why."""
    shown = entries(configured(config, data), game)
    if as_json:
        print(msgspec.json.encode(shown.entries).decode())
        return
    for line in lines(shown):
        print(line)
