# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals: what the API server says of a step in a dry run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._plan.refusals import refusals

from tests.unit.builders import config
from tests.unit.cases import CONFIG

case = pytest.param


def step(managed: dict[str, Any] | None) -> Step:
    """Return a write of the Config, a deletion where nothing is left of it."""
    wanted = Wanted(CLUSTER_CONFIG, managed, may_create=False, rules=RULES)
    return Step("delete" if managed is None else "patch", wanted, managed, config())


def answer(status: int, message: str, *causes: dict[str, str]) -> ApiError:
    """Return a refusal of the API server."""
    return ApiError("PATCH", str(CLUSTER_CONFIG), status, "Invalid", message, list(causes))


@pytest.mark.parametrize(
    ("managed", "answered", "problems"),
    [
        case(
            {"spec": {"replicas": 2}},
            answer(422, "is invalid", {"field": "spec.replicas", "message": "must be an integer"}),
            [("spec.replicas", "must be an integer", "a value that the API server accepts")],
            id="one cause",
        ),
        case(
            {"spec": {"replicas": 2}},
            answer(422, "is invalid", {"field": "spec.a", "message": "x"}, {"field": "spec.b", "message": "y"}),
            [("spec.a", "x", "a value"), ("spec.b", "y", "a value")],
            id="two causes",
        ),
        case(
            {"spec": {"replicas": 2}},
            answer(422, "is invalid"),
            [("the object", "is invalid", "a value that the API server accepts")],
            id="no cause",
        ),
        case(
            {"spec": {"replicas": 2}},
            answer(422, "is invalid", {}),
            [("the object", "is invalid", "a value that the API server accepts")],
            id="an empty cause",
        ),
        case(
            {"spec": {"storage": {"s3": {"chunkSizeMiB": 16}}}},
            answer(400, 'strict decoding error: unknown field "spec.storage.s3.chunkSizeMiB"'),
            [("spec.storage.s3.chunkSizeMiB", "a field that this cluster does not know", "OpenShift 4.17 or newer")],
            id="a field that came later",
        ),
        case(
            {"spec": {"storage": {"s3": {"chunkSizeMiB": 16}}}},
            config(storage={"s3": {}}),
            [("spec.storage.s3.chunkSizeMiB", "a field that this cluster does not know", "OpenShift 4.17 or newer")],
            id="a field that is dropped without an error",
        ),
        case(
            {"spec": {"new": 1, "newer": 2}},
            answer(400, 'unknown field "spec.new", unknown field "spec.newer"'),
            [("spec.new", "does not know", "whose version knows it"), ("spec.newer", "does not know", "knows it")],
            id="fields of which nothing is known",
        ),
        case(
            {"spec": {"replicas": 2}},
            Forbidden("PATCH", str(CLUSTER_CONFIG), 403, "Forbidden", 'User "u" cannot patch resource "configs"'),
            [("permission", 'User "u" cannot patch resource "configs"', "the right to patch configs")],
            id="not allowed",
        ),
        case(
            {"spec": {"replicas": 2}},
            Forbidden("POST", str(CLUSTER_CONFIG), 403, "Forbidden", 'configs "cluster" is forbidden: exceeded quota'),
            [("the object", "exceeded quota", "a value that the API server accepts")],
            id="kept out by admission",
        ),
        case(
            {"spec": {"replicas": 2}},
            Forbidden("POST", str(CLUSTER_CONFIG), 403, "Forbidden", "exceeded quota: claims, limited: 10Gi"),
            [("the object", "exceeded quota: claims, limited: 10Gi", "a value that the API server accepts")],
            id="refused by a quota",
        ),
        case({"spec": {"replicas": 2}}, config(replicas=2), [], id="as it was sent"),
        case(
            {"spec": {"requests": {"read": {"maxWaitInQueue": "60m"}}, "readOnly": False}},
            config(requests={"read": {"maxWaitInQueue": "1h0m0s"}}),
            [],
            id="in canonical form",
        ),
        case({"spec": {"storage": {"emptyDir": None}}}, config(), [], id="a field that was to be removed"),
        case(
            {"spec": {"new": 1, "newer": 2, "replicas": 3}},
            config(replicas=2),
            [
                ("spec.new", "does not know", "whose version knows it"),
                ("spec.newer", "does not know", "knows it"),
                ("spec.replicas", "2, which the API server would store", "3"),
            ],
            id="fields that are dropped, and one that is changed",
        ),
        case(None, None, [], id="a deletion"),
        case(None, config(), [], id="a deletion that answers what is deleted"),
        case({"spec": {"replicas": 2}}, None, [], id="no answer"),
    ],
)
def test_refusals_of_a_dry_run(managed: Any, answered: Any, problems: list[tuple[str, str, str]]) -> None:
    told = list(refusals(step(managed), answered))
    assert [problem.field for problem in told] == [field for field, _found, _needed in problems]
    for problem, (_field, found, needed) in zip(told, problems, strict=True):
        assert problem.subject == CONFIG
        assert found in problem.found
        assert needed in problem.needed


def test_a_field_of_another_kind_has_no_openshift_version() -> None:
    created = Step("create", Wanted(USER_CREDENTIALS, {}), {}, None)
    told = list(refusals(created, answer(400, 'unknown field "spec.logLevel"')))
    assert [problem.needed for problem in told] == ["a cluster whose version knows it"]


@pytest.mark.parametrize(
    ("managed", "stored", "problem"),
    [
        case(
            {"spec": {"replicas": 3}},
            {"replicas": 2},
            ("spec.replicas", "2, which the API server would store", "3"),
            id="another value",
        ),
        case(
            {"spec": {"nodeSelector": {"infra": ""}}},
            {"nodeSelector": {"infra": "yes"}},
            ("spec.nodeSelector.infra", "'yes', which the API server would store", "''"),
            id="a key of a map",
        ),
        case(
            {"spec": {"tolerations": None}},
            {"tolerations": [{"operator": "Exists"}]},
            ("spec.tolerations", "[{'operator': 'Exists'}], which the API server would store", "none"),
            id="what was to be removed",
        ),
    ],
)
def test_what_a_webhook_changes_is_told_as_such(
    managed: dict[str, Any], stored: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    (finding,) = refusals(step(managed), config(**stored))
    assert (finding.code, finding.severity) == ("changed-by-admission", "error")
    assert (finding.field, finding.found, finding.needed) == problem
    assert "admission policy" in finding.remedy
    assert "Upgrade" not in finding.remedy


def test_an_object_that_is_created_can_be_changed_as_well() -> None:
    body = {"data": {"k": "b3Vycw=="}}
    created = Step("create", Wanted(USER_CREDENTIALS, body), body, None)
    assert list(refusals(created, body)) == []
    (finding,) = refusals(created, {"data": {"k": "dGhlaXJz"}})
    assert (finding.code, finding.field) == ("changed-by-admission", "data.k")


@pytest.mark.parametrize(
    ("sent", "stored", "fields"),
    [
        case(
            {"affinity": {"podAffinity": {"preferred": [{"weight": 1, "podAffinityTerm": {"labels": {"a": "b"}}}]}}},
            {"affinity": {"podAffinity": {"preferred": [{"weight": 1, "podAffinityTerm": {}}]}}},
            ["spec.affinity.podAffinity.preferred[0].podAffinityTerm.labels"],
            id="in an item of a list",
        ),
        case(
            {"topologySpreadConstraints": [{"minDomains": 2, "labelSelector": {"match_labels": {"a": "b"}}}]},
            {"topologySpreadConstraints": [{"labelSelector": {}}]},
            [
                "spec.topologySpreadConstraints[0].minDomains",
                "spec.topologySpreadConstraints[0].labelSelector.match_labels",
            ],
            id="two of them",
        ),
        case(
            {"affinity": {"node_affinity": {"required": {"a": "b", "c": "d"}}}},
            {"affinity": {}},
            ["spec.affinity.node_affinity"],
            id="the topmost, once",
        ),
    ],
)
def test_what_is_dropped_is_told_by_its_name(sent: dict[str, Any], stored: dict[str, Any], fields: list[str]) -> None:
    told = list(refusals(step({"spec": sent}), config(**stored)))
    assert [(problem.code, problem.field) for problem in told] == [("unknown-field", field) for field in fields]


@pytest.mark.parametrize(
    ("field", "version"),
    [
        ("spec.topologySpreadConstraints[0].minDomains", "OpenShift 4.11 or newer"),
        ("spec.storage.s3.trustedCA", "OpenShift 4.11 or newer"),
        ("spec.storage.azure.networkAccess.type", "OpenShift 4.15 or newer"),
        ("spec.affinity.node_affinity", "a cluster whose version knows it"),
        ("spec.topologySpreadConstraints[0].labelSelector.match_labels", "a cluster whose version knows it"),
    ],
)
def test_only_a_field_that_is_an_option_has_an_openshift_version(field: str, version: str) -> None:
    (problem,) = refusals(step({"spec": {}}), answer(400, f'unknown field "{field}"'))
    assert problem.needed == version


def test_what_a_creation_asks_for_besides_the_body_is_compared_too() -> None:
    spec = {"accessModes": ["ReadWriteMany"], "selector": {"match_labels": {"a": "b"}}}
    body = {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}
    wanted = Wanted(CLAIM("registry"), body, {"spec": spec})
    created = Step("create", wanted, {"spec": {**spec, **body["spec"]}}, None)
    assert list(refusals(created, {"spec": {**spec, **body["spec"], "volumeMode": "Filesystem"}})) == []
    (problem,) = refusals(created, {"spec": {**body["spec"], "accessModes": ["ReadWriteMany"], "selector": {}}})
    assert (problem.code, problem.field) == ("unknown-field", "spec.selector.match_labels")
    assert "spelling" in problem.remedy


def test_a_secret_that_a_webhook_changes_is_not_shown() -> None:
    (finding,) = refusals(step({"spec": {"httpSecret": "ours"}}), config(httpSecret="theirs"))
    assert finding.code == "changed-by-admission"
    assert not any(value in str(finding) for value in ("ours", "theirs"))
