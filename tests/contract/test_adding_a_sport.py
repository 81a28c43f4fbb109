"""The guide to an eleventh sport: its two files are taken from the page and work as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "adding-a-sport.md"

PLAYED = """
from scorewire.sports.water_polo import WATER_POLO
from scorewire.sports import SPORTS
SPORTS["water_polo"] = WATER_POLO
from scorewire.sports import document
assert "Water polo" in document.page() and "s8 --> s9: PERIOD_START 5" in document.page()
from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
desk = Desk(Book(game_id="g", machines=SPORTS), "e")
told = [GameDeclared(provider="p", game_id="g", event="d", revision=1, sport="water_polo",
                     league=League(id="l"), start="2026-01-01T00:00:00Z",
                     home=Team(id="h"), away=Team(id="a"))]
for number, (kind, team, extra) in enumerate([
    ("PERIOD_START", None, {}), ("GOAL", "home", {}), ("GOAL", "away", {}),
    ("GOAL_CANCELLED", "home", {"event": "e2"}),
], 1):
    told.append(ProviderEvent(provider="p", game_id="g", event=f"e{number}", revision=1, type=kind, team=team,
                              period=1, detail=extra))
for offset, claim in enumerate(told, 1):
    verdict = decide(desk, claim, now_ms=offset, log_offset=offset, kind="none")
    assert verdict.outcome == "applied", verdict
assert (desk.shown.home.score, desk.shown.away.score) == (0, 1)
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with the guide's sport in it, and the tests' helpers beside the guide's test."""
    folder = tmp_path_factory.mktemp("eleventh")
    sport, test = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "water_polo.py").write_text(sport, encoding="utf-8")
    (folder / "test_water_polo.py").write_text(test, encoding="utf-8")
    # The installed package is extended by one module, as if the file lay in it; nothing in src/ is touched.
    (folder / "conftest.py").write_text(
        "import sys, importlib.util\n"
        "spec = importlib.util.spec_from_file_location('scorewire.sports.water_polo',"
        f" {str(folder / 'water_polo.py')!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules[spec.name] = module\n"
        "spec.loader.exec_module(module)\n",
        encoding="utf-8",
    )
    return folder


def run(room: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=room,
        env={"PYTHONPATH": str(ROOT / "tests"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_guides_own_tests_pass(room: Path) -> None:
    assert "6 passed" in run(room, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_water_polo.py")


def test_a_game_of_the_new_sport_goes_through_the_owner(room: Path) -> None:
    run(room, "-c", "import conftest\n" + PLAYED)


@pytest.mark.parametrize(
    "place", ["src/scorewire/sports/water_polo.py", "tests/unit/sports/test_water_polo.py"]
)
@pytest.mark.parametrize("check", [("check", "--ignore", "I001"), ("format", "--check")])
def test_both_files_pass_the_house_rules(room: Path, check: tuple[str, ...], place: str) -> None:
    """Read from standard input under the name that the file would have, so that ruff knows its place.

    The order of imports is left out: ruff takes a module for ours if its file is there, and here it is not.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *check, "--stdin-filename", place, "-"],
        cwd=ROOT,
        input=(room / Path(place).name).read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
