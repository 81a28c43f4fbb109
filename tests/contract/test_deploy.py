"""deploy/ says what the programs say: every setting, command, role, probe, port and time is a real one."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import typer
import yaml

from contract.deploy_files import (
    DEPLOY,
    KUBERNETES,
    ROLE_UNITS,
    SITE,
    Process,
    StrictLoader,
    compose,
    containers,
    is_ours,
    manifests,
    pods,
    processes,
    read_yaml,
    unit,
    unit_of,
)
from scorewire import __version__
from scorewire.api.health import health_router
from scorewire.cli.app import build
from scorewire.cli.serve import check_profile
from scorewire.config import Config, Role
from scorewire.errors import ConfigError
from scorewire.metrics import METRICS
from scorewire.node.tabling import terms_of
from scorewire.settings import describe, load

ROOT = DEPLOY.parent
SETTING = re.compile(r"SCOREWIRE__[A-Z_]+")
COMMAND = re.compile(
    r"^(?:#? +)?(?:[a-z][\w./@: -]* )?scorewire ((?:serve|keys|topics|journal|doctor|config|verify) .*)$",
    re.M,
)
"""In examples: the program's name, with what runs it before it."""
SECRETS = {
    "storage.journal": "postgresql://scorewire:secret@db.example/scorewire",
    "scoreboard.url": "redis://:secret@redis.example:6379/0",
    "server.link_token": "x" * 64,
    "server.upstream_token": "x" * 64,
    "cdn.purge_token": "x" * 64,
}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
AFTER_DRAIN_S = 20.0
"""For an owner and its stores to end after the fans are told; the supervisor gives as much."""


def parsed(words: tuple[str, ...]) -> None:
    """Read a command line as the program would, and run nothing.

    Raises:
        typer's and click's errors: it is none.
    """
    command = typer.main.get_command(build(words))
    rest, name = list(words), "scorewire"
    context = None
    while True:
        context = command.make_context(name, rest, parent=context)
        if not hasattr(command, "resolve_command"):
            return
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])


def keys_of(name: str) -> set[str]:
    """The settings that a name of the environment may mean: its own, or one whose value lies in a file."""
    key = name.removeprefix("SCOREWIRE__").lower().replace("__", ".")
    return {key, key.removesuffix("_file")} & {setting.key for setting in describe(Config())}


@pytest.fixture(scope="module")
def site() -> Config:
    """The settings that all processes share."""
    return load(SITE)


def texts() -> list[Path]:
    return sorted(path for path in DEPLOY.rglob("*") if path.is_file())


def test_every_setting_named_in_deploy_exists() -> None:
    wrong = [
        f"{path.relative_to(DEPLOY)}: {name}"
        for path in texts()
        for name in SETTING.findall(path.read_text(encoding="utf-8"))
        if not keys_of(name)
    ]
    assert not wrong, wrong
    assert not keys_of("SCOREWIRE__SERVER__PROT")
    assert keys_of("SCOREWIRE__STORAGE__JOURNAL_FILE") == {"storage.journal"}


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.place)
def test_a_process_would_start_with_its_settings(process: Process, tmp_path: Path) -> None:
    """As far as one can tell before it reaches for its stores: each has all that its role needs."""
    given = {"SCOREWIRE__SERVER__ROLES": ",".join(process.roles)}
    for name, value in process.settings.items():
        assert name.startswith("SCOREWIRE__"), f"{process.place} sets {name}"
        given[name] = value
        if name.endswith("_FILE"):
            (key,) = keys_of(name)
            (tmp_path / key).write_text(SECRETS[key])
            given[name] = str(tmp_path / key)
    if "--upstream" in process.words:
        given["SCOREWIRE__SERVER__UPSTREAM"] = process.words[process.words.index("--upstream") + 1]
    config = load(SITE, given)
    if process.stop_s is not None:
        check_profile(config)


def test_a_process_that_lacks_something_would_not_start() -> None:
    with pytest.raises(ConfigError, match=r"storage\.journal"):
        check_profile(load(SITE, {"SCOREWIRE__SERVER__ROLES": "gateway"}))


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.place)
def test_its_command_line_is_one(process: Process) -> None:
    parsed(process.words)


def test_a_wrong_command_line_is_seen() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(("serve", "--rolls", "games"))
    with pytest.raises(Exception, match="No such command"):
        parsed(("journal", "upkept"))


def test_every_role_that_a_process_can_have_is_deployed() -> None:
    later = {"alerts"}
    wanted = set(get_args(Role)) - later
    for kind in ("compose.yaml", "kubernetes/", "scorewire@"):
        found = {role for process in processes() if process.place.startswith(kind) for role in process.roles}
        assert found == wanted, kind
    assert set(ROLE_UNITS) == wanted
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert wanted <= set(re.findall(r"^\| `?(\w+)`? \|", page, re.M)), "not in the page's table of roles"


def test_settings_that_are_shown_as_an_example_are_settings(tmp_path: Path) -> None:
    """What is commented out in site.toml is there to be used."""
    head, mark, rest = SITE.read_text(encoding="utf-8").partition("# [leagues.")
    assert mark, "the example has gone"
    (tmp_path / "site.toml").write_text(head + (mark + rest).replace("# ", ""))
    terms = terms_of(load(tmp_path / "site.toml"))
    assert terms.rules
    assert terms.deductions


def test_whoever_stops_a_process_waits_for_its_fans_to_be_told(site: Config) -> None:
    short = [
        f"{process.place}: {process.stop_s:g} s"
        for process in processes()
        if process.stop_s is not None and process.stop_s < site.server.drain_s + AFTER_DRAIN_S
    ]
    assert not short, f"drain_s is {site.server.drain_s:g} s: {short}"


def test_secrets_are_files() -> None:
    for process in processes():
        for name, value in process.settings.items():
            assert "@" not in value, f"{process.place}: {name} holds a password"
            assert not re.search("TOKEN$|JOURNAL$", name), f"{process.place}: {name} is a secret, give a file"


# Images.


def images() -> dict[str, str]:
    """Every image, with a place that has it."""
    found = {service["image"]: f"compose.yaml, {name}" for name, service in compose()["services"].items()}
    found |= {container["image"]: place for place, pod in pods() for container in containers(pod)}
    dockerfile = (DEPLOY / "image" / "Dockerfile").read_text(encoding="utf-8")
    return found | dict.fromkeys(re.findall(r"^FROM (\S+)", dockerfile, re.M), "Dockerfile")


def test_images_are_pinned() -> None:
    loose = [f"{image} ({place})" for image, place in images().items() if not re.search(r":\d+\.\d+", image)]
    assert not loose, loose


def test_the_versions_are_those_that_are_tested() -> None:
    tags = dict(image.rsplit(":", 1) for image in images())
    assert tags["scorewire"] == __version__
    jars = (ROOT / ".ci" / "kafka.pom.xml").read_text(encoding="utf-8")
    assert f"<version>{tags['apache/kafka']}</version>" in jars
    minimum = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert tags["python"].startswith(minimum.removeprefix(">="))


def test_the_image_holds_pinned_packages_only() -> None:
    dockerfile = (DEPLOY / "image" / "Dockerfile").read_text(encoding="utf-8")
    for name in re.findall(r"requirements/\w+\.txt", dockerfile):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert all("==" in line for line in lines if line), name
    kept = (DEPLOY / "image" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.M) for word in line.split()
    ]
    assert {f"!{name}" for name in copied} <= set(kept), "the Dockerfile copies what it may not see"
    assert "USER 10001" in dockerfile


# Probes, ports, metrics.


def test_probes_ask_what_is_answered(site: Config) -> None:
    paths = {route.path for route in health_router().routes}
    for place, pod in pods():
        for container in containers(pod):
            names = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
            for probe in filter(None, map(container.get, PROBES)):
                if "httpGet" in probe:
                    assert probe["httpGet"]["path"] in paths, place
                    assert probe["httpGet"]["port"] in names, place
            if is_ours(container["image"]) and container["args"][0] == "serve":
                assert names == {"http": site.server.port}, place
                assert [container[probe]["httpGet"]["path"] for probe in PROBES] == [
                    "/livez",
                    "/livez",
                    "/readyz",
                ], place
    health = " ".join(compose()["x-scorewire"]["healthcheck"]["test"])
    assert f"http://127.0.0.1:{site.server.port}/readyz" in health


def test_services_lead_to_ports_that_are_there() -> None:
    things = list(manifests())
    deployed = {
        thing["metadata"]["name"]: thing["spec"]["template"]
        for _, thing in things
        if thing["kind"] == "Deployment"
    }
    served: dict[str, set[str]] = {}
    for file, thing in things:
        if thing["kind"] == "Service":
            name, spec = thing["metadata"]["name"], thing["spec"]
            template = deployed[name]
            assert spec["selector"].items() <= template["metadata"]["labels"].items(), file
            ports = {port["name"] for one in template["spec"]["containers"] for port in one["ports"]}
            assert {port["targetPort"] for port in spec["ports"]} <= ports, file
            served[name] = {port["name"] for port in spec["ports"]}
    for file, thing in things:
        if thing["kind"] == "Ingress":
            for path in (path for rule in thing["spec"]["rules"] for path in rule["http"]["paths"]):
                backend = path["backend"]["service"]
                assert backend["port"]["name"] in served[backend["name"]], f"{file}: {path['path']}"


def test_proxies_lead_to_ports_that_are_there(site: Config) -> None:
    """The names and ports in the site's proxies are those of the Compose file."""
    services = compose()["services"]
    aliases = {alias for one in services.values() for alias in _aliases(one)}
    for name in ("nginx/site.conf", "haproxy/site.cfg"):
        lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
        servers = [line.split() for line in lines if line.lstrip().startswith("server ") and ":" in line]
        hosts = dict(next(word for word in words if ":" in word).rstrip(";").split(":") for words in servers)
        ours = {host: int(port) for host, port in hosts.items() if host in services and host != "varnish"}
        assert ours == {"gateway": site.server.port, "intake": site.server.port}, name
        assert f":{hosts['varnish']} " in services["varnish"]["command"][-1], name
        assert "varnish" in aliases, "who answers by that name?"


def _aliases(service: dict) -> list[str]:
    networks = service.get("networks", {})
    return (
        [alias for one in networks.values() for alias in one.get("aliases", ())]
        if isinstance(networks, dict)
        else []
    )


def test_autoscalers_count_fans(site: Config) -> None:
    (adapter,) = read_yaml(KUBERNETES / "prometheus-adapter.yaml")
    rules = {rule["name"]["as"]: rule for rule in adapter["rules"]["custom"]}
    scaled = set()
    for file, thing in manifests():
        if thing["kind"] != "HorizontalPodAutoscaler":
            continue
        (metric,) = thing["spec"]["metrics"]
        name = metric["pods"]["metric"]["name"]
        assert METRICS[name].kind == "gauge", file
        assert rules[name]["seriesQuery"].startswith(f"{name}{{"), file
        assert int(metric["pods"]["target"]["averageValue"]) < site.fanout.connections_max, file
        scaled.add(thing["spec"]["scaleTargetRef"]["name"])
    assert scaled == {"gateway", "edge"}


# Pages.


@pytest.mark.parametrize("page", ["docs/deployment.md", "deploy/README.md", "deploy/compose/compose.yaml"])
def test_commands_in_prose_are_commands(page: str) -> None:
    lines = COMMAND.findall((ROOT / page).read_text(encoding="utf-8").replace("\\\n", " "))
    assert lines, "no example at all: is it read?"
    for line in lines:
        parsed(tuple(re.split(r"  #| \| ", line)[0].split()))


def test_what_is_named_is_there() -> None:
    for page in (ROOT / "docs" / "deployment.md", DEPLOY / "README.md"):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


# How strict the reading is.


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(yaml.constructor.ConstructorError, match="stands twice"):
        yaml.load("a: 1\na: 2\n", StrictLoader)


def test_units_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    (tmp_path / "a.service").write_text("[Service]\n# x\nEnvironment=A=1\nEnvironment=B=2\n")
    (tmp_path / "b.conf").write_text("[Service]\nEnvironment=\nEnvironment=C=3\n")
    assert unit(tmp_path / "a.service", tmp_path / "b.conf") == {"Environment": ["C=3"]}
    assert unit_of("edge")["LoadCredential"] == ["upstream_token:/etc/scorewire/secrets/upstream_token"]


def test_a_setting_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="no such setting"):
        load(SITE, {"SCOREWIRE__SERVER__PROT": "1"})
