# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the sandbox into the state in which a recording begins."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox import knobs

from .cluster import Cluster
from .comparison import ENDPOINT
from .recorder import NAMESPACE, Recorder
from .transcript import Fields, Transcript

LIMIT_SECONDS = 20
QUIET_SECONDS = 0.4

KNOBS = {
    # The recordings' router had this domain and this answer.
    "appsDomain": "apps.hold.example.com",
    "refuseRoutes": "b",
    "refuseReason": "HostAlreadyClaimed",
    "refuseMessage": "a route in another namespace holds the host",
    # The pods of a recording took 1 to 3 s. Shorter is faster; it has to stay above what counts as racing.
    "podReadyDelay": "0.6",
    "cacheLag": "0",
}

_CREDENTIALS = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "image-registry-private-configuration-user", "namespace": NAMESPACE},
    "stringData": {"REGISTRY_STORAGE_S3_ACCESSKEY": "recorded", "REGISTRY_STORAGE_S3_SECRETKEY": "recorded"},
}
_NODE_CA_FAILURE = "NodeCADaemonControllerDegraded"
_CONFIG = ("imageregistry.operator.openshift.io/v1", "Config", "cluster")


@dataclass(frozen=True)
class Start:
    """What has to be there before the first step."""

    spec: Fields
    serves: bool
    served_before: bool
    claims: tuple[str, ...]
    conditions: dict[str, list[str]]
    node_ca: bool
    deployment_was_changed: bool


def plan(transcript: Transcript) -> Start:
    """Read off the recording's first event what has to be there."""
    start = transcript.start
    storages = (start["spec"]["storage"], start["status.storage"])
    claims = dict.fromkeys(storage["pvc"]["claim"] for storage in storages if "pvc" in storage)
    conditions = {key.removeprefix("cond."): value for key, value in start.items() if key.startswith("cond.")}
    # The cluster of newer recordings refused the DaemonSet, the operator of older ones had not got to it.
    node_ca = conditions.get(_NODE_CA_FAILURE, ["True"])[0] == "False"
    node_ca = node_ca and conditions.get("NodeCADaemonAvailable", ["", ""])[1] != "NotFound"
    serves = start["spec"]["managementState"] == "Managed"
    generations = {entry["resource"]: entry["lastGeneration"] for entry in start["generations"] or []}
    return Start(
        spec=start["spec"],
        serves=serves,
        served_before="deployments" in generations,
        claims=tuple(claims),
        conditions=conditions,
        node_ca=node_ca,
        deployment_was_changed=generations.get("deployments", 0) > 1,
    )


def establish(start: Start, cluster: Cluster, recorder: Recorder, s3_endpoint: str) -> None:
    """Make it so, on a sandbox that has just been reset. AssertionError when it does not get there in time."""
    cluster.patch("v1", "ConfigMap", knobs.NAME, {"data": KNOBS}, knobs.NAMESPACE)
    cluster.wait_for("v1", "ConfigMap", knobs.NAME, knobs.NAMESPACE, _are_in_force, LIMIT_SECONDS)
    # The recordings' cluster had no default StorageClass.
    not_default = {"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "false"}}}
    cluster.patch("storage.k8s.io/v1", "StorageClass", "standard", not_default)
    if not start.node_ca:
        cluster.delete("apps/v1", "DaemonSet", "node-ca", NAMESPACE)
    for claim in start.claims:
        cluster.apply(_claim(claim))
    start = replace(start, spec=json.loads(re.sub(ENDPOINT, s3_endpoint, json.dumps(start.spec))))
    bucket = (start.spec["storage"].get("s3") or {}).get("bucket", "registry-b1")
    requests.put(f"{s3_endpoint}/{bucket}", timeout=LIMIT_SECONDS).raise_for_status()
    if "s3" in start.spec["storage"]:
        cluster.apply(_CREDENTIALS)
    if start.serves or start.served_before:
        _set_spec(cluster, recorder, start.spec | {"managementState": "Managed"}, "Ready")
    if start.deployment_was_changed:
        _change_deployment(cluster, recorder)
    if not start.serves and start.served_before:
        _set_spec(cluster, recorder, {"managementState": "Removed"}, "Removed")
    # Once more: the operator drops from the spec what is zero whenever it writes it.
    _set_spec(cluster, recorder, start.spec, "Ready" if start.serves else "Removed")
    _set_remains(start, cluster)
    if not start.node_ca:
        # On a busy machine the operator may be silent for longer than it has to be, before it reports this.
        _wait_until_node_ca_is_missed(recorder)
    if not recorder.wait_for_quiet(QUIET_SECONDS, LIMIT_SECONDS):
        raise AssertionError(f"the sandbox does not come to rest: {recorder.since(recorder.mark() - 5)}")


def _are_in_force(config_map: dict[str, Any]) -> bool:
    annotations = config_map["metadata"].get("annotations", {})
    return bool(annotations.get(knobs.IN_FORCE) == knobs.fingerprint(KNOBS))


def _set_spec(cluster: Cluster, recorder: Recorder, spec: Fields, reason: str) -> None:
    cluster.patch(*_CONFIG, {"spec": spec})

    def settled() -> bool:
        config = recorder.snapshot()["Config/cluster"]
        current: bool = config["generation"] == config["observedGeneration"]
        wanted = all(config["spec"].get(key) == value for key, value in spec.items() if value)
        done = [config[f"cond.{kind}"][1] == reason for kind in ("Available", "Progressing")]
        return current and wanted and all(done)

    if not recorder.wait(settled, LIMIT_SECONDS):
        raise AssertionError(f"the starting state is not reached: {recorder.snapshot()['Config/cluster']}")


def _change_deployment(cluster: Cluster, recorder: Recorder) -> None:
    """Give the Deployment a second generation: a later one that is created anew can then be told from it."""
    body = {"metadata": {"annotations": {"example.com/touched": "before the recording"}}}
    cluster.patch("apps/v1", "Deployment", "image-registry", body, NAMESPACE)

    def known() -> bool:
        current = recorder.snapshot()
        listed = {entry["resource"]: entry["lastGeneration"] for entry in current["Config/cluster"]["generations"]}
        return bool(listed["deployments"] == current["Deployment/image-registry"]["generation"] > 1)

    if not recorder.wait(known, LIMIT_SECONDS):
        raise AssertionError(f"the operator does not take note of a changed Deployment: {recorder.snapshot()}")


def _set_remains(start: Start, cluster: Cluster) -> None:
    """Put into the Config's status what earlier storage backends left there, and take out what was never there."""
    status = cluster.get(*_CONFIG)["status"]
    kept = [entry for entry in status["conditions"] if entry["type"] in start.conditions]
    if not start.node_ca:
        # What the recording's operator said of node-ca the stand-in says only while there is one.
        kept = [entry for entry in kept if entry["type"] != _NODE_CA_FAILURE]
    present = {entry["type"] for entry in kept}
    left = [_condition(kind, value) for kind, value in start.conditions.items() if kind not in present]
    generations = [entry for entry in status["generations"] if start.node_ca or entry["name"] != "node-ca"]
    cluster.patch_status(*_CONFIG, {"conditions": kept + left, "generations": generations})


def _wait_until_node_ca_is_missed(recorder: Recorder) -> None:
    def reported() -> bool:
        condition = recorder.snapshot()["Config/cluster"].get("cond.NodeCADaemonAvailable")
        return condition is not None and condition[1] == "NotFound"

    if not recorder.wait(reported, LIMIT_SECONDS):
        raise AssertionError(f"the operator does not miss node-ca: {recorder.snapshot()['Config/cluster']}")


def _condition(kind: str, value: list[str]) -> dict[str, Any]:
    status, reason, message = value
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}


def _claim(name: str) -> dict[str, Any]:
    """A claim as the recordings' administrator made it: `rwo` says its access mode, the others can be shared."""
    metadata: dict[str, Any] = {"name": name, "namespace": NAMESPACE}
    if name == "image-registry-storage":
        metadata["annotations"] = {"imageregistry.openshift.io": "true"}
    mode = "ReadWriteOnce" if name == "rwo" else "ReadWriteMany"
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": "10Gi" if name == "rwo" else "100Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}
