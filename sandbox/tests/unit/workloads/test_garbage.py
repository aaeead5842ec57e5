# SPDX-License-Identifier: GPL-3.0-or-later
"""Dependents go with their owners, or before them."""

from __future__ import annotations

from typing import Any

from sandbox.tests.unit.workloads.builders import deployment, pod, replicaset
from sandbox.workloads.actions import Delete, Patch
from sandbox.workloads.garbage import foreground, orphan
from sandbox.workloads.objects import Object, owner_reference

DELETED: dict[str, Any] = {"deletionTimestamp": "2026-11-22T11:59:00Z"}
FOREGROUND: dict[str, Any] = {**DELETED, "finalizers": ["foregroundDeletion", "other"]}


def owned(owner: Object, **more: Any) -> Object:
    return replicaset("rs", 1, ownerReferences=[owner_reference(owner, "apps/v1", "Deployment")], **more)


def test_a_dependent_of_a_living_owner_stays() -> None:
    owner = deployment()
    dependent = owned(owner)
    assert orphan([owner], [dependent], [pod("p", dependent)]) is None


def test_an_orphan_goes_and_so_do_its_own_dependents() -> None:
    dependent = owned(deployment())
    first = orphan([], [dependent], [pod("p", dependent)])
    assert isinstance(first, Delete) and (first.resource, first.uid) == ("replicasets", "uid-rs")
    second = orphan([], [], [pod("p", dependent)])
    assert isinstance(second, Delete) and (second.resource, second.name) == ("pods", "p")


def test_an_owner_of_the_same_name_is_another_one() -> None:
    again = deployment(uid="uid-of-another")
    assert isinstance(orphan([again], [owned(deployment())], []), Delete)


def test_what_has_no_owner_or_one_of_another_kind_is_not_collected() -> None:
    foreign = pod("p")
    foreign["metadata"]["ownerReferences"] = [{"kind": "Job", "uid": "u", "controller": True}]
    assert orphan([], [replicaset("rs", 1)], [pod("q"), foreign]) is None


def test_a_foreground_deletion_begins_with_the_dependents() -> None:
    owner = deployment(**FOREGROUND)
    action = foreground([owner], [owned(owner)], [])
    assert isinstance(action, Delete)
    assert (action.resource, action.propagation) == ("replicasets", "Foreground")


def test_it_goes_on_with_their_dependents() -> None:
    owner = deployment(**FOREGROUND)
    dependent = owned(owner, **FOREGROUND)
    action = foreground([owner], [dependent], [pod("p", dependent)])
    assert isinstance(action, Delete)
    assert (action.resource, action.propagation) == ("pods", "Background")


def test_it_waits_for_a_pod_that_is_ending() -> None:
    owner = deployment(**FOREGROUND)
    dependent = owned(owner, **FOREGROUND)
    assert foreground([owner], [dependent], [pod("p", dependent, **DELETED)]) is None


def test_an_owner_without_dependents_is_let_go_by_this_finalizer_alone() -> None:
    action = foreground([deployment(**FOREGROUND)], [], [])
    assert isinstance(action, Patch)
    assert action.body["metadata"]["finalizers"] == ["other"]


def test_a_background_deletion_is_not_its_business() -> None:
    assert foreground([deployment(**DELETED, finalizers=["other"])], [], []) is None
