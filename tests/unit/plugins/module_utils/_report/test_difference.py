# SPDX-License-Identifier: GPL-3.0-or-later
"""Report: differences of managed fields, and the state of the registry in short."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    ROUTE,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._report import result as report
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import NEW, OLD

from tests.unit.builders import (
    HTTP_SECRET,
    claim,
    config,
    deployment,
    ingress,
    manifest,
    planned,
    removed_config,
    route,
    secret,
    storage_class,
    user_credentials,
)

case = pytest.param
ROUTES = ROUTE.all()


def difference(given: dict[str, Any], *objects: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the differences of the steps that options make, as if the API server stored exactly what was sent."""
    return [report.difference(step, stored(step)) for step in planned(given, *objects).steps]


def stored(step: Step) -> dict[str, Any] | None:
    """Return what the API server makes of a step."""
    return None if step.action == "delete" else compare.merged(step.live, step.body)


def test_a_change_shows_managed_fields_only() -> None:
    live = config(replicas=1, defaultRoute=True)
    assert difference({"replicas": 3, "default_route": True}, live) == [
        {
            "before_header": "Config cluster",
            "after_header": "Config cluster",
            "before": {"spec": {"replicas": 1, "defaultRoute": True}},
            "after": {"spec": {"replicas": 3, "defaultRoute": True}},
        }
    ]


def test_a_switch_of_the_backend_shows_what_goes_and_what_comes() -> None:
    live = config(storage={"pvc": {"claim": "old"}, "managementState": "Managed"})
    given = {"storage": {"pvc": {"claim": "new"}}, "accept_data_loss": True}
    shown = difference(given, live, claim("old"), claim("new"))[0]
    assert shown["before"] == {"spec": {"storage": {"pvc": {"claim": "old"}, "managementState": "Managed"}}}
    assert shown["after"] == {"spec": {"storage": {"pvc": {"claim": "new"}, "managementState": "Unmanaged"}}}


def test_a_creation_shows_everything_that_is_created() -> None:
    given = {"storage": {"pvc": {"claim": "new", "size": "10Gi", "storage_class": "fast"}}}
    shown = difference(given, config(), storage_class("fast"))[0]
    assert (shown["before_header"], shown["before"]) == ("PersistentVolumeClaim openshift-image-registry/new", {})
    assert shown["after"]["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "10Gi"}},
    }


def test_a_secret_shows_that_it_changes_but_not_from_what_to_what() -> None:
    given = {"credentials": {"s3": {"access_key": "AKIAEXAMPLE", "secret_key": "an0ther-secret"}}}
    shown = difference(given, config(), user_credentials())[0]
    assert shown["before"]["data"]["REGISTRY_STORAGE_S3_SECRETKEY"] == OLD
    assert shown["after"]["data"]["REGISTRY_STORAGE_S3_SECRETKEY"] == NEW
    assert shown["before"]["data"]["REGISTRY_STORAGE_S3_ACCESSKEY"] == "<hidden>"


def test_a_deletion_shows_what_is_lost_without_values() -> None:
    shown = difference({"credentials": {"state": "absent"}}, config(), user_credentials())[0]
    assert set(shown["before"]["data"].values()) == {OLD}
    assert "metadata" not in shown["before"]
    assert shown["after"] == {}


def test_the_http_secret_never_shows() -> None:
    shown = difference({"http_secret": "n" * 32}, config())[0]
    assert shown["before"]["spec"] == {"httpSecret": OLD}
    assert shown["after"]["spec"] == {"httpSecret": NEW}
    assert HTTP_SECRET not in repr(shown)


def test_no_password_of_a_proxy_shows_however_short() -> None:
    live = config(httpSecret="", proxy={"http": "http://u:s3cr3t@p:3128", "https": "http://u:pw@p:3128"})
    given = {"proxies": {"http": "http://u:n3w@p:3128", "https": "http://u:pw@q:3128"}}
    shown = difference(given, live)[0]
    assert shown["before"]["spec"]["proxy"] == {
        "http": f"http://u:{OLD}@p:3128",
        "https": "http://u:<hidden>@p:3128",
    }
    assert shown["after"]["spec"]["proxy"] == {
        "http": f"http://u:{NEW}@p:3128",
        "https": "http://u:<hidden>@q:3128",
    }


def test_an_answer_with_server_defaults_shows_only_what_was_asked_for() -> None:
    step = Step("create", USER_CREDENTIALS, {"data": {"k": "v"}}, None, {"data": {"k": "v"}})
    answer = secret("s", {"k": "v"}, immutable=False, type="Opaque")
    assert report.difference(step, answer)["after"].keys() == {"data"}


def snapshot(config: dict[str, Any] | None, deployment: Any = None, *routes: dict[str, Any]) -> Snapshot:
    """Return what the summary is made of."""
    return Snapshot({CLUSTER_CONFIG: config, REGISTRY_DEPLOYMENT: deployment, ROUTES: {"items": list(routes)}})


def test_the_summary_of_a_registry_that_serves() -> None:
    live = config(replicas=2, storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    summary = report.summary(snapshot(live, deployment(2, readyReplicas=1), route("a", "h", ingress("h"))))
    assert summary == {
        "state": "Managed",
        "backend": "pvc",
        "storage": {"claim": "c"},
        "storage_management_state": "Unmanaged",
        "replicas": {"wanted": 2, "ready": 1},
        "hosts": ["h"],
        "conditions": {
            "Available": {"status": "True", "reason": "Ready", "message": "The registry is ready"},
            "Progressing": {"status": "False", "reason": "Ready", "message": "The registry is ready"},
            "Degraded": {"status": "False", "reason": "", "message": ""},
        },
    }


def test_the_summary_of_a_fresh_bare_metal_cluster() -> None:
    summary = report.summary(snapshot(removed_config()))
    assert (summary["state"], summary["backend"], summary["storage"]) == ("Removed", None, {})
    assert summary["replicas"] == {"wanted": 1, "ready": 0}


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
    summary = report.summary(snapshot(config(storage=storage)))
    assert (summary["backend"], summary["storage"]) == (backend, shown)


def test_a_summary_without_anything_to_see() -> None:
    denied = Forbidden("GET", "", 403, "Forbidden", "no")
    hidden = Snapshot({CLUSTER_CONFIG: denied, REGISTRY_DEPLOYMENT: denied, ROUTES: denied})
    summary = report.summary(hidden)
    assert summary["replicas"] == {"wanted": None, "ready": None}
    assert (summary["state"], summary["hosts"], summary["conditions"]) == (None, [], {})


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
    assert report.hosts(routes) == hosts
