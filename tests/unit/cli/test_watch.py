"""What the terminal shows of a state; the stream itself is tested end to end."""

import random
import socket

import msgspec
import pytest
from rich.console import Console

from scorewire.cli.watch import LINES, Watch, Watched, line, screen, where
from scorewire.client import Update
from scorewire.clock import SystemClock
from scorewire.model.game_event import CompactEvent
from scorewire.model.score_state import GameClock, League, ScoreState, SideState


def state(**changes: object) -> ScoreState:
    fields: dict[str, object] = {
        "game_id": "g",
        "epoch": "e",
        "seq": 1,
        "sport": "soccer",
        "league": League(id="l"),
        "start": "2026-01-01T00:00:00Z",
        "status": "live",
        "period": "2H",
        "clock": GameClock(display="67:12", seconds=4032, running=True, at=1_000),
        "home": SideState(id="h", name="Home", abbr="H", score=2),
        "away": SideState(id="a", name="", abbr="A", score=1),
        "updated_at": 1,
    }
    return msgspec.convert({**fields, **changes}, ScoreState, from_attributes=True)


@pytest.mark.parametrize(
    ("changes", "now_ms", "shown"),
    [
        ({}, 1_000, "2H 67:12"),
        ({}, 31_000, "2H 67:42"),
        ({}, 0, "2H 67:12"),
        ({"clock": GameClock(display="45+2:10", seconds=2830, running=False)}, 99_000, "2H 45+2:10"),
        (
            {
                "sport": "basketball",
                "period": "Q3",
                "clock": GameClock(display="0:05", seconds=5, running=True, at=0),
            },
            60_000,
            "Q3 0:00",
        ),
        ({"status": "break", "period": "HT"}, 1_000, "HT"),
        ({"status": "final"}, 1_000, "final"),
        ({"status": "scheduled"}, 1_000, "scheduled"),
    ],
)
def test_where_a_game_stands(changes: dict[str, object], now_ms: int, shown: str) -> None:
    assert where(state(**changes), now_ms) == shown


def test_a_line_says_what_happened() -> None:
    event = CompactEvent(seq=2, type="GOAL", team="home", player="X", clock="23:30")
    assert line("g", event) == "g  23:30  GOAL  home  X"
    assert line("g", CompactEvent(seq=3, type="VAR_CHECK")) == "g  VAR_CHECK"


def test_the_newest_lines_are_kept() -> None:
    watched = Watched()
    for seq in range(1, LINES + 4):
        event = CompactEvent(seq=seq, type=f"SHOT_{seq}")
        assert watched.take(Update("update", "g", state(seq=seq), event)) == [f"g  SHOT_{seq}"]
    assert watched.take(Update("update", "g", state(seq=99), None)) == []
    assert watched.lines == [f"g  SHOT_{seq}" for seq in range(4, LINES + 4)]
    assert watched.states["g"].seq == 99


def test_the_screen_holds_scores_events_and_trouble() -> None:
    watched = Watched()
    watched.take(Update("correction", "g", state(), None))
    console = Console(width=100, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(screen(watched, 1_000, "the connection ended; again in 1.0 s"))
    text = captured.get()
    assert "2H 67:12" in text
    assert "Home" in text
    assert "CORRECTION" in text
    assert "again in 1.0 s" in text


def test_the_screen_waits_in_words() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(screen(Watched(), 0, ""))
    assert "waiting" in captured.get()


class Impatient(random.Random):
    """A person who leaves before the second attempt."""

    attempts = 0

    def random(self) -> float:
        self.attempts += 1
        if self.attempts > 1:
            raise KeyboardInterrupt
        return 0.0


def test_into_a_pipe_a_node_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(KeyboardInterrupt):
            Watch(url=url, games=["g"], clock=SystemClock(), rng=Impatient()).run()
    told = capsys.readouterr().err
    assert told.startswith(url)
    assert "again in" in told
