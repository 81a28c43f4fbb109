"""`scorewire providers`: how each provider does on the games that several of them tell."""

import asyncio
from typing import Annotated

import msgspec
import typer

from scorewire.cli.operations import ask, opened
from scorewire.cli.options import ConfigOption, DataOption, JsonOption, configured
from scorewire.config import Config
from scorewire.games.inquiry import ProvidersReported
from scorewire.games.report import ProviderReport

app = typer.Typer(no_args_is_help=True, help="How each provider does: lead, misses, retractions, failovers.")

_ANSWER = msgspec.json.Decoder(ProvidersReported)
_HEADS = (
    "provider",
    "games",
    "told",
    "first",
    "lead",
    "misses",
    "alone",
    "retracted",
    "failovers",
    "conflicts",
    "upheld",
)


@app.callback()
def _group() -> None:
    """How each provider does: lead, misses, retractions, failovers."""


@app.command()
def report(
    *,
    game: Annotated[str, typer.Option(help="Of one game.", show_default=False)] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lead in seconds (behind, where it is negative), key plays missed, and the rest, by provider."""
    settings = configured(config, data)
    body = ask(settings, "GET", "/v1/admin/providers/report", {"game": game} if game else None)
    reported = _ANSWER.decode(body) if body is not None else asyncio.run(_offline(settings, game))
    if as_json:
        print(msgspec.json.encode(reported.providers).decode())
        return
    print("\n".join(table(reported.providers)))


def table(reports: tuple[ProviderReport, ...]) -> list[str]:
    """The report as lines of equal columns."""
    if not reports:
        return ["No game is told by several providers."]
    rows = [_HEADS, *(_cells(one) for one in reports)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _cells(one: ProviderReport) -> tuple[str, ...]:
    lead = "-" if one.lead_ms is None else f"{round(one.lead_ms, -2) / 1000:+.1f}"
    counts = (one.misses, one.alone, one.retractions, one.failovers, one.conflicts, one.upheld)
    return (
        one.provider,
        str(one.games),
        str(one.told),
        str(one.first),
        lead,
        *(str(number) for number in counts),
    )


async def _offline(config: Config, game: str) -> ProvidersReported:
    async with opened(config) as stores:
        return await stores.inquiry.report([game] if game else None)
