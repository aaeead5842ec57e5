# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of an object of each kind: pure.

Fields are chosen one by one, so that nothing else is shown: annotations (kubectl keeps a copy of the whole object in
one), the environment of containers (it has the registry's httpSecret), keys of Routes.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._objects import pods
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import all_conditions, condition
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import replicas
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._objects.routes import (
    admission,
    fields_of_others,
    ingresses,
    is_marked,
    set_by_others,
)
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import mask

_METADATA = (
    "name",
    "uid",
    "labels",
    "finalizers",
    "generation",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
)
_REVISION_ANNOTATION = "deployment.kubernetes.io/revision"
_VERSION_ANNOTATION = "release.openshift.io/version"


def config(source: dict[str, Any]) -> dict[str, Any]:
    """Return a Config as the API has it, with its httpSecret and passwords in the addresses of proxies hidden."""
    shown = mask(secrecy.of(CONFIG), source)
    return {
        "apiVersion": shown["apiVersion"],
        "kind": shown["kind"],
        "metadata": {key: shown["metadata"][key] for key in _METADATA if key in shown["metadata"]},
        "spec": shown["spec"],
        "status": shown.get("status") or {},
    }


def conditions(source: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Return the conditions of any object by their type."""
    return {
        entry["type"]: {
            "status": entry["status"],
            "reason": entry.get("reason") or "",
            "message": entry.get("message") or "",
            "last_transition_time": entry.get("lastTransitionTime"),
        }
        for entry in all_conditions(source)
    }


def cluster_operator(source: dict[str, Any]) -> dict[str, Any]:
    """Return what a ClusterOperator tells the cluster."""
    return {
        "conditions": conditions(source),
        "versions": {entry["name"]: entry["version"] for entry in lookup(source, ("status", "versions")) or []},
    }


def version(source: dict[str, Any]) -> str | None:
    """Return the version of the release with which the operator has written an object, None if it does not say so."""
    return _annotation(source, _VERSION_ANNOTATION)


def deployment(source: dict[str, Any]) -> dict[str, Any]:
    """Return a Deployment and how far its rollout is."""
    status = source.get("status") or {}
    return {
        "name": source["metadata"]["name"],
        "created": source["metadata"]["creationTimestamp"],
        "version": version(source),
        "images": _images(source),
        "strategy": lookup(source, ("spec", "strategy", "type")),
        "generation": source["metadata"]["generation"],
        "observed_generation": status.get("observedGeneration"),
        "replicas": replicas(source)._asdict(),
        "conditions": conditions(source),
    }


def replica_set(source: dict[str, Any]) -> dict[str, Any]:
    """Return a ReplicaSet and which revision of which Deployment it is."""
    status = source.get("status") or {}
    revision = _annotation(source, _REVISION_ANNOTATION)
    return {
        "name": source["metadata"]["name"],
        "created": source["metadata"]["creationTimestamp"],
        "deployment": _controller(source),
        "revision": int(revision) if revision else None,
        "images": _images(source),
        "replicas": {
            "wanted": source["spec"].get("replicas") or 0,
            "current": status.get("replicas") or 0,
            "ready": status.get("readyReplicas") or 0,
            "available": status.get("availableReplicas") or 0,
        },
    }


def pod(source: dict[str, Any]) -> dict[str, Any]:
    """Return a pod and why it is not ready."""
    status = source.get("status") or {}
    why = _why_not_ready(source)
    return {
        "name": source["metadata"]["name"],
        "node": source["spec"].get("nodeName"),
        "phase": status.get("phase"),
        "ready": why is None,
        "why_not_ready": why,
        "restarts": sum(entry["restartCount"] for entry in status.get("containerStatuses") or []),
        "created": source["metadata"]["creationTimestamp"],
        "started": status.get("startTime"),
    }


def service(source: dict[str, Any]) -> dict[str, Any]:
    """Return a Service and its ports."""
    spec = source["spec"]
    return {
        "name": source["metadata"]["name"],
        "type": spec.get("type"),
        "cluster_ip": spec.get("clusterIP"),
        "ports": [
            {
                "name": port.get("name"),
                "port": port["port"],
                "target_port": port.get("targetPort"),
                "protocol": port.get("protocol"),
            }
            for port in spec.get("ports") or []
        ],
    }


def route(source: dict[str, Any]) -> dict[str, Any]:
    """Return a Route and which router has admitted it."""
    spec = source["spec"]
    tls = spec.get("tls") or {}
    return {
        "name": source["metadata"]["name"],
        "host": spec.get("host"),
        "service": lookup(spec, ("to", "name")),
        "termination": tls.get("termination"),
        "has_certificate": bool(tls.get("certificate")),
        "operator_owned": is_marked(source),
        "set_by_others": {
            "annotations": [name for kind, name in set_by_others(source) if kind == "annotation"],
            "labels": [name for kind, name in set_by_others(source) if kind == "label"],
            "fields": fields_of_others(source) if is_marked(source) else [],
        },
        "admission": [_admission(ingress) for ingress in ingresses(source)],
    }


def secret(source: dict[str, Any]) -> dict[str, Any]:
    """Return a Secret without any value."""
    return {
        "name": source["metadata"]["name"],
        "type": source.get("type"),
        "data_keys": sorted(source.get("data") or {}),
    }


def claim(source: dict[str, Any]) -> dict[str, Any]:
    """Return a PersistentVolumeClaim; sizes are Kubernetes quantities."""
    spec, status = source["spec"], source.get("status") or {}
    return {
        "name": source["metadata"]["name"],
        "phase": status.get("phase"),
        "size": {
            "requested": lookup(spec, ("resources", "requests", "storage")),
            "actual": lookup(status, ("capacity", "storage")),
        },
        "access_modes": spec.get("accessModes") or [],
        "storage_class": spec.get("storageClassName"),
        "volume": spec.get("volumeName"),
        "conditions": conditions(source),
    }


def image_config(source: dict[str, Any]) -> dict[str, Any]:
    """Return the hostnames of the registry that the operator publishes in the cluster's image configuration."""
    status = source.get("status") or {}
    return {
        "internal_registry_hostname": status.get("internalRegistryHostname") or None,
        "external_registry_hostnames": status.get("externalRegistryHostnames") or [],
    }


def image_pruner(source: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of an ImagePruner and its conditions."""
    return {
        "spec": source.get("spec") or {},
        "generation": source["metadata"]["generation"],
        "observed_generation": lookup(source, ("status", "observedGeneration")),
        "conditions": conditions(source),
    }


def _admission(ingress: dict[str, Any]) -> dict[str, Any]:
    admitted = admission(ingress)
    return {
        "router": ingress.get("routerName"),
        "host": ingress.get("host"),
        "admitted": admitted.get("status") == "True",
        "reason": admitted.get("reason") or "",
        "message": admitted.get("message") or "",
        "last_transition_time": admitted.get("lastTransitionTime"),
    }


def _why_not_ready(source: dict[str, Any]) -> str | None:
    if source["metadata"].get("deletionTimestamp"):
        return "it is being deleted"
    ready = condition(source, "Ready")
    if ready.get("status") == "True":
        return None
    return pods.trouble([source]) or ready.get("message") or ready.get("reason") or "it has not been started yet"


def _images(workload: dict[str, Any]) -> list[str]:
    containers = lookup(workload, ("spec", "template", "spec", "containers")) or []
    return list(dict.fromkeys(entry["image"] for entry in containers))


def _controller(source: dict[str, Any]) -> str | None:
    owners = source["metadata"].get("ownerReferences") or []
    return next((owner["name"] for owner in owners if owner.get("controller")), None)


def _annotation(source: dict[str, Any], name: str) -> str | None:
    return (source["metadata"].get("annotations") or {}).get(name)
