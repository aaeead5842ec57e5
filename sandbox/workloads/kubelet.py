# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the next thing that scheduler and kubelets do to a pod."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.knobs import Knobs

from . import podstatus
from .actions import Action, Create, delete, patch
from .objects import Object, claims_of, is_deleting, is_pod_active, is_pod_ready
from .podstatus import NODES
from .revisions import HASH_LABEL

_OUTCOMES: dict[str, Callable[[Object, datetime], Object]] = {
    "crash": podstatus.crashing,
    "image-pull": podstatus.image_pull_failing,
    "pending": podstatus.creating,
}


@dataclass(frozen=True)
class Starting:
    """The pod that is starting; pods start one after the other, as they do when each pulls its image."""

    uid: str
    since: datetime


@dataclass(frozen=True)
class Turn:
    """What happens now (`action`), which pod is starting after it, and when to look again if nothing else changes."""

    action: Action | None = None
    starting: Starting | None = None
    wake: datetime | None = None


def turn(pods: list[Object], claims: list[Object], knobs: Knobs, starting: Starting | None, now: datetime) -> Turn:
    """Decide one step: end a deleted pod, schedule one, report one, or start one.

    A pod becomes Ready `knobs.pod_ready_delay` seconds after its start; `starting` is what the last turn returned.
    """
    for pod in pods:
        if is_deleting(pod):
            return Turn(delete("pods", pod, grace_seconds=0), starting)
    waiting = sorted((pod for pod in pods if is_pod_active(pod) and not is_pod_ready(pod)), key=_age)
    for pod in waiting:
        if "nodeName" not in pod["spec"] and not _unschedulable_because(pod, claims, knobs):
            return Turn(_binding(pod, _node_for(pod, pods)), starting)
    able = [pod for pod in waiting if _is_able(pod, pods, claims, knobs)]
    for pod in waiting:
        status = _obstacle(pod, pod in able, claims, knobs, now)
        if not podstatus.is_reported(pod, status):
            return Turn(patch("pods", pod, {"status": status}, "status"), starting)
    return _start(able, knobs, starting, now)


def _start(able: list[Object], knobs: Knobs, starting: Starting | None, now: datetime) -> Turn:
    pod = next((pod for pod in able if starting and pod["metadata"]["uid"] == starting.uid), None)
    if starting is None or pod is None:
        if not able:
            return Turn()
        pod = able[0]
        starting = Starting(pod["metadata"]["uid"], now)
    ready = starting.since + timedelta(seconds=knobs.pod_ready_delay)
    if now < ready:
        return Turn(starting=starting, wake=ready)
    return Turn(patch("pods", pod, {"status": podstatus.running(pod, now)}, "status"))


def _is_able(pod: Object, pods: list[Object], claims: list[Object], knobs: Knobs) -> bool:
    free = knobs.pod_outcome == "ready" and not knobs.hold_rollout
    return free and "nodeName" in pod["spec"] and not _lacks_volume(pod, pods, claims)


def _obstacle(pod: Object, able: bool, claims: list[Object], knobs: Knobs, now: datetime) -> Object:
    """The status of a pod that is not ready: why it is not."""
    if "nodeName" not in pod["spec"]:
        return podstatus.unschedulable(pod, now, _unschedulable_because(pod, claims, knobs))
    if able or knobs.hold_rollout or _lacks_mount(pod, claims):
        return podstatus.creating(pod, now)
    return _OUTCOMES.get(knobs.pod_outcome, podstatus.creating)(pod, now)


def _unschedulable_because(pod: Object, claims: list[Object], knobs: Knobs) -> str:
    """Why the scheduler finds no node for the pod, in its words; empty when it does."""
    by_name = _claims_beside(pod, claims)
    for name in sorted(claims_of(pod)):
        if name not in by_name:
            return f'persistentvolumeclaim "{name}" not found'
        if by_name[name]["status"]["phase"] != "Bound":
            return "pod has unbound immediate PersistentVolumeClaims"
    return podstatus.NO_MEMORY if knobs.pod_outcome == "unschedulable" else ""


def _claims_beside(pod: Object, claims: list[Object]) -> dict[str, Object]:
    namespace = pod["metadata"]["namespace"]
    return {claim["metadata"]["name"]: claim for claim in claims if claim["metadata"]["namespace"] == namespace}


def _lacks_mount(pod: Object, claims: list[Object]) -> bool:
    """Whether the pod mounts a claim without a volume, or one whose volume has no file system."""
    usable = {
        name
        for name, claim in _claims_beside(pod, claims).items()
        if claim["status"]["phase"] == "Bound" and claim["spec"].get("volumeMode") != "Block"
    }
    return not claims_of(pod) <= usable


def _lacks_volume(pod: Object, pods: list[Object], claims: list[Object]) -> bool:
    """Whether the pod cannot mount one of its claims, or a pod on another node holds one that is ReadWriteOnce."""
    if _lacks_mount(pod, claims):
        return True
    beside = _claims_beside(pod, claims)
    wanted = {name for name in claims_of(pod) if beside[name]["spec"]["accessModes"] == ["ReadWriteOnce"]}
    return any(
        other["metadata"]["namespace"] == pod["metadata"]["namespace"]
        and other["spec"].get("nodeName", pod["spec"]["nodeName"]) != pod["spec"]["nodeName"]
        and claims_of(other) & wanted
        and (is_pod_ready(other) or _age(other) < _age(pod))
        for other in pods
    )


def _age(pod: Object) -> tuple[str, str]:
    return pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]


def _node_for(pod: Object, pods: list[Object]) -> str:
    """The node that runs the fewest pods of the namespace with the same labels."""
    counts = dict.fromkeys(NODES, 0)
    for other in pods:
        node = other["spec"].get("nodeName")
        if node in counts and _kin(other) == _kin(pod):
            counts[node] += 1
    return min(NODES, key=lambda node: counts[node])


def _kin(pod: Object) -> tuple[str, frozenset[tuple[str, str]]]:
    labels = pod["metadata"].get("labels", {}).items()
    return pod["metadata"]["namespace"], frozenset(item for item in labels if item[0] != HASH_LABEL)


def _binding(pod: Object, node: str) -> Create:
    metadata = pod["metadata"]
    body = {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    }
    return Create("pods", metadata["namespace"], body, metadata["name"], "binding")
