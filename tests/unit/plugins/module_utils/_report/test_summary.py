# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry in short."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report.summary import summary

from tests.unit.builders import config, deployment, ingress, manifest, removed_config, route

case = pytest.param


def snapshot(config: dict[str, Any] | None, deployment: Any = None, *routes: dict[str, Any]) -> Snapshot:
    """Return what the summary is made of."""
    return Snapshot({CLUSTER_CONFIG: config, REGISTRY_DEPLOYMENT: deployment, REGISTRY_ROUTES: {"items": list(routes)}})


def test_the_summary_of_a_registry_that_serves() -> None:
    live = config(replicas=2, storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    short = summary(snapshot(live, deployment(2, readyReplicas=1), route("a", "h", ingress("h"))))
    assert short == {
        "state": "Managed",
        "backend": "pvc",
        "storage": {"claim": "c"},
        "storage_management_state": "Unmanaged",
        "replicas": {"wanted": 2, "ready": 1},
        "settings": [],
        "hosts": ["h"],
        "conditions": {
            "Available": {"status": "True", "reason": "Ready", "message": "The registry is ready"},
            "Progressing": {"status": "False", "reason": "Ready", "message": "The registry is ready"},
            "Degraded": {"status": "False", "reason": "", "message": ""},
        },
    }


def test_the_summary_of_a_fresh_bare_metal_cluster() -> None:
    short = summary(snapshot(removed_config()))
    assert (short["state"], short["backend"], short["storage"]) == ("Removed", None, {})
    assert short["replicas"] == {"wanted": 1, "ready": 0}


@pytest.mark.parametrize(
    ("storage", "backend", "shown"),
    [
        case({"emptyDir": {}}, "emptyDir", {}, id="emptyDir"),
        case({"pvc": {}}, "pvc", {}, id="the operator's own claim, not filled in yet"),
        case(
            {"s3": {"bucket": "b", "region": "r", "encrypt": True}},
            "s3",
            {"bucket": "b", "region": "r"},
            id="only what says which bucket",
        ),
        case({"emptyDir": {}, "pvc": {"claim": "c"}}, None, {}, id="two backends"),
        case({}, None, {}, id="none"),
    ],
)
def test_the_summary_of_storage(storage: Any, backend: str | None, shown: Any) -> None:
    short = summary(snapshot(config(storage=storage)))
    assert (short["backend"], short["storage"]) == (backend, shown)


def test_a_summary_without_anything_to_see() -> None:
    denied = Forbidden("GET", "", 403, "Forbidden", "no")
    hidden = Snapshot({CLUSTER_CONFIG: denied, REGISTRY_DEPLOYMENT: denied, REGISTRY_ROUTES: denied})
    short = summary(hidden)
    assert short["replicas"] == {"wanted": None, "ready": None}
    assert (short["state"], short["hosts"], short["conditions"]) == (None, [], {})


@pytest.mark.parametrize(
    ("routes", "hosts"),
    [
        case([route("b", "b", ingress("b")), route("a", "a", ingress("a"))], ["a", "b"], id="sorted"),
        case([route("a", "a", ingress("a"), ingress("a", router="second"))], ["a"], id="two routers, one host"),
        case([route("a", "a", ingress("a", "False", "HostAlreadyClaimed"))], [], id="not admitted"),
        case([route("a", "a")], [], id="no router yet"),
        case([manifest("Route", "a", spec={"host": "a"}, status={"ingress": [ingress("a")]})], [], id="not its Route"),
        case([manifest("Route", "a", metadata={"annotations": None}, spec={})], [], id="null annotations"),
    ],
)
def test_hosts_are_those_that_a_router_admits(routes: list[Any], hosts: list[str]) -> None:
    assert summary(snapshot(config(), None, *routes))["hosts"] == hosts
