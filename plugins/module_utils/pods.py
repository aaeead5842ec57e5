# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why pods do not get ready, in the words of the kubelet and the scheduler: pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# What a container that is merely starting says.
_STARTING = frozenset({"ContainerCreating", "PodInitializing"})


def trouble(pods: list[dict[str, Any]]) -> str | None:
    """Return what keeps pods from getting ready, None if nothing speaks against it."""
    reasons = [reason for pod in pods if not pod["metadata"].get("deletionTimestamp") for reason in _reasons(pod)]
    return "; ".join(dict.fromkeys(reasons)) or None


def _reasons(pod: dict[str, Any]) -> Iterator[str]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield f"pod {name} cannot be scheduled: {_words(condition)}"
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        state, last = container.get("state") or {}, container.get("lastState") or {}
        waiting = state.get("waiting") or {}
        if waiting.get("reason") and waiting["reason"] not in _STARTING:
            ended = last.get("terminated") or {}
            code = f" (last exit code {ended['exitCode']}, {ended.get('reason', '')})" if "exitCode" in ended else ""
            yield f"container {container['name']} of pod {name}: {_words(waiting)}{code}"
    if status.get("phase") == "Failed":
        yield f"pod {name} failed: {_words(status)}"


def _words(source: dict[str, Any]) -> str:
    return ": ".join(part for part in (source.get("reason"), source.get("message")) if part) or "no reason given"
