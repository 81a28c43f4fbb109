"""What cannot run is said loudly, and fails where it was promised."""

import subprocess
import sys
from pathlib import Path

import pytest

TEST = """
import pytest

pytestmark = pytest.mark.slow

@pytest.mark.data
def test_one(shared_data): assert shared_data.is_dir()

@pytest.mark.data
def test_two(shared_data): assert shared_data.is_dir()

def test_three(): pytest.skip("varnish: not installed")
"""


def run(
    tmp_path: Path, environment: dict[str, str], test: str = TEST, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run a test under the real conftest, as a project of its own."""
    tests = tmp_path / "project" / "tests"
    tests.mkdir(parents=True, exist_ok=True)
    (tests / "conftest.py").write_text((Path(__file__).parent / "conftest.py").read_text())
    (tests / "test_it.py").write_text(test)
    (tests.parent / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {Path(__file__).parent}\nmarkers =\n  data: d\n  browser: b\n  redis: r\n"
    )
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *(options or ("-q",)),
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "tests",
        ],
        cwd=tests.parent,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_what_is_missing_is_listed_by_reason_and_kept(tmp_path: Path) -> None:
    result = run(tmp_path, {})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "NOT RUN" in result.stdout
    assert "2 tests  data: no recordings at SCOREWIRE_TEST_DATA or ../shared/data" in result.stdout
    assert "1 test   varnish: not installed" in result.stdout
    (kept,) = (tmp_path / "project" / ".pytest_cache" / "not-run").iterdir()
    assert "2 tests  data" in kept.read_text()


def test_what_is_required_must_be_there(tmp_path: Path) -> None:
    result = run(tmp_path, {"SCOREWIRE_REQUIRE": "data"})
    assert result.returncode == 1
    assert "SCOREWIRE_REQUIRE names it" in result.stdout


def test_what_is_required_must_have_a_name_that_something_has(tmp_path: Path) -> None:
    result = run(tmp_path, {"SCOREWIRE_REQUIRE": "redis,postgresql"})
    assert result.returncode == 4
    assert "SCOREWIRE_REQUIRE: unknown: postgresql" in result.stderr


def test_what_ci_requires_is_known(tmp_path: Path) -> None:
    """The script of CI, with something else in place of make."""
    script = (Path(__file__).parent.parent / ".ci" / "run").read_text()
    (tmp_path / "make").write_text('#!/bin/sh\nprintf %s "$SCOREWIRE_REQUIRE"\n')
    (tmp_path / "make").chmod(0o755)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "run").write_text(script)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = ["sh", str(tmp_path / "ci" / "run")]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert asked == "redis,postgres,kafka,nginx,haproxy,varnish,xkey"
    assert run(tmp_path, {"SCOREWIRE_REQUIRE": asked}, "def test_it(): pass\n").returncode == 0
    environment["SCOREWIRE_REQUIRE"] = ""
    assert not subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_server_that_is_missing_is_listed_or_fails(tmp_path: Path) -> None:
    wanted = "def test_it(redis_url): assert False\n"
    result = run(tmp_path, {"PATH": "/nowhere"}, wanted)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 test   redis: no Redis 7 on this machine" in result.stdout
    result = run(tmp_path, {"PATH": "/nowhere", "SCOREWIRE_REQUIRE": "redis"}, wanted)
    assert result.returncode == 1
    assert "redis: no Redis 7 on this machine" in result.stdout


def test_the_header_says_which_servers_there_are(tmp_path: Path) -> None:
    named = {"PATH": "/nowhere", "SCOREWIRE_TEST_KAFKA": "broker.example:9092"}
    result = run(tmp_path, named, "def test_it(): pass\n", "-v")
    assert "servers: redis absent; " in result.stdout
    assert "kafka at broker.example:9092" in result.stdout


@pytest.mark.parametrize("named", [True, False])
def test_recordings_are_found_by_name_or_beside_the_repository(tmp_path: Path, named: bool) -> None:
    folder = tmp_path / "elsewhere" if named else tmp_path / "shared" / "data"
    folder.mkdir(parents=True)
    (folder / "README.md").touch()
    result = run(tmp_path, {"SCOREWIRE_TEST_DATA": str(folder)} if named else {})
    assert "3 passed" not in result.stdout
    assert "2 passed, 1 skipped" in result.stdout
