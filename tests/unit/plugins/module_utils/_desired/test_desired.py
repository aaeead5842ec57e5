# SPDX-License-Identifier: GPL-3.0-or-later
"""All sections of a task together: what it desires, what it reads, what it waits for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    MINTED_CREDENTIALS,
    OTHER_PODS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
    SECRET,
    STORAGE_CLASS,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held

from tests.unit.builders import (
    ALL_SECTIONS,
    Manifest,
    claim,
    config,
    expected,
    findings,
    options,
    planned,
    user_credentials,
    worked_out,
)

case = pytest.param
SOURCES = {USER_CREDENTIALS, MINTED_CREDENTIALS}
S3 = {"s3": {"bucket": "images", "region": "r"}}


def desired(**given: Any) -> Desired:
    """Return what options of every section desire."""
    return Desired(options(**given), ALL_SECTIONS)


def wanted_config(task: Desired, live: Manifest) -> Any:
    """Return what is desired of the Config."""
    (body,) = [entry.body for entry in task.wanted(Snapshot({CLUSTER_CONFIG: live})) if entry.ref == CLUSTER_CONFIG]
    return body


def held_config(entries: list[Expected]) -> Any:
    """Return what must still hold of the Config before a task is done."""
    held = [entry.wanted for entry in entries if isinstance(entry, Held)]
    (body,) = [wanted.body for wanted in held if wanted.ref == CLUSTER_CONFIG]
    return body


def test_sections_add_up_to_one_config() -> None:
    given = {
        "management_state": "Managed",
        "replicas": 2,
        "default_route": True,
        "storage": {"management_state": "Managed"},
    }
    assert wanted_config(desired(**given), {}) == {
        "spec": {
            "managementState": "Managed",
            "replicas": 2,
            "defaultRoute": True,
            "storage": {"managementState": "Managed"},
        }
    }


@pytest.mark.parametrize("section", ALL_SECTIONS)
def test_a_section_without_options_desires_nothing(section: str) -> None:
    alone = worked_out({}, [config()], sections=(section,))
    wanted = {entry.ref: entry.body for entry in alone.desired.wanted(alone.seen)}
    assert wanted in ({}, {CLUSTER_CONFIG: {}})
    assert alone.desired.reads_first() <= {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT}
    assert alone.desired.reads(alone.change, alone.seen) == set()
    assert list(alone.desired.findings(alone.change, alone.seen)) == []
    assert alone.change.steps == ()


@pytest.mark.parametrize(
    ("given", "cluster", "refs"),
    [
        case({}, [], set(), id="nothing"),
        case({"replicas": 1}, [config(storage={"pvc": {"claim": "c"}})], {CLAIM("c")}, id="the claim that is used"),
        case({"log_level": "Debug"}, [config(storage={"pvc": {"claim": "c"}})], set(), id="no claim for the rest"),
        case({"storage": {"pvc": {"claim": "c"}}}, [config()], {CLAIM("c"), USER_CREDENTIALS}, id="a claim to use"),
        case(
            {"storage": {"pvc": {"claim": "c", "size": "1Gi"}}},
            [config()],
            {CLAIM("c"), STORAGE_CLASS.all(), USER_CREDENTIALS},
            id="classes for a claim to make",
        ),
        case(
            {"storage": {"pvc": {"claim": "c", "size": "1Gi"}}},
            [config(), claim("c", "1Gi")],
            {CLAIM("c"), OTHER_PODS, USER_CREDENTIALS},
            id="no classes for a claim that stays",
        ),
        case({"storage": S3}, [config(), user_credentials()], SOURCES, id="credentials of the user"),
        case({"storage": S3}, [config()], SOURCES, id="credentials of the cluster"),
        case(
            {"credentials": {"s3": {"access_key": "A", "secret_key": "S"}}},
            [config()],
            {USER_CREDENTIALS, GENERATED_CREDENTIALS},
            id="credentials to be passed on",
        ),
        case(
            {"routes": [{"name": "a", "secret_name": "cert"}, {"name": "b", "tls": {"certificate": "C", "key": "K"}}]},
            [config()],
            {SECRET("cert"), SECRET("b-tls"), REGISTRY_ROUTES},
            id="certificates",
        ),
    ],
)
def test_only_what_decides_is_read(given: dict[str, Any], cluster: list[Manifest], refs: set[Ref]) -> None:
    found = worked_out(given, cluster)
    read = found.desired.reads_first() | found.desired.reads(found.change, found.seen)
    assert read == {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT} | refs


@pytest.mark.parametrize("name", ["a/b", "../secrets/x", "A", "a b?c=d", ""])
def test_no_path_is_made_of_a_bad_name(name: str) -> None:
    given = {
        "storage": {"pvc": {"claim": name, "size": "1Gi"}},
        "routes": [{"name": name, "tls": {"certificate": "C", "key": "K"}}, {"name": "b", "secret_name": name}],
    }
    found = worked_out(given, [config()])
    read = found.desired.reads_first() | found.desired.reads(found.change, found.seen)
    assert not {ref.name for ref in read} & {name, f"{name}-tls"}
    assert [step.ref for step in found.change.steps] == [CLUSTER_CONFIG]


@pytest.mark.parametrize(
    ("given", "sections", "live", "waits"),
    [
        case({"credentials": {"state": "absent"}}, ("credentials",), config(storage=S3), True, id="credentials in use"),
        case(
            {"credentials": {"state": "absent"}}, ("credentials",), config(), False, id="credentials that are not used"
        ),
        case({"replicas": 1}, ("replicas",), config(), True, id="replicas"),
    ],
)
def test_a_task_waits_where_its_change_is_served(given: Any, sections: Any, live: Manifest, waits: bool) -> None:
    assert bool(worked_out(given, [live], sections=sections).expected) is waits


def test_what_goes_along_with_a_switch_only_is_not_waited_for() -> None:
    given = {"storage": {"pvc": {}}, "accept_data_loss": True}
    live = config(storage={"emptyDir": {}, "managementState": "Managed"})
    body = planned(given, live).steps[0].body
    assert body is not None
    assert body["spec"]["storage"]["managementState"] is None
    assert "managementState" not in held_config(expected(given, live))["spec"]["storage"]


def test_a_secret_is_rotated_once() -> None:
    once = desired(rotate_http_secret=True, replicas=3)
    live = config(httpSecret="generated by the operator")
    assert wanted_config(once, live)["spec"] == {"httpSecret": None, "replicas": 3}
    assert wanted_config(once.lasting({CLUSTER_CONFIG}), live)["spec"] == {"replicas": 3}


def test_a_secret_is_rotated_though_something_else_was_written_before() -> None:
    once = desired(rotate_http_secret=True).lasting({USER_CREDENTIALS})
    assert wanted_config(once, config())["spec"] == {"httpSecret": None}


def test_what_the_operator_deletes_does_not_have_to_stay_in_the_config() -> None:
    given = {"management_state": "Removed", "storage": S3 | {"management_state": "Managed"}, "accept_data_loss": True}
    held = {"spec": {"managementState": "Removed", "storage": {"managementState": "Managed"}}}
    assert held_config(expected(given, config(storage=S3))) == held


def test_mistakes_of_all_sections_are_told_without_a_cluster() -> None:
    task = desired(replicas=-1, storage={"s3": {"bucket": "B"}}, routes=[{"name": "A"}], credentials={})
    assert [mistake.code for mistake in task.mistakes()] == [
        "invalid-bucket-name",
        "invalid-replicas",
        "invalid-object-name",
        "credentials-incomplete",
    ]


def test_a_task_that_has_nothing_to_write_is_not_refused() -> None:
    storage = {"emptyDir": {}, "managementState": "Managed"}
    problems = findings({"replicas": 2}, config(storage=storage, replicas=2))
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("replicas-without-shared-storage", "warning")
    ]
    assert [problem.severity for problem in findings({"replicas": 2}, config(storage=storage))] == ["error"]
