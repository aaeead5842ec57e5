# SPDX-License-Identifier: GPL-3.0-or-later
"""Status and conditions of a Deployment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sandbox.tests.unit.workloads.builders import NOW, deployment, replicaset
from sandbox.workloads.objects import Object, condition, timestamp
from sandbox.workloads.status import counted, deadline_instant, differs, progressed


def progressing(reason: str, since: datetime = NOW) -> Object:
    status = "False" if reason == "ProgressDeadlineExceeded" else "True"
    instant = timestamp(since)
    entry = {"type": "Progressing", "status": status, "reason": reason, "message": "m"}
    return entry | {"lastUpdateTime": instant, "lastTransitionTime": instant}


def with_status(item: Object, reason: str, since: datetime = NOW, **counts: int) -> Object:
    return {**item, "status": {**counts, "conditions": [progressing(reason, since)]}}


def rollout(item: Object, replicasets: list[Object], now: datetime = NOW, deadline: float | None = None) -> Object:
    """The item as it is after a sync of its rollout; the last ReplicaSet is the new one."""
    status = counted(item, replicasets, replicasets[-1], now)
    return {**item, "status": progressed(item, status, replicasets[-1], now, deadline)}


def reason(item: Object) -> str:
    entry = condition(item, "Progressing")
    return entry["reason"] if entry else "none"


def test_counts_are_of_all_replicasets_and_updated_of_the_new_one() -> None:
    status = counted(deployment(2, 1, 1), [replicaset("old", 2), replicaset("new", 1, 0)], replicaset("new", 1, 0), NOW)
    counts = {key: value for key, value in status.items() if key != "conditions"}
    assert counts == {
        "observedGeneration": 1,
        "replicas": 3,
        "updatedReplicas": 1,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "unavailableReplicas": 1,
    }


def test_more_available_than_wanted_is_no_negative_count() -> None:
    shrinking = replicaset("new", 3)
    shrinking["spec"]["replicas"] = 1
    assert counted(deployment(1), [shrinking], shrinking, NOW)["unavailableReplicas"] == 0


@pytest.mark.parametrize(
    ("replicas", "unavailable", "available", "holds"),
    [(2, 1, 1, "True"), (2, 1, 0, "False"), (1, 0, 0, "False"), (1, 0, 1, "True"), (3, 2, 1, "True")],
)
def test_available_from_the_minimum_on(replicas: int, unavailable: int, available: int, holds: str) -> None:
    only = replicaset("new", replicas, available)
    item = {"status": counted(deployment(replicas, 1, unavailable), [only], only, NOW)}
    entry = condition(item, "Available")
    assert entry is not None and entry["status"] == holds


def test_a_rollout_that_moves_is_reported() -> None:
    item = with_status(deployment(1), "NewReplicaSetCreated", replicas=1)
    shown = rollout(item, [replicaset("old", 1), replicaset("new", 1, 0)])
    assert reason(shown) == "ReplicaSetUpdated"


def test_a_complete_rollout_is_reported() -> None:
    item = with_status(deployment(1), "ReplicaSetUpdated", replicas=2, updatedReplicas=1)
    shown = rollout(item, [replicaset("old", 0), replicaset("new", 1)])
    assert reason(shown) == "NewReplicaSetAvailable"


def test_a_complete_deployment_that_scales_keeps_its_report() -> None:
    item = with_status(deployment(3), "NewReplicaSetAvailable", replicas=1, updatedReplicas=1, availableReplicas=1)
    assert reason(rollout(item, [replicaset("new", 3, 1)])) == "NewReplicaSetAvailable"


def test_a_rollout_that_stands_still_times_out() -> None:
    item = with_status(deployment(1), "ReplicaSetUpdated", replicas=2, updatedReplicas=1, readyReplicas=1)
    item["status"]["availableReplicas"] = 1
    stuck = [replicaset("old", 1), replicaset("new", 1, 0)]
    assert reason(rollout(item, stuck, NOW + timedelta(seconds=119))) == "ReplicaSetUpdated"
    late = rollout(item, stuck, NOW + timedelta(seconds=120))
    assert reason(late) == "ProgressDeadlineExceeded"
    progressing = condition(late, "Progressing")
    assert progressing is not None
    assert progressing["message"] == 'ReplicaSet "new" has timed out progressing.'
    assert reason(rollout(item, stuck, NOW + timedelta(seconds=2), deadline=2)) == "ProgressDeadlineExceeded"


def test_a_rollout_that_timed_out_can_still_complete() -> None:
    item = with_status(deployment(1), "ProgressDeadlineExceeded", replicas=2, updatedReplicas=1)
    shown = rollout(item, [replicaset("new", 1)])
    assert reason(shown) == "NewReplicaSetAvailable"


def test_progress_moves_the_deadline_but_not_the_transition() -> None:
    item = with_status(deployment(2, 1, 1), "ReplicaSetUpdated", replicas=2, updatedReplicas=2)
    later = NOW + timedelta(seconds=50)
    entry = condition(rollout(item, [replicaset("new", 2, 1)], later), "Progressing")
    assert entry is not None
    assert (entry["lastUpdateTime"], entry["lastTransitionTime"]) == (timestamp(later), timestamp(NOW))


@pytest.mark.parametrize(
    ("reason", "deadline", "seconds"),
    [
        ("ReplicaSetUpdated", None, 120),
        ("ReplicaSetUpdated", 5.0, 5),
        ("NewReplicaSetAvailable", None, None),
        ("ProgressDeadlineExceeded", None, None),
    ],
)
def test_when_a_rollout_times_out(reason: str, deadline: float | None, seconds: int | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert deadline_instant(with_status(deployment(1), reason), deadline) == expected


def test_zero_and_absent_are_no_difference() -> None:
    item = deployment(1)
    only = replicaset("new", 0)
    item["status"] = {"observedGeneration": 1, "conditions": counted(item, [only], only, NOW)["conditions"]}
    assert not differs(item, counted(item, [only], only, NOW))
    assert differs(item, counted(item, [replicaset("new", 1)], only, NOW))
