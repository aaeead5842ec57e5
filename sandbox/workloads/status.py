# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the status of a Deployment, as the Deployment controller computes it from the ReplicaSets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .objects import Object, condition, parse_timestamp, timestamp
from .rollout import fenceposts, spec_replicas

NEW_REPLICASET_AVAILABLE = "NewReplicaSetAvailable"
DEADLINE_EXCEEDED = "ProgressDeadlineExceeded"

_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")


def counted(deployment: Object, replicasets: list[Object], new: Object | None, now: datetime) -> Object:
    """Status with the counts and the Available condition, all other conditions as they are."""

    def total(key: str, items: list[Object]) -> int:
        return sum(rs.get("status", {}).get(key, 0) for rs in items)

    available = total("availableReplicas", replicasets)
    status = {
        "observedGeneration": deployment["metadata"]["generation"],
        "replicas": total("replicas", replicasets),
        "updatedReplicas": total("replicas", [new] if new else []),
        "readyReplicas": total("readyReplicas", replicasets),
        "availableReplicas": available,
        "unavailableReplicas": max(sum(map(spec_replicas, replicasets)) - available, 0),
        "conditions": list(deployment.get("status", {}).get("conditions", [])),
    }
    _surge, unavailable = fenceposts(deployment)
    if available >= spec_replicas(deployment) - unavailable:
        entry = _entry("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
    else:
        text = "Deployment does not have minimum availability."
        entry = _entry("Available", "False", "MinimumReplicasUnavailable", text, now)
    return with_condition(status, entry)


def progressed(
    deployment: Object, status: Object, new: Object | None, now: datetime, deadline: float | None = None
) -> Object:
    """`status` with the Progressing condition of a rollout.

    A Deployment whose pods are all updated and that once was reported complete keeps that report, whatever becomes of
    its pods: a scale-up, or a Recreate to a template that it had before, does not show in this condition.
    `deadline` in seconds overrides the Deployment's progressDeadlineSeconds.
    """
    current = condition(deployment, "Progressing")
    complete_before = current is not None and current["reason"] == NEW_REPLICASET_AVAILABLE
    if complete_before and status["replicas"] == status["updatedReplicas"]:
        return status
    subject = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, status):
        text = f"{subject} has successfully progressed."
        return with_condition(status, _entry("Progressing", "True", NEW_REPLICASET_AVAILABLE, text, now))
    if _advanced(deployment.get("status", {}), status):
        entry = _entry("Progressing", "True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
        return with_condition(status, entry, renew=True)
    if _timed_out(deployment, current, now, deadline):
        text = f"{subject} has timed out progressing."
        return with_condition(status, _entry("Progressing", "False", DEADLINE_EXCEEDED, text, now))
    return status


def created_replicaset(name: str, now: datetime) -> Object:
    """The Progressing condition of a Deployment that has just got a new ReplicaSet."""
    return _entry("Progressing", "True", "NewReplicaSetCreated", f'Created new replica set "{name}"', now)


def is_complete(deployment: Object, status: Object) -> bool:
    """Whether all replicas are updated and available and no old one is left."""
    wanted = spec_replicas(deployment)
    return all(status.get(key, 0) == wanted for key in ("replicas", "updatedReplicas", "availableReplicas"))


def deadline_instant(deployment: Object, deadline: float | None = None) -> datetime | None:
    """When the current rollout will have timed out; None when no rollout is going on."""
    current = condition(deployment, "Progressing")
    if current is None or current["reason"] in (NEW_REPLICASET_AVAILABLE, DEADLINE_EXCEEDED):
        return None
    seconds = deployment["spec"].get("progressDeadlineSeconds", 600) if deadline is None else deadline
    return parse_timestamp(current["lastUpdateTime"]) + timedelta(seconds=seconds)


def with_condition(status: Object, entry: Object, renew: bool = False) -> Object:
    """`status` with this condition; unchanged if it has one of equal status and reason, unless `renew`."""
    others = [kept for kept in status["conditions"] if kept["type"] != entry["type"]]
    current = next((kept for kept in status["conditions"] if kept["type"] == entry["type"]), None)
    if current is not None and current["status"] == entry["status"]:
        if current["reason"] == entry["reason"] and not renew:
            return status
        entry = {**entry, "lastTransitionTime": current["lastTransitionTime"]}
    return {**status, "conditions": [*others, entry]}


def differs(deployment: Object, status: Object) -> bool:
    """Whether `status` says something else than the Deployment's own; a count that is absent is zero."""
    own = deployment.get("status", {})
    if own.get("observedGeneration") != status["observedGeneration"]:
        return True
    if any(own.get(key, 0) != status[key] for key in _COUNTS):
        return True
    return bool(own.get("conditions", []) != status["conditions"])


def _advanced(old: Object, new: Object) -> bool:
    def outdated(status: Object) -> int:
        return int(status.get("replicas", 0)) - int(status.get("updatedReplicas", 0))

    grown = any(new[key] > old.get(key, 0) for key in ("updatedReplicas", "readyReplicas", "availableReplicas"))
    return grown or outdated(new) < outdated(old)


def _timed_out(deployment: Object, current: Object | None, now: datetime, deadline: float | None) -> bool:
    if current is not None and current["reason"] == DEADLINE_EXCEEDED:
        return True
    instant = deadline_instant(deployment, deadline)
    return instant is not None and instant <= now


def _entry(kind: str, status: str, reason: str, message: str, now: datetime) -> dict[str, Any]:
    instant = timestamp(now)
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": instant,
        "lastTransitionTime": instant,
    }
