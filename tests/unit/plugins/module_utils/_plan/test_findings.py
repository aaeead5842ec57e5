# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: what is wrong with the Config itself, with an object to write, with the limits and sight of a wait."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan import findings as plan_findings
from ansible_collections.okd.image_registry.plugins.module_utils._plan.findings import sight_findings
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted, ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import CredentialsPassedOn
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.serving import Serving

from tests.unit.builders import (
    claim,
    config,
    findings,
    operator_deployment,
    removed_config,
    secret,
    user_credentials,
    worked_out,
)
from tests.unit.cases import CONFIG, Case, having

case = pytest.param
TWO = {"emptyDir": {}, "pvc": {"claim": "c"}}
OPERATOR = "Deployment openshift-image-registry/cluster-image-registry-operator"
LEAVING = config() | {"metadata": config()["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
STUCK = {"requests": {"read": {"maxWaitInQueue": "1d"}}}
GOING = user_credentials()
GOING |= {
    "metadata": GOING["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["example.com/backup"]}
}
RWO_TWICE = "replicas-without-shared-storage"
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
    *[
        Case(
            f"a duration that stops the operator, and {mended}",
            CONFIG,
            "spec.requests.read.maxWaitInQueue",
            "'1d'",
            "a Go duration",
            having(config(**STUCK), replicas=2),
            having(config(**STUCK), replicas=2, requests={"read": {"max_running": 1, "max_wait_in_queue": mended}}),
        )
        for mended in ("24h", "10s")
    ],
    *[
        Case(
            f"a Secret that is being deleted, to {purpose}",
            f"Secret openshift-image-registry/{USER_CREDENTIALS.name}",
            "credentials",
            "an object that is being deleted, held by example.com/backup",
            "one that stays",
            having(config(), GOING, credentials=credentials),
            having(config(), user_credentials(), credentials=credentials),
        )
        for purpose, credentials in (
            ("change", {"s3": {**KEYS["s3"], "secret_key": "new"}}),
            ("delete", {"state": "absent"}),
        )
    ],
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
        having(config(defaultRoute=True), default_route=True),
        "warning",
    ),
    Case(
        "settings of a registry that is on its own, which are stored already",
        CONFIG,
        "management_state",
        "Unmanaged",
        "Managed",
        having(config(managementState="Unmanaged", defaultRoute=True), default_route=True),
        having(config(managementState="Unmanaged", defaultRoute=True), management_state="Unmanaged"),
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
        "no state at all",
        CONFIG,
        "management_state",
        "none",
        "one of Managed, Unmanaged, Removed",
        having(config(managementState=None)),
        having(config(managementState="Unmanaged")),
        "warning",
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
        "storage.s3.chunk_size_mib",
        "replicas",
        "routes[].name",
        "credentials",
        "storage.s3.region",
        "credentials",
    ]


@pytest.mark.parametrize(
    ("wanted", "code", "remedy"),
    [
        (0, "operator-stopped", "Scale the Deployment up to 1."),
        (1, "operator-not-running", "Find out why its pod does not run."),
    ],
    ids=["stopped", "down"],
)
def test_what_to_do_for_an_operator_that_does_not_run(wanted: int, code: str, remedy: str) -> None:
    (problem,) = findings({"replicas": 2}, config(), operator_deployment(wanted, 0))
    assert problem.code == code
    assert problem.remedy.endswith(remedy)


def test_two_backends_do_not_matter_to_an_operator_that_lets_go() -> None:
    problems = findings({"management_state": "Unmanaged"}, config(storage=TWO))
    assert [problem for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("state", ["Managed", "Removed", "Force", None])
def test_two_backends_matter_in_every_other_state(state: str | None) -> None:
    problems = findings({"replicas": 2}, config(storage=TWO, managementState=state))
    assert ("several-backends", "error") in [(problem.code, problem.severity) for problem in problems]


SECONDS = "1 to 1000000000 seconds"


@pytest.mark.parametrize(
    ("timeout", "error_grace", "problems"),
    [
        (600, 60, []),
        (1, 1, []),
        (10**9, 10**9, []),
        (0, 60, [("wait_timeout", "0", SECONDS)]),
        (10**9 + 1, 60, [("wait_timeout", "1000000001", SECONDS)]),
        (600, 0, [("error_grace", "0", SECONDS)]),
        (-1, 10**10, [("wait_timeout", "-1", SECONDS), ("error_grace", "10000000000", SECONDS)]),
    ],
)
def test_limits_that_no_wait_can_keep(timeout: int, error_grace: int, problems: list[tuple[str, str, str]]) -> None:
    told = findings({"wait_timeout": timeout, "error_grace": error_grace}, config())
    assert [(problem.field, problem.found, problem.needed) for problem in told] == problems
    assert {problem.severity for problem in told} <= {"error"}


@pytest.mark.parametrize(
    ("expected", "hidden"),
    [
        ([], []),
        ([Admitted((ExpectedRoute("a"),))], [REGISTRY_ROUTES]),
        ([Admitted((), ("a",))], [REGISTRY_ROUTES]),
        ([CredentialsPassedOn({"k": "v"})], [GENERATED_CREDENTIALS]),
    ],
    ids=["pods", "a route", "a route that must be gone", "credentials"],
)
def test_what_a_wait_must_be_able_to_see(expected: list[Expected], hidden: list[Ref]) -> None:
    refused = Forbidden("GET", "it", 403, "Forbidden", "cannot get it")
    everything = [CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, REGISTRY_ROUTES, GENERATED_CREDENTIALS]
    entries = [Serving(RULES), *expected]
    problems = list(sight_findings(entries, Snapshot(dict.fromkeys(everything, refused))))
    assert [problem.subject for problem in problems] == [
        str(ref) for ref in [CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, *hidden]
    ]
    assert {problem.found for problem in problems} == {"none (cannot get it)"}
    assert list(sight_findings(entries, Snapshot(dict.fromkeys(everything)))) == []


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"management_state": "Removed"}, ["removal-deletes-images"]),
        ({"management_state": "Removed", "accept_data_loss": True}, []),
        ({"management_state": "Managed"}, []),
    ],
    ids=["no consent", "consent", "nothing to consent to"],
)
def test_what_the_user_consents_to_is_no_finding(given: dict[str, Any], codes: list[str]) -> None:
    used = {"pvc": {"claim": "c"}, "managementState": "Managed"}
    problems = findings(given, config(storage=used, used=used), claim("c"))
    assert [problem.code for problem in problems] == codes
    assert {problem.consent for problem in problems} <= {"accept_data_loss"}


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        ({"storage": {"pvc": {"claim": "c"}}}, "warning"),
        ({"storage": {"pvc": {"claim": "c"}}, "log_level": "Debug"}, "error"),
    ],
    ids=["nothing is left to write", "something is written"],
)
def test_only_what_a_task_changes_is_refused(given: dict[str, Any], severity: str) -> None:
    live = config(storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    (problem,) = findings(given, live, claim("c", phase="Lost"))
    assert (problem.code, problem.severity) == ("claim-lost", severity)


def test_what_cannot_be_as_declared_is_refused_though_nothing_is_written() -> None:
    live = config(storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    (problem,) = findings({"storage": {"pvc": {"claim": "c", "storage_class": "fast"}}}, live, claim("c"))
    assert (problem.code, problem.severity, problem.is_standing) == ("storage-class-fixed", "error", True)


@pytest.mark.parametrize(("objects", "code"), [([], "no-config"), ([LEAVING], "config-terminating")])
def test_a_config_that_is_not_there_to_stay_is_refused_though_nothing_is_written(objects: list[Any], code: str) -> None:
    assert [(problem.code, problem.severity) for problem in findings({}, *objects)] == [(code, "error")]


S3_STORAGE = {"s3": {"bucket": "images", "region": "r"}}
MAY_COME = [
    ({"routes": [{"name": "a", "secret_name": "cert"}]}, config(), "certificate-missing"),
    ({"storage": {"pvc": {"claim": "c"}}}, config(), "claim-missing"),
    ({"storage": {"pvc": {"claim": "c", "size": "1Gi", "storage_class": "x"}}}, config(), "storage-class-unknown"),
    ({"storage": S3_STORAGE}, config(), "credentials-missing"),
    ({"storage": {"s3": S3_STORAGE["s3"] | {"trusted_ca": "ca"}}, "credentials": KEYS}, config(), "trusted-ca-missing"),
    ({"storage": {"pvc": {"claim": "c"}}}, config(replicas=2, rolloutStrategy="Recreate"), RWO_TWICE),
]


@pytest.mark.parametrize(("given", "live", "code"), MAY_COME, ids=[code for _given, _live, code in MAY_COME])
def test_what_an_earlier_task_may_provide_is_a_warning_in_check_mode(
    given: dict[str, Any], live: Any, code: str
) -> None:
    objects = [live] if code != RWO_TWICE else [live, claim("c", modes=["ReadWriteOnce"])]
    # A module without an option cannot declare it.
    found = worked_out(given, objects, sections=("storage", "credentials", "routes"))

    def severities(check_mode: bool) -> set[str]:
        told = plan_findings.findings(found.desired, found.options, found.change, found.seen, check_mode)
        return {finding.severity for finding in told if finding.code == code}

    assert severities(False) == {"error"}
    assert severities(True) == {"warning"}


@pytest.mark.parametrize(
    ("given", "objects"),
    [
        ({"storage": {"empty_dir": {}}, "accept_data_loss": True}, [config(replicas=2)]),
        ({"replicas": 0}, [config()]),
        ({"credentials": {"state": "absent"}}, [config(storage=S3_STORAGE)]),
        ({"routes": [{"name": "a", "secret_name": "b"}]}, [config(), secret("b", {"tls.crt": "C"})]),
    ],
)
def test_what_the_task_could_declare_itself_is_an_error_in_check_mode_too(
    given: dict[str, Any], objects: list[Any]
) -> None:
    found = worked_out(given, [*objects, *([user_credentials()] if "credentials" in given else [])])
    told = plan_findings.findings(found.desired, found.options, found.change, found.seen, True)
    assert "error" in {finding.severity for finding in told}
