# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry's Deployment, and how its pods are placed and replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import names
from .checksums import digest
from .environment import registry_environment
from .errors import ApplyError
from .overrides import Overrides, overrides
from .storage.parts import StorageParts
from .volumes import Mounted, registry_volumes

Spec = Mapping[str, Any]
Object = dict[str, Any]

PROGRESS_DEADLINE_SECONDS = 120
GRACE_PERIOD_SECONDS = 55
DEFAULT_RESOURCES = {"requests": {"cpu": "100m", "memory": "256Mi"}}
START_SCRIPT = (
    "mkdir -p /etc/pki/ca-trust/extracted/edk2 /etc/pki/ca-trust/extracted/java"
    " /etc/pki/ca-trust/extracted/openssl /etc/pki/ca-trust/extracted/pem"
    " && update-ca-trust extract && exec /usr/bin/dockerregistry"
)


def registry_deployment(
    spec: Spec, storage: StorageParts, dependencies_checksum: str, namespace: Object | None
) -> Object:
    """The desired Deployment; raises ApplyError when it cannot be made from this spec and namespace."""
    overridden = overrides(spec)
    template = _template(spec, storage, dependencies_checksum, _supplemental_group(namespace), overridden)
    deployment_spec = {
        "progressDeadlineSeconds": PROGRESS_DEADLINE_SECONDS,
        "replicas": spec["replicas"],
        "selector": {"matchLabels": names.LABELS},
        "strategy": _strategy(spec.get("rolloutStrategy") or "RollingUpdate", spec["replicas"]),
        "template": template,
    }
    annotations = {
        names.RELEASE_VERSION_ANNOTATION: names.RELEASE_VERSION,
        names.SPEC_HASH: digest(deployment_spec),
    } | overridden.annotations
    return {
        "kind": "Deployment",
        "metadata": {
            "name": names.REGISTRY,
            "namespace": names.NAMESPACE,
            "labels": names.LABELS,
            "annotations": annotations,
        },
        "spec": deployment_spec,
    }


def _strategy(kind: str, replicas: int) -> Object:
    if kind == "Recreate":
        return {"type": kind}
    if replicas == 2:
        limits: Object = {"maxUnavailable": 1, "maxSurge": 1}
    else:
        limits = {"maxUnavailable": replicas - 1, "maxSurge": "25%"}
    return {"type": kind, "rollingUpdate": limits}


def _supplemental_group(namespace: Object | None) -> int:
    annotations = (namespace or {"metadata": {}})["metadata"].get("annotations") or {}
    groups = annotations.get(names.SUPPLEMENTAL_GROUPS)
    if not groups:
        raise ApplyError(f"namespace {names.NAMESPACE} doesn't have annotation {names.SUPPLEMENTAL_GROUPS}")
    return int(groups.split(",")[0].split("/")[0])


def _template(
    spec: Spec, storage: StorageParts, dependencies_checksum: str, group: int, overridden: Overrides
) -> Object:
    mounted = [*storage.volumes, *registry_volumes()]
    pod: Object = {
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": names.SERVICE_ACCOUNT,
        "terminationGracePeriodSeconds": GRACE_PERIOD_SECONDS,
        "securityContext": {"fsGroup": group, "fsGroupChangePolicy": "OnRootMismatch"},
        "nodeSelector": {"kubernetes.io/os": "linux"} | spec.get("nodeSelector", {}),
        "containers": [_container(spec, storage, mounted)],
        "volumes": [item.volume for item in mounted],
    }
    placement = {
        "tolerations": spec.get("tolerations"),
        "affinity": _affinity(spec),
        "topologySpreadConstraints": _spread(spec),
        "runtimeClassName": overridden.runtime_class,
    }
    annotations = {
        "target.workload.openshift.io/management": '{"effect": "PreferredDuringScheduling"}',
        "openshift.io/required-scc": "restricted-v2",
        names.DEPENDENCIES_CHECKSUM: dependencies_checksum,
    } | overridden.annotations
    return {
        "metadata": {"labels": names.LABELS, "annotations": annotations},
        "spec": pod | {key: value for key, value in placement.items() if value},
    }


def _container(spec: Spec, storage: StorageParts, mounted: Sequence[Mounted]) -> Object:
    probe = {"httpGet": {"path": "/healthz", "port": names.PORT, "scheme": "HTTPS"}, "timeoutSeconds": 5}
    return {
        "name": "registry",
        "image": names.REGISTRY_IMAGE,
        "command": ["/bin/sh", "-c", START_SCRIPT],
        "ports": [{"containerPort": names.PORT, "protocol": "TCP"}],
        "env": [*storage.environment, *registry_environment(spec)],
        "volumeMounts": [item.mount for item in mounted],
        "resources": spec.get("resources", DEFAULT_RESOURCES),
        "livenessProbe": probe | {"initialDelaySeconds": 5},
        "readinessProbe": probe | {"initialDelaySeconds": 15},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "25"]}}},
        "securityContext": {"readOnlyRootFilesystem": True},
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _affinity(spec: Spec) -> Object | None:
    if "affinity" in spec:
        given: Object = spec["affinity"]
        return given
    if spec["replicas"] != 2:
        return None
    apart = {
        "labelSelector": {"matchLabels": names.LABELS},
        "namespaces": [names.NAMESPACE],
        "topologyKey": "kubernetes.io/hostname",
    }
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}}


def _spread(spec: Spec) -> Sequence[Object]:
    if "topologySpreadConstraints" in spec:
        given: Sequence[Object] = spec["topologySpreadConstraints"]
        return given
    if "nodeSelector" in spec:
        return []
    common = {
        "maxSkew": 1,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": names.LABELS},
        "matchLabelKeys": ["pod-template-hash"],
        "nodeAffinityPolicy": "Honor",
        "nodeTaintsPolicy": "Honor",
    }
    return [common | {"topologyKey": key} for key in ("kubernetes.io/hostname", "node-role.kubernetes.io/worker")]
