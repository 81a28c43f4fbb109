"""`scorewire replay`: recorded feeds through the signed webhook, at any pace, shuffled and doubled."""

import asyncio
import random
import sys
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scorewire.cli.keys import opened_keys
from scorewire.cli.options import ConfigOption, DataOption, configured
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError, FeedError
from scorewire.intake.casting import Part, agree, cast
from scorewire.intake.feed_client import FeedClient
from scorewire.intake.recording import AUTO, Recording, read
from scorewire.intake.replay import (
    Posting,
    Replay,
    Report,
    interleave,
    lay_out,
    lay_out_payloads,
    nominal_times,
    snapshots,
)
from scorewire.model.provider_event import GameDeclared
from scorewire.providers.format import rfc3339, time_ms

MAX = "max"
SNAPSHOTS = 60
"""How often a growing payload is published in `--raw`."""
REASONS_SHOWN = 10
GAMES_SHOWN = 5
"""Addresses that are printed of a matchday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to play."""

    game: str
    provider: str
    preference: tuple[str, ...]
    format_name: str
    raw: bool
    speed: float | None
    shuffle: int | None
    duplicate_p: float
    now: bool
    start_ms: int | None


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Recordings, packed with gzip or zip or not.")
    ],
    *,
    game: Annotated[str, typer.Option(metavar="ID", help="The game's id; else a slug of it.")] = "",
    providers: Annotated[
        str, typer.Option(metavar="A,B", help="Providers of the game, in order of preference.")
    ] = "",
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="Post under this name; else that of the format.")
    ] = "",
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="A format, or auto.")] = AUTO,
    raw: Annotated[bool, typer.Option("--raw", help="Post the provider's own payloads.")] = False,
    url: Annotated[str, typer.Option(help="The node; else as configured.", show_default=False)] = "",
    secret: Annotated[str, typer.Option(metavar="SECRET", help="The provider's key, whsec_...")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    speed: Annotated[str, typer.Option(metavar="N|max", help="Times the pace of the recording.")] = MAX,
    shuffle: Annotated[
        int | None, typer.Option(metavar="SEED", help="Hold events back at random, up to 400 ms.")
    ] = None,
    duplicate: Annotated[
        float, typer.Option(metavar="P", min=0.0, max=1.0, help="Probability of posting twice.")
    ] = 0.0,
    now: Annotated[bool, typer.Option("--now", help="As if it happened at present.")] = False,
    start: Annotated[
        str, typer.Option(metavar="TIME", help="When the game begins, as 2018-09-23T18:45:00Z.")
    ] = "",
) -> None:
    """Play recorded feeds to a node.

    Declares the game unless the node has it, then posts its events, signed; with --data or --config the key
    is taken from the node's folder, and made there if need be. Several files play side by side. Exit code 1
    if anything was refused.
    """
    wishes = Wishes(
        game=game,
        provider=provider,
        preference=tuple(filter(None, (name.strip() for name in providers.split(",")))),
        format_name=format_,
        raw=raw,
        speed=_speed(speed),
        shuffle=shuffle,
        duplicate_p=duplicate,
        now=now,
        start_ms=_start(start),
    )
    if raw and shuffle is not None:
        raise ConfigError("--raw", "and --shuffle exclude each other: snapshots have one order")
    report = asyncio.run(_play(files, wishes, settings=configured(config, data), url=url, secret=secret))
    _tell(report)
    if report.refused:
        raise typer.Exit(1)


def _speed(text: str) -> float | None:
    if text == MAX:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed < 1e6:
        raise ConfigError("--speed", f"{text!r} is neither max nor a number above 0")
    return speed


def _start(text: str) -> int | None:
    if not text:
        return None
    moment = time_ms(text)
    if moment is None:
        raise ConfigError("--start", f"{text!r} is not a time such as 2018-09-23T18:45:00Z")
    return moment


async def _play(files: list[Path], wishes: Wishes, *, settings: Config, url: str, secret: str) -> Report:
    clock = SystemClock()
    recordings = [one for path in files for one in read(path, format_name=wishes.format_name)]
    parts = _cast(recordings, wishes)
    declared = agree(parts, preference=wishes.preference)
    now_ms = clock.now_ms() if wishes.now else None
    plan = _plan(recordings, parts, wishes, now_ms)
    names = {one.provider for one in declared.values()} | {posting.provider for posting in plan}
    secrets = dict.fromkeys(names, secret) if secret else await _keys(settings, names)
    rng = random.Random(wishes.shuffle or 0)  # noqa: S311 a replay that can be repeated is no secret
    async with AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(
                FeedClient(
                    url=url or _url(settings),
                    provider=name,
                    secret=secrets[name],
                    clock=clock,
                    rng=rng,
                )
            )
            for name in sorted(names)
        }
        report = Report()
        for game in declared.values():
            await _declare(clients[game.provider], _dated(game, parts, wishes, now_ms), report)
        for place in _pages(list(declared), url or _url(settings)):
            _say(place)
        with _bar() as bar:
            task = bar.add_task("posting", total=len(plan))
            replay = Replay(
                clients=clients,
                clock=clock,
                sleep=asyncio.sleep,
                rng=rng,
                duplicate_p=wishes.duplicate_p,
                told=lambda count: bar.advance(task, count),
            )
            await replay.run(plan, report)
    return report


def _cast(recordings: list[Recording], wishes: Wishes) -> list[Part]:
    """Decode each recording and name it; says what was left out."""
    names = wishes.preference if len(wishes.preference) == len(recordings) > 1 else ()
    parts: list[Part] = []
    for number, recording in enumerate(recordings):
        decoded = recording.decode()
        provider = wishes.provider or (names[number] if names else "")
        # The node sees the payload alone, without its name or companions, so that must lead it to the game.
        known_as = recording.format.decode(recording.body).game if wishes.raw else ""
        part = cast(
            decoded,
            provider=provider,
            game_id=wishes.game,
            start_ms=wishes.start_ms,
            known_as=known_as,
        )
        left_out = "".join(f", {count} {reason} left out" for reason, count in decoded.skipped.items())
        _say(f"{recording.name}: {recording.format.name}, {len(part.events)} events{left_out}")
        if part.undated and not wishes.now:
            _say(f"{recording.name} holds no date, so its game begins in 1970; give --start or --now")
        parts.append(part)
    return parts


def _plan(
    recordings: list[Recording], parts: list[Part], wishes: Wishes, now_ms: int | None
) -> list[Posting]:
    plans: list[list[Posting]] = []
    for recording, part in zip(recordings, parts, strict=True):
        if wishes.raw and recording.format.name != "native":
            times = nominal_times(event.time_ms for event in part.events)
            grow = recording.format.grow
            bodies = snapshots(grow(recording.body, SNAPSHOTS)) if grow else [recording.body]
            length_s = times[-1] if times else 0.0
            plans.append(lay_out_payloads(part.provider, bodies, length_s=length_s, speed=wishes.speed))
        else:
            plans.append(
                lay_out(
                    part.events,
                    speed=wishes.speed,
                    shuffle_seed=wishes.shuffle,
                    duplicate_p=wishes.duplicate_p,
                    now_ms=now_ms,
                )
            )
    return interleave(plans)


async def _keys(settings: Config, names: set[str]) -> dict[str, str]:
    """A secret for each provider from the node's folder; a new one where it has none."""
    if not await asyncio.to_thread(Path(settings.storage.data).is_dir):
        raise ConfigError(
            "--secret", f"is needed, or --data with the node's folder; {settings.storage.data} is not there"
        )
    found: dict[str, str] = {}
    async with opened_keys(settings) as keys:
        for name in sorted(names):
            held = [one for one in await keys.secrets(name) if one.startswith("whsec_")]
            found[name] = held[-1] if held else (await keys.create(name)).secret
    return found


def _url(settings: Config) -> str:
    if settings.server.public_url:
        return settings.server.public_url
    host = settings.server.host
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 every address includes this machine's own
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"


def _pages(games: list[str], url: str) -> list[str]:
    """Where to look at the games that are played; the first of many."""
    more = [f"and {len(games) - GAMES_SHOWN} more: {url}/"] if len(games) > GAMES_SHOWN else []
    return [f"{url.rstrip('/')}/game/{game}" for game in games[:GAMES_SHOWN]] + more


def _dated(game: GameDeclared, parts: list[Part], wishes: Wishes, now_ms: int | None) -> GameDeclared:
    """At present the game begins when its first event is posted, at full speed long enough ago."""
    if now_ms is None:
        return game
    times = [event.time_ms for part in parts for event in part.events if event.game_id == game.game_id]
    nominal = nominal_times(sorted(times))
    began_ms = now_ms - (round(nominal[-1] * 1000) if nominal and wishes.speed is None else 0)
    return msgspec.structs.replace(game, start=rfc3339(began_ms // 1000 * 1000), time_ms=began_ms)


async def _declare(client: FeedClient, game: GameDeclared, report: Report) -> None:
    if await client.knows(game.game_id):
        return
    answer = await client.declare(game)
    report.count(answer)
    if answer.rejected:
        refusal = answer.rejected[0]
        raise FeedError(refusal.rule, f"{game.game_id} was not taken: {refusal.detail}")


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _tell(report: Report) -> None:
    rules = Counter(refusal.rule for refusal in report.rejections)
    for rule, count in rules.most_common(REASONS_SHOWN):
        example = next(refusal for refusal in report.rejections if refusal.rule == rule)
        _say(f"refused, {rule} ({count}): {example.id} {example.detail}")
    print(
        f"{report.posted} posted in {report.calls} calls ({report.repeated_calls} of them twice):"
        f" {report.accepted} accepted, {report.duplicates} duplicates, {report.refused} refused."
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
