# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what every controller here asks of an API object (a dict as the API's JSON has it)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


def timestamp(now: datetime) -> str:
    """An instant as the API writes it: UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """The instant that the API wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_deleting(item: Object) -> bool:
    """Whether somebody has deleted the object and finalizers or a grace period keep it."""
    return "deletionTimestamp" in item["metadata"]


def controller_uid(item: Object) -> str | None:
    """UID of the object's controlling owner, None without one."""
    for owner in item["metadata"].get("ownerReferences", []):
        if owner.get("controller"):
            return str(owner["uid"])
    return None


def owned_by(owner: Object, items: Iterable[Object]) -> list[Object]:
    """Those items that `owner` controls, in the given order."""
    return [item for item in items if controller_uid(item) == owner["metadata"]["uid"]]


def owner_reference(owner: Object, api_version: str, kind: str) -> Object:
    """Reference to a controlling owner; it keeps the owner until the dependent is gone in a foreground deletion."""
    metadata = owner["metadata"]
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(item: Object, kind: str) -> Object | None:
    """The condition of this type in the object's status, None when it has none."""
    conditions = item.get("status", {}).get("conditions", [])
    return next((entry for entry in conditions if entry["type"] == kind), None)


def is_pod_active(pod: Object) -> bool:
    """Whether the ReplicaSet controller counts the pod: not deleted and not ended."""
    return not is_deleting(pod) and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")


def is_pod_ready(pod: Object) -> bool:
    """Whether the pod's Ready condition is True."""
    ready = condition(pod, "Ready")
    return ready is not None and ready["status"] == "True"


def claims_of(pod: Object) -> set[str]:
    """Names of the claims that the pod mounts."""
    volumes = pod["spec"].get("volumes", [])
    return {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume}
