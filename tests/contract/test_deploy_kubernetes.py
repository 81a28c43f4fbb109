"""The manifests hold what Kubernetes knows, field by field, and nothing that a cluster's standards refuse.

The description of its API is Kubernetes' own, as the package kubernetes-validate carries it.
"""

from typing import Any

import kubernetes_validate
import pytest

from contract.deploy_files import DEPLOY, EXAMPLES, KUBERNETES, containers, manifests, pods, read_yaml

OLDEST = "1.30"
"""Of Kubernetes; what the manifests use is in all versions from here on."""
STORE_PORTS = {
    "SCOREWIRE__LOG__BROKERS": 9092,
    "SCOREWIRE__STORAGE__JOURNAL_FILE": 5432,
    "SCOREWIRE__SCOREBOARD__URL_FILE": 6379,
}
"""Where a setting of a pod leads."""


def check(thing: dict[str, Any], version: str) -> None:
    """Hold an object against Kubernetes' own description of its API.

    Raises:
        kubernetes_validate.ValidationError: a field is unknown, is missing, or holds what it must not.
    """
    kubernetes_validate.validate(thing, version, strict=True)


@pytest.mark.slow
@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_every_field_is_one_that_kubernetes_knows(version: str) -> None:
    for file, thing in manifests():
        try:
            check(thing, version)
        except kubernetes_validate.ValidationError as error:
            pytest.fail(f"{file}, {thing['kind']} {thing['metadata']['name']}: {error.message}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"replica": 2}, "'replica' was unexpected"),
        ({"replicas": "2"}, "'2' is not of type 'integer'"),
        ({"template": {"spec": {"containers": [{"name": "x", "args": [1]}]}}}, "1 is not of type 'string'"),
        ({"template": {"spec": {"containers": {}}}}, "{} is not of type 'array'"),
    ],
)
def test_what_it_does_not_know_is_seen(change: dict[str, Any], told: str) -> None:
    spec = {"selector": {}, "template": {}, **change}
    thing = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": spec}
    with pytest.raises(kubernetes_validate.ValidationError) as caught:
        check(thing, OLDEST)
    assert told in caught.value.message


def test_pods_keep_the_restricted_standard() -> None:
    """Source: Kubernetes, "Pod Security Standards", Restricted."""
    for place, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, place
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, place
        assert pod["automountServiceAccountToken"] is False, place
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), place
        kinds = {kind for volume in pod["volumes"] for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "secret", "emptyDir", "projected"}, place
        for container in containers(pod):
            held = container["securityContext"]
            assert held["allowPrivilegeEscalation"] is False, place
            assert held["readOnlyRootFilesystem"] is True, place
            assert held["capabilities"] == {"drop": ["ALL"]}, place
            assert held.get("runAsUser", 1) != 0, place
            assert {"memory"} <= container["resources"]["limits"].keys(), place
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), place


def test_what_is_mounted_is_there() -> None:
    for place, pod in pods():
        volumes = {volume["name"] for volume in pod["volumes"]}
        used = {mount["name"] for container in containers(pod) for mount in container["volumeMounts"]}
        assert used == volumes, place
        mounts = {mount["mountPath"] for container in containers(pod) for mount in container["volumeMounts"]}
        for container in containers(pod):
            for variable in container.get("env", ()):
                if variable["name"].endswith("_FILE"):
                    folder, _, name = variable["value"].rpartition("/")
                    assert folder in mounts, place
                    assert name in _secrets_of(pod), f"{place}: nothing mounts {name}"


def _secrets_of(pod: dict[str, Any]) -> set[str]:
    return {
        item["path"] for volume in pod["volumes"] if "secret" in volume for item in volume["secret"]["items"]
    }


def test_the_example_of_the_secret_has_what_is_mounted() -> None:
    (example,) = read_yaml(KUBERNETES / "secrets.example.yaml")
    wanted = {name for _, pod in pods() for name in _secrets_of(pod)}
    assert wanted <= example["stringData"].keys()


def test_deployments_are_whole() -> None:
    """Each finds its own pods, may lose one of them, and is spread over machines and zones."""
    things = list(manifests())
    labels = {}
    for file, thing in things:
        if thing["kind"] == "Deployment":
            name, spec = thing["metadata"]["name"], thing["spec"]
            labels[name] = spec["template"]["metadata"]["labels"]
            assert spec["selector"]["matchLabels"] == labels[name], file
            spread = spec["template"]["spec"]["topologySpreadConstraints"]
            assert [one["topologyKey"] for one in spread] == [
                "topology.kubernetes.io/zone",
                "kubernetes.io/hostname",
            ], file
            assert all(one["labelSelector"]["matchLabels"] == labels[name] for one in spread), file
    scaled = {thing["metadata"]["name"] for _, thing in things if thing["kind"] == "HorizontalPodAutoscaler"}
    for _, thing in things:
        if thing["kind"] == "Deployment":
            assert ("replicas" in thing["spec"]) != (thing["metadata"]["name"] in scaled), (
                "who says how many?"
            )
    guarded = {
        thing["metadata"]["name"]: thing["spec"]["selector"]["matchLabels"]
        for _, thing in things
        if thing["kind"] == "PodDisruptionBudget"
    }
    assert guarded == labels


def test_who_has_a_store_may_reach_it() -> None:
    """A role that the policies forget would start, and hear nobody."""
    ways = [thing["spec"] for _, thing in manifests() if thing["kind"] == "NetworkPolicy"]
    for file, thing in manifests():
        if thing["kind"] in {"Deployment", "Job"}:
            template = thing["spec"]["template"]
            open_to = {
                port["port"]
                for way in ways
                if _selects(way["podSelector"], template["metadata"]["labels"])
                for rule in way.get("egress", ())
                for port in rule["ports"]
            }
            given = {one["name"] for each in containers(template["spec"]) for one in each.get("env", ())}
            needed = {port for name, port in STORE_PORTS.items() if name in given}
            assert needed <= open_to, f"{file}, {thing['metadata']['name']}"


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = [(key, [value]) for key, value in selector.get("matchLabels", {}).items()]
    wanted += [(one["key"], one["values"]) for one in selector.get("matchExpressions", ())]
    return all(labels.get(key) in values for key, values in wanted)


def test_every_file_is_applied_by_somebody() -> None:
    found, configured, wanted = set(), set(), set()
    for path in sorted(DEPLOY.rglob("kustomization.yaml")):
        (document,) = read_yaml(path)
        for name in document.get("resources", ()):
            target = (path.parent / name).resolve()
            assert target.exists(), f"{path}: {name}"
            found.add(target)
        for generated in document.get("configMapGenerator", ()):
            configured.add(generated["name"])
            assert all((path.parent / name).exists() for name in generated.get("files", ())), path
    files = {path.resolve() for path in KUBERNETES.rglob("*.yaml") if path.name not in EXAMPLES}
    assert files - found == {(KUBERNETES / "secrets.example.yaml").resolve()}
    for _, pod in pods():
        wanted |= {volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume}
        for container in containers(pod):
            sources = [one["valueFrom"] for one in container.get("env", ()) if "valueFrom" in one]
            wanted |= {one["configMapKeyRef"]["name"] for one in sources}
        for volume in pod["volumes"]:
            wanted |= {
                one["configMap"]["name"]
                for one in volume.get("projected", {}).get("sources", ())
                if "configMap" in one
            }
    assert wanted == configured
