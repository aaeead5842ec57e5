# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: pod statuses as scheduler and kubelet report them."""

from __future__ import annotations

from datetime import datetime

from .objects import Object, condition, timestamp

NODES = ("worker-0", "worker-1")
NO_MEMORY = f"{len(NODES)} Insufficient memory"


def unschedulable(pod: Object, now: datetime, why: str) -> Object:
    """Status of a pod for which there is no node; `why` in the scheduler's words."""
    none = f"0/{len(NODES)} nodes are available"
    helpless = "No preemption victims found for incoming pod" if why == NO_MEMORY else "Preemption is not helpful"
    message = f"{none}: {why}. preemption: {none}: {len(NODES)} {helpless}."
    scheduled = _condition(pod, "PodScheduled", False, now, "Unschedulable", message)
    return {"phase": "Pending", "conditions": [scheduled]}


def creating(pod: Object, now: datetime) -> Object:
    """Status of a pod that has a node and waits for its volumes and images."""
    return _not_ready(pod, now, "Pending", {"waiting": {"reason": "ContainerCreating"}})


def image_pull_failing(pod: Object, now: datetime) -> Object:
    """Status of a pod whose image cannot be pulled."""
    image = pod["spec"]["containers"][0]["image"]
    waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}"'}
    return _not_ready(pod, now, "Pending", {"waiting": waiting})


def crashing(pod: Object, now: datetime) -> Object:
    """Status of a pod whose containers end again and again."""
    metadata, name = pod["metadata"], pod["spec"]["containers"][0]["name"]
    who = f"container={name} pod={metadata['name']}_{metadata['namespace']}({metadata['uid']})"
    waiting = {"reason": "CrashLoopBackOff", "message": f"back-off 20s restarting failed {who}"}
    ended = {"exitCode": 1, "reason": "Error", "startedAt": timestamp(now), "finishedAt": timestamp(now)}
    return _not_ready(pod, now, "Running", {"waiting": waiting}, last={"terminated": ended}, restarts=2)


def running(pod: Object, now: datetime) -> Object:
    """Status of a pod that serves."""
    state = {"running": {"startedAt": timestamp(now)}}
    kinds = ("Initialized", "Ready", "ContainersReady")
    return {
        **_started(pod, now),
        "phase": "Running",
        "conditions": [*(_condition(pod, kind, True, now) for kind in kinds), _scheduled(pod, now)],
        "containerStatuses": _containers(pod, state, {}, 0, ready=True),
    }


def is_reported(pod: Object, status: Object) -> bool:
    """Whether the pod's status says the same already: phase, conditions and why containers wait."""
    own = pod.get("status", {})

    def gist(report: Object) -> tuple[object, ...]:
        conditions = {
            entry["type"]: (entry["status"], entry.get("reason"), entry.get("message"))
            for entry in report.get("conditions", [])
        }
        states = [entry["state"].get("waiting", {}).get("reason") for entry in report.get("containerStatuses", [])]
        return report.get("phase"), conditions, states

    return gist(own) == gist(status)


def _not_ready(
    pod: Object, now: datetime, phase: str, state: Object, last: Object | None = None, restarts: int = 0
) -> Object:
    names = ", ".join(container["name"] for container in pod["spec"]["containers"])
    text = f"containers with unready status: [{names}]"
    unready = [_condition(pod, kind, False, now, "ContainersNotReady", text) for kind in ("Ready", "ContainersReady")]
    return {
        **_started(pod, now),
        "phase": phase,
        "conditions": [_condition(pod, "Initialized", True, now), *unready, _scheduled(pod, now)],
        "containerStatuses": _containers(pod, state, last or {}, restarts, ready=False),
    }


def _started(pod: Object, now: datetime) -> Object:
    return {"startTime": pod.get("status", {}).get("startTime", timestamp(now))}


def _scheduled(pod: Object, now: datetime) -> Object:
    return _condition(pod, "PodScheduled", True, now)


def _containers(pod: Object, state: Object, last: Object, restarts: int, ready: bool) -> list[Object]:
    return [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"] if ready else "",
            "ready": ready,
            "started": ready,
            "restartCount": restarts,
            "state": state,
            "lastState": last,
        }
        for container in pod["spec"]["containers"]
    ]


def _condition(
    pod: Object, kind: str, holds: bool, now: datetime, reason: str | None = None, message: str | None = None
) -> Object:
    status = "True" if holds else "False"
    current = condition(pod, kind)
    since = current["lastTransitionTime"] if current and current["status"] == status else timestamp(now)
    entry = {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
    return {key: value for key, value in entry.items() if value is not None}
