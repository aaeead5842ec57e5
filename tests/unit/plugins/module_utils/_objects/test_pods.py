# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods: what keeps them from getting ready, in the words of the kubelet and the scheduler."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects import pods

from tests.unit.builders import conditions, manifest, pod

case = pytest.param


def container(state: dict[str, Any] | None, last: dict[str, Any] | None = None, kind: str = "container") -> Any:
    """Return the status fields of a pod with one container."""
    return {f"{kind}Statuses": [{"name": "registry", "state": state, "lastState": last}]}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """Return the state of a container that does not run."""
    return {"waiting": {"reason": reason, "message": message}}


# It was killed once, long ago.
READY_AGAIN = {
    "containerStatuses": [
        {
            "name": "registry",
            "ready": True,
            "state": {"running": {}},
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        }
    ]
}


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
            "pod p cannot be scheduled: no reason",
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
            container({"terminated": {"exitCode": 2, "reason": "Error"}}),
            "container registry of pod p: not ready after it ended with exit code 2 (Error)",
            id="ended",
        ),
        case(
            container({"running": {}}, {"terminated": {"exitCode": 2, "reason": "Error"}}),
            "container registry of pod p: not ready after it ended with exit code 2 (Error)",
            id="started again",
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
        case(container({"terminated": {"exitCode": 0}}, kind="initContainer"), id="initialised"),
        case(READY_AGAIN, id="ready again"),
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


def of_template(name: str, template: str | None, second: int, **status: Any) -> dict[str, Any]:
    """Return a pod of a ReplicaSet's template, created at that second."""
    created = {"creationTimestamp": f"2026-01-01T00:00:{second:02}Z"}
    labels = {"labels": {"pod-template-hash": template}} if template else {}
    return manifest("Pod", name, metadata=created | labels, status=status)


@pytest.mark.parametrize(
    ("found", "names"),
    [
        case([], [], id="none"),
        case([of_template("a", None, 1), of_template("b", None, 2)], ["a", "b"], id="no templates"),
        case([of_template("a", "x", 1), of_template("b", "x", 2)], ["a", "b"], id="one template"),
        case([of_template("new", "y", 2), of_template("old", "x", 1)], ["new"], id="newest template"),
        case(
            [of_template("failed", "x", 3, phase="Failed"), of_template("a", "x", 1)], ["a"], id="one that was replaced"
        ),
        case(
            [of_template("evicted", "x", 3, phase="Failed"), of_template("new", "y", 2)],
            ["new"],
            id="one of the old template, evicted last",
        ),
        case([pod("a"), pod("b")], ["a", "b"], id="no times"),
    ],
)
def test_pods_that_a_rollout_waits_for(found: list[dict[str, Any]], names: list[str]) -> None:
    assert [entry["metadata"]["name"] for entry in pods.starting(found)] == names


def test_pods_that_have_found_a_node() -> None:
    here, nowhere = (
        pod("a", conditions=conditions(PodScheduled=("True",))),
        pod("b", conditions=conditions(PodScheduled=("False",))),
    )
    assert pods.scheduled([here, nowhere, pod("c")]) == [here, pod("c")]


def test_a_pod_that_is_being_deleted_leaves() -> None:
    assert pods.is_leaving(manifest("Pod", "p", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}))
    assert not pods.is_leaving(pod("p"))
