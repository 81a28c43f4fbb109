"""The Compose file holds what Compose knows, what it names is there, no container may more than it must."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract.deploy_files import DEPLOY, compose, is_ours, seconds

FOLDER = DEPLOY / "compose"
TOP = {"name", "services", "networks", "volumes", "configs", "secrets"}
KNOWN = {
    "build", "cap_drop", "command", "configs", "depends_on", "deploy", "environment", "healthcheck", "image",
    "logging", "network_mode", "networks", "ports", "profiles", "read_only", "restart", "secrets",
    "security_opt", "shm_size", "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "ulimits", "user",
    "volumes",
}  # fmt: skip
"""Keys of a service that are used here. Source: Compose Specification, 05-services."""
HEALTH = {"test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"}
CONDITIONS = {"service_healthy", "service_completed_successfully", "service_started"}
STORES = {"kafka", "postgres", "redis", "redis-region"}


def services() -> dict[str, dict[str, Any]]:
    return dict(compose()["services"])


def test_keys_are_those_that_compose_knows() -> None:
    assert {key for key in compose() if not key.startswith("x-")} == TOP
    for name, service in services().items():
        assert service.keys() <= KNOWN, name
        health = service["healthcheck"]
        assert health.keys() <= HEALTH, name
        assert health.get("disable") or health["test"][0] in {"CMD", "CMD-SHELL"}, name
        for key in ("interval", "timeout", "start_period", "start_interval"):
            assert seconds(health.get(key, "1s")) > 0, name
        assert service["deploy"].keys() <= {"replicas", "resources"}, name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name


def test_what_is_named_is_there() -> None:
    document, every = compose(), services()
    for name, service in every.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] in CONDITIONS, name
            assert other in every, f"{name} waits for {other}"
            if wanted["condition"] == "service_healthy":
                assert "test" in every[other]["healthcheck"], f"{name} waits for the health of {other}"
            if wanted["condition"] == "service_completed_successfully":
                assert every[other]["restart"] == "no", f"{name} waits for {other} to end"
            shown = set(every[other].get("profiles", ()))
            assert not shown or shown <= set(service["profiles"]), f"{name} waits for {other}, of a profile"
        for kind in ("configs", "secrets", "networks"):
            for one in service.get(kind, ()):
                source = one["source"] if isinstance(one, dict) else one
                assert source in document[kind], f"{name}: {kind} {source}"
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in document["volumes"], name
        if "network_mode" in service:
            assert service["network_mode"].removeprefix("service:") in every
    assert all((FOLDER / one["file"]).is_file() for one in document["configs"].values())


def test_secrets_are_those_that_are_made(tmp_path: Path) -> None:
    script, folder = FOLDER / "prepare.sh", tmp_path / "secrets"
    for _ in range(2):
        subprocess.run(["sh", script, folder], check=True, capture_output=True, timeout=60)
        made = {path.name: path.read_text() for path in folder.iterdir()}
    files = {Path(one["file"]).name for one in compose()["secrets"].values()}
    assert files == made.keys()
    assert made["postgres_password"] in made["journal"]
    assert min(len(made[name]) for name in ("link_token", "purge_token", "postgres_password")) == 64
    assert folder.stat().st_mode & 0o777 == 0o700
    before = dict(made)
    subprocess.run(["sh", script, folder], check=True, capture_output=True, timeout=60)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before, "made anew"
    ignored = (FOLDER / ".gitignore").read_text().splitlines()
    assert "secrets/" in ignored


def test_nobody_may_more_than_he_must() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "kafka":
            assert service["read_only"] is True, name
        if is_ours(service["image"]):
            assert service["user"] == "10001:10001", name
        if "ports" in service:
            assert name in {"nginx", "edge", "gateway-region"}, f"{name} is on the street"


def test_stores_have_no_way_out() -> None:
    assert compose()["networks"]["stores"]["internal"] is True
    for name, service in services().items():
        if name in STORES:
            assert service["networks"] == ["stores"], name
    assert services()["edge"]["networks"] == ["front"], "an edge reaches no store"
    assert services()["nginx"]["networks"] == ["front"]


def test_what_stands_twice_can_be_found() -> None:
    """Who is one of several has no port of the machine and no name of its own."""
    for name, service in services().items():
        if service["deploy"].get("replicas", 1) > 1:
            assert "ports" not in service, name
    assert services()["gateway"]["deploy"]["replicas"] == services()["games"]["deploy"]["replicas"] == 2


def test_ports_of_the_machine_can_be_chosen() -> None:
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert len(ports) == 4
    assert all(re.fullmatch(r"\$\{SCOREWIRE_[A-Z]+_PORT:-\d+\}:\d+", port) for port in ports), ports


@pytest.mark.parametrize("name", ["kafka", "postgres"])
def test_what_is_kept_lies_on_a_volume(name: str) -> None:
    (volume,) = services()[name]["volumes"]
    _, _, place = volume.partition(":")
    told = services()[name]["environment"].get("KAFKA_LOG_DIRS", "/var/lib/postgresql/data")
    assert place == told


@pytest.mark.varnish
@pytest.mark.xkey
def test_varnish_is_told_where_the_owners_are(tmp_path: Path) -> None:
    """What its container runs before it starts makes a file that Varnish reads, with their networks in it."""
    program = services()["varnish"]["command"]
    assert program[:2] == ["sh", "-euc"]
    change, _, start = program[2].strip().partition("\n")
    shown = change.replace("/tmp/", f"{tmp_path}/").replace("/etc/varnish/", f"{DEPLOY}/varnish/")
    subprocess.run(["sh", "-euc", shown], check=True, timeout=60)
    assert '"172.16.0.0"/12' in (tmp_path / "site.vcl").read_text()
    assert "-f /tmp/site.vcl " in start
    varnishd = shutil.which("varnishd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    read = [str(varnishd), "-j", "none", "-C", "-f", str(tmp_path / "site.vcl")]
    compiled = subprocess.run(read, check=False, capture_output=True, text=True, timeout=60)
    assert compiled.returncode == 0, compiled.stderr
