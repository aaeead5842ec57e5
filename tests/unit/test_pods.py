# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods: what keeps them from getting ready, in the words of the kubelet and the scheduler."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils import pods

from tests.unit.builders import conditions, manifest, pod

case = pytest.param


def container(state: dict[str, Any] | None, last: dict[str, Any] | None = None, kind: str = "container") -> Any:
    """Return the status fields of a pod with one container."""
    return {f"{kind}Statuses": [{"name": "registry", "state": state, "lastState": last}]}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """Return the state of a container that does not run."""
    return {"waiting": {"reason": reason, "message": message}}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        case(
            {"conditions": conditions(PodScheduled=("False", "Unschedulable", "0/3 nodes are available"))},
            "pod p cannot be scheduled: Unschedulable: 0/3 nodes are available",
            id="no node",
        ),
        case(
            {"conditions": conditions(PodScheduled=("False",))},
            "pod p cannot be scheduled: no reason given",
            id="no node, no reason",
        ),
        case(
            container(waiting("ImagePullBackOff", 'Back-off pulling image "registry"')),
            'container registry of pod p: ImagePullBackOff: Back-off pulling image "registry"',
            id="image",
        ),
        case(
            container(waiting("CrashLoopBackOff"), {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}),
            "container registry of pod p: CrashLoopBackOff (last exit code 137, OOMKilled)",
            id="crash",
        ),
        case(
            container(waiting("CreateContainerConfigError", 'secret "x" not found')),
            'container registry of pod p: CreateContainerConfigError: secret "x" not found',
            id="missing secret",
        ),
        case(
            container(waiting("CrashLoopBackOff"), kind="initContainer"),
            "container registry of pod p: CrashLoopBackOff",
            id="init container",
        ),
        case(
            {"phase": "Failed", "reason": "Evicted", "message": "low on disk"},
            "pod p failed: Evicted: low on disk",
            id="evicted",
        ),
    ],
)
def test_trouble_is_told_in_their_words(status: dict[str, Any], told: str) -> None:
    assert pods.trouble([pod("p", **status)]) == told


@pytest.mark.parametrize(
    "status",
    [
        case({}, id="no status"),
        case({"conditions": None, "containerStatuses": None}, id="null lists"),
        case({"conditions": conditions(PodScheduled=("True",), Ready=("False", "ContainersNotReady"))}, id="not ready"),
        case(container(waiting("ContainerCreating")), id="being created"),
        case(container(waiting("PodInitializing")), id="initialising"),
        case(container({"running": {"startedAt": "2026-01-01T00:00:00Z"}}), id="running"),
        case(container(None), id="no state"),
        case(container({"waiting": {}}), id="waiting without a reason"),
        case({"phase": "Running"}, id="running phase"),
    ],
)
def test_pods_that_merely_start_are_no_trouble(status: dict[str, Any]) -> None:
    assert pods.trouble([pod("p", **status)]) is None


def test_pods_that_are_being_deleted_do_not_count() -> None:
    failed = {"phase": "Failed", "reason": "Evicted"}
    leaving = manifest("Pod", "p", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}, status=failed)
    assert pods.trouble([leaving]) is None


def test_every_pod_in_trouble_is_named_once() -> None:
    failed = {"phase": "Failed", "reason": "Evicted"}
    told = pods.trouble([pod("a", **failed), pod("b"), pod("c", **failed), pod("a", **failed)])
    assert told == "pod a failed: Evicted; pod c failed: Evicted"


def test_no_pods_are_no_trouble() -> None:
    assert pods.trouble([]) is None
