"""`scorewire watch`: a live scoreboard in the terminal, over the same stream as every fan's."""

import random
import sys
import threading
from contextlib import nullcontext
from typing import Annotated

import httpx
import typer
from msgspec import UNSET
from rich.console import Console, Group, JustifyMethod
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scorewire.cli.followed import Followed, Next, back_off_s
from scorewire.cli.options import DEFAULT_URL, UrlOption
from scorewire.cli.sse import EventReader, Message
from scorewire.clock import Clock, SystemClock
from scorewire.errors import RequestError
from scorewire.model.score_state import UNDER_WAY, ScoreState

SILENCE_S = 40.0
"""A stream beats every 15 s; two beats missed and a little more is a dead one."""
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


class Watch:
    """One stream, read until the person leaves."""

    def __init__(self, *, url: str, games: list[str], clock: Clock, rng: random.Random) -> None:
        self._url = url.rstrip("/")
        self._games = games
        self._clock = clock
        self._rng = rng
        self._followed = Followed()
        self._reader = EventReader()
        self._trouble = ""
        self._left = threading.Event()
        self._console = Console()
        self._printed = 0

    def run(self) -> None:
        """Read and show until interrupted.

        Raises:
            RequestError: the node knows no such game.
        """
        attempt = 0
        screen_or_lines = (
            Live(get_renderable=self._screen, refresh_per_second=4, vertical_overflow="visible")
            if self._console.is_terminal
            else nullcontext()
        )
        with httpx.Client(timeout=httpx.Timeout(10.0, read=SILENCE_S)) as client, screen_or_lines:
            while True:
                heard = self._read(client)
                attempt = 0 if heard else attempt + 1
                wait_s = back_off_s(
                    attempt, self._rng, retry_ms=self._reader.retry_ms, bye_ms=self._followed.bye_ms
                )
                self._trouble = f"{self._trouble}; again in {wait_s:.1f} s"
                self._followed.bye_ms = None
                if not self._console.is_terminal:
                    print(f"{self._url}: {self._trouble}", file=sys.stderr, flush=True)
                self._left.wait(wait_s)

    def _read(self, client: httpx.Client) -> bool:
        """Read one connection to its end; whether anything came."""
        heard = False
        cursor = self._reader.last_id
        reader = EventReader()
        reader.last_id, reader.retry_ms = cursor, self._reader.retry_ms
        self._reader = reader
        headers = {"accept": "text/event-stream"} | ({"last-event-id": cursor} if cursor else {})
        try:
            with client.stream(
                "GET",
                f"{self._url}/v1/stream",
                params=[("game", game) for game in self._games],
                headers=headers,
            ) as answer:
                if answer.status_code >= 400:
                    self._refused(answer)
                    return False
                for chunk in answer.iter_bytes():
                    heard, self._trouble = True, ""
                    for message in reader.feed(chunk):
                        following: Next = self._followed.take(message)
                        if not self._console.is_terminal:
                            self._print_news(message)
                        if following == "resync":
                            reader.last_id = ""
                        if following != "go on":
                            self._trouble = "the node closes" if following == "again" else "missed an update"
                            return True
            self._trouble = "the connection ended"
        except (httpx.HTTPError, ValueError) as error:
            self._trouble = str(error) or type(error).__name__
        return heard

    def _print_news(self, message: Message) -> None:
        """Into a pipe or a file: one line a state and an event, with the score."""
        shown = {state.game_id: state for state in self._followed.shown()}
        if message.event == "full_state":
            state = shown[self._followed.replaced]
            self._print(f"{state.game_id}  {state.status}  {state.home.name} - {state.away.name}", state)
        fresh = self._followed.told_in_all - self._printed
        self._printed = self._followed.told_in_all
        for game_id, event in self._followed.told[-fresh:] if fresh else ():
            self._print(line(game_id, event), shown[game_id])

    def _print(self, what: str, state: ScoreState) -> None:
        score = f"{state.home.score}-{state.away.score}"
        self._console.print(f"{score:>8}  {what}", markup=False, highlight=False, soft_wrap=True)

    def _refused(self, answer: httpx.Response) -> None:
        answer.read()
        if answer.status_code < 500 and answer.status_code != 429:
            try:
                detail = str(answer.json().get("detail", ""))
            except ValueError:
                detail = ""
            raise RequestError(
                answer.status_code, "refused", detail or f"the node answers {answer.status_code}"
            )
        self._trouble = f"the node answers {answer.status_code}"

    def _screen(self) -> Group:
        return screen(self._followed, self._clock.now_ms(), self._trouble)


def screen(followed: Followed, now_ms: int, trouble: str) -> Group:
    """The scoreboard, what happened last, and what is wrong with the connection."""
    table = Table(box=None, pad_edge=False, show_header=False)
    sides: tuple[JustifyMethod, ...] = ("left", "right", "right", "right", "left")
    for justify in sides:
        table.add_column(justify=justify)
    for state in followed.shown():
        live = "bold" if state.status in UNDER_WAY else "dim"
        table.add_row(
            Text(where(state, now_ms), style="green" if state.status in UNDER_WAY else "dim"),
            Text(state.home.name or state.home.id, style=live),
            Text(f"{state.home.score}", style="bold"),
            Text(f"{state.away.score}", style="bold"),
            Text(state.away.name or state.away.id, style=live),
        )
    lines = [Text(line(game_id, event), style="dim") for game_id, event in followed.told[-LINES:]]
    foot = [Text(trouble, style="yellow")] if trouble else []
    waiting = [] if followed.states else [Text("waiting for the first state ...", style="dim")]
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


def line(game_id: str, event: dict[str, object]) -> str:
    """One event as a line: `wc2022-final  23:30  GOAL home Lionel Messi`."""
    words = (event.get("clock"), event.get("type"), event.get("team"), event.get("player"))
    return f"{game_id}  " + "  ".join(str(word) for word in words if word)
