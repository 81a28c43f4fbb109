import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from e2e.matchday import NOW, matchday, side, state
from e2e.matches import matches
from e2e.sportsday import sportsday
from scorewire.model.score_state import GameClock, ScoreState
from scorewire.web.board import short_status
from scorewire.web.bundle import load_bundle
from scorewire.web.timeline import lines
from scorewire.web.widget import TOLD, light_style
from scorewire.web.words import SPORTS

BYTES_MAX = 10_000
NODE = shutil.which("node")
RUN = """
import { readFileSync } from "node:fs";
const { statusOf, eventsOf, momentOf } = await import(`${process.argv[1]}/live-score-says.js`);
const { states, now } = JSON.parse(readFileSync(0, "utf8"));
const line = (state) => ([event, text, struck]) => [momentOf(state, event), text, struck];
const told = (state) => eventsOf(state, 99).map(line(state));
console.log(JSON.stringify(states.map((state) => [statusOf(state, now), told(state)])));
"""


def says(folder: Path, states: list[ScoreState], now_ms: int = NOW) -> list[Any]:
    """Status and key events of each, by the widget's own functions."""
    for name in ("live-score-says.js", "live-score-words.js"):
        (folder / name).write_bytes(load_bundle().files[name].body)
    (folder / "package.json").write_text('{"type": "module"}')
    given = msgspec.json.encode({"states": states, "now": now_ms})
    run = [str(NODE), "--input-type=module", "-e", RUN, str(folder)]
    done = subprocess.run(run, input=given, capture_output=True, check=True, timeout=60)
    found: list[Any] = json.loads(done.stdout)
    return found


def test_the_whole_widget_is_one_small_module() -> None:
    module = load_bundle().files["widget.js"]
    assert len(module.packed) < BYTES_MAX
    assert b"import " not in module.body
    assert b"export " not in module.body
    assert b"https://" not in module.body


@pytest.mark.skipif(NODE is None, reason="no Node to read it")
def test_the_joined_module_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "widget.mjs").write_bytes(load_bundle().files["widget.js"].body)
    done = subprocess.run(
        [str(NODE), "--check", str(tmp_path / "widget.mjs")], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def labelled() -> list[ScoreState]:
    """Every label of every sport, played and in a break, with a clock and without."""
    made = []
    for sport, words in SPORTS.items():
        for label in words["labels"]:
            for status in ("live", "break"):
                held = state("g", sport=sport, status=status, period=label)
                made.append(held)
                clock = GameClock(display="4:12", seconds=252, running=True, at=NOW - 30_000)
                made.append(replace(held, clock=clock))
                made.append(replace(held, clock=replace(clock, seconds=5700), note="40-15"))
    return made


def ended() -> list[ScoreState]:
    """Games of every sport with up to three overtimes, with and without a shoot-out."""
    made = []
    for sport, words in SPORTS.items():
        for last in range(1, words["regular"] + 4):
            line = {str(number): {"home": 1, "away": 0} for number in range(1, last + 1)}
            overtime = last - words["regular"]
            for label in {"", words["shootout"]["label"], f"OT{overtime}"} & {"", *words["labels"]}:
                held = state("g", sport=sport, status="final", linescore=line, period=label or UNSET)
                made.append(held)
                if words["shootout"]["label"]:
                    made.append(
                        replace(held, home=side("A", "A", shootout=4), away=side("B", "B", shootout=2))
                    )
    return made


@pytest.mark.skipif(NODE is None, reason="no Node to run it")
def test_the_widget_says_the_status_as_the_lists_do(tmp_path: Path) -> None:
    states = [*matchday(), *sportsday(), *matches(), *labelled(), *ended()]
    states = [one for one in states if one.status in ("live", "break", "ended", "final", "corrected")]
    wanted = [" ".join(short_status(one, NOW)).strip() for one in states]
    # Lists show a label that they have no word for as it comes, " END" and all.
    wanted = [text.replace(" END", " end") for text in wanted]
    # Which extra time was the last is said in lists only.
    wanted = [
        text.partition(" ")[0] if text.startswith("AET ET") or text == "AET SD" else text for text in wanted
    ]
    told = [status for status, _ in says(tmp_path, states)]
    assert len(states) > 500
    assert [
        (one, got, want) for one, got, want in zip(states, told, wanted, strict=True) if got != want
    ] == []


@pytest.mark.skipif(NODE is None, reason="no Node to run it")
def test_other_statuses_are_told_in_words(tmp_path: Path) -> None:
    named = ("scheduled", "pre", "postponed", "interrupted", "void")
    told = [status for status, _ in says(tmp_path, [state("g", status=name) for name in named])]
    assert told == ["", "", "Postponed", "Interrupted", "Void"]


@pytest.mark.skipif(NODE is None, reason="no Node to run it")
def test_key_events_read_as_in_the_timeline(tmp_path: Path) -> None:
    """In sports of minutes to the word; the moments of others are shorter."""
    states = [one for one in [*matchday(), *sportsday()] if one.events]
    struck = 0
    for one, (_, told) in zip(states, says(tmp_path, states), strict=True):
        found = lines(one.sport, one.events or (), one.home.score, one.away.score, one)
        wanted = [line for line in found if line.weight in TOLD]
        if SPORTS[one.sport]["points_by"]:
            continue
        assert [gone for _, _, gone in told] == [bool(line.struck) for line in wanted]
        if SPORTS[one.sport]["minutes"]:
            assert [when for when, _, _ in told] == [line.when for line in wanted]
        titles = [line.title.partition(":")[0] for line in wanted]
        assert [text for _, text, _ in told] == titles
        struck += sum(gone for _, _, gone in told)
    assert struck


def test_the_documentation_names_every_variable_part_and_attribute() -> None:
    docs = (Path(__file__).resolve().parents[3] / "docs" / "widget.md").read_text()
    files = load_bundle().files
    script = files["live-score.js"].body.decode()
    variables = set(re.findall(r"--live-score-\w+", files["live-score.css"].body.decode()))
    assert variables == set(re.findall(r"^\| `(--live-score-\w+)`", docs, re.M))
    told = re.search(r"`live-score::part\(score\) .*?:((?:.|\n)*?)\.\n\n", docs)
    assert told is not None
    named = {part for text in re.findall(r"`([^`]+)`", told[1]) for part in text.split()}
    made = set(re.findall(r'(?:made|part)\([^,]+, "(\w+)"', script)) | {"side", "home", "away"}
    assert made - {"root", "unseen"} == named
    listed = set(re.findall(r"^\| `([a-z]+)`(?:, `[a-z]+`)* \|", docs, re.M))
    asked = set(re.findall(r'Attribute\("(\w+)"\)', script)) | {"game", "team", "theme"}
    assert asked == listed


def test_the_style_in_a_page_of_ours_is_that_of_the_element() -> None:
    made = light_style(':host { a } :host([theme="dark"]) .root { b } [hidden], :host([hidden]) { c }')
    assert made == b'live-score { a } live-score[theme="dark"] .root { b } [hidden], live-score[hidden] { c }'
