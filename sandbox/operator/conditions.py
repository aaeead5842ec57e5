# SPDX-License-Identifier: GPL-3.0-or-later
"""Available, Progressing, Degraded and Removed of the Config: the operator's syncStatus, first matching row wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ApplyError, PermanentError

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """Status, reason and message of one condition; its type is the key under which it is kept."""

    status: str
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class Observed:
    """What the conditions of the Config are computed from.

    `state` is spec.managementState; `deployment` is the registry's, as the operator's cache has it; `routes` are those
    that the spec asks for; `error` is why the sync failed; `unavailable_for` tells since how many seconds Available is
    not True; `inertia` is how many seconds of that the operator tolerates.
    """

    state: str
    deployment: Object | None
    routes: Sequence[Object] = ()
    error: ApplyError | None = None
    unavailable_for: float = 0.0
    inertia: float = 300.0


UNMANAGED = "The registry configuration is set to unmanaged mode"


def registry_conditions(observed: Observed) -> dict[str, Condition]:
    """The four conditions of the Config by type, in the order in which the operator sets them."""
    available = _available(observed)
    return {
        "Progressing": _progressing(observed),
        "Available": available,
        "Degraded": _degraded(observed, available),
        "Removed": _removed(observed),
    }


def _available(observed: Observed) -> Condition:
    error, deployment = observed.error, observed.deployment
    if observed.state == "Unmanaged":
        return Condition("True", "Unmanaged", UNMANAGED)
    if deployment is None:
        if isinstance(error, PermanentError):
            return Condition("False", error.reason, f"Error: {error}")
        if observed.state == "Removed":
            return Condition("True", "Removed", "The registry is removed")
        return Condition("False", "DeploymentNotFound", "The deployment does not exist")
    if is_deleted(deployment):
        return Condition("False", "DeploymentDeleted", "The deployment is being deleted")
    status = deployment.get("status") or {}
    if not status.get("availableReplicas"):
        return Condition("False", "NoReplicasAvailable", "The deployment does not have available replicas")
    if status["availableReplicas"] != status.get("replicas", 0):
        return Condition("True", "MinimumAvailability", "The registry has minimum availability")
    return Condition("True", "Ready", "The registry is ready")


def _progressing(observed: Observed) -> Condition:
    error, deployment = observed.error, observed.deployment
    if observed.state == "Unmanaged":
        return Condition("False", "Unmanaged", UNMANAGED)
    if observed.state == "Removed":
        if deployment is not None:
            return Condition("True", "DeletingDeployment", "The deployment is being removed")
        return Condition("False", "Removed", "All registry resources are removed")
    if error is not None:
        status = "False" if isinstance(error, PermanentError) else "True"
        return Condition(status, "Error", f"Unable to apply resources: {error}")
    if deployment is None:
        message = "All resources are successfully applied, but the deployment does not exist"
        return Condition("True", "WaitingForDeployment", message)
    if is_deleted(deployment):
        return Condition("True", "FinalizingDeployment", "The deployment is being deleted")
    if not rollout_complete(deployment):
        return Condition("True", "DeploymentNotCompleted", "The deployment has not completed")
    return Condition("False", "Ready", "The registry is ready")


def _degraded(observed: Observed, available: Condition) -> Condition:
    error, deployment = observed.error, observed.deployment
    if observed.state == "Unmanaged":
        return Condition("False", "Unmanaged", UNMANAGED)
    if isinstance(error, PermanentError):
        return Condition("True", error.reason, f"Error: {error}")
    if observed.state == "Removed":
        return Condition("False", "Removed", "The registry is removed")
    if available.status != "True":
        if observed.unavailable_for > observed.inertia:
            return Condition("True", "Unavailable", available.message)
        return Condition("False")
    if deployment is not None and not rollout_complete(deployment):
        progressing = _deployment_progressing(deployment)
        if progressing.get("reason") == "ProgressDeadlineExceeded":
            message = f"Registry deployment has timed out progressing: {progressing.get('message', '')}"
            return Condition("True", "ProgressDeadlineExceeded", message)
        return Condition("False")
    refusals = [refusal for route in observed.routes for refusal in _refusals(route)]
    if refusals:
        return Condition("True", "RouteDegraded", ",".join(refusals))
    return Condition("False")


def _removed(observed: Observed) -> Condition:
    if observed.state == "Removed":
        return Condition("True", "Removed", "The registry is removed")
    return Condition("False")


def is_deleted(obj: Object) -> bool:
    """Whether somebody has asked for the deletion of an object that still exists."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def rollout_complete(deployment: Object) -> bool:
    """Whether the Deployment's own condition says so, which does not look at generations or scale-ups."""
    progressing = _deployment_progressing(deployment)
    return progressing.get("status") == "True" and progressing.get("reason") == "NewReplicaSetAvailable"


def _deployment_progressing(deployment: Object) -> Object:
    conditions = (deployment.get("status") or {}).get("conditions") or []
    return next((condition for condition in conditions if condition["type"] == "Progressing"), {})


def _refusals(route: Object) -> list[str]:
    return [
        f"route {route['metadata']['name']} (host {ingress.get('host', '')}, router {ingress.get('routerName', '')})"
        f" not admitted: {condition.get('message', '')}"
        for ingress in (route.get("status") or {}).get("ingress") or []
        for condition in ingress.get("conditions") or []
        if condition["type"] == "Admitted" and condition["status"] != "True"
    ]
