"""`scorewire watch`: a live scoreboard in the terminal, over the same stream as every fan's."""

import asyncio
import random
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Annotated

import typer
from msgspec import UNSET
from rich.console import Console, Group, JustifyMethod
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scorewire.cli.options import DEFAULT_URL, UrlOption
from scorewire.client import Client, Following, Refused, Update
from scorewire.clock import Clock, SystemClock
from scorewire.errors import RequestError
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import UNDER_WAY, ScoreState

LINES = 8


def command(
    games: Annotated[list[str], typer.Argument(metavar="GAME...", help="Ids of games.")],
    *,
    url: UrlOption = DEFAULT_URL,
) -> None:
    """Watch games.

    It resumes by itself where it was when the connection breaks. Ctrl+C leaves.
    """
    Watch(url=url, games=games, clock=SystemClock(), rng=random.SystemRandom()).run()


@dataclass(slots=True)
class Watched:
    """What a watcher sees: the games in the order in which they first came, and what happened last."""

    states: dict[str, ScoreState] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def take(self, update: Update) -> list[str]:
        """Keep an update; the lines that it adds."""
        self.states[update.game_id] = update.state
        added: list[str] = []
        if update.kind == "correction":
            added = [f"{update.game_id}  CORRECTION"]
        elif update.event is not None:
            added = [line(update.game_id, update.event)]
        self.lines = [*self.lines, *added][-LINES:]
        return added


class Watch:
    """One stream, read until the person leaves."""

    def __init__(self, *, url: str, games: list[str], clock: Clock, rng: random.Random) -> None:
        self._url = url.rstrip("/")
        self._games = games
        self._clock = clock
        self._rng = rng
        self._watched = Watched()
        self._trouble = ""
        self._console = Console()

    def run(self) -> None:
        """Read and show until interrupted.

        Raises:
            RequestError: the node knows no such game.
        """
        screen_or_lines = (
            Live(get_renderable=self._screen, refresh_per_second=4, vertical_overflow="visible")
            if self._console.is_terminal
            else nullcontext()
        )
        with screen_or_lines:
            try:
                asyncio.run(self._follow())
            except Refused as refused:
                raise RequestError(refused.status, "refused", str(refused)) from None

    async def _follow(self) -> None:
        async with (
            Client(self._url, rng=self._rng) as client,
            client.follow(*self._games, on_change=self._link_changed) as following,
        ):
            async for update in following:
                added = self._watched.take(update)
                if not self._console.is_terminal:
                    self._print(update, added)

    def _link_changed(self, following: Following[Update]) -> None:
        if following.link == "refused":
            return  # said by the error that ends the command
        trouble = f"{following.trouble}; again in {following.wait_s:.1f} s" if following.trouble else ""
        if trouble and trouble != self._trouble and not self._console.is_terminal:
            print(f"{self._url}: {trouble}", file=sys.stderr, flush=True)
        self._trouble = trouble

    def _print(self, update: Update, added: list[str]) -> None:
        """Into a pipe or a file: one line a full state and an event, with the score."""
        state = update.state
        score = f"{state.home.score}-{state.away.score}"
        named = f"{state.game_id}  {state.status}  {state.home.name} - {state.away.name}"
        for what in ([] if update.kind == "update" else [named]) + added:
            self._console.print(f"{score:>8}  {what}", markup=False, highlight=False, soft_wrap=True)

    def _screen(self) -> Group:
        return screen(self._watched, self._clock.now_ms(), self._trouble)


def screen(watched: Watched, now_ms: int, trouble: str) -> Group:
    """The scoreboard, what happened last, and what is wrong with the connection."""
    table = Table(box=None, pad_edge=False, show_header=False)
    sides: tuple[JustifyMethod, ...] = ("left", "right", "right", "right", "left")
    for justify in sides:
        table.add_column(justify=justify)
    for state in watched.states.values():
        live = "bold" if state.status in UNDER_WAY else "dim"
        table.add_row(
            Text(where(state, now_ms), style="green" if state.status in UNDER_WAY else "dim"),
            Text(state.home.name or state.home.id, style=live),
            Text(f"{state.home.score}", style="bold"),
            Text(f"{state.away.score}", style="bold"),
            Text(state.away.name or state.away.id, style=live),
        )
    lines = [Text(text, style="dim") for text in watched.lines]
    foot = [Text(trouble, style="yellow")] if trouble else []
    waiting = [] if watched.states else [Text("waiting for the first state ...", style="dim")]
    return Group(table, *waiting, Text(""), *lines, *foot)


def where(state: ScoreState, now_ms: int) -> str:
    """`2H 67:12`, `Q3 4:05`, `HT`, `final`: period and clock, run on while the clock runs."""
    if state.status not in UNDER_WAY:
        return state.status
    period = "" if state.period is UNSET else state.period
    if state.clock is UNSET or state.status != "live":
        return period or state.status
    if not state.clock.running or state.clock.at is UNSET:
        return f"{period} {state.clock.display}".strip()
    passed_s = max(now_ms - state.clock.at, 0) // 1000
    seconds = max(state.clock.seconds + (passed_s if state.sport == "soccer" else -passed_s), 0)
    return f"{period} {seconds // 60}:{seconds % 60:02}".strip()


def line(game_id: str, event: CompactEvent) -> str:
    """One event as a line: `wc2022-final  23:30  GOAL home Lionel Messi`."""
    words = (event.clock, event.type, event.team, event.player)
    return f"{game_id}  " + "  ".join(word for word in words if word)
