# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All information about the registry for an administrator, from what was read of the cluster: pure.

Objects that do not exist, or that the user may not read, are in a list of their own. They do not change the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._desired import certificates
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import keys
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Finding,
    Forbidden,
    NotFound,
    Refused,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    CLUSTER_IMAGE_CONFIG,
    CLUSTER_INFRASTRUCTURE,
    CLUSTER_PRUNER,
    CONFIG,
    NODE_CA_PODS,
    OPERATOR_DEPLOYMENT,
    OPERATOR_PODS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_OPERATOR,
    REGISTRY_PODS,
    REGISTRY_ROUTES,
    REPLICA_SET,
    SECRET,
    SERVICE,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report import describe
from ansible_collections.okd.image_registry.plugins.module_utils._report.identity import identity
from ansible_collections.okd.image_registry.plugins.module_utils._report.summary import summary

Show = Callable[[dict[str, Any]], dict[str, Any]]

# Where an object comes from; those that are not named come with the operator.
_ORIGINS = {
    CLUSTER_CONFIG: "The operator makes it; early in an installation it appears within minutes.",
    CLUSTER_PRUNER: "The operator makes it.",
    REGISTRY_DEPLOYMENT: "The operator makes it when the registry is Managed and its storage is configured.",
    CLUSTER_IMAGE_CONFIG: "It comes with OpenShift.",
    CLUSTER_INFRASTRUCTURE: "It comes with OpenShift.",
}


def refs(options: dict[str, Any]) -> list[Ref]:
    """Return what has to be read; Refused if the name that the options give cannot be one of a Config."""
    name = options["name"]
    if not names.is_object_name(name):
        raise Refused(
            [
                Finding(
                    "invalid-object-name",
                    str(CONFIG(name)),
                    "name",
                    repr(name),
                    names.OBJECT_NAME,
                    f"The operator looks at the Config {CLUSTER_CONFIG.name} only, which is the default.",
                )
            ]
        )
    return list(_parts(options).values())


def compose(snapshot: Snapshot, options: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a snapshot that holds, or tells why it does not hold, each of the refs."""
    parts = _parts(options)

    def one(part: str, show: Show) -> dict[str, Any] | None:
        found = snapshot.visible(parts[part])
        return show(found) if found else None

    def many(part: str, show: Show) -> list[dict[str, Any]]:
        return [show(item) for item in _listed(snapshot, parts[part])]

    config = snapshot.visible(parts["config"])
    return {
        "cluster": identity(snapshot),
        "registry": summary(snapshot, parts["config"]),
        "config": one("config", describe.config),
        "conditions": describe.conditions(config),
        "cluster_operator": one("cluster_operator", describe.cluster_operator),
        "deployments": {
            "registry": one("deployments.registry", describe.deployment),
            "operator": one("deployments.operator", describe.deployment),
        },
        "replica_sets": many("replica_sets", describe.replica_set),
        "pods": {
            "registry": many("pods.registry", describe.pod),
            "operator": many("pods.operator", describe.pod),
            "node_ca": many("pods.node_ca", describe.pod),
        },
        "services": many("services", describe.service),
        "routes": many("routes", describe.route),
        "secrets": many("secrets", describe.secret),
        "claims": many("claims", describe.claim),
        "image_config": one("image_config", describe.image_config),
        "image_pruner": one("image_pruner", describe.image_pruner),
        "findings": [finding.as_dict() for finding in _findings(snapshot, config)],
        "missing": [_missing(part, ref, failure) for part, ref, failure in _failures(snapshot, parts)],
    }


def _findings(snapshot: Snapshot, config: dict[str, Any] | None) -> Iterator[Finding]:
    """Yield what nobody is told of by a condition."""
    for secret in snapshot.items(SECRET.all()):
        if secret["metadata"]["name"] == USER_CREDENTIALS.name:
            yield from keys.left_over_beside(lookup(config, ("spec", "storage")) or {}, data(secret))
        elif config and secret["metadata"]["name"] not in certificates.listed(config):
            yield from certificates.left_over(secret)


def _parts(options: dict[str, Any]) -> dict[str, Ref]:
    """Return where each part of the report comes from."""
    return {
        "cluster.infrastructure_name": CLUSTER_INFRASTRUCTURE,
        "config": CONFIG(options["name"]),
        "cluster_operator": REGISTRY_OPERATOR,
        "deployments.registry": REGISTRY_DEPLOYMENT,
        "deployments.operator": OPERATOR_DEPLOYMENT,
        "replica_sets": REPLICA_SET.all(),
        "pods.registry": REGISTRY_PODS,
        "pods.operator": OPERATOR_PODS,
        "pods.node_ca": NODE_CA_PODS,
        "services": SERVICE.all(),
        "routes": REGISTRY_ROUTES,
        "secrets": SECRET.all(),
        "claims": CLAIM.all(),
        "image_config": CLUSTER_IMAGE_CONFIG,
        "image_pruner": CLUSTER_PRUNER,
    }


def _listed(snapshot: Snapshot, ref: Ref) -> list[dict[str, Any]]:
    return sorted(snapshot.items(ref), key=lambda item: item["metadata"]["name"])


def _failures(snapshot: Snapshot, parts: dict[str, Ref]) -> Iterator[tuple[str, Ref, ApiError]]:
    for part, ref in parts.items():
        failure = snapshot.failure(ref)
        if failure:
            yield part, ref, failure


def _missing(part: str, ref: Ref, failure: ApiError) -> dict[str, str]:
    reason, message = _explained(ref, failure)
    return {"part": part, "object": str(ref), "reason": reason, "message": message}


def _explained(ref: Ref, failure: ApiError) -> tuple[str, str]:
    if isinstance(failure, NotFound):
        return "absent", _absence(ref, failure)
    if isinstance(failure, Forbidden):
        verb = "list" if ref.name is None else "get"
        return (
            "forbidden",
            f"{failure.message}. Grant the right to {verb} {ref.resource.plural}, or connect as another user.",
        )
    return "unavailable", str(failure)


def _absence(ref: Ref, failure: NotFound) -> str:
    if not failure.kind_is_served:
        return (
            f"The API server does not serve {ref.resource.plural} of {ref.resource.api_version}. The cluster is not "
            "OpenShift or OKD, or its capability ImageRegistry is disabled."
        )
    if ref.resource == CONFIG and ref != CLUSTER_CONFIG:
        return f"It does not exist. The operator looks at the Config {CLUSTER_CONFIG.name} only."
    return f"It does not exist. {_ORIGINS.get(ref, 'It comes with the operator.')}"
