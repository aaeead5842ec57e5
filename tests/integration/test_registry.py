# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry: all sections in one task, and the states of the registry as a whole."""

import base64
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import condition, is_ready
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

HOST = "registry.example.com"
DEFAULT_HOST = "default-route-openshift-image-registry.apps.sandbox.example.com"
CERTIFICATE, KEY = self_signed(HOST)
EVERYTHING: dict[str, Any] = {
    "management_state": "Managed",
    "storage": {"pvc": {"claim": "registry", "size": "100Gi"}},
    "replicas": 2,
    "default_route": True,
    "routes": [{"name": "public", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}],
    "credentials": {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}},
}


@pytest.fixture(scope="module")
def served(clean_module: Lab) -> dict[str, Any]:
    """The result of the task that brought a fresh cluster to all of the above; tests that use it leave it so."""
    return converge(clean_module, "registry", EVERYTHING)


def test_fresh_cluster_gets_everything_that_is_declared(lab: Lab, served: dict[str, Any]) -> None:
    spec = lab.spec()
    assert spec["managementState"] == "Managed"
    assert spec["storage"] == {"pvc": {"claim": "registry"}, "managementState": "Unmanaged"}
    assert (spec["replicas"], spec["defaultRoute"]) == (2, True)
    assert spec["routes"] == [{"name": "public", "hostname": HOST, "secretName": "public-tls"}]
    claim = lab.api.read(f"{paths.CLAIMS}/registry")
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "100Gi"
    secret = lab.api.read(f"{paths.SECRETS}/public-tls")
    assert secret["type"] == "kubernetes.io/tls"
    assert _decoded(secret) == {"tls.crt": CERTIFICATE, "tls.key": KEY}
    assert _decoded(lab.api.read(paths.USER_SECRET)) == {
        "REGISTRY_STORAGE_S3_ACCESSKEY": setups.ACCESS_KEY,
        "REGISTRY_STORAGE_S3_SECRETKEY": setups.SECRET_KEY,
    }


def test_fresh_cluster_serves(lab: Lab, served: dict[str, Any]) -> None:
    pods = lab.api.items(paths.REGISTRY_PODS)
    assert [is_ready(pod) for pod in pods] == [True, True]
    route = lab.api.read(f"{paths.ROUTES}/public")
    assert (route["spec"]["host"], route["spec"]["tls"]["certificate"]) == (HOST, CERTIFICATE)
    hosts = lab.api.read(paths.IMAGE_CONFIG)["status"]["externalRegistryHostnames"]
    assert hosts == [DEFAULT_HOST, HOST]
    assert setups.says_ready(lab.config())


def test_summary_is_what_is_seen_from_outside(lab: Lab, served: dict[str, Any]) -> None:
    config = lab.config()
    assert served["registry"] == {
        "state": "Managed",
        "backend": "pvc",
        "storage": {"claim": "registry"},
        "storage_management_state": "Unmanaged",
        "replicas": {"wanted": 2, "ready": 2},
        "settings": [
            {"option": "default_route", "field": "spec.defaultRoute", "value": True, "declared": True},
            {"option": "routes", "field": "spec.routes", "value": lab.spec()["routes"], "declared": True},
        ],
        "hosts": [DEFAULT_HOST, HOST],
        "conditions": {
            kind: {part: condition(config, kind).get(part, "") for part in ("status", "reason", "message")}
            for kind in ("Available", "Progressing", "Degraded")
        },
    }
    assert served["rollout"]["waited"] is True
    assert served["rollout"]["duration"] > 0
    assert served["rollout"]["seen"][-1]["state"] == DONE.why


def test_no_change_run_sends_at_most_eight_requests(lab: Lab, served: dict[str, Any]) -> None:
    mark = lab.log.mark()
    result = lab.run("registry", EVERYTHING)
    sent = lab.log.since(mark)
    assert result["changed"] is False
    assert result["rollout"] == {"waited": True, "duration": 0.0, "seen": []}
    assert len(sent) <= 8, sent
    assert {request.verb for request in sent} <= {"get", "list"}


def test_diff_shows_managed_fields_with_secrets_masked(lab: Lab, served: dict[str, Any]) -> None:
    changes = {entry["before_header"]: (entry["before"], entry["after"]) for entry in served["diff"]}
    assert changes["Config cluster"] == (
        {"spec": {"managementState": "Removed", "replicas": 1, "storage": {}}},
        {
            "spec": {
                "managementState": "Managed",
                "storage": {"pvc": {"claim": "registry"}, "managementState": "Unmanaged"},
                "replicas": 2,
                "defaultRoute": True,
                "routes": [{"name": "public", "hostname": HOST, "secretName": "public-tls"}],
            }
        },
    )
    before, after = changes["Secret openshift-image-registry/public-tls"]
    assert before == {}
    assert after["data"] == {"tls.crt": "<hidden: new value>", "tls.key": "<hidden: new value>"}
    _before, after = changes["Secret openshift-image-registry/image-registry-private-configuration-user"]
    assert set(after["data"].values()) == {"<hidden: new value>"}


def test_nothing_declared_is_nothing_done(lab: Lab, served: dict[str, Any]) -> None:
    before = lab.config()
    idempotent(lab, "registry", {})
    assert lab.config() == before


def test_without_wait_the_task_ends_at_once(clean: Lab, knobs: Any) -> None:
    knobs(holdRollout=True)
    result = clean.run("registry", {**EVERYTHING, "wait": False})
    assert result["changed"] is True
    assert result["rollout"] == {"waited": False}
    assert clean.spec()["managementState"] == "Managed"


def test_removed_and_back_keeps_what_is_the_users(clean: Lab) -> None:
    setups.serve_from_claim(clean, defaultRoute=True)
    result = converge(clean, "registry", {"management_state": "Removed"})
    assert clean.api.get(paths.DEPLOYMENT) is None
    assert clean.api.items(paths.REGISTRY_PODS) == []
    assert clean.api.get(f"{paths.CLAIMS}/registry") is not None
    assert condition(clean.config(), "Removed")["status"] == "True"
    assert (result["registry"]["state"], result["registry"]["hosts"]) == ("Removed", [])
    assert result["registry"]["replicas"] == {"wanted": 2, "ready": 0}

    result = converge(clean, "registry", {"management_state": "Managed"})
    assert clean.spec()["storage"]["pvc"] == {"claim": "registry"}
    assert [is_ready(pod) for pod in clean.api.items(paths.REGISTRY_PODS)] == [True, True]
    assert result["registry"]["replicas"] == {"wanted": 2, "ready": 2}


def test_unmanaged_lets_go_of_the_registry(clean: Lab) -> None:
    setups.serve_from_claim(clean)
    result = converge(clean, "registry", {"management_state": "Unmanaged"})
    assert condition(clean.config(), "Available")["reason"] == "Unmanaged"
    assert result["registry"]["conditions"]["Available"]["reason"] == "Unmanaged"

    deployment = clean.api.read(paths.DEPLOYMENT)
    result = converge(clean, "registry_replicas", {"replicas": 3})
    assert clean.api.read(paths.DEPLOYMENT)["spec"] == deployment["spec"], "an unmanaged registry stays as it is"
    assert any("set management_state to Managed" in text for text in warnings(result))

    converge(clean, "registry", {"management_state": "Managed"})
    assert len(clean.api.items(paths.REGISTRY_PODS)) == 3


def test_settings_of_a_removed_registry_are_stored_with_a_warning(clean: Lab) -> None:
    result = converge(clean, "registry", {"replicas": 2, "default_route": True})
    assert (clean.spec()["replicas"], clean.spec()["defaultRoute"]) == (2, True)
    assert clean.api.get(paths.DEPLOYMENT) is None
    assert any("set management_state to Managed" in text for text in warnings(result))


def test_options_that_are_omitted_stay_as_they_are(clean: Lab) -> None:
    foreign: dict[str, Any] = {
        "logLevel": "Debug",
        "readOnly": True,
        "proxy": {"http": "http://proxy.example.com:3128"},
        "nodeSelector": {"node-role.kubernetes.io/infra": ""},
        "requests": {"read": {"maxRunning": 7, "maxWaitInQueue": "1h0m0s"}},
        "routes": [{"name": "kept", "hostname": "kept.example.com"}],
        "defaultRoute": True,
    }
    setups.serve_from_claim(clean, **foreign)
    before = clean.spec()
    converge(clean, "registry_replicas", {"replicas": 3})
    converge(clean, "registry_routes", {"default_route": False})
    converge(clean, "registry_storage", {"storage": {"pvc": {"claim": "registry", "size": "150Gi"}}})
    changed = {"replicas": 3, "defaultRoute": False}
    after = clean.spec()
    assert {key: value for key, value in after.items() if before.get(key) != value} in (
        changed,
        {"replicas": 3},  # The operator leaves out what is false.
    )


def _decoded(secret: dict[str, Any]) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}


@pytest.mark.parametrize("management_state", ["Removed", "Unmanaged"])
def test_settings_that_are_not_applied_are_told_in_every_run(clean: Lab, management_state: str) -> None:
    setups.serve_from_claim(clean)
    clean.run("registry", {"management_state": management_state})
    for run in ("first", "second"):
        result = clean.run("registry_replicas", {"replicas": 3})
        assert result["changed"] == (run == "first")
        assert any("[settings-dormant]" in text for text in warnings(result)), run
        assert result["rollout"] == {"waited": False}, run
