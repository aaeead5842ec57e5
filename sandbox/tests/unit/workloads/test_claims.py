# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims get a volume, and the size that they ask for."""

from __future__ import annotations

from typing import Any

from sandbox.tests.unit.workloads.builders import claim
from sandbox.workloads.actions import Patch
from sandbox.workloads.claims import turn

BOUND: dict[str, Any] = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "10Gi"}}


def test_a_pending_claim_gets_a_volume_and_then_is_bound() -> None:
    item = claim("c")
    first = turn([item], bind=True)
    assert isinstance(first, Patch)
    assert first.body["spec"] == {"volumeName": "pvc-uid-c"}
    item["spec"]["volumeName"] = "pvc-uid-c"
    second = turn([item], bind=True)
    assert isinstance(second, Patch) and second.subresource == "status"
    assert second.body["status"] == BOUND


def test_a_claim_stays_pending_when_nothing_binds() -> None:
    assert turn([claim("c")], bind=False) is None


def test_a_claim_grows_to_what_it_asks_for() -> None:
    action = turn([claim("c", size="20Gi", **BOUND)], bind=False)
    assert isinstance(action, Patch)
    assert action.body["status"] == {"capacity": {"storage": "20Gi"}}


def test_a_claim_that_has_its_size_is_left_alone() -> None:
    assert turn([claim("c", size="10240Mi", **BOUND)], bind=True) is None
