# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: one turn of the ReplicaSet controller: the right number of pods and the counts in the status."""

from __future__ import annotations

import json

from .actions import Action, Create, delete, patch
from .objects import Object, is_deleting, is_pod_active, is_pod_ready, owner_reference
from .rollout import spec_replicas


def sync(replicaset: Object, pods: list[Object]) -> tuple[Action, ...]:
    """Decide the next writes for a ReplicaSet; empty when nothing is left to do.

    `pods` are its own. The status already counts what this turn creates and deletes, so that a turn leaves nothing
    half told. One that is being deleted makes no pods any more, it only counts them.
    """
    active = [pod for pod in pods if is_pod_active(pod)]
    changes: list[Action] = []
    kept = active
    if not is_deleting(replicaset):
        wanted = spec_replicas(replicaset)
        kept = _most_valuable_first(active)[:wanted]
        changes += [delete("pods", pod) for pod in active if pod not in kept]
        changes += [_pod_of(replicaset)] * (wanted - len(kept))
    created = sum(isinstance(change, Create) for change in changes)
    return (*changes, *_status(replicaset, kept, created))


def _most_valuable_first(pods: list[Object]) -> list[Object]:
    """Order in which pods are kept when there are too many: ready ones, then scheduled ones, then the oldest."""
    by_age = sorted(pods, key=lambda pod: pod["metadata"]["creationTimestamp"])
    return sorted(by_age, key=lambda pod: (is_pod_ready(pod), "nodeName" in pod["spec"]), reverse=True)


def _pod_of(replicaset: Object) -> Create:
    template = json.loads(json.dumps(replicaset["spec"]["template"]))
    namespace = replicaset["metadata"]["namespace"]
    template["metadata"] |= {
        "generateName": f"{replicaset['metadata']['name']}-",
        "namespace": namespace,
        "ownerReferences": [owner_reference(replicaset, "apps/v1", "ReplicaSet")],
    }
    return Create("pods", namespace, {"apiVersion": "v1", "kind": "Pod", **template})


def _status(replicaset: Object, kept: list[Object], created: int) -> tuple[Action, ...]:
    ready = sum(map(is_pod_ready, kept))
    status = {
        "observedGeneration": replicaset["metadata"]["generation"],
        "replicas": len(kept) + created,
        "fullyLabeledReplicas": len(kept) + created,
        "readyReplicas": ready,
        "availableReplicas": ready,
    }
    own = replicaset.get("status", {})
    if all(own.get(key, 0) == value for key, value in status.items()):
        return ()
    return (patch("replicasets", replicaset, {"status": status}, "status"),)
