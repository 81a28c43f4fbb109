"""What every test may need, and the loud list of what could not run.

Tests that need something which a machine may lack carry a marker of NEEDS. Where it is missing they are
skipped and listed at the end under NOT RUN; with `SCOREWIRE_REQUIRE=data,browser` they fail instead.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from services import named

pytest_plugins = ["services.fixtures"]

# A machine that is busy with servers and browsers says nothing about our code by being slow.
settings.register_profile(
    "busy",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("SCOREWIRE_TEST_EXAMPLES", "100")),
)
settings.load_profile("busy")

# Under nohup a node would ignore the signal that tests send it, as it should.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

ROOT = Path(__file__).resolve().parent.parent
NOT_RUN = ROOT / ".pytest_cache" / "not-run"


def find_data() -> Path | None:
    """The folder of real recordings, which does not travel with this repository."""
    named = os.environ.get("SCOREWIRE_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if (folder / "README.md").is_file() else None


def find_browser() -> Path | None:
    """A Chromium of this machine; Playwright's own download is not needed."""
    for name in ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


def find_compiler() -> Path | None:
    """A C compiler, for the recorder of disks and the stepping clock of tests/adversity."""
    found = shutil.which("cc")
    return None if found is None else Path(found)


def find_server(name: str) -> Path | None:
    """A server's program; Debian keeps some where only root's PATH looks."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return None if found is None else Path(found)


def find_xkey() -> Path | None:
    """Varnish's module for purging by key, of the package varnish-modules."""
    return next(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so"), None)


def find_varnish() -> Path | None:
    """Varnish; what is in deploy/ needs its module too."""
    return find_server("varnishd") if find_xkey() is not None else None


def find_service(name: str) -> Path | None:
    """A server of tests/services: one that the environment names, or that can be started here."""
    return Path(name) if named.available(name) else None


def find_netns() -> Path | None:
    """The right to a network of our own, whose routes can be taken away: root's, in most places."""
    found = shutil.which("unshare")
    if found is None or find_server("ip") is None:
        return None
    tried = subprocess.run([found, "-n", "ip", "link", "set", "lo", "up"], check=False, capture_output=True)
    return Path(found) if tried.returncode == 0 else None


def find_mount() -> Path | None:
    """The right to mount a file system of our own, for a disk that can be filled: root's, in most places."""
    found = shutil.which("mount")
    if found is None or os.geteuid() != 0:
        return None
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run([found, "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True)
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
    return Path(found) if tried.returncode == 0 else None


NEEDS: dict[str, tuple[Callable[[], Path | None], str]] = {
    "data": (find_data, "no recordings at SCOREWIRE_TEST_DATA or ../shared/data"),
    "browser": (find_browser, "no Chromium on this machine"),
    "nodejs": (partial(find_server, "node"), "no Node.js on this machine"),
    "compiler": (find_compiler, "no C compiler (cc) on this machine"),
    "nginx": (partial(find_server, "nginx"), "no nginx on this machine"),
    "haproxy": (partial(find_server, "haproxy"), "no HAProxy on this machine"),
    "varnish": (find_varnish, "no Varnish with xkey (varnish-modules) on this machine"),
    "xkey": (find_xkey, "no xkey (varnish-modules) on this machine"),
    "redis": (
        partial(find_service, "redis"),
        "no Redis 7 on this machine, and SCOREWIRE_TEST_REDIS is unset",
    ),
    "postgres": (
        partial(find_service, "postgres"),
        "no PostgreSQL 15 on this machine, and SCOREWIRE_TEST_POSTGRES is unset",
    ),
    "kafka": (
        partial(find_service, "kafka"),
        "no Java 17 or jars of Kafka (.ci/kafka gets them), and SCOREWIRE_TEST_KAFKA is unset",
    ),
    "systemd": (partial(find_server, "systemd-analyze"), "no systemd-analyze on this machine"),
    "netns": (find_netns, "may not make a network of its own, so none that really dies"),
    "mount": (find_mount, "may not mount a file system, so no disk that is really full"),
}


def required() -> set[str]:
    """What SCOREWIRE_REQUIRE says must be there."""
    return set(filter(None, os.environ.get("SCOREWIRE_REQUIRE", "").split(",")))


def pytest_configure() -> None:
    """A name that nothing has would require nothing."""
    unknown = required() - set(NEEDS)
    if unknown:
        raise pytest.UsageError(f"SCOREWIRE_REQUIRE: unknown: {', '.join(sorted(unknown))}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, (find, absence) in NEEDS.items():
        if item.get_closest_marker(need) is not None and find() is None:
            if need in required():
                pytest.fail(f"{need}: {absence}, and SCOREWIRE_REQUIRE names it", pytrace=False)
            pytest.skip(f"{need}: {absence}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings; for tests marked `data`."""
    folder = find_data()
    assert folder is not None, "a test that uses shared_data must carry @pytest.mark.data"
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's executable; for tests marked `browser`."""
    path = find_browser()
    assert path is not None, "a test that uses chromium must carry @pytest.mark.browser"
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was skipped, by reason, and keep it for the end of `make test`."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    if not reasons:
        return
    lines = [
        f"{count:5d} test{'s' if count > 1 else ' '}  {reason}" for reason, count in sorted(reasons.items())
    ]
    terminalreporter.section("NOT RUN", sep="!", yellow=True, bold=True)
    for line in lines:
        terminalreporter.write_line(line, yellow=True)
    NOT_RUN.mkdir(parents=True, exist_ok=True)
    arguments = " ".join(str(argument) for argument in terminalreporter.config.args)
    (NOT_RUN / str(os.getpid())).write_text("\n".join([f"NOT RUN of {arguments}:", *lines, ""]))
