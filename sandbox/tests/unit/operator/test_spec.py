# SPDX-License-Identifier: GPL-3.0-or-later
"""The spec as the operator's Go client writes it back, and what it checks and fills in."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator.complete import fill_http_secret, verify
from sandbox.operator.errors import PermanentError, Undecodable
from sandbox.operator.spec import backends, canonical_spec, canonical_storage

EMPTY = {
    "managementState": "",
    "logLevel": "",
    "operatorLogLevel": "",
    "observedConfig": None,
    "unsupportedConfigOverrides": None,
    "replicas": 0,
    "proxy": {},
    "requests": {"read": {"maxWaitInQueue": "0s"}, "write": {"maxWaitInQueue": "0s"}},
    "storage": {},
}


def test_go_writes_some_zero_values() -> None:
    assert canonical_spec({}) == EMPTY


@pytest.mark.parametrize(
    "dropped",
    [
        {"defaultRoute": False},
        {"readOnly": False},
        {"disableRedirect": False},
        {"routes": []},
        {"logging": 0},
        {"httpSecret": ""},
        {"nodeSelector": {}},
        {"tolerations": []},
        {"topologySpreadConstraints": []},
        {"rolloutStrategy": ""},
        {"resources": None},
        {"affinity": None},
        {"proxy": {"http": ""}},
        {"requests": {"read": {"maxRunning": 0, "maxInQueue": 0, "maxWaitInQueue": "0s"}}},
    ],
)
def test_go_drops_zero_values_of_optional_fields(dropped: dict[str, Any]) -> None:
    assert canonical_spec(dropped) == EMPTY


@pytest.mark.parametrize(
    ("spec", "field", "expected"),
    [
        ({"resources": {}}, "resources", {}),
        ({"affinity": {}}, "affinity", {}),
        ({"resources": {"requests": {"memory": "1024Mi"}}}, "resources", {"requests": {"memory": "1Gi"}}),
        (
            {"requests": {"write": {"maxRunning": 5, "maxWaitInQueue": "90s"}}},
            "requests",
            {"read": {"maxWaitInQueue": "0s"}, "write": {"maxRunning": 5, "maxWaitInQueue": "1m30s"}},
        ),
        ({"proxy": {"http": "http://p"}}, "proxy", {"http": "http://p"}),
        ({"replicas": -1}, "replicas", -1),
        ({"observedConfig": {"a": 1}}, "observedConfig", {"a": 1}),
    ],
)
def test_values_that_stay(spec: dict[str, Any], field: str, expected: object) -> None:
    assert canonical_spec(spec)[field] == expected


@pytest.mark.parametrize(
    "spec",
    [
        {"requests": {"read": {"maxWaitInQueue": "1d"}}},
        {"storage": {"s3": {"cloudFront": {"baseURL": "https://c", "duration": "2 weeks"}}}},
    ],
)
def test_duration_that_go_refuses_hides_the_object(spec: dict[str, Any]) -> None:
    with pytest.raises(Undecodable):
        canonical_spec(spec)


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ({"emptyDir": {}}, {"emptyDir": {}}),
        ({"managementState": "", "pvc": {"claim": ""}}, {"pvc": {}}),
        (
            {"s3": {"bucket": "b", "encrypt": False}},
            {"s3": {"bucket": "b", "trustedCA": {"name": ""}, "virtualHostedStyle": False}},
        ),
        (
            {"azure": {"accountName": "", "networkAccess": {"type": "External"}}},
            {"azure": {"networkAccess": {"type": "External"}}},
        ),
        ({"gcs": None}, {}),
        ({"oss": {"bucket": "b"}}, {"oss": {"bucket": "b"}}),
    ],
)
def test_storage(storage: dict[str, Any], expected: dict[str, Any]) -> None:
    assert canonical_storage(storage) == expected


def test_canonical_form_is_stable_and_a_copy() -> None:
    spec = canonical_spec({"routes": [{"name": "r"}], "storage": {"s3": {}}, "nodeSelector": {"a": "b"}})
    again = canonical_spec(spec)
    assert again == spec
    again["routes"][0]["name"] = "other"
    assert spec["routes"][0]["name"] == "r"


def test_backends_come_in_the_operators_order() -> None:
    storage: dict[str, Any] = {"pvc": {}, "emptyDir": {}, "oss": {}, "managementState": "Managed", "gcs": None}
    assert backends(storage) == ["emptyDir", "pvc"]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"replicas": -1}, "replicas must be greater than or equal to 0"),
        (
            {"replicas": 1, "routes": [{"name": "a"}, {"name": "a"}]},
            "duplication of names has been detected in the additional routes",
        ),
        (
            {"replicas": 1, "routes": [{"name": "default-route"}]},
            "duplication of names has been detected in the additional routes",
        ),
    ],
)
def test_refused_specs(spec: dict[str, Any], problem: str) -> None:
    with pytest.raises(PermanentError, match=f"^unable to complete resource: {problem}$") as caught:
        verify(spec)
    assert caught.value.reason == "VerificationFailed"


def test_accepted_spec() -> None:
    verify({"replicas": 0, "routes": [{"name": "a"}, {"name": "b"}]})


def test_http_secret_is_made_once() -> None:
    spec: dict[str, Any] = {}
    fill_http_secret(spec)
    made = spec["httpSecret"]
    assert len(made) == 128 and int(made, 16)
    fill_http_secret(spec)
    assert spec["httpSecret"] == made
