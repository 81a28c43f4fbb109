"""The units are such as systemd knows, and give no service more than it needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from contract.deploy_files import ROLE_UNITS, SYSTEMD, unit_of

EXPOSURE_MAX = 1.5
"""Of 10, as `systemd-analyze security` counts; a service without any of these settings has 9.6."""
UNITS = ("scorewire.service", *(f"scorewire@{role}.service" for role in ROLE_UNITS))
PROGRAM = "opt/scorewire/bin/scorewire"


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd."""
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words], check=False, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root folder with the units and an empty program."""
    root = tmp_path_factory.mktemp("machine")
    shutil.copytree(SYSTEMD, root / "etc/systemd/system", ignore=shutil.ignore_patterns("env", "*.sysusers"))
    for name in (PROGRAM, "bin/kill"):
        (root / name).parent.mkdir(parents=True)
        (root / name).touch(mode=0o755)
    return root


def verified(root: Path, unit: str) -> str:
    """What systemd says against a unit; nothing if it is fine."""
    found = analyze(f"--root={root}", "--man=no", "--recursive-errors=no", "verify", unit)
    return found.stderr if found.returncode or found.stderr else ""


@pytest.mark.systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_knows_all_of_it(machine: Path, name: str) -> None:
    assert verified(machine, name) == ""


@pytest.mark.systemd
@pytest.mark.parametrize(
    "line",
    ["Restrat=always", "TimeoutStopSec=soon", "SystemCallFilter=@nonsense", "ExecStartPre=/no/program"],
)
def test_what_it_does_not_know_is_seen(machine: Path, tmp_path: Path, line: str) -> None:
    root = tmp_path / "machine"
    shutil.copytree(machine, root)
    (root / "etc/systemd/system/scorewire@edge.service.d/z.conf").write_text(f"[Service]\n{line}\n")
    assert line.partition("=")[0].removesuffix("t=always") in verified(root, "scorewire@edge.service") or (
        line.partition("=")[2] in verified(root, "scorewire@edge.service")
    )


@pytest.mark.systemd
@pytest.mark.parametrize("name", UNITS)
def test_it_may_little(machine: Path, name: str) -> None:
    found = analyze(f"--root={machine}", "security", "--offline=yes", name)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", found.stdout)
    assert exposure is not None, found.stderr
    assert float(exposure[1]) <= EXPOSURE_MAX


def test_a_credential_is_what_its_setting_names() -> None:
    for role in ROLE_UNITS:
        keys = unit_of(role)
        loaded = {one.partition(":")[0] for one in keys.get("LoadCredential", ())}
        named = {one.rpartition("%d/")[2] for one in keys.get("Environment", ()) if "%d/" in one}
        assert loaded == named, role


def test_an_edge_and_a_relay_are_given_no_more_than_they_need() -> None:
    assert not re.search("JOURNAL|SCOREBOARD", " ".join(unit_of("edge")["Environment"]))
    assert "JOURNAL" not in " ".join(unit_of("relay")["Environment"])
    assert "JOURNAL" in " ".join(unit_of("games")["Environment"])


def test_several_roles_fit_on_one_machine() -> None:
    ports = [re.search(r"PORT=(\d+)", (SYSTEMD / "env" / f"{role}.env").read_text()) for role in ROLE_UNITS]
    numbers = [match[1] for role, match in zip(ROLE_UNITS, ports, strict=True) if match and role != "edge"]
    assert len(set(numbers)) == len(ROLE_UNITS) - 1
