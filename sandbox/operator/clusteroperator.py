# SPDX-License-Identifier: GPL-3.0-or-later
"""Status of the ClusterOperator `image-registry`: a union of the Config's and the ImagePruner's conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import names
from .conditions import Condition

Object = Mapping[str, Any]

NORMAL = {"Available": "True", "Progressing": "False", "Degraded": "False"}

RELATED_OBJECTS = [
    {"group": "imageregistry.operator.openshift.io", "name": names.CLUSTER, "resource": "configs"},
    {"group": "imageregistry.operator.openshift.io", "name": names.CLUSTER, "resource": "imagepruners"},
    {"group": "rbac.authorization.k8s.io", "name": names.CLUSTER_ROLE, "resource": "clusterroles"},
    {"group": "rbac.authorization.k8s.io", "name": names.CLUSTER_ROLE_BINDING, "resource": "clusterrolebindings"},
    {
        "group": "rbac.authorization.k8s.io",
        "name": names.PRUNER_CLUSTER_ROLE_BINDING,
        "resource": "clusterrolebindings",
    },
    {"group": "", "name": names.NAMESPACE, "resource": "namespaces"},
]


def union(config_conditions: Sequence[Object], pruner_conditions: Sequence[Object]) -> dict[str, Condition]:
    """Available, Progressing and Degraded from every condition whose type ends with that word."""
    inputs = [
        *config_conditions,
        *(condition | {"type": f"ImagePruner{condition['type']}"} for condition in map(dict, pruner_conditions)),
    ]
    return {
        kind: _united(kind, normal, [condition for condition in inputs if condition["type"].endswith(kind)])
        for kind, normal in NORMAL.items()
    }


def _united(kind: str, normal: str, inputs: Sequence[Object]) -> Condition:
    statuses = [condition["status"] for condition in inputs]
    abnormal = [status for status in statuses if status not in (normal, "Unknown")]
    status = next(iter(abnormal), "Unknown" if "Unknown" in statuses else normal)
    reasons = sorted(
        condition["type"].removesuffix(kind) + condition["reason"]
        for condition in inputs
        if condition.get("reason", "") not in ("", "AsExpected")
    )
    reason = "::".join(reasons)
    if not reason and status == normal:
        reason = "AsExpected"
    lines = [
        f"{condition['type']}: {line}"
        for condition in inputs
        for line in condition.get("message", "").split("\n")
        if line
    ]
    return Condition(status, reason, "\n".join(lines))


def operator_version(state: str, deployment: Object | None, reported: str | None) -> str | None:
    """The version to report: a managed registry's once its pods run it, else the operator's own."""
    if state in ("Removed", "Unmanaged"):
        return names.RELEASE_VERSION
    if deployment is None:
        return reported
    status = deployment.get("status") or {}
    serves = (
        status.get("availableReplicas", 0) > 0
        and status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("updatedReplicas") == status.get("replicas")
    )
    if not serves:
        return reported
    annotations: Mapping[str, str] = deployment["metadata"].get("annotations", {})
    return annotations.get(names.RELEASE_VERSION_ANNOTATION, reported)
