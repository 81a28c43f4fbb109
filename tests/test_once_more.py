"""What .ci/once-more does: a test that fails by chance is named, and one that is broken fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "once-more"
TEST = """
from pathlib import Path
import pytest

pytestmark = pytest.mark.slow

def chance(name):
    "Fails the first time."
    seen = Path(name)
    if not seen.exists():
        seen.touch()
        pytest.fail("by chance")

@pytest.fixture
def shaky(request): chance(request.node.name)

def test_well(): pass
"""
CHANCE = """
@pytest.fixture
def late():
    yield
    chance("late")

def test_call(): chance("it")
def test_end(late): pass
@pytest.mark.parametrize("name", ["a b", "c::d", "é"])
def test_setup(shaky, name): pass
"""
FAULTS = {
    "one that fails again": ("def test_it(): assert False", 1),
    "a chance beside a fault": ("def test_a(shaky): pass\ndef test_b(): assert False", 1),
    "six": ("@pytest.mark.parametrize('n', range(6))\ndef test_it(shaky, n): pass", 1),
    "what cannot be read": ("def test_it(:", 2),
    "a name that is another each time": (
        "import os\n@pytest.mark.parametrize('n', [os.times().elapsed])\ndef test_it(shaky, n): pass",
        1,
    ),
}


def run(folder: Path, tests: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(f"{TEST}\n{tests}\n")
    return subprocess.run(
        ["sh", str(SCRIPT), sys.executable, *options, "test_it.py"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def named(folder: Path) -> list[str]:
    kept = folder / ".pytest_cache" / "failed-once"
    return kept.read_text().splitlines() if kept.exists() else []


def test_what_fails_by_chance_passes_and_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, CHANCE, "-p", "xdist", "-n", "2", "--dist", "loadfile")
    assert result.returncode == 0, result.stdout
    found = named(tmp_path)
    assert len(found) == 5
    assert all(line.startswith("!!! FAILED ONCE, passed alone: test_it.py::test_") for line in found)
    assert result.stdout.splitlines()[-5:] == found
    assert run(tmp_path, "", "-p", "xdist", SCOREWIRE_TEST_PROFILE="other").returncode == 0
    assert named(tmp_path) == found, "of another profile"
    assert run(tmp_path, "", "-p", "xdist").returncode == 0
    assert named(tmp_path) == [], "what an earlier run has named"


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_fails(tmp_path: Path, what: str) -> None:
    tests, code = FAULTS[what]
    result = run(tmp_path, tests, "-p", "xdist")
    assert result.returncode == code, result.stdout
    assert named(tmp_path) == []
