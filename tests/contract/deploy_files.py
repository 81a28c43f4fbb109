"""What deploy/ says, as the tools read it: the Compose file, the manifests, the units, and who runs in them.

Process       one process of Scorewire that a file starts: its words, environment and time to stop
processes     all of them, over every kind of deployment
manifests     every object of deploy/kubernetes, with the file that has it
unit          one systemd unit, with its drop-ins
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SYSTEMD = DEPLOY / "systemd"
SITE = DEPLOY / "settings" / "site.toml"
IMAGE = "scorewire"
"""Of our own containers, without its tag."""
ROLE_UNITS = ("intake", "games", "stats", "api", "gateway", "relay", "edge")
EXAMPLES = frozenset({"kustomization.yaml", "prometheus-adapter.yaml"})
"""Files of deploy/kubernetes that hold no objects for a cluster."""

_SECONDS = {"s": 1, "m": 60, "h": 3600}


class StrictLoader(yaml.SafeLoader):
    """YAML in which no key may stand twice, as the tools have it; PyYAML keeps the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value if key.tag != MERGE]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: Path) -> list[Any]:
    """Its documents.

    Raises:
        yaml.YAMLError: it is none, or has a key twice.
    """
    with path.open(encoding="utf-8") as file:
        return list(yaml.load_all(file, StrictLoader))


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of Scorewire.

    Attributes:
        place: file and name, for messages.
        words: of the command line, without the program's name.
        settings: names and values of its environment, and of files of it.
        stop_s: how long whoever stops it waits before it kills; None for what ends by itself.
    """

    place: str
    words: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    stop_s: float | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """What it does; an edge says so by its upstream."""
        if "--upstream" in self.words or "SCOREWIRE__SERVER__UPSTREAM" in self.settings:
            return ("edge",)
        if "--roles" in self.words:
            return tuple(self.words[self.words.index("--roles") + 1].split(","))
        return ()


def seconds(text: str) -> float:
    """A time as Compose and systemd write it: `60s`, `90`."""
    number, unit = re.fullmatch(r"(\d+)([smh]?)", text).groups()  # type: ignore[union-attr]
    return int(number) * _SECONDS[unit or "s"]


# Compose.


def compose() -> dict[str, Any]:
    """The Compose file."""
    (document,) = read_yaml(DEPLOY / "compose" / "compose.yaml")
    return dict(document)


def is_ours(image: str) -> bool:
    """Whether a container is Scorewire's."""
    return image.split(":", maxsplit=1)[0] == IMAGE


def _compose_processes() -> Iterator[Process]:
    for name, service in compose()["services"].items():
        if is_ours(service["image"]):
            yield Process(
                place=f"compose.yaml, {name}",
                words=tuple(service["command"]),
                settings={key: str(value) for key, value in service["environment"].items()},
                stop_s=None if service["restart"] == "no" else seconds(service["stop_grace_period"]),
            )


# Kubernetes.


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that a cluster is to have, with the name of its file."""
    for path in sorted(KUBERNETES.rglob("*.yaml")):
        if path.name not in EXAMPLES:
            for document in read_yaml(path):
                yield path.relative_to(DEPLOY).as_posix(), document


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The specification of every pod, with file and name of who makes it."""
    for file, thing in manifests():
        if thing["kind"] in {"Deployment", "Job"}:
            yield f"{file}, {thing['metadata']['name']}", thing["spec"]["template"]["spec"]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """All containers of a pod."""
    return [*pod.get("initContainers", ()), *pod["containers"]]


def literals() -> dict[tuple[str, str], str]:
    """What the kustomizations say for the cluster: by ConfigMap and key."""
    found = {}
    for path in sorted(KUBERNETES.rglob("kustomization.yaml")):
        (document,) = read_yaml(path)
        for generated in document.get("configMapGenerator", ()):
            for literal in generated.get("literals", ()):
                key, _, value = literal.partition("=")
                found[generated["name"], key] = value
    return found


def _given(variable: dict[str, Any]) -> str:
    if "value" in variable:
        return str(variable["value"])
    source = variable["valueFrom"]["configMapKeyRef"]
    return literals()[source["name"], source["key"]]


def _pod_processes() -> Iterator[Process]:
    for place, pod in pods():
        for container in containers(pod):
            if is_ours(container["image"]):
                given = {one["name"]: _given(one) for one in container.get("env", ())}
                forever = pod.get("restartPolicy") != "OnFailure"
                yield Process(
                    place=place,
                    words=tuple(container["args"]),
                    settings=given,
                    stop_s=pod["terminationGracePeriodSeconds"] - _pause_s(container) if forever else None,
                )


def _pause_s(container: dict[str, Any]) -> float:
    before = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
    assert before[0] == "sleep"
    return float(before[1])


# systemd.


def unit(path: Path, *drop_ins: Path) -> dict[str, list[str]]:
    """The keys of all sections with their values; an empty value takes back those before it."""
    found: dict[str, list[str]] = {}
    for file in (path, *drop_ins):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("#", "[")) or not line.strip():
                continue
            key, equals, value = line.partition("=")
            assert equals, f"{file}: {line!r} is no setting"
            if value:
                found.setdefault(key, []).append(value)
            else:
                found[key] = []
    return found


def unit_of(role: str) -> dict[str, list[str]]:
    """The unit of a role, with its drop-ins, `%i` filled in."""
    drop_ins = sorted(SYSTEMD.glob(f"scorewire@{role}.service.d/*.conf"))
    found = unit(SYSTEMD / "scorewire@.service", *drop_ins)
    return {key: [value.replace("%i", role) for value in values] for key, values in found.items()}


def env_file(role: str) -> dict[str, str]:
    """What /etc/scorewire/ROLE.env is to hold."""
    lines = (SYSTEMD / "env" / f"{role}.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def _unit_processes() -> Iterator[Process]:
    whole = unit(SYSTEMD / "scorewire.service")
    for name, keys in (("", whole), *((role, unit_of(role)) for role in ROLE_UNITS)):
        (started,) = keys["ExecStart"]
        program, *words = shlex.split(started)
        assert program.endswith("/scorewire"), started
        settings = dict(value.split("=", 1) for value in keys.get("Environment", ()))
        yield Process(
            place=f"scorewire@{name}.service" if name else "scorewire.service",
            words=tuple(words),
            settings={**settings, **(env_file(name) if name else {})},
            stop_s=seconds(keys["TimeoutStopSec"][0]),
        )


def processes() -> list[Process]:
    """Every process of Scorewire that deploy/ starts."""
    return [*_compose_processes(), *_pod_processes(), *_unit_processes()]
