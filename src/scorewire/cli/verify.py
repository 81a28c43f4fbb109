"""`scorewire verify`: follows games over every transport at once, folds on its own, and reports any fault."""

import random
from queue import Empty, Queue
from typing import Annotated

import httpx
import msgspec
import typer
from msgspec import Struct

from scorewire.cli.options import JsonOption
from scorewire.cli.verified import Auditor, Fault, Key, Told
from scorewire.cli.witnesses import Heard, SseWitness, Witness, WsWitness
from scorewire.clock import Clock, SystemClock
from scorewire.errors import BackendError, RequestError
from scorewire.model.delay import DELAYS_S
from scorewire.model.score_state import Tree

GAMES_MAX = 100
"""Follows of one stream."""
POLL_S = 2.0
COMPARES_A_SECOND = 20
"""Reads that hold folded states against served ones; a CDN keeps each of them for a year."""
LAST_COMPARES_S = 10.0
FAULTS_SHOWN = 20

_TREE = msgspec.json.Decoder(Tree)


class Report(Struct, kw_only=True):
    """What `--json` prints."""

    url: str
    games: list[str]
    seconds: float
    readers: dict[str, Told]
    states_compared: int
    states_not_compared: int
    reads_unanswered: int
    faults: list[Fault]


def command(
    url: Annotated[str, typer.Argument(metavar="URL", help="The node, http://127.0.0.1:8080.")],
    *,
    games: Annotated[
        int, typer.Option(min=1, max=GAMES_MAX, help="How many games; those under way first.")
    ] = 20,
    minutes: Annotated[float, typer.Option(min=0.01, help="For how long.")] = 1.0,
    game: Annotated[
        list[str] | None, typer.Option("--game", help="These games, instead.", show_default=False)
    ] = None,
    delay: Annotated[int, typer.Option(help="As a fan who wants to know so many seconds later.")] = 0,
    cut: Annotated[float, typer.Option(min=0, help="Seconds between lost connections; 0 for none.")] = 20.0,
    as_json: JsonOption = False,
) -> None:
    """Hold a running node to its protocol.

    Follows games by SSE, WebSocket and polling, folds what it is told, and compares: seqs without a gap, no
    step back, one state for each seq on every transport, equal to the one that /score serves for it. Made to
    be run against production: it reads as one fan of each kind does. Exit code 1 if anything was wrong.
    """
    if delay not in DELAYS_S:
        raise typer.BadParameter("0, 5, 10 and so on to 180", param_hint="--delay")
    with httpx.Client(base_url=url.rstrip("/"), timeout=10.0) as client:
        found = named(client, game, delay) if game else chosen(client, games, delay)
        check = Check(client, found, delay_s=delay, clock=SystemClock(), rng=random.SystemRandom())
        report = check.run(seconds=minutes * 60, cut_s=cut)
    for line in [msgspec.json.encode(report).decode()] if as_json else told(report):
        print(line)
    if report.faults:
        raise typer.Exit(1)


def chosen(client: httpx.Client, wanted: int, delay_s: int) -> list[str]:
    """Games to follow: those under way, then those with the newest start.

    Raises:
        RequestError: there are none.
        BackendError: nobody answers.
    """
    found: list[str] = []
    cursor: str | None = None
    while len(found) < wanted:
        query = {"limit": str(wanted), "delay": str(delay_s)} | ({"cursor": cursor} if cursor else {})
        page = read(client, "/v1/games", query)
        listed = page.get("games")
        assert isinstance(listed, list), "a list of games has games"
        found += [one["game_id"] for one in listed]
        cursor = page.get("next")  # type: ignore[assignment]
        if cursor is None:
            break
    if not found:
        raise RequestError(404, "no_games", "the node has no games to follow")
    return found[:wanted]


def named(client: httpx.Client, games: list[str], delay_s: int) -> list[str]:
    """The games that were asked for, once the node knows each of them: a slip of the pen is no fault of its.

    Raises:
        RequestError: it does not, or did not `delay_s` ago.
        BackendError: nobody answers.
    """
    query = {"delay": str(delay_s)} if delay_s else {}
    for game in games:
        try:
            read(client, f"/v1/games/{game}/score", query)
        except RequestError as error:
            if error.status != 404:
                raise
            when = f", as of {delay_s} s ago" if delay_s else ""
            raise RequestError(404, "unknown_game", f"there is no game {game!r}{when}") from error
    return games


def read(client: httpx.Client, path: str, query: dict[str, str]) -> Tree:
    """A JSON answer.

    Raises:
        RequestError: it was refused.
        BackendError: there was none.
    """
    try:
        answer = client.get(path, params=query)
    except httpx.HTTPError as error:
        raise BackendError(f"{client.base_url} does not answer: {error}", retryable=True) from error
    if answer.status_code >= 500:
        raise BackendError(f"{path}: {answer.status_code}", retryable=True)
    if answer.status_code != 200:
        raise RequestError(answer.status_code, "refused", f"{path}: {answer.status_code} {answer.text[:200]}")
    return _TREE.decode(answer.content)


class Check:
    """One run."""

    def __init__(
        self, client: httpx.Client, games: list[str], *, delay_s: int, clock: Clock, rng: random.Random
    ) -> None:
        self.auditor = Auditor()
        self._client = client
        self._games = games
        self._delay = {"delay": str(delay_s)} if delay_s else {}
        self._clock = clock
        self._heard: Queue[Heard] = Queue()
        self._polls = 0
        self._unanswered = 0
        url = str(client.base_url).rstrip("/")
        self._witnesses: list[Witness] = [
            kind(
                url=url,
                games=games,
                delay_s=delay_s,
                heard=self._heard,
                cursor=self.auditor.cursor,
                rng=rng,
            )
            for kind in (SseWitness, WsWitness)
        ]

    def run(self, *, seconds: float, cut_s: float) -> Report:
        """Follow for so long, and compare what is left; connections are cut in turn, every `cut_s`."""
        start_s = self._clock.monotonic_s()
        cuts = 0
        for witness in self._witnesses:
            witness.start()
        try:
            while (passed_s := self._clock.monotonic_s() - start_s) < seconds:
                self._listen()
                self._read(passed_s)
                self.auditor.look(self._clock.monotonic_s())
                if cut_s and passed_s > (cuts + 1) * cut_s:
                    self._witnesses[cuts % len(self._witnesses)].cut()
                    cuts += 1
        finally:
            for witness in self._witnesses:
                witness.stop()
        self._listen()
        last_s = self._clock.monotonic_s() + LAST_COMPARES_S
        while self._clock.monotonic_s() < last_s and self._compare():
            pass
        if not self.auditor.compared:
            self.auditor.refused((self._games[0], "", 0), "nothing that was told could be compared")
        names = [*(witness.name for witness in self._witnesses), "polling"]
        return Report(
            url=str(self._client.base_url),
            games=self._games,
            seconds=round(seconds, 1),
            readers={name: self.auditor.told(name) for name in names},
            states_compared=self.auditor.compared,
            states_not_compared=self.auditor.left_uncompared(),
            reads_unanswered=self._unanswered,
            faults=self.auditor.faults,
        )

    def _listen(self) -> None:
        """Take in what has been heard; waits for a moment if that is nothing."""
        wait_s: float | None = 1 / COMPARES_A_SECOND
        while True:
            try:
                reader, what, frame = self._heard.get(timeout=wait_s) if wait_s else self._heard.get_nowait()
            except Empty:
                return
            wait_s = None
            now_s = self._clock.monotonic_s()
            match what:
                case "joined":
                    self.auditor.joined(reader, now_s)
                case "left":
                    self.auditor.left(reader)
                case "frame":
                    self.auditor.frame(reader, frame, now_s)
                case "refused":
                    self.auditor.refused((",".join(self._games[:3]), reader, 0), str(frame["detail"]))

    def _read(self, passed_s: float) -> None:
        """Poll the game whose turn it is, or compare one state."""
        due = int(passed_s / POLL_S * len(self._games))
        if self._polls > due:
            self._compare()
            return
        game = self._games[self._polls % len(self._games)]
        self._polls += 1
        try:
            state = read(self._client, f"/v1/games/{game}/score", self._delay)
        except BackendError:
            self._unanswered += 1  # a node that restarts; what it served before and after must still be true
            return
        except RequestError as error:
            self.auditor.refused((game, "", 0), str(error))
            return
        self.auditor.polled("polling", state, self._clock.monotonic_s())

    def _compare(self) -> bool:
        """Hold one folded state against the served one; whether there was one."""
        key: Key | None = self.auditor.next_unserved()
        if key is None:
            return False
        game, epoch, seq = key
        try:
            query = {"seq": str(seq), "epoch": epoch, **self._delay}
            self.auditor.served(key, read(self._client, f"/v1/games/{game}/score", query))
        except BackendError:
            self._unanswered += 1
            self.auditor.again(key)
            return False
        except RequestError as error:
            self.auditor.refused(key, str(error))
        return True


def told(report: Report) -> list[str]:
    """The report for people."""
    lines = [f"{len(report.games)} games of {report.url} for {report.seconds:g} s"]
    for name, one in report.readers.items():
        whole = ", ".join(f"{count} {reason}" for reason, count in sorted(one.full_states.items()))
        lines.append(
            f"{name:>10}: {one.states} states, {one.updates} updates, full states: {whole or 'none'}; "
            f"connected {one.joins} times, {one.repeats} repeated, {one.byes} byes"
        )
    lines.append(
        f"{report.states_compared} states equal those that are served"
        + (f"; {report.states_not_compared} were not compared" if report.states_not_compared else "")
        + (f"; {report.reads_unanswered} reads had no answer" if report.reads_unanswered else "")
    )
    shown = report.faults[:FAULTS_SHOWN]
    lines += [f"FAULT {one.kind}: {one.reader}, {one.game_id} at {one.seq}: {one.detail}" for one in shown]
    if len(report.faults) > len(shown):
        lines.append(f"and {len(report.faults) - len(shown)} more")
    lines.append("nothing was wrong" if not report.faults else f"{len(report.faults)} faults")
    return lines
