# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects for the tests of the workload stand-ins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.workloads.objects import Object, owner_reference

NAMESPACE = "openshift-image-registry"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
EARLIER = "2026-11-22T11:00:00Z"


def metadata(name: str, **more: Any) -> Object:
    """Metadata of an object that the API server has stored; its UID is `uid-<name>`."""
    stored = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}", "resourceVersion": "1"}
    return {**stored, "creationTimestamp": EARLIER, "generation": 1, **more}


def deployment(replicas: int = 1, surge: Any = "25%", unavailable: Any = 0, env: str = "1", **more: Any) -> Object:
    """A Deployment `image-registry`; `surge` None makes its strategy Recreate, `env` tells templates apart."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    return {
        "metadata": metadata("image-registry", **more),
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 120,
            "strategy": {"type": "Recreate"} if surge is None else rolling,
            "selector": {"matchLabels": {"docker-registry": "default"}},
            "template": {
                "metadata": {"labels": {"docker-registry": "default"}},
                "spec": {
                    "containers": [{"name": "registry", "image": "registry:1", "env": [{"name": "E", "value": env}]}]
                },
            },
        },
        "status": {},
    }


def replicaset(name: str, replicas: int, available: int | None = None, **more: Any) -> Object:
    """A ReplicaSet whose pods all exist; `available` of them are."""
    ready = replicas if available is None else available
    totals = {"replicas": replicas, "fullyLabeledReplicas": replicas}
    status = {**totals, "readyReplicas": ready, "availableReplicas": ready, "observedGeneration": 1}
    return {
        "metadata": metadata(name, **more),
        "spec": {"replicas": replicas, "template": {"metadata": {"labels": {"app": name}}, "spec": {}}},
        "status": status,
    }


def pod(
    name: str, owner: Object | None = None, node: str | None = "worker-0", ready: bool = False, **more: Any
) -> Object:
    """A pod of the registry; not ready ones have just got their node."""
    references = {"ownerReferences": [owner_reference(owner, "apps/v1", "ReplicaSet")]} if owner else {}
    spec: Object = {"containers": [{"name": "registry", "image": "registry:1"}]}
    if node:
        spec["nodeName"] = node
    status: Object = {"phase": "Running" if ready else "Pending"}
    if ready:
        status["conditions"] = [{"type": "Ready", "status": "True", "lastTransitionTime": EARLIER}]
    labels = {"docker-registry": "default", "pod-template-hash": "h"}
    return {"metadata": metadata(name, labels=labels, **references, **more), "spec": spec, "status": status}


def mounting(item: Object, claim: str) -> Object:
    """The pod, with this claim mounted."""
    volumes = [{"name": "registry-storage", "persistentVolumeClaim": {"claimName": claim}}]
    return {**item, "spec": {**item["spec"], "volumes": volumes}}


def claim(
    name: str, mode: str = "ReadWriteOnce", size: str = "10Gi", volume: str = "Filesystem", **status: Any
) -> Object:
    """A claim; `status` replaces the phase Pending."""
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": size}}, "volumeMode": volume}
    return {"metadata": metadata(name), "spec": spec, "status": status or {"phase": "Pending"}}
