# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts against the recordings of the real operator: what it reported and rolled out for the same input."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator import names
from sandbox.operator.clusteroperator import union
from sandbox.operator.deployment import registry_deployment
from sandbox.operator.environment import registry_environment
from sandbox.operator.spec import backends, canonical_spec
from sandbox.operator.storage import emptydir, pvc, s3_pods

from . import recordings

PARTS = {"emptyDir": emptydir.parts, "pvc": pvc.parts, "s3": s3_pods.parts}
NAMESPACE = {"metadata": {"annotations": {names.SUPPLEMENTAL_GROUPS: "1000320000/10000"}}}
HEALTHY_PRUNER = [
    {"type": "Available", "status": "True", "reason": "AsExpected", "message": "Pruner CronJob has been created"},
    {"type": "Failed", "status": "False", "reason": "Complete", "message": "Pruner completed successfully"},
    {"type": "Scheduled", "status": "True", "reason": "Scheduled", "message": "The pruner job has been scheduled"},
    {"type": "Degraded", "status": "False", "reason": "AsExpected"},
]


def test_the_recordings_are_there() -> None:
    assert len(recordings.NAMES) == 18


def _reports(name: str) -> list[recordings.Moment]:
    return [moment for moment in recordings.moments(name) if moment.changed == "ClusterOperator/image-registry"]


def _pruner_conditions(name: str, moment: recordings.Moment) -> list[dict[str, str]]:
    if name != "pruner":
        return HEALTHY_PRUNER  # Not recorded there; nothing touched it.
    conditions: list[dict[str, str]] = (moment.objects.get("ImagePruner/cluster", {}).get("status") or {}).get(
        "conditions", []
    )
    return conditions


@pytest.mark.parametrize("name", [name for name in recordings.NAMES if _reports(name)])
def test_cluster_operator_is_the_union_of_the_recorded_conditions(name: str) -> None:
    """Message lines are compared as a set: the recordings do not tell the order of the Config's conditions."""
    for moment in _reports(name):
        computed = union(moment.conditions("Config/cluster"), _pruner_conditions(name, moment))
        for kind, recorded in moment.fields.items():
            condition = computed[kind]
            assert _comparable(condition.status, condition.reason, condition.message) == _comparable(*recorded)


def _comparable(status: str, reason: str, message: str) -> tuple[str, str, frozenset[str]]:
    return status, reason, frozenset(message.split("\n"))


def _rolled_out(name: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Recorded Deployment fields, each with the specs that they may stem from: the one before and the one after,
    because the operator writes what it filled in only after the Deployment."""
    history = list(recordings.moments(name))
    found = []
    for index, moment in enumerate(history):
        if moment.changed == "Deployment/image-registry" and "replicas" in moment.objects.get(moment.changed, {}):
            after = next(
                (later for later in history[index:] if later.changed == "Config/cluster" and "spec" in later.fields),
                moment,
            )
            specs = [state.objects["Config/cluster"]["spec"] for state in (moment, after)]
            found.append((moment.fields, [canonical_spec(spec) for spec in specs if "httpSecret" in spec]))
    return found


@pytest.mark.parametrize("name", [name for name in recordings.NAMES if _rolled_out(name)])
def test_deployment_is_what_was_recorded_for_the_same_spec(name: str) -> None:
    for fields, specs in _rolled_out(name):
        expected = {key: value for key, value in fields.items() if key in COMPARED}
        computed = [{key: _computed(spec)[key] for key in expected} for spec in specs]
        assert expected in computed


COMPARED = (
    "strategy",
    "env",
    "volumes",
    "nodeSelector",
    "affinity",
    "topologySpreadConstraints",
    "tolerations",
    "resources",
)


def _computed(spec: dict[str, Any]) -> dict[str, Any]:
    (backend,) = backends(spec["storage"])
    parts = PARTS[backend](spec["storage"][backend])
    deployment = registry_deployment(spec, parts, "sha256:0", NAMESPACE)["spec"]
    pod = deployment["template"]["spec"]
    container = pod["containers"][0]
    return {
        "strategy": deployment["strategy"],
        "env": {item["name"]: item["value"] for item in container["env"]},
        "volumes": [_as_stored(volume) for volume in pod["volumes"]],
        "nodeSelector": pod["nodeSelector"],
        "affinity": pod.get("affinity"),
        "topologySpreadConstraints": pod.get("topologySpreadConstraints"),
        "tolerations": pod.get("tolerations"),
        "resources": container["resources"],
    }


def _as_stored(volume: dict[str, Any]) -> dict[str, Any]:
    """The volume with the file mode that the API server fills in."""
    return {
        key: value | {"defaultMode": 0o644} if key in ("projected", "configMap", "secret") else value
        for key, value in volume.items()
    }


def test_environment_is_in_the_recorded_order() -> None:
    history = recordings.moments("workload-settings")
    fields, spec = next(
        (moment.fields, moment.objects["Config/cluster"]["spec"]) for moment in history if "env" in moment.fields
    )
    decoded = canonical_spec(spec)
    computed = [*pvc.parts(decoded["storage"]["pvc"]).environment, *registry_environment(decoded)]
    assert [item["name"] for item in computed] == list(fields["env"])
