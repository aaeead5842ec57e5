# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what the garbage collector does next; it knows Deployments, ReplicaSets and pods."""

from __future__ import annotations

from .actions import Action, Resource, delete, patch
from .objects import Object, controller_uid, is_deleting, owned_by

FOREGROUND = "foregroundDeletion"


def orphan(deployments: list[Object], replicasets: list[Object], pods: list[Object]) -> Action | None:
    """Delete one ReplicaSet or pod whose controlling owner is gone."""
    owned: tuple[tuple[Resource, list[Object], list[Object]], ...] = (
        ("replicasets", replicasets, deployments),
        ("pods", pods, replicasets),
    )
    for resource, items, owners in owned:
        alive = {owner["metadata"]["uid"] for owner in owners}
        for item in items:
            if controller_uid(item) not in (None, *alive) and not is_deleting(item) and _kind_fits(item, resource):
                return delete(resource, item)
    return None


def _kind_fits(item: Object, resource: Resource) -> bool:
    """Whether the owner is of the kind that this collector knows; a pod of a DaemonSet is not its business."""
    kind = {"replicasets": "Deployment", "pods": "ReplicaSet"}[resource]
    return any(owner.get("controller") and owner["kind"] == kind for owner in item["metadata"]["ownerReferences"])


def foreground(deployments: list[Object], replicasets: list[Object], pods: list[Object]) -> Action | None:
    """One step of a foreground deletion: first the dependents, one at a time, then the owner's finalizer."""
    owning: tuple[tuple[Resource, list[Object], Resource, list[Object]], ...] = (
        ("replicasets", replicasets, "pods", pods),
        ("deployments", deployments, "replicasets", replicasets),
    )
    for resource, owners, below, dependents in owning:
        for owner in owners:
            if not is_deleting(owner) or FOREGROUND not in owner["metadata"].get("finalizers", []):
                continue
            left = owned_by(owner, dependents)
            if not left:
                return _release(resource, owner)
            doomed = next((item for item in left if not is_deleting(item)), None)
            if doomed:
                return delete(below, doomed, "Foreground" if below == "replicasets" else "Background")
    return None


def _release(resource: Resource, owner: Object) -> Action:
    finalizers = [name for name in owner["metadata"]["finalizers"] if name != FOREGROUND]
    return patch(resource, owner, {"metadata": {"finalizers": finalizers}})
