# SPDX-License-Identifier: GPL-3.0-or-later
"""All sections of a task together: what it desires, what it reads, what it waits for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import SECTIONS, Desired
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    MINTED_CREDENTIALS,
    SECRET,
    STORAGE_CLASS,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

from tests.unit.builders import ALL_SECTIONS, Manifest, claim, config, goal, options, planned, read, user_credentials

case = pytest.param
S3 = {"s3": {"bucket": "images", "region": "r"}}


def desired(**given: Any) -> Desired:
    """Return what options of every section desire."""
    return Desired(options(**given), ALL_SECTIONS)


def test_sections_add_up_to_one_config() -> None:
    given = {
        "management_state": "Managed",
        "replicas": 2,
        "default_route": True,
        "storage": {"management_state": "Managed"},
    }
    assert desired(**given).config({}) == {
        "spec": {
            "managementState": "Managed",
            "replicas": 2,
            "defaultRoute": True,
            "storage": {"managementState": "Managed"},
        }
    }


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_a_section_without_options_desires_nothing(section: str) -> None:
    alone = Desired(options((section,)), (section,))
    assert alone.config(config()) == {}
    assert alone.objects == {}
    assert alone.reads(Snapshot({CLUSTER_CONFIG: config()})) == {CLUSTER_CONFIG}
    assert list(alone.findings(planned({}, config()).outlook)) == []


@pytest.mark.parametrize(
    ("given", "cluster", "refs"),
    [
        case({}, [], set(), id="nothing"),
        case({"replicas": 1}, [config(storage={"pvc": {"claim": "c"}})], {CLAIM("c")}, id="the claim that is used"),
        case({"log_level": "Debug"}, [config(storage={"pvc": {"claim": "c"}})], set(), id="no claim for the rest"),
        case({"storage": {"pvc": {"claim": "c"}}}, [config()], {CLAIM("c")}, id="a claim to use"),
        case(
            {"storage": {"pvc": {"claim": "c", "size": "1Gi"}}},
            [config()],
            {CLAIM("c"), STORAGE_CLASS.all()},
            id="classes for a claim to make",
        ),
        case(
            {"storage": {"pvc": {"claim": "c", "size": "1Gi"}}},
            [config(), claim("c", "1Gi")],
            {CLAIM("c")},
            id="no classes for a claim that stays",
        ),
        case({"storage": S3}, [config(), user_credentials()], {USER_CREDENTIALS}, id="credentials of the user"),
        case({"storage": S3}, [config()], {USER_CREDENTIALS, MINTED_CREDENTIALS}, id="credentials of the cluster"),
        case(
            {"credentials": {"s3": {"access_key": "A", "secret_key": "S"}}},
            [config()],
            {USER_CREDENTIALS, GENERATED_CREDENTIALS},
            id="credentials to be passed on",
        ),
        case(
            {"routes": [{"name": "a", "secret_name": "cert"}, {"name": "b", "tls": {"certificate": "C", "key": "K"}}]},
            [config()],
            {SECRET("cert"), SECRET("b-tls")},
            id="certificates",
        ),
    ],
)
def test_only_what_decides_is_read(given: dict[str, Any], cluster: list[Manifest], refs: set[Ref]) -> None:
    task = desired(**given)
    snapshot = read(task, cluster)
    assert task.reads(snapshot) == {CLUSTER_CONFIG} | refs
    assert all(ref in snapshot for ref in refs)


@pytest.mark.parametrize("name", ["a/b", "../secrets/x", "A", "a b?c=d", ""])
def test_no_path_is_made_of_a_bad_name(name: str) -> None:
    task = desired(
        storage={"pvc": {"claim": name, "size": "1Gi"}},
        routes=[{"name": name, "tls": {"certificate": "C", "key": "K"}}, {"name": "b", "secret_name": name}],
    )
    names = {ref.name for ref in task.reads(Snapshot({CLUSTER_CONFIG: config()}))}
    assert not names & {name, f"{name}-tls"}


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
    task = Desired(options(sections, **given), sections)
    assert task.goal(planned(given, live).outlook).waits is waits


def test_what_goes_along_with_a_switch_only_is_not_waited_for() -> None:
    given = {"storage": {"pvc": {}}, "accept_data_loss": True}
    live = config(storage={"emptyDir": {}, "managementState": "Managed"})
    plan = planned(given, live)
    assert plan.steps[0].body["spec"]["storage"]["managementState"] is None
    assert "managementState" not in desired(**given).goal(plan.outlook).config["spec"]["storage"]


def test_a_missing_library_is_left_to_the_connection_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "parse_quantity", None)
    assert desired(storage={"pvc": {"claim": "c", "size": "1Gi"}}).consent is False


def test_a_secret_is_rotated_once() -> None:
    once = desired(rotate_http_secret=True, replicas=3)
    live = config(httpSecret="made up by the operator")
    assert once.config(live)["spec"] == {"httpSecret": None, "replicas": 3}
    assert once.lasting().config(live)["spec"] == {"replicas": 3}


def test_what_the_operator_deletes_does_not_have_to_stay_in_the_config() -> None:
    given = {"management_state": "Removed", "storage": S3 | {"management_state": "Managed"}, "accept_data_loss": True}
    assert goal(given, config(storage=S3)).config == {"spec": {"managementState": "Removed"}}
