# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of managed fields, as Ansible shows them."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._report.difference import difference as difference_of
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import NEW, OLD

from tests.unit.builders import (
    HTTP_SECRET,
    claim,
    config,
    planned,
    secret,
    storage_class,
    user_credentials,
)


def difference(given: dict[str, Any], *objects: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the differences of the steps that options make, as if the API server stored exactly what was sent."""
    return [difference_of(step, stored(step)) for step in planned(given, *objects).steps]


def stored(step: Step) -> dict[str, Any] | None:
    """Return what the API server makes of a step."""
    return None if step.action == "delete" else merged(step.live, step.body)


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
    step = Step("create", Wanted(USER_CREDENTIALS, {"data": {"k": "v"}}), {"data": {"k": "v"}}, None)
    answer = secret("s", {"k": "v"}, immutable=False, type="Opaque")
    assert difference_of(step, answer)["after"].keys() == {"data"}
