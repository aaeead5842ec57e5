# SPDX-License-Identifier: GPL-3.0-or-later
"""The controllers together: the statuses that a Deployment passes through, as the recordings have them."""

from __future__ import annotations

from sandbox.knobs import Knobs
from sandbox.tests.unit.workloads.builders import claim, deployment, mounting, pod
from sandbox.tests.unit.workloads.store import Store
from sandbox.workloads.objects import Object

CREATED, UPDATED, AVAILABLE = "NewReplicaSetCreated", "ReplicaSetUpdated", "NewReplicaSetAvailable"


def settled(item: Object, knobs: Knobs | None = None) -> Store:
    """A store in which the Deployment's first rollout is over and forgotten."""
    store = Store(knobs)
    store.add("deployments", item)
    store.settle()
    store.statuses.clear()
    store.reasons.clear()
    return store


def template(env: str) -> Object:
    found: Object = deployment(env=env)["spec"]["template"]
    return found


# Statuses are (observedGeneration, replicas, updated, ready, unavailable).


def test_two_replicas_get_ready_one_after_the_other() -> None:
    store = Store()
    store.add("deployments", deployment(2, 1, 1))
    store.settle()
    assert store.statuses == [(1, 0, 0, 0, 2), (1, 2, 2, 0, 2), (1, 2, 2, 1, 1), (1, 2, 2, 2, 0)]
    assert store.reasons == [CREATED, UPDATED, AVAILABLE]


def test_a_new_template_of_one_replica_surges() -> None:
    store = settled(deployment(1))
    store.change(template=template("2"))
    store.settle()
    assert store.statuses == [(1, 1, 1, 1, 0), (2, 1, 0, 1, 1), (2, 2, 1, 1, 1), (2, 2, 1, 2, 0), (2, 1, 1, 1, 0)]
    assert store.reasons == [CREATED, UPDATED, AVAILABLE]


def test_a_new_template_of_two_replicas_takes_one_old_pod_at_once() -> None:
    store = settled(deployment(2, 1, 1))
    store.change(template=template("2"))
    store.settle()
    assert store.statuses == [
        (1, 2, 2, 2, 0),
        (2, 3, 1, 2, 0),
        (2, 3, 1, 2, 1),
        (2, 2, 1, 1, 2),
        (2, 3, 2, 1, 2),
        (2, 3, 2, 2, 1),
        (2, 3, 2, 2, 0),
        (2, 2, 2, 1, 1),
        (2, 2, 2, 2, 0),
    ]


def test_a_template_from_before_reuses_its_replicaset() -> None:
    store = settled(deployment(1))
    store.change(template=template("2"))
    store.settle()
    before = store.names("replicasets")
    store.statuses.clear()
    store.change(template=template("1"))
    store.settle()
    assert store.names("replicasets") == before
    assert store.statuses[-1] == (3, 1, 1, 1, 0)


def test_scaling_is_no_rollout() -> None:
    store = settled(deployment(1))
    store.change(replicas=3)
    store.settle()
    store.change(replicas=1)
    store.settle()
    assert store.statuses == [
        (2, 1, 1, 1, 0),
        (2, 1, 1, 1, 2),
        (2, 3, 3, 1, 2),
        (2, 3, 3, 2, 1),
        (2, 3, 3, 3, 0),
        (3, 3, 3, 3, 0),
        (3, 1, 1, 1, 0),
    ]
    assert store.reasons == [AVAILABLE]


def test_recreate_ends_the_old_pods_first() -> None:
    store = settled(deployment(1, surge=None))
    store.change(template=template("2"))
    store.settle()
    assert store.statuses == [(2, 1, 0, 1, 0), (2, 0, 0, 0, 0), (2, 0, 0, 0, 1), (2, 1, 1, 0, 1), (2, 1, 1, 1, 0)]
    assert store.reasons == [AVAILABLE, CREATED, UPDATED, AVAILABLE]


def test_recreate_with_a_template_from_before_does_not_show_as_progress() -> None:
    store = settled(deployment(1, surge=None))
    store.change(template=template("2"))
    store.settle()
    store.reasons.clear()
    store.change(template=template("1"))
    store.settle()
    assert store.statuses[-1] == (3, 1, 1, 1, 0)
    assert store.reasons == [AVAILABLE]


def test_a_foreground_deletion_counts_the_pods_down() -> None:
    store = settled(deployment(2, 1, 1))
    store.delete_in_foreground()
    store.settle()
    assert store.statuses == [(2, 2, 2, 2, 0), (2, 1, 1, 1, 1), (2, 0, 0, 0, 2), (2, 0, 0, 0, 0)]
    assert store.names("deployments") == store.names("replicasets") == store.names("pods") == []


def test_dependents_of_a_deleted_deployment_go() -> None:
    store = settled(deployment(2, 1, 1))
    store.delete("deployments", "image-registry")
    store.settle()
    assert store.names("replicasets") == store.names("pods") == []


def test_a_held_rollout_stops_before_the_first_new_pod_is_ready() -> None:
    store = settled(deployment(1))
    store.knobs = Knobs(hold_rollout=True)
    store.change(template=template("2"))
    store.settle()
    assert store.statuses[-1] == (2, 2, 1, 1, 1)
    assert store.reasons[-1] == UPDATED


def test_unused_replicasets_are_kept_up_to_the_limit() -> None:
    store = settled(deployment(1))
    store.change(revisionHistoryLimit=2)
    for env in "2345":
        store.change(template=template(env))
        store.settle()
    assert len(store.names("replicasets")) == 3


def test_a_second_pod_on_a_claim_for_one_node_hangs() -> None:
    store = Store()
    store.add("persistentvolumeclaims", claim("rwo"))
    store.add("pods", mounting(pod("first", node=None), "rwo"))
    store.add("pods", mounting(pod("second", node=None), "rwo"))
    store.settle()
    assert store.phases() == {"first": "Running", "second": "Pending"}


def test_pods_of_others_are_left_alone() -> None:
    foreign = pod("node-ca-1", ready=True)
    reference = {"kind": "DaemonSet", "uid": "gone", "controller": True}
    foreign["metadata"]["ownerReferences"] = [reference]
    store = Store()
    store.add("pods", foreign)
    store.settle()
    assert store.names("pods") == ["node-ca-1"]
