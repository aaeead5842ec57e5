# SPDX-License-Identifier: GPL-3.0-or-later
"""ReplicaSets make and end pods; scheduler and kubelet bring them to where the knobs say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.knobs import Knobs
from sandbox.tests.unit.workloads import builders
from sandbox.tests.unit.workloads.builders import NOW, claim, mounting, pod
from sandbox.workloads import kubelet, podstatus, replicaset
from sandbox.workloads.actions import Action, Create, Delete, Patch
from sandbox.workloads.kubelet import Starting, Turn
from sandbox.workloads.objects import Object

DELETED: dict[str, Any] = {"deletionTimestamp": "2026-11-22T11:59:00Z"}


CLAIMS = [
    claim("rwo", phase="Bound"),
    claim("rwx", mode="ReadWriteMany", phase="Bound"),
    claim("block", volume="Block", phase="Bound"),
    claim("pending"),
    claim("lost", phase="Lost"),
]


def turn(pods: list[Object], starting: Starting | None = None, seconds: float = 0, **knobs: Any) -> Turn:
    return kubelet.turn(pods, CLAIMS, Knobs(**knobs), starting, NOW + timedelta(seconds=seconds))


def reported(item: Object, status: Object) -> Object:
    return {**item, "status": status}


def created(name: str, **more: Any) -> Object:
    """A pod on its node whose kubelet has reported that its container is being created."""
    item = pod(name, **more)
    return reported(item, podstatus.creating(item, NOW))


def status_of(action: Action | None) -> Object:
    assert isinstance(action, Patch) and action.subresource == "status"
    status: Object = action.body["status"]
    return status


def test_missing_pods_are_created_and_counted_in_one_turn() -> None:
    owner = builders.replicaset("rs", 2, 0)
    owner["status"] = {}
    actions = replicaset.sync(owner, [])
    assert [type(action) for action in actions] == [Create, Create, Patch]
    assert status_of(actions[-1])["replicas"] == 2
    assert status_of(actions[-1])["readyReplicas"] == 0
    first = actions[0]
    assert isinstance(first, Create)
    body = first.body
    assert body["metadata"]["generateName"] == "rs-"
    assert body["metadata"]["ownerReferences"][0]["uid"] == "uid-rs"


@pytest.mark.parametrize(
    ("pods", "ended"),
    [
        pytest.param([pod("a", ready=True), pod("b")], ["b"], id="not ready before ready"),
        pytest.param([pod("a", node=None), pod("b")], ["a"], id="without a node before with one"),
        pytest.param(
            [pod("young", ready=True, creationTimestamp="2026-11-22T11:30:00Z"), pod("old", ready=True)],
            ["young"],
            id="the youngest first",
        ),
        pytest.param([pod("a", ready=True), pod("b", ready=True, **DELETED)], [], id="a deleted one does not count"),
    ],
)
def test_which_pod_goes_when_there_are_too_many(pods: list[Object], ended: list[str]) -> None:
    actions = replicaset.sync(builders.replicaset("rs", 1), pods)
    assert [action.name for action in actions if isinstance(action, Delete)] == ended


def test_a_deleted_replicaset_makes_no_pods() -> None:
    assert replicaset.sync(builders.replicaset("rs", 0, **DELETED) | {"spec": {"replicas": 1}}, []) == ()


def test_a_replicaset_that_is_right_is_left_alone() -> None:
    assert replicaset.sync(builders.replicaset("rs", 1), [pod("a", ready=True)]) == ()


def test_a_pod_gets_the_emptier_node() -> None:
    action = turn([pod("a", node="worker-0", ready=True), pod("b", node=None)]).action
    assert isinstance(action, Create) and action.subresource == "binding"
    assert action.body["target"]["name"] == "worker-1"


def test_a_deleted_pod_is_ended_before_anything_else() -> None:
    action = turn([pod("a", node=None), pod("b", **DELETED)]).action
    assert isinstance(action, Delete)
    assert (action.name, action.grace_seconds) == ("b", 0)


def test_a_pod_on_its_node_is_reported_as_being_created() -> None:
    status = status_of(turn([pod("a")]).action)
    assert status["phase"] == "Pending"
    assert status["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}


def test_a_pod_becomes_ready_after_the_delay() -> None:
    item = created("a")
    begun = turn([item], pod_ready_delay=3)
    assert begun == Turn(None, Starting("uid-a", NOW), NOW + timedelta(seconds=3))
    assert turn([item], begun.starting, 2.9, pod_ready_delay=3).action is None
    status = status_of(turn([item], begun.starting, 3, pod_ready_delay=3).action)
    ready = {entry["type"]: entry["status"] for entry in status["conditions"]}
    assert ready == {"Initialized": "True", "Ready": "True", "ContainersReady": "True", "PodScheduled": "True"}
    assert status["containerStatuses"][0]["ready"] is True


def test_pods_start_one_after_the_other() -> None:
    pods = [created("a"), created("b")]
    first = turn(pods, Starting("uid-a", NOW), 1, pod_ready_delay=1)
    assert isinstance(first.action, Patch) and first.action.name == "a"
    assert turn([pod("a", ready=True), pods[1]], first.starting, 1, pod_ready_delay=1).starting == Starting(
        "uid-b", NOW + timedelta(seconds=1)
    )


@pytest.mark.parametrize(
    ("outcome", "phase", "reason"),
    [
        ("crash", "Running", "CrashLoopBackOff"),
        ("image-pull", "Pending", "ImagePullBackOff"),
        ("pending", "Pending", "ContainerCreating"),
    ],
)
def test_pods_that_do_not_get_ready_say_why(outcome: str, phase: str, reason: str) -> None:
    item = pod("a")
    status = status_of(turn([item], pod_outcome=outcome).action)
    assert status["phase"] == phase
    assert status["containerStatuses"][0]["state"]["waiting"]["reason"] == reason
    settled = turn([reported(item, status)], pod_outcome=outcome)
    assert settled == Turn()


def test_a_crashing_pod_has_ended_before() -> None:
    container = status_of(turn([pod("a")], pod_outcome="crash").action)["containerStatuses"][0]
    assert container["restartCount"] > 0
    assert container["lastState"]["terminated"]["exitCode"] == 1


def test_a_pod_that_fits_nowhere_stays_without_a_node() -> None:
    item = pod("a", node=None)
    status = status_of(turn([item], pod_outcome="unschedulable").action)
    (scheduled,) = status["conditions"]
    assert (scheduled["type"], scheduled["status"], scheduled["reason"]) == ("PodScheduled", "False", "Unschedulable")
    assert scheduled["message"].startswith("0/2 nodes are available")
    assert turn([reported(item, status)], pod_outcome="unschedulable").action is None
    assert isinstance(turn([reported(item, status)]).action, Create)


def test_a_held_pod_waits_and_then_starts() -> None:
    item = created("a")
    assert turn([item], hold_rollout=True) == Turn()
    assert turn([item]).starting == Starting("uid-a", NOW)


def test_a_pod_that_is_ready_stays_so_when_the_knobs_turn() -> None:
    assert turn([pod("a", ready=True)], pod_outcome="crash", hold_rollout=True) == Turn()


@pytest.mark.parametrize(
    ("claim_name", "node", "starts"),
    [("rwo", "worker-1", False), ("rwo", "worker-0", True), ("rwx", "worker-1", True)],
)
def test_a_claim_for_one_node_is_mounted_on_one_node(claim_name: str, node: str, starts: bool) -> None:
    holder = mounting(pod("holder", ready=True, node="worker-0"), claim_name)
    item = mounting(created("other", node=node), claim_name)
    assert (turn([holder, item]).starting is not None) is starts


def test_a_pod_that_is_ending_still_holds_its_claim() -> None:
    holder = mounting(pod("holder", ready=True, node="worker-0", **DELETED), "rwo")
    item = mounting(created("other", node="worker-1"), "rwo")
    assert turn([holder, item]).starting is None


@pytest.mark.parametrize(
    ("claim_name", "why"),
    [
        ("pending", "pod has unbound immediate PersistentVolumeClaims"),
        ("lost", "pod has unbound immediate PersistentVolumeClaims"),
        ("nowhere", 'persistentvolumeclaim "nowhere" not found'),
    ],
)
def test_a_pod_finds_no_node_while_its_claim_has_no_volume(claim_name: str, why: str) -> None:
    item = mounting(pod("a", node=None), claim_name)
    status = status_of(turn([item]).action)
    (scheduled,) = status["conditions"]
    assert (scheduled["type"], scheduled["status"], scheduled["reason"]) == ("PodScheduled", "False", "Unschedulable")
    assert scheduled["message"].startswith(f"0/2 nodes are available: {why}. ")
    assert turn([reported(item, status)]) == Turn()


@pytest.mark.parametrize("claim_name", ["block", "pending", "nowhere"])
@pytest.mark.parametrize("outcome", ["ready", "crash"])
def test_a_pod_on_its_node_is_not_started_without_a_file_system(claim_name: str, outcome: str) -> None:
    item = mounting(created("a"), claim_name)
    assert turn([item], pod_outcome=outcome) == Turn()


def test_a_claim_in_another_namespace_is_another_claim() -> None:
    item = mounting(pod("a", node=None, namespace="elsewhere"), "rwx")
    assert 'persistentvolumeclaim "rwx" not found' in status_of(turn([item]).action)["conditions"][0]["message"]
