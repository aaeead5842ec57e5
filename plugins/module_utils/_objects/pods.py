# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why pods do not get ready, in the words of the kubelet and the scheduler: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import words

# What a container that is merely starting says.
_STARTING = frozenset({"ContainerCreating", "PodInitializing"})


def starting(pods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pods that a rollout still waits for.

    The pod that was created last has the newest template. One that failed is not among them: it has been replaced, and
    stays in the list for long.
    """
    alive = [pod for pod in pods if pod.get("status", {}).get("phase") != "Failed"]
    newest = max((pod["metadata"].get("creationTimestamp") or "" for pod in alive), default="")
    templates = {_template(pod) for pod in alive if (pod["metadata"].get("creationTimestamp") or "") == newest}
    return [pod for pod in alive if _template(pod) in templates]


def scheduled(pods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pods except those that report that they have no node."""
    return [
        pod for pod in pods if not any(_keeps_off(entry) for entry in pod.get("status", {}).get("conditions") or [])
    ]


def is_leaving(pod: dict[str, Any]) -> bool:
    """Whether a pod is being deleted. It still exists until its containers have ended."""
    return bool(pod["metadata"].get("deletionTimestamp"))


def ending(pod: dict[str, Any]) -> str:
    """Return since when a pod should have ended."""
    return f"pod {_placed(pod)} has not ended, for which it had time until {pod['metadata']['deletionTimestamp']}"


def trouble(pods: list[dict[str, Any]], events: Iterable[dict[str, Any]] = ()) -> str | None:
    """Return what keeps pods from getting ready, None if nothing does; events: what happened to them."""
    newest = _newest(events)
    reasons = [reason for pod in pods if not is_leaving(pod) for reason in _reasons(pod, newest)]
    return "; ".join(dict.fromkeys(reasons)) or None


def _template(pod: dict[str, Any]) -> str | None:
    return (pod["metadata"].get("labels") or {}).get("pod-template-hash")


def _newest(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the last event of each pod, by its UID."""
    ordered = sorted(events, key=_happened)
    return {(event.get("involvedObject") or {}).get("uid") or "": event for event in ordered}


def _happened(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    # Some are precise to the second, some to the microsecond.
    return next((time for time in times if time), "").rstrip("Z")


def _placed(pod: dict[str, Any]) -> str:
    node = (pod.get("spec") or {}).get("nodeName")
    return f"{pod['metadata']['name']} on node {node}" if node else str(pod["metadata"]["name"])


def _has_started(pod: dict[str, Any]) -> bool:
    return any((entry.get("state") or {}).get("running") for entry in pod["status"].get("containerStatuses") or [])


def _reasons(pod: dict[str, Any], newest: dict[str, dict[str, Any]]) -> Iterator[str]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    event = newest.get(pod["metadata"].get("uid") or "", {})
    # A later event, such as that of an image being pulled, says that it has gone on.
    if event.get("type") == "Warning" and status.get("phase") == "Pending" and not _has_started(pod):
        since = status.get("startTime") or pod["metadata"].get("creationTimestamp")
        yield f"pod {_placed(pod)} has not started since {since}: {words(event)}"
    for condition in status.get("conditions") or []:
        if _keeps_off(condition):
            yield f"pod {name} cannot be scheduled: {words(condition)}"
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        reason = _of_container(container)
        if reason:
            yield f"container {container['name']} of pod {name}: {reason}"
    if status.get("phase") == "Failed":
        yield f"pod {name} failed: {words(status)}"


def _keeps_off(condition: dict[str, Any]) -> bool:
    return (condition["type"], condition["status"]) == ("PodScheduled", "False")


def _of_container(container: dict[str, Any]) -> str | None:
    state, last = container.get("state") or {}, container.get("lastState") or {}
    waiting = state.get("waiting") or {}
    ended = state.get("terminated") or last.get("terminated") or {}
    if waiting.get("reason") and waiting["reason"] not in _STARTING:
        code = f" (last exit code {ended['exitCode']}, {ended.get('reason', '')})" if "exitCode" in ended else ""
        return f"{words(waiting)}{code}"
    if ended.get("exitCode") and not container.get("ready"):
        # Between two attempts, when it does not wait to be started again.
        return f"not ready after it ended with exit code {ended['exitCode']} ({ended.get('reason', '')})"
    return None
