# SPDX-License-Identifier: GPL-3.0-or-later
"""Preflight: what is wrong with the Config itself, with an object to write, and with the API server's own answer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    REGISTRY_DEPLOYMENT,
    ROUTE,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan import findings as preflight
from ansible_collections.okd.image_registry.plugins.module_utils._plan.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal, RouteGoal

from tests.unit.builders import claim, config, findings, operator_deployment, removed_config, user_credentials
from tests.unit.cases import CONFIG, Case, having

case = pytest.param
TWO = {"emptyDir": {}, "pvc": {"claim": "c"}}
OPERATOR = "Deployment openshift-image-registry/cluster-image-registry-operator"
LEAVING = config() | {"metadata": config()["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
STUCK = {"requests": {"read": {"maxWaitInQueue": "1d"}}}
KEYS = {"s3": {"access_key": "A", "secret_key": "S"}}

CASES = [
    Case(
        "no Config",
        CONFIG,
        "metadata.name",
        "no such object",
        "the Config that the image registry operator creates",
        having(replicas=2),
        having(config(), replicas=2),
    ),
    Case(
        "a Config that is being deleted",
        CONFIG,
        "metadata.deletionTimestamp",
        "a Config that is being deleted",
        "one that stays",
        having(LEAVING, replicas=2),
        having(config(), replicas=2),
    ),
    Case(
        "an operator that is scaled down",
        OPERATOR,
        "spec.replicas",
        "0",
        "an operator that runs",
        having(config(), operator_deployment(0, 0), replicas=2),
        having(config(), operator_deployment(0, 0), replicas=1),
    ),
    Case(
        "an operator that does not run",
        OPERATOR,
        "status.availableReplicas",
        "0",
        "an operator that runs",
        having(config(), operator_deployment(1, 0), replicas=2),
        having(config(), operator_deployment(1, 1), replicas=2),
        "warning",
    ),
    Case(
        "a duration that stops the operator",
        CONFIG,
        "spec.requests.read.maxWaitInQueue",
        "'1d'",
        "a Go duration",
        having(config(**STUCK), replicas=2),
        having(config(**STUCK), replicas=2, requests={"read": {"max_wait_in_queue": "24h"}}),
    ),
    Case(
        "two backends",
        CONFIG,
        "spec.storage",
        "2 backends (emptyDir, pvc)",
        "exactly one storage type",
        having(config(storage=TWO), log_level="Debug"),
        having(config(storage=TWO), claim("c"), storage={"pvc": {"claim": "c"}}),
    ),
    Case(
        "settings of a registry that is removed",
        CONFIG,
        "management_state",
        "Removed",
        "Managed for settings to take effect",
        having(removed_config(), replicas=2),
        having(removed_config(storage={"pvc": {}}), replicas=2, management_state="Managed"),
        "warning",
    ),
    Case(
        "settings of a registry that is on its own",
        CONFIG,
        "management_state",
        "Unmanaged",
        "Managed",
        having(config(managementState="Unmanaged"), default_route=True),
        having(config(managementState="Unmanaged", defaultRoute=True), default_route=True),
        "warning",
    ),
    Case(
        "settings that go along with a removal",
        CONFIG,
        "management_state",
        "Removed",
        "Managed",
        having(config(), management_state="Removed", replicas=2),
        having(config(), management_state="Removed", storage={"management_state": "Unmanaged"}),
        "warning",
    ),
    Case(
        "a state in which the operator does nothing",
        CONFIG,
        "management_state",
        "Force",
        "one of Managed, Unmanaged, Removed",
        having(config(managementState="Force"), replicas=2),
        having(config(managementState="Force", storage={"pvc": {}}), replicas=2, management_state="Managed"),
    ),
    Case(
        "no state at all",
        CONFIG,
        "management_state",
        "none",
        "one of Managed, Unmanaged, Removed",
        having(config(managementState=None)),
        having(config(managementState="Unmanaged")),
    ),
    *[
        Case(
            f"the state {state!r}",
            CONFIG,
            "management_state",
            state or "none",
            "one of Managed, Unmanaged, Removed",
            having(config(managementState=state), replicas=2),
            having(config(managementState=state, storage={"pvc": {}}), replicas=2, management_state="Managed"),
        )
        for state in ("Force", "", None)
    ],
    Case(
        "a Secret that cannot be changed",
        str(USER_CREDENTIALS),
        "immutable",
        "true",
        "an object that can be changed",
        having(config(), user_credentials() | {"immutable": True}, credentials=KEYS),
        having(config(), user_credentials("A", "S") | {"immutable": True}, credentials=KEYS),
    ),
    Case(
        "a Secret that can be removed though it cannot be changed",
        str(USER_CREDENTIALS),
        "immutable",
        "true",
        "an object that can be changed",
        having(config(), user_credentials() | {"immutable": True}, credentials=KEYS),
        having(config(), user_credentials() | {"immutable": True}, credentials={"state": "absent"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_all_findings_come_at_once() -> None:
    given = {
        "replicas": -1,
        "storage": {"s3": {"bucket": "B", "chunk_size_mib": 1}},
        "routes": [{"name": "A"}],
        "credentials": {},
    }
    fields = [problem.field for problem in findings(given, config())]
    assert fields == [
        "storage.s3.bucket",
        "storage.s3.region",
        "storage.s3.chunk_size_mib",
        "credentials",
        "replicas",
        "routes[].name",
        "credentials",
    ]


@pytest.mark.parametrize(
    ("wanted", "remedy"), [(0, "Scale it up to 1."), (1, "Find out why its pod does not run.")], ids=["stopped", "down"]
)
def test_what_to_do_for_an_operator_that_does_not_run(wanted: int, remedy: str) -> None:
    (problem,) = findings({"replicas": 2}, config(), operator_deployment(wanted, 0))
    assert problem.remedy.endswith(remedy)


def test_two_backends_do_not_matter_to_an_operator_that_lets_go() -> None:
    problems = findings({"management_state": "Unmanaged"}, config(storage=TWO))
    assert [problem for problem in problems if problem.severity == "error"] == []


def step(managed: dict[str, Any] | None = None, action: str = "patch") -> Step:
    """Return a write of the Config."""
    return Step(action, CLUSTER_CONFIG, managed, config(), managed or {})


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
            id="a field that is dropped without a word",
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
        case(None, None, [], id="a deletion"),
    ],
)
def test_refusals_of_a_dry_run(managed: Any, answered: Any, problems: list[tuple[str, str, str]]) -> None:
    told = list(preflight.refusals(step(managed), answered))
    assert [problem.field for problem in told] == [field for field, _found, _needed in problems]
    for problem, (_field, found, needed) in zip(told, problems, strict=True):
        assert problem.subject == CONFIG
        assert found in problem.found
        assert needed in problem.needed


def test_a_field_of_another_kind_has_no_openshift_version() -> None:
    created = Step("create", USER_CREDENTIALS, {}, None, {})
    told = list(preflight.refusals(created, answer(400, 'unknown field "spec.logLevel"')))
    assert [problem.needed for problem in told] == ["a cluster whose version knows it"]


@pytest.mark.parametrize(
    ("timeout", "grace", "fields"),
    [(1, 1, []), (600, 60, []), (0, 60, ["wait_timeout"]), (600, 0, ["error_grace"])],
)
def test_limits_of_the_wait(timeout: int, grace: int, fields: list[str]) -> None:
    assert [finding.field for finding in preflight.wait_findings(timeout, grace)] == fields


@pytest.mark.parametrize(
    ("timeout", "error_grace", "problems"),
    [
        (600, 60, []),
        (1, 1, []),
        (0, 60, [("wait_timeout", "0", "1 second or more")]),
        (-1, 0, [("wait_timeout", "-1", "1 second or more"), ("error_grace", "0", "1 second or more")]),
    ],
)
def test_limits_that_no_wait_can_keep(timeout: int, error_grace: int, problems: list[tuple[str, str, str]]) -> None:
    told = [(problem.field, problem.found, problem.needed) for problem in preflight.wait_findings(timeout, error_grace)]
    assert told == problems


@pytest.mark.parametrize(
    ("goal", "hidden"),
    [
        (Goal(), [REGISTRY_DEPLOYMENT]),
        (Goal(routes=(RouteGoal("a"),)), [REGISTRY_DEPLOYMENT, ROUTE.all()]),
        (Goal(absent_routes=("a",)), [REGISTRY_DEPLOYMENT, ROUTE.all()]),
        (Goal(credentials={"k": "v"}), [REGISTRY_DEPLOYMENT, GENERATED_CREDENTIALS]),
    ],
    ids=["pods", "a route", "a route that must be gone", "credentials"],
)
def test_what_a_wait_must_be_able_to_see(goal: Goal, hidden: list[Ref]) -> None:
    refused = Forbidden("GET", "it", 403, "Forbidden", "cannot get it")
    everything = [REGISTRY_DEPLOYMENT, ROUTE.all(), GENERATED_CREDENTIALS]
    problems = list(preflight.sight_findings(goal, Snapshot(dict.fromkeys(everything, refused))))
    assert [problem.subject for problem in problems] == [str(ref) for ref in hidden]
    assert {problem.found for problem in problems} == {"cannot get it"}
    assert list(preflight.sight_findings(goal, Snapshot(dict.fromkeys(everything)))) == []
