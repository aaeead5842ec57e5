# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: one sync of the Deployment controller.

Not modelled, because nothing in the sandbox uses it: paused Deployments, rollback, minReadySeconds (a ready pod is
available), proportional scaling in the middle of a rollout (the rollout goes on with the new size).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import revisions
from .actions import Action, Create, delete, patch
from .objects import Object, controller_uid, is_deleting
from .revisions import Revisions
from .rollout import available_replicas, new_replicas, scale_down_old, spec_replicas
from .status import counted, created_replicaset, differs, is_complete, progressed, with_condition


@dataclass(frozen=True)
class Sync:
    """What one sync writes, in order.

    `yields_to` names the new ReplicaSet when the sync took pods from old ones: the API requests for that take so long
    that the ReplicaSet controller acts on the new one before the Deployment controller syncs again.
    """

    actions: tuple[Action, ...] = ()
    yields_to: str | None = None


def sync(
    deployment: Object, replicasets: list[Object], pods: list[Object], now: datetime, deadline: float | None = None
) -> Sync:
    """Decide the next writes for a Deployment; no action when nothing is left to do.

    `replicasets` are the Deployment's own, `pods` those of all of them; `deadline` in seconds overrides
    progressDeadlineSeconds. A status is computed from the ReplicaSets as they were before this sync, as the real
    controller does.
    """
    found = revisions.split(deployment, replicasets)
    if is_deleting(deployment):
        return Sync(_status(deployment, counted(deployment, found.all, found.new, now)))
    if numbering := _numbering(deployment, found):
        return Sync(numbering)
    if _is_scaling(deployment, found):
        return _scale(deployment, found, now)
    if deployment["spec"]["strategy"]["type"] == "Recreate":
        return _recreate(deployment, found, pods, now, deadline)
    return _roll(deployment, found, now, deadline)


def _numbering(deployment: Object, found: Revisions) -> tuple[Action, ...]:
    """Hand annotations and revision to a ReplicaSet that is the new one, first to it and then to the Deployment."""
    if found.new is None:
        return ()
    revision = max(revisions.revision_of(found.new), found.next_revision)
    wanted = revisions.annotations_for(deployment, revision)
    if not wanted.items() <= found.new["metadata"].get("annotations", {}).items():
        return (patch("replicasets", found.new, {"metadata": {"annotations": wanted}}),)
    if revisions.revision_of(deployment) != revision:
        body = {"metadata": {"annotations": {revisions.REVISION: str(revision)}}}
        return (patch("deployments", deployment, body, "status"),)
    return ()


def _is_scaling(deployment: Object, found: Revisions) -> bool:
    wanted = str(spec_replicas(deployment))
    return any(rs["metadata"].get("annotations", {}).get(revisions.DESIRED) != wanted for rs in _active(found.all))


def _scale(deployment: Object, found: Revisions, now: datetime) -> Sync:
    active = _active(found.all)
    size = spec_replicas(deployment)
    actions = [_scaled(deployment, rs, size if len(active) == 1 else spec_replicas(rs)) for rs in active]
    return Sync((*actions, *_status(deployment, counted(deployment, found.all, found.new, now))))


def _roll(deployment: Object, found: Revisions, now: datetime, deadline: float | None) -> Sync:
    if found.new is None:
        introduced = _introduce(deployment, found, now)
        shrunk = _shrink(deployment, found.old, scale_down_old(deployment, found.old, 0))
        name = introduced[0].body["metadata"]["name"]
        return Sync((*introduced, *shrunk), name if shrunk else None)
    wanted = new_replicas(deployment, found.old, spec_replicas(found.new))
    if wanted != spec_replicas(found.new):
        grown = _scaled(deployment, found.new, wanted)
        return Sync((grown, *_rollout_status(deployment, found, now, deadline)))
    counts = scale_down_old(deployment, found.old, available_replicas(found.new))
    shrunk = _shrink(deployment, found.old, counts)
    actions = (*shrunk, *_rollout_status(deployment, found, now, deadline))
    if not actions:
        return Sync(_clean_up(deployment, found))
    return Sync(actions, found.new["metadata"]["name"] if shrunk else None)


def _recreate(deployment: Object, found: Revisions, pods: list[Object], now: datetime, deadline: float | None) -> Sync:
    status = _rollout_status(deployment, found, now, deadline)
    shrunk = _shrink(deployment, found.old, {rs["metadata"]["name"]: 0 for rs in _active(found.old)})
    if shrunk or _runs_old_pods(found, pods):
        return Sync((*shrunk, *status))
    if found.new is None:
        return Sync(_introduce(deployment, found, now))
    if spec_replicas(found.new) != spec_replicas(deployment):
        return Sync((_scaled(deployment, found.new, spec_replicas(deployment)), *status))
    return Sync(status or _clean_up(deployment, found))


def _runs_old_pods(found: Revisions, pods: list[Object]) -> bool:
    """Whether a pod of an older template still exists, deleted or not; only one that has ended does not count."""
    own = found.new["metadata"]["uid"] if found.new else None
    return any(
        controller_uid(pod) != own and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed") for pod in pods
    )


def _introduce(deployment: Object, found: Revisions, now: datetime) -> tuple[Create, Action]:
    """Create the new ReplicaSet and put its revision on the Deployment.

    The status of this sync is left out: the real controller's is refused, because its own write of the revision has
    made its copy of the Deployment stale.
    """
    replicaset = revisions.replicaset_for(deployment, found, new_replicas(deployment, found.old, 0))
    entry = created_replicaset(replicaset["metadata"]["name"], now)
    kept = {"conditions": list(deployment.get("status", {}).get("conditions", []))}
    body = {
        "metadata": {"annotations": {revisions.REVISION: replicaset["metadata"]["annotations"][revisions.REVISION]}},
        "status": with_condition(kept, entry),
    }
    namespace = deployment["metadata"]["namespace"]
    return Create("replicasets", namespace, replicaset), patch("deployments", deployment, body, "status")


def _active(replicasets: list[Object]) -> list[Object]:
    return [rs for rs in replicasets if spec_replicas(rs) > 0]


def _shrink(deployment: Object, replicasets: list[Object], counts: dict[str, int]) -> tuple[Action, ...]:
    return tuple(
        _scaled(deployment, rs, counts[rs["metadata"]["name"]])
        for rs in replicasets
        if rs["metadata"]["name"] in counts
    )


def _scaled(deployment: Object, replicaset: Object, replicas: int) -> Action:
    annotations = revisions.replica_annotations(deployment)
    return patch("replicasets", replicaset, {"metadata": {"annotations": annotations}, "spec": {"replicas": replicas}})


def _rollout_status(deployment: Object, found: Revisions, now: datetime, deadline: float | None) -> tuple[Action, ...]:
    status = counted(deployment, found.all, found.new, now)
    return _status(deployment, progressed(deployment, status, found.new, now, deadline))


def _status(deployment: Object, status: Object) -> tuple[Action, ...]:
    if not differs(deployment, status):
        return ()
    return (patch("deployments", deployment, {"status": status}, "status"),)


def _clean_up(deployment: Object, found: Revisions) -> tuple[Action, ...]:
    """Delete the oldest unused ReplicaSets beyond revisionHistoryLimit once the rollout is complete."""
    if not is_complete(deployment, deployment["status"]):
        return ()
    unused = [rs for rs in found.old if not (spec_replicas(rs) or rs["status"].get("replicas") or is_deleting(rs))]
    excess = len(unused) - deployment["spec"].get("revisionHistoryLimit", 10)
    return tuple(delete("replicasets", rs) for rs in sorted(unused, key=revisions.revision_of)[: max(excess, 0)])
