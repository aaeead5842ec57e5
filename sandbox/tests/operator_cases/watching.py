# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's objects as the operator's cases describe them: conditions by type, and states one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import requests

from tests.integration import api as paths
from tests.integration.api import Document
from tests.integration.lab import Lab

LIMIT_SECONDS = 20

IMAGE_CONFIGS = "/apis/config.openshift.io/v1/images"
CLUSTER_OPERATOR = "/apis/config.openshift.io/v1/clusteroperators/image-registry"
INFRASTRUCTURE_STATUS = "/apis/config.openshift.io/v1/infrastructures/cluster/status"
PRUNER = "/apis/imageregistry.operator.openshift.io/v1/imagepruners/cluster"
CRON_JOB = "/apis/batch/v1beta1/namespaces/openshift-image-registry/cronjobs/image-pruner"
BUDGET = "/apis/policy/v1beta1/namespaces/openshift-image-registry/poddisruptionbudgets/image-registry"
SERVICE = "/api/v1/namespaces/openshift-image-registry/services/image-registry"
SERVICE_ACCOUNT = "/api/v1/namespaces/openshift-image-registry/serviceaccounts/registry"
CLUSTER_ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:registry"
CERTIFICATES = "/api/v1/namespaces/openshift-image-registry/configmaps/image-registry-certificates"
JOBS = "/apis/batch/v1/namespaces/openshift-image-registry/jobs"
DEFAULT_HOST = "default-route-openshift-image-registry.apps.sandbox.example.com"

Triple = tuple[str, str, str]

BASELINE: dict[str, Triple] = {
    "Available": ("True", "Ready", "The registry is ready"),
    "Progressing": ("False", "Ready", "The registry is ready"),
    "Degraded": ("False", "", ""),
    "Removed": ("False", "", ""),
}
REMOVED: dict[str, Triple] = {
    "Available": ("True", "Removed", "The registry is removed"),
    "Progressing": ("False", "Removed", "All registry resources are removed"),
    "Degraded": ("False", "Removed", "The registry is removed"),
    "Removed": ("True", "Removed", "The registry is removed"),
}
UNMANAGED_MESSAGE = "The registry configuration is set to unmanaged mode"
NOT_FOUND: Triple = ("False", "DeploymentNotFound", "The deployment does not exist")
NO_REPLICAS: Triple = ("False", "NoReplicasAvailable", "The deployment does not have available replicas")


def conditions(document: Document) -> dict[str, Triple]:
    """Status, reason and message of every condition, by type."""
    listed = (document.get("status") or {}).get("conditions") or []
    return {item["type"]: (item["status"], item.get("reason", ""), item.get("message", "")) for item in listed}


def retrying(problem: str) -> Triple:
    """Progressing while the operator retries what failed with this problem."""
    return "True", "Error", f"Unable to apply resources: {problem}"


def storage_problem(problem: str) -> Triple:
    """Progressing while the operator retries to take the storage into use."""
    return retrying(f"unable to sync storage configuration: {problem}")


def patch(lab: Lab, **spec: Any) -> Document:
    """Merge into the Config's spec; returns the Config."""
    return lab.api.patch(paths.CONFIG, {"spec": spec})


def is_observed(config: Document) -> bool:
    """Whether the operator has finished a sync of the Config as it is."""
    return bool((config.get("status") or {}).get("observedGeneration") == config["metadata"]["generation"])


def reaches(lab: Lab, expected: dict[str, Triple], limit: float = LIMIT_SECONDS) -> Document:
    """Wait until the Config is observed with these conditions (others may be anything); returns it."""

    def holds(config: Document) -> Document | None:
        return config if is_observed(config) and expected.items() <= conditions(config).items() else None

    return lab.api.wait_for(paths.CONFIG, holds, limit)


def reports(lab: Lab, path: str, expected: dict[str, Triple]) -> Document:
    """Wait until another object has these conditions; returns it."""
    return lab.api.wait_for(
        path, lambda document: document if expected.items() <= conditions(document).items() else None
    )


def exists(lab: Lab, path: str) -> Document:
    """Wait until the object is there; returns it."""
    return lab.api.wait_for(path, lambda document: document)


def vanishes(lab: Lab, path: str) -> None:
    """Wait until the object is not there."""
    lab.api.wait_gone(path)


def environment(deployment: Document) -> dict[str, str]:
    """Variables of the registry's container."""
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    return {item["name"]: item.get("value", "") for item in container["env"]}


def volumes(deployment: Document) -> dict[str, Document]:
    """Volumes of the registry's pods, by name."""
    return {volume["name"]: volume for volume in deployment["spec"]["template"]["spec"]["volumes"]}


def version(lab: Lab) -> str:
    """The resourceVersion of the Config collection, from which `states` can start."""
    found: str = lab.api.read(paths.CONFIGS)["metadata"]["resourceVersion"]
    return found


def states(lab: Lab, since: str, until: Callable[[Document], Any]) -> list[Document]:
    """Every state of the Config after a resourceVersion, in order, up to the first for which `until` holds."""
    seen: list[Document] = []
    for config in _watch(lab, since):
        seen.append(config)
        if until(config):
            return seen
    raise AssertionError(f"not seen within {LIMIT_SECONDS} s; last: {json.dumps(seen[-1:])[:4000]}")


def _watch(lab: Lab, since: str) -> Iterator[Document]:
    query = {"watch": "true", "resourceVersion": since, "timeoutSeconds": str(LIMIT_SECONDS)}
    headers = {"Authorization": f"Bearer {lab.api.token}"}
    url = lab.api.server + paths.CONFIGS
    # The server ends the watch, with some seconds to spare.
    with requests.get(
        url, params=query, headers=headers, verify=str(lab.api.authority), stream=True, timeout=2 * LIMIT_SECONDS
    ) as response:
        for line in response.iter_lines():
            yield json.loads(line)["object"]
