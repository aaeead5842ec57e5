# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of the Config would cost, compared with what was so before; what is the same medium."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import FIELDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import nested
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLAIM, REGISTRY_DEPLOYMENT, Ref

from tests.unit.builders import Manifest, claim, config, deployment, findings, healthy, pod_template, secret

case = pytest.param
DISKS: Manifest = {"emptyDir": {}, "managementState": "Managed"}
A: Manifest = {"pvc": {"claim": "a"}, "managementState": "Unmanaged"}
B: Manifest = {"pvc": {"claim": "b"}, "managementState": "Unmanaged"}
TWO: Manifest = {**DISKS, "pvc": {"claim": "a"}}
A_OF_OPERATOR = {**A, "managementState": "Managed"}
CLAIMS = (claim("a"), claim("b"), claim("c"))
MINIO = {"s3": {"bucket": "images", "region": "us-east-1", "regionEndpoint": "https://minio.example.com"}}
KEYS = secret(
    "image-registry-private-configuration-user", {field.path: "x" for kind in BACKENDS.values() for field in kind.keys}
)
WRITTEN = {"generations": [{"resource": "deployments", "name": "image-registry", "lastGeneration": 1}]}
UNSURE = ", if the registry ever used it, which status.storage does not tell"
MINIO_OPTIONS = {"bucket": "images", "region": "us-east-1", "region_endpoint": "https://minio.example.com"}


def asked(given: Manifest, *objects: Manifest, forbidden: Iterable[Ref] = ()) -> list[tuple[str, str]]:
    """Return the fields for which a task is asked for consent, with the codes."""
    return [(found.field, found.code) for found in findings(given, *objects, forbidden=forbidden) if found.consent]


def question(given: Manifest, *objects: Manifest) -> Finding:
    """Return the finding with which a task is asked for consent."""
    (found,) = (found for found in findings(given, *objects) if found.consent)
    return found


def to(claim_name: str) -> Manifest:
    """Return the wish to use another claim."""
    return {"storage": {"pvc": {"claim": claim_name}}}


DELETED = "removal-deletes-images"
GIVEN_AWAY = {"storage": {"management_state": "Managed"}}
REMOVED = {"management_state": "Removed"}


@pytest.mark.parametrize(
    ("live", "given", "field"),
    [
        case({"storage": A}, {**REMOVED, **GIVEN_AWAY}, "management_state", id="both at once"),
        case({"storage": A, "managementState": "Removed"}, GIVEN_AWAY, "storage.management_state", id="one by one"),
        case(
            {"storage": A, "managementState": "Removed"},
            {**REMOVED, "storage": {"pvc": {"claim": "a"}, "management_state": "Managed"}},
            "storage.management_state",
            id="said once more",
        ),
        case({"storage": A_OF_OPERATOR}, REMOVED, "management_state", id="the other way round"),
        case(
            {"storage": A_OF_OPERATOR, "managementState": "Unmanaged"}, REMOVED, "management_state", id="let go before"
        ),
        case({"storage": A, "managementState": "Removed"}, {"replicas": 2}, None, id="nothing of it"),
        case({"storage": A_OF_OPERATOR, "managementState": "Removed"}, {"replicas": 2}, None, id="said before"),
        case(
            {"storage": A_OF_OPERATOR, "managementState": "Removed"}, {"management_state": "Managed"}, None, id="back"
        ),
        case({"storage": A}, GIVEN_AWAY, None, id="of a registry that serves"),
        case({"storage": A, "managementState": "Unmanaged"}, GIVEN_AWAY, None, id="of a registry that was let go"),
    ],
)
def test_as_long_as_status_names_a_medium_nothing_is_gone(live: Manifest, given: Manifest, field: str | None) -> None:
    assert asked(given, config(used=A, **live), *CLAIMS) == ([(field, DELETED)] if field else [])


def declared(by: str, fields: Manifest, operation: str = "Apply") -> Manifest:
    """Return what the API server notes of who sets fields of the Config's spec."""
    return {"managedFields": [{"manager": by, "operation": operation, "fieldsV1": {"f:spec": fields}}]}


OWNER: Manifest = {"f:storage": {"f:managementState": {}}}


@pytest.mark.parametrize(
    ("storage", "noted", "given", "asks"),
    [
        case(A_OF_OPERATOR, declared("gitops", OWNER), {}, True, id="applied"),
        case(A_OF_OPERATOR, declared("argocd-controller", OWNER, "Update"), {}, True, id="by a known tool"),
        case(A_OF_OPERATOR, declared("config-policy-controller", OWNER, "Update"), {}, True, id="by a policy"),
        # It may do so again, as a policy engine does.
        case(A_OF_OPERATOR, declared("some-controller", OWNER, "Update"), {}, True, id="by something unknown"),
        case(A_OF_OPERATOR, declared("kubectl-patch", OWNER, "Update"), {}, False, id="once by a command"),
        case(A_OF_OPERATOR, declared("Mozilla", OWNER, "Update"), {}, False, id="once in the console"),
        case(A_OF_OPERATOR, declared("cluster-image-registry-operator", OWNER, "Update"), {}, False, id="operator"),
        case(A_OF_OPERATOR, declared("okd.image_registry", OWNER), {}, False, id="by ourselves"),
        case(A_OF_OPERATOR, declared("gitops", {"f:replicas": {}}), {}, False, id="something else"),
        # It sets both back at once, and the registry serves again.
        case(A_OF_OPERATOR, declared("gitops", {"f:managementState": {}, **OWNER}), {}, False, id="and the state"),
        case(A, declared("gitops", OWNER), {}, False, id="that it stays"),
        case(A_OF_OPERATOR, declared("gitops", OWNER), {"management_state": "Managed"}, False, id="not removed"),
        case(A_OF_OPERATOR, declared("gitops", OWNER), {"management_state": "Unmanaged"}, False, id="let go"),
    ],
)
def test_what_somebody_declares_deletes_images_once_the_registry_is_removed(
    storage: Manifest, noted: Manifest, given: Manifest, asks: bool
) -> None:
    live = config(used=A, storage=storage)
    live["metadata"] |= noted
    task = {**REMOVED, "storage": {"management_state": "Unmanaged"}, **given}
    assert asked(task, live, *CLAIMS) == ([("management_state", DELETED)] if asks else [])
    if asks:
        found = question(task, live, *CLAIMS)
        assert noted["managedFields"][0]["manager"] in found.found and "deletes the claim a" in found.found


def storage_of(key: str, owner: str | None = "Unmanaged") -> Manifest:
    """Return storage of a backend, with names, and who owns it."""
    return {key: dict.fromkeys(BACKENDS[key].name_fields(), "images"), "managementState": owner}


@pytest.mark.parametrize("key", BACKENDS)
@pytest.mark.parametrize(
    ("owner", "noted", "is_deleted"),
    [
        ("Managed", False, True),
        ("Unmanaged", True, False),
        ("", True, True),
        (None, True, True),
        (None, False, False),
        (None, None, False),
    ],
)
def test_a_removal_deletes_what_the_operator_owns_and_the_disks_of_pods(
    key: str, owner: str | None, noted: bool | None, is_deleted: bool
) -> None:
    storage = storage_of(key, owner)
    live = config(storage=storage, used=storage, status={"storageManaged": noted})
    expected = [("management_state", DELETED)] if is_deleted or key == "emptyDir" else []
    assert asked(REMOVED, live, deployment(1), claim("images"), KEYS) == expected


@pytest.mark.parametrize("key", BACKENDS)
def test_a_removal_during_a_move_deletes_what_is_left_but_for_disks_which_the_move_gave_up(key: str) -> None:
    moving = config(storage=B, used=storage_of(key))
    # The operator may have got on with the move, so that it deletes that one.
    expected = [("management_state", DELETED)] * (1 if key == "emptyDir" else 2)
    assert asked({**REMOVED, **GIVEN_AWAY}, moving, deployment(1), claim("images"), *CLAIMS, KEYS) == expected


@pytest.mark.parametrize("key", BACKENDS)
def test_what_is_said_of_a_removal(key: str) -> None:
    storage = storage_of(key, "Managed")
    said = question(REMOVED, config(storage=storage, used=storage), deployment(1), claim("images"), KEYS)
    if key == "emptyDir":
        assert said.found == f"Removed, which deletes the images in {medium.of(storage)}"
        assert said.remedy.startswith("To keep the images, move them to other storage first.")
    else:
        assert said.found == f"Removed, which deletes {medium.of(storage)} and every image in it"
        assert said.remedy.startswith("To keep the images, set storage.management_state to Unmanaged.")


def test_what_is_said_of_storage_that_a_removed_registry_gives_away() -> None:
    said = question(GIVEN_AWAY, config(storage=A, used=A, managementState="Removed"), *CLAIMS)
    assert said.found == f"Managed for a registry that is Removed, which deletes {medium.of(A)} and every image in it"


def test_what_is_gone_already_is_not_deleted_again() -> None:
    removed = config(storage=A, managementState="Removed")
    assert asked(GIVEN_AWAY, removed, *CLAIMS) == []


def places() -> list[Any]:
    """Return each field that tells media of a name apart, with a value, and the backend in use without the field."""
    values = {"regionEndpoint": "https://other.example.com", "authURL": "https://other.example.com"}
    values |= {"serviceInstanceCRN": "crn:v1:bluemix:public:cloud-object-storage:global:a/b:c::"}
    named = {"accountName": "images", "container": "images", "bucket": "images", "claim": "images"}
    return [
        case(key, field, values.get(field.path, "other"), named, id=f"{key}.{field.path}")
        for key, backend in BACKENDS.items()
        for field in backend.field.fields or ()
        # A bucket of Amazon's is the same in any region.
        if field.identity is Identity.PLACE and (key, field.path) != ("s3", "region")
    ]


@pytest.mark.parametrize(("key", "field", "value", "named"), places())
def test_a_place_that_was_not_named_is_the_platforms_own(key: str, field: Field, value: str, named: Manifest) -> None:
    backend = BACKENDS[key]
    settings = {name: named[name] for name in backend.name_fields()} | ({"region": "us-east-1"} if key == "s3" else {})
    storage = {key: settings, "managementState": "Unmanaged"}
    given = {"storage": {backend.field.option: {field.option: value}}}
    assert asked(given, config(storage=storage, used=storage), KEYS) == [("storage", "move-leaves-images")]
    there = {key: settings | nested(field.keys, value), "managementState": "Unmanaged"}
    assert asked(given, config(storage=there, used=there), KEYS) == []


@pytest.mark.parametrize(
    ("used", "given"),
    [
        case(MINIO, {"s3": {"region_endpoint": "https://minio.example.com/"}}, id="a slash"),
        case(MINIO, {"s3": {"region_endpoint": "https://minio.example.com:443"}}, id="the usual port"),
        case(MINIO, {"s3": {"region_endpoint": "HTTPS://MinIO.Example.Com."}}, id="another case"),
        case(MINIO, {"s3": {"region": "eu-west-1"}}, id="what it calls its region"),
        case(
            {"s3": {"bucket": "images", "region": "r", "regionEndpoint": "http://minio.example.com:9000"}},
            {"s3": {"region_endpoint": "https://minio.example.com:9000"}},
            id="TLS on the same port",
        ),
        case({"s3": {"bucket": "images", "region": "eu-west-1"}}, {"s3": {"region": "eu-west-3"}}, id="a region"),
        case(
            {"s3": {"bucket": "images", "region": "us-gov-west-1"}},
            {"s3": {"region_endpoint": "https://s3.us-gov-west-1.amazonaws.com"}},
            id="Amazon's endpoint",
        ),
        case(
            {"azure": {"accountName": "images", "container": "images"}},
            {"azure": {"cloud_name": "AzurePublicCloud"}},
            id="Azure's own cloud",
        ),
        case(
            {"swift": {"container": "images", "authURL": "https://keystone.example.com:5000"}},
            {"swift": {"auth_url": "https://keystone.example.com:5000/v3/"}},
            id="Keystone's version",
        ),
        case(
            {"swift": {"container": "images", "authURL": "https://keystone.example.com", "tenantID": "t"}},
            {"swift": {"tenant": "ours", "domain": "default"}},
            id="names of a project whose ID is known",
        ),
        case({"pvc": {"claim": "image-registry-storage"}}, {"pvc": {}}, id="the operator's claim"),
    ],
)
def test_the_same_medium_in_another_spelling(used: Manifest, given: Manifest) -> None:
    storage = {**used, "managementState": "Unmanaged"}
    live = config(storage=storage, used=storage)
    assert asked({"storage": given}, live, KEYS, claim("image-registry-storage")) == []


@pytest.mark.parametrize(
    ("used", "given"),
    [
        case(MINIO, {"s3": {"region_endpoint": "https://minio.example.com:9000"}}, id="another port"),
        case(MINIO, {"s3": {"region_endpoint": "http://minio.example.com"}}, id="the port of another scheme"),
        case(MINIO, {"s3": {"region_endpoint": "https://minio.example.com/tenant"}}, id="a path"),
        case(MINIO, {"s3": {"region_endpoint": "https://s3.us-east-1.amazonaws.com"}}, id="to Amazon"),
        case(
            {"s3": {"bucket": "images", "region": "us-gov-west-1"}},
            {"s3": {"region_endpoint": "https://s3.us-west-1.amazonaws.com"}},
            id="another cloud of Amazon's",
        ),
    ],
)
def test_another_medium_of_the_same_name(used: Manifest, given: Manifest) -> None:
    storage = {**used, "managementState": "Unmanaged"}
    assert asked({"storage": given}, config(storage=storage, used=storage), KEYS) == [("storage", "move-leaves-images")]


@pytest.mark.parametrize(
    "given",
    [
        case(to("b"), id="again"),
        case({**to("b"), "replicas": 2}, id="again, with something else"),
        case({"log_level": "Debug"}, id="something else"),
        case(to("c"), id="to a third one instead"),
        case(to("a"), id="back"),
        case({"storage": {"management_state": "Managed"}}, id="its owner"),
    ],
)
def test_what_the_spec_gave_up_is_not_asked_about_again(given: Manifest) -> None:
    assert asked(given, config(storage=B, used=A), *CLAIMS) == []


@pytest.mark.parametrize("key", BACKENDS)
def test_what_is_said_of_a_move(key: str) -> None:
    storage = storage_of(key)
    said = question(to("b"), config(storage=storage, used=storage), deployment(1), claim("images"), claim("b"))
    fate = "are lost with the pods" if key == "emptyDir" else f"stay behind in {medium.of(storage)}"
    assert said.remedy.startswith(f"Nothing copies images. They {fate}, and pulls of them fail.")


@pytest.mark.parametrize(
    ("objects", "forbidden", "may_hold"),
    [
        case([claim("a", phase="Bound")], [], True, id="bound"),
        case([claim("a", phase="Lost")], [], True, id="lost"),
        case([claim("a") | {"status": {}}], [], True, id="of unknown phase"),
        case([claim("a", phase="Pending")], [], False, id="never bound"),
        case([], [], False, id="gone"),
        case([claim("a")], [CLAIM("a")], True, id="hidden"),
    ],
)
def test_a_claim_that_was_bound_may_hold_images(objects: list[Manifest], forbidden: list[Ref], may_hold: bool) -> None:
    found = asked(to("b"), config(storage=A, used=A), claim("b"), *objects, forbidden=forbidden)
    assert found == [("storage", "move-leaves-images")] * may_hold


def test_a_move_that_is_only_stored_is_asked_about_and_once() -> None:
    let_go: dict[str, Any] = {"used": A, "managementState": "Unmanaged"}
    assert asked(to("b"), config(storage=A, **let_go), *CLAIMS) == [("storage", "move-leaves-images")]
    # Who takes the 0 back before the operator applies it finds the disks again, unless the task has moved them.
    without = config(storage=DISKS, **let_go | {"used": DISKS}, replicas=0, rolloutStrategy="Recreate")
    assert asked(to("b"), without, deployment(1), *CLAIMS) == [("storage", "move-leaves-images")]
    assert asked({"log_level": "Debug"}, config(storage=B, **let_go), *CLAIMS) == []


@pytest.mark.parametrize(
    ("live", "doubt"),
    [
        case(config(storage=A, used=A), "", id="noted"),
        case(config(storage=A, status=WRITTEN), UNSURE, id="not used again, or never"),
        case(config(storage=A, managementState="Removed"), UNSURE, id="left by a registry that is removed"),
        case(config(storage=A), None, id="of a registry that never was"),
    ],
)
def test_it_is_said_whether_the_operator_noted_that_a_medium_was_used(live: Manifest, doubt: str | None) -> None:
    given = {"management_state": "Managed", "storage": {"s3": MINIO_OPTIONS}}
    found = [entry.found for entry in findings(given, live, KEYS, *CLAIMS) if entry.consent]
    assert found == ([f"images in the claim a{doubt}"] if doubt is not None else [])


def test_images_that_are_still_served_are_asked_about_when_the_switch_is_carried_out() -> None:
    let_go = config(storage=B, used=A, managementState="Unmanaged")
    assert asked({"management_state": "Managed"}, let_go, *CLAIMS) == [("storage", "move-leaves-images")]


def test_disks_that_a_move_gives_up_are_not_asked_about_when_the_registry_is_removed() -> None:
    assert asked(REMOVED, config(storage=A, used=DISKS), deployment(1), *CLAIMS) == []


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [(REMOVED, "management_state", DELETED), (to("a"), "storage", "move-leaves-images")],
    ids=["removed", "moved"],
)
def test_the_disks_of_one_pod_hold_images_those_of_none_do_not(given: Manifest, field: str, code: str) -> None:
    live = config(storage=DISKS, used=DISKS)
    assert asked(given, live, deployment(1), *CLAIMS) == [(field, code)]
    assert asked(given, live, deployment(0), *CLAIMS) == []
    assert asked(given, live, *CLAIMS) == []


LOST = "restart-loses-images"
# A value for each setting that differs from what the Config has.
OTHER: dict[str, Any] = {
    "log_level": "Debug",
    "operator_log_level": "Debug",
    "http_secret": "another",
    "proxies": {"http": "http://proxy.example.com:3128"},
    "read_only": True,
    "disable_redirect": True,
    "requests": {"read": {"max_running": 3}},
    "resources": {"requests": {"cpu": "1"}},
    "node_selector": {"infra": ""},
    "tolerations": [{"key": "infra", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}},
    "topology_spread_constraints": [{"max_skew": 1, "topology_key": "zone", "when_unsatisfiable": "DoNotSchedule"}],
    "unsupported_config_overrides": {"deployment": {"runtimeClassName": "kata"}},
    "replicas": 0,
    "rollout_strategy": "Recreate",
    "default_route": True,
    "routes": [{"name": "public", "hostname": "registry.example.com"}],
}
ELSEWHERE = {"management_state", "storage"}
HARMLESS = {"operator_log_level", "rollout_strategy", "default_route", "routes"}


@pytest.mark.parametrize("field", [field for field in FIELDS if field.path], ids=lambda field: field.option)
def test_each_setting_that_pods_are_started_with_costs_images_on_their_disks(field: Field) -> None:
    if field.option in ELSEWHERE:
        assert field.replaces_pods is never
        return
    live = config(storage=DISKS, used=DISKS, managementState="Managed")
    expected = [] if field.option in HARMLESS else [(field.option, LOST)]
    given = {field.option: OTHER[field.option]}
    assert asked(given, live, deployment(1)) == expected
    assert asked(given, live, deployment(0)) == []
    assert asked(given, config(storage=A, used=A), deployment(1), *CLAIMS) == []
    assert asked({**given, "accept_data_loss": True}, live, deployment(1)) == []


@pytest.mark.parametrize("key", [key for key in BACKENDS if key != "emptyDir"])
def test_no_other_medium_goes_with_its_pods(key: str) -> None:
    live = config(storage=storage_of(key), used=storage_of(key), replicas=2)
    assert asked({"log_level": "Debug", "replicas": 1}, live, deployment(2), claim("images"), KEYS) == []


@pytest.mark.parametrize(
    ("spec", "given", "pods", "expected"),
    [
        case({}, {"rotate_http_secret": True}, 1, ["http_secret"], id="a new secret"),
        case({"logLevel": "Debug"}, {"log_level": "TraceAll"}, 1, [], id="a level that the registry does not know"),
        case({"logLevel": "Debug"}, {"log_level": "Normal"}, 1, ["log_level"], id="a level back"),
        case({"replicas": 3}, {"replicas": 1}, 3, ["replicas"], id="fewer pods"),
        case({"replicas": 3}, {"replicas": 1}, 1, [], id="no more pods than will be left"),
        case({"replicas": 4}, {"replicas": 3}, 1, [], id="fewer pods than will be left"),
        case({"replicas": 0}, {"replicas": 1}, 0, [], id="the first pod"),
        # The operator has exactly two run on different nodes, so that all are replaced.
        case({"replicas": 1}, {"replicas": 2}, 1, ["replicas"], id="to two pods"),
        case({"replicas": 2}, {"replicas": 3}, 2, ["replicas"], id="from two pods"),
        case({"replicas": 3}, {"replicas": 2}, 3, ["replicas"], id="fewer, to two pods"),
        case(
            {"replicas": 1, "affinity": {"nodeAffinity": {}}}, {"replicas": 2}, 1, [], id="to two pods with an affinity"
        ),
        case({"replicas": 3, "affinity": {}}, {"replicas": 2}, 2, [], id="fewer, with an affinity"),
        case({"managementState": "Unmanaged"}, {"log_level": "Debug"}, 1, [], id="stored only"),
        case({"managementState": "Unmanaged"}, {"management_state": "Managed"}, 1, ["management_state"], id="managed"),
        case({"managementState": "Removed"}, {"management_state": "Managed"}, 1, [], id="to be removed before"),
        case({"managementState": "Force"}, {"log_level": "Debug"}, 1, [], id="in a state that the operator ignores"),
        case({"managementState": "Force"}, {"management_state": "Managed"}, 1, ["management_state"], id="out of it"),
        case({"storage": A}, {"log_level": "Debug"}, 1, [], id="to be moved before"),
    ],
)
def test_pods_that_go(spec: Manifest, given: Manifest, pods: int, expected: list[str]) -> None:
    live = config(used=DISKS, **({"storage": DISKS} | spec))
    assert asked(given, live, deployment(pods), *CLAIMS) == [(option, LOST) for option in expected]


FAILS = {"conditions": healthy(Progressing=("True", "Error", "Unable to apply resources: something"))}
ROLLS_OUT = {"conditions": healthy(Progressing=("True", "DeploymentNotCompleted", "The deployment has not completed"))}
TWICE = [{"name": "a"}, {"name": "a"}]


@pytest.mark.parametrize(
    ("spec", "status", "given", "expected"),
    [
        case({"replicas": 0}, {}, {"rollout_strategy": "Recreate"}, ["rollout_strategy"], id="pods that were to end"),
        case({"replicas": 0}, {}, {"replicas": 1}, ["replicas"], id="a first pod"),
        case({"routes": TWICE, "logLevel": "Debug"}, {}, {"routes": []}, ["routes"], id="routes of one name"),
        case({"routes": TWICE}, {}, {"default_route": True}, [], id="what leaves it held up"),
        case({"replicas": 0}, {}, {"default_route": True}, [], id="what leaves it without pods"),
        case({}, FAILS, {"default_route": True}, ["default_route"], id="an error"),
        case({}, FAILS, {"replicas": 1}, [], id="an error, and nothing to write"),
        case({"managementState": "Unmanaged"}, FAILS, {"default_route": True}, [], id="stored only"),
        case({}, {}, {"default_route": True}, [], id="no error"),
        case({}, ROLLS_OUT, {"default_route": True}, [], id="a rollout"),
        case({"storage": TWO}, FAILS, {"default_route": True}, [], id="what leaves it two backends"),
    ],
)
def test_an_operator_that_was_held_up_applies_all_at_once(
    spec: Manifest, status: Manifest, given: Manifest, expected: list[str]
) -> None:
    live = config(used=DISKS, status=status, **({"storage": DISKS} | spec))
    assert asked(given, live, deployment(1)) == [(option, LOST) for option in expected]
    assert asked(given, live, deployment(0)) == []
    assert asked(given, config(used=A, status=status, **({"storage": A} | spec)), deployment(1), *CLAIMS) == []


def on_disk(directory: str = "", path: str = "/registry", **source: Any) -> Manifest:
    """Return what a Deployment says whose pods keep images in a volume, or in a directory of it."""
    root = {"name": "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "value": path}
    return {
        "env": [{"name": "REGISTRY_STORAGE", "value": "filesystem"}, root],
        "volumes": [{"name": "ca", "emptyDir": {}}, {"name": "images", **source}],
        "mount": {"subPath": directory} if directory else {},
    }


def in_store(driver: str, **fields: str) -> Manifest:
    """Return what a Deployment says whose pods keep images in an object store."""
    variables = {"REGISTRY_STORAGE": driver}
    variables |= {f"REGISTRY_STORAGE_{driver.upper()}_{name}": value for name, value in fields.items()}
    secret = {"name": "REGISTRY_STORAGE_SWIFT_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}
    return {"env": [*({"name": name, "value": value} for name, value in variables.items()), secret], "volumes": []}


def edited(parts: Manifest) -> Manifest:
    """Return the registry's Deployment as somebody edited it."""
    mounts = [{"name": "ca", "mountPath": "/etc/pki"}, {"name": "images", "mountPath": "/registry"}]
    mounts[1] |= parts.get("mount", {})
    container = {"name": "registry", "env": parts["env"], "volumeMounts": mounts}
    live = deployment(1)
    live["spec"]["template"] = {
        "spec": {"containers": [{"name": "proxy"}, container], "volumes": parts["volumes"]},
    }
    return live


def on_claim(name: str) -> Manifest:
    """Return what a Deployment says whose pods use a claim."""
    return on_disk(persistentVolumeClaim={"claimName": name})


BUCKET = {"s3": {"bucket": "images", "region": "us-east-1"}, "managementState": "Unmanaged"}
AZURE = {"azure": {"accountName": "images", "container": "images", "cloudName": "AzurePublicCloud"}}
SWIFT = {"swift": {"container": "images", "authURL": "https://keystone.example.com:5000", "regionName": "north"}}
IBM = {"ibmcos": {"bucket": "images", "serviceInstanceCRN": "crn:v1:x"}}
MOVED = "move-leaves-images"
CLEAN_BUCKET = {"BUCKET": "images", "REGION": "us-east-1"}


@pytest.mark.parametrize(
    ("storage", "pods", "given", "found", "goes_to"),
    [
        case(A, on_claim("b"), {}, "the claim b", "the claim a", id="another claim"),
        case(A, on_claim("b"), {"storage": {"pvc": {"claim": "c"}}}, "the claim b", "the claim c", id="a third claim"),
        case(A, on_claim("b"), to("b"), "", "", id="the claim that the task names"),
        case(A, on_claim("a"), {}, "", "", id="the same claim"),
        case({"pvc": {}}, on_claim("image-registry-storage"), {}, "", "", id="the operator's claim"),
        case(A, on_disk(emptyDir={}), {}, "the pods' own disks (emptyDir)", "the claim a", id="their own disks"),
        case(A, in_store("s3", **CLEAN_BUCKET), {}, "the S3 bucket images / us-east-1", "the claim a", id="a bucket"),
        case(
            BUCKET,
            in_store("s3", **CLEAN_BUCKET | {"BUCKET": "others"}),
            {},
            "the S3 bucket others / us-east-1",
            "the S3 bucket images / us-east-1",
            id="another bucket",
        ),
        case(
            BUCKET,
            in_store("s3", **CLEAN_BUCKET, REGIONENDPOINT="https://minio.example.com"),
            {},
            "the S3 bucket images / us-east-1 / https://minio.example.com",
            "the S3 bucket images / us-east-1",
            id="another store",
        ),
        case(BUCKET, in_store("s3", **CLEAN_BUCKET), {}, "", "", id="the same bucket"),
        case(AZURE, in_store("azure", ACCOUNTNAME="images", CONTAINER="images"), {}, "", "", id="the same account"),
        case(
            SWIFT,
            in_store("swift", CONTAINER="images", AUTHURL="https://keystone.example.com:5000/v3", REGION="north"),
            {},
            "",
            "",
            id="the same container",
        ),
        case(IBM, in_store("s3", BUCKET="images", REGION="us-east"), {}, "", "", id="the same bucket of IBM's"),
        *(
            case(
                A,
                on_disk("", "/registry/", **{kind: {}}),
                {},
                f"a volume of the kind {kind}, which",
                "the claim a",
                id=kind,
            )
            for kind in ("nfs", "hostPath", "csi", "ephemeral")
        ),
        case(
            A,
            on_disk(persistentVolumeClaim={"claimName": "a"}, directory="new"),
            {},
            "the directory new of PersistentVolumeClaim a, which",
            "the claim a",
            id="a directory",
        ),
        case(
            A,
            on_disk(path="/registry/new", persistentVolumeClaim={"claimName": "a"}),
            {},
            "the directory new of PersistentVolumeClaim a, which",
            "the claim a",
            id="a directory below the mount",
        ),
        case(A, in_store("inmemory"), {}, "storage of the kind inmemory, which", "the claim a", id="memory"),
        case(A, {"env": [], "volumes": []}, {}, "", "", id="nothing said"),
    ],
)
@pytest.mark.parametrize("state", ["Unmanaged", "Force"])
def test_what_the_pods_were_given_by_hand_is_left_with_consent_only(
    state: str, storage: Manifest, pods: Manifest, given: Manifest, found: str, goes_to: str
) -> None:
    live = config(storage=storage, used=storage, managementState=state)
    objects = [live, edited(pods), KEYS, *CLAIMS, claim("image-registry-storage", annotations=MARK)]
    told = [entry for entry in findings({"management_state": "Managed", **given}, *objects) if entry.code == MOVED]
    assert [goes_to in entry.needed for entry in told] == ([True] if found else [])
    assert all(f"images in {found}" in entry.found for entry in told)
    assert asked({"management_state": "Unmanaged", "log_level": "Debug"}, *objects) == []


MARK = {"imageregistry.openshift.io": "true"}


@pytest.mark.parametrize(
    ("storage", "given", "expected"),
    [
        case(A, {"management_state": "Managed"}, [("storage", MOVED)], id="managed"),
        case(DISKS, {"management_state": "Managed"}, [("management_state", LOST)], id="managed, and named"),
        case(A, REMOVED, [("management_state", DELETED)], id="removed"),
        case(DISKS, REMOVED, [("management_state", DELETED)] * 2, id="removed, and named, as is what was noted"),
    ],
)
def test_disks_that_pods_were_given_by_hand(
    storage: Manifest, given: Manifest, expected: list[tuple[str, str]]
) -> None:
    let_go = config(storage=storage, used=A, managementState="Unmanaged")
    assert asked(given, let_go, edited(on_disk(emptyDir={})), *CLAIMS) == expected


def test_disks_that_the_pods_do_not_use_any_more_are_not_deleted() -> None:
    let_go = config(storage=B, used=DISKS, managementState="Unmanaged")
    assert asked(REMOVED, let_go, edited(on_claim("b")), *CLAIMS) == []
    assert asked(REMOVED, let_go, edited(on_disk(emptyDir={})), *CLAIMS) == [("management_state", DELETED)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"observedGeneration": 1}, []),
        ({"observedGeneration": 0}, [("storage", MOVED)]),
        (FAILS, [("storage", MOVED)]),
    ],
    ids=["observed", "not observed", "held up"],
)
def test_until_the_operator_has_acted_the_pods_use_what_they_were_given(
    status: Manifest, expected: list[tuple[str, str]]
) -> None:
    live = config(storage=B, used=B, status=status)
    assert asked(to("a"), live, edited(on_claim("b")), *CLAIMS) == [("storage", MOVED)]
    noted_too_early = config(storage=B, used=A, status=status)
    assert asked(to("c"), noted_too_early, edited(on_claim("b")), *CLAIMS) == expected


def test_pods_of_a_managed_registry_are_what_the_operator_makes_them() -> None:
    assert asked({"replicas": 2}, config(storage=A, used=A), edited(on_claim("b")), *CLAIMS) == []


# An operator that has reported an error tries again at any time.
@pytest.mark.parametrize("is_observed", [True, False])
@pytest.mark.parametrize("noted", [A, DISKS, None], ids=["another claim", "disks", "nothing"])
def test_what_the_operator_is_about_to_take_into_use_is_not_removed_unasked(noted: Manifest, is_observed: bool) -> None:
    coming = config(storage=to("b")["storage"] | {"managementState": "Managed"}, used=noted)
    coming["metadata"]["generation"], coming["status"]["observedGeneration"] = 7, 7 if is_observed else 6
    given = {"management_state": "Removed"}
    # What was noted may hold images too.
    media = 2 if noted == A else 1
    assert asked(given, coming, claim("a"), claim("b")) == [("management_state", DELETED)] * media


def test_what_the_operator_has_completed_is_no_other_medium() -> None:
    named = {"swift": {"container": "images"}, "managementState": "Managed"}
    completed = {"swift": {"container": "images", "authURL": "https://keystone.example.com/v3", "regionName": "r"}}
    assert asked(REMOVED, config(storage=named, used=completed)) == [("management_state", DELETED)]


def test_a_claim_that_the_operator_names_itself_becomes_its_own() -> None:
    named = {"pvc": {"claim": "image-registry-storage"}}
    coming = config(storage={"pvc": {"claim": ""}}, used=None)
    coming["metadata"]["generation"], coming["status"]["observedGeneration"] = 7, 6
    given = {"management_state": "Removed"}
    assert asked(given, coming, claim("image-registry-storage")) == [("management_state", DELETED)]
    assert asked(given, coming) == []
    of_user = config(storage={**named, "managementState": "Unmanaged"}, used=None)
    of_user["metadata"]["generation"], of_user["status"]["observedGeneration"] = 7, 6
    assert asked(given, of_user, claim("image-registry-storage")) == []


GOING = claim("a", deletionTimestamp="2026-01-01T00:00:00Z")
RESTART = "restart-loses-images"


@pytest.mark.parametrize(
    ("live", "given", "field"),
    [
        case({}, {"log_level": "Debug"}, "log_level", id="pods that are replaced"),
        case({"replicas": 2}, {"replicas": 0}, "replicas", id="no pods any more"),
        case({"replicas": 3}, {"replicas": 1}, None, id="a pod stays"),
        case({"replicas": 2}, {"replicas": 1}, "replicas", id="both are replaced by one"),
        case({"replicas": 1}, {"replicas": 2}, "replicas", id="one is replaced by two"),
        case({}, REMOVED, "management_state", id="removal that would leave the claim"),
        case({"managementState": "Unmanaged"}, REMOVED, "management_state", id="removal of what was let go"),
        case({"managementState": "Removed"}, {"log_level": "Debug"}, None, id="removal that was said before"),
        case({"managementState": "Unmanaged"}, {"management_state": "Managed"}, "management_state", id="taken up"),
        case({}, {"management_state": "Unmanaged"}, None, id="let go"),
        case({}, {"default_route": True}, None, id="pods that stay as they are"),
        case({}, {"log_level": "Normal"}, None, id="no change"),
    ],
)
def test_a_claim_that_is_being_deleted_goes_with_the_pods(live: Manifest, given: Manifest, field: str | None) -> None:
    before = config(storage=A, used=A, **{"replicas": 1, **live})
    pods = deployment(before["spec"]["replicas"])
    assert asked(given, before, pods, GOING) == ([(field, RESTART)] if field else [])
    assert asked(given, before, pods, claim("a")) == []
    assert asked(given, before, pods) == []
    told = findings(given, before, pods, GOING, forbidden=[CLAIM("a")])
    blind = [(entry.field, entry.severity) for entry in told if entry.code == "cannot-see-claim"]
    assert blind == ([(field, "warning")] if field else [])


def test_what_pods_were_given_has_to_be_seen_before_it_is_left() -> None:
    let_go = config(storage=A, used=A, managementState="Unmanaged")
    with pytest.raises(Forbidden):
        findings({"management_state": "Managed"}, let_go, *CLAIMS, forbidden=[REGISTRY_DEPLOYMENT])
    assert findings({"replicas": 2}, let_go, *CLAIMS, forbidden=[REGISTRY_DEPLOYMENT])


def test_what_is_said_of_a_restart() -> None:
    on_disks = question({"log_level": "Debug"}, config(storage=DISKS, used=DISKS), deployment(1))
    assert on_disks.found == "a change that replaces or ends pods"
    assert on_disks.needed.endswith("because images in the pods' own disks (emptyDir) are lost with them")
    on_claim_that_goes = question({"log_level": "Debug"}, config(storage=A, used=A), deployment(1), GOING)
    assert on_claim_that_goes.found == "a change that replaces or ends pods, while the claim a is being deleted"
    assert on_claim_that_goes.needed.endswith("it goes when no pod uses it any more, with every image in it")


@pytest.mark.parametrize(("objects", "is_asked"), [([claim("image-registry-storage")], True), ([], False)])
def test_the_operators_own_claim_holds_images_also_where_nobody_names_it(
    objects: list[Manifest], is_asked: bool
) -> None:
    removed = config(storage={"pvc": {}}, managementState="Removed")
    assert bool(asked({"management_state": "Managed", **to("b")}, removed, *objects, *CLAIMS)) == is_asked


def test_pods_without_an_endpoint_are_not_supposed_to_have_that_of_the_config() -> None:
    aws = {"s3": {"bucket": "images", "region": "us-east-1"}}
    pods = deployment(1)
    pods["spec"]["template"] = pod_template(aws)
    let_go = config(storage={**MINIO, "managementState": "Unmanaged"}, managementState="Unmanaged", used=aws)
    assert asked({"management_state": "Managed"}, let_go, pods, KEYS) == [("storage", "move-leaves-images")]
    back = {"management_state": "Managed", "storage": {"s3": {**MINIO_OPTIONS, "region_endpoint": ""}}}
    assert asked(back, let_go, pods, KEYS) == []


OPERATORS = {"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}
NEVER_BOUND = claim("image-registry-storage", phase="Pending", annotations=MARK)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        case({**REMOVED, "storage": {"pvc": {}}}, [("management_state", DELETED)], id="removed, with one of them"),
        case({"storage": {"pvc": {}}}, [("storage", MOVED)], id="one of them"),
        case({"storage": {"empty_dir": {}}}, [("storage", LOST)], id="the one that the pods use"),
        case({"default_route": True}, [], id="neither"),
    ],
)
def test_disks_of_pods_whose_operator_noted_a_claim_that_was_never_bound(
    given: Manifest, expected: list[tuple[str, str]]
) -> None:
    live = config(storage={**OPERATORS, "emptyDir": {}}, used=OPERATORS, status={**FAILS, "storageManaged": True})
    assert asked(given, live, edited(on_disk(emptyDir={})), NEVER_BOUND) == expected


def test_all_that_a_removal_deletes_is_said() -> None:
    let_go = config(storage=A_OF_OPERATOR, used=A_OF_OPERATOR, managementState="Unmanaged")
    found = findings(REMOVED, let_go, edited(on_disk(emptyDir={})), *CLAIMS)
    assert [entry.found for entry in found if entry.consent] == [
        "Removed, which deletes the images in the pods' own disks (emptyDir)",
        "Removed, which deletes the claim a and every image in it",
    ]


def test_an_operator_that_does_not_know_which_backend_to_remove_leaves_the_pods_as_they_are() -> None:
    live = config(storage={**B, "emptyDir": {}}, used=A, managementState="Removed")
    said = question(to("c"), live, edited(on_claim("b")), *CLAIMS)
    assert (said.field, said.found) == ("storage", "images in the claim b")
    assert asked(to("b"), live, edited(on_claim("b")), *CLAIMS) == []


def test_a_config_that_names_several_media_gives_up_all_others() -> None:
    several = {**B, "emptyDir": {}}
    stuck = config(storage=several, used=A, status=FAILS)
    assert asked(to("b"), stuck, edited(on_claim("a")), *CLAIMS) == []
    assert asked({"storage": {"empty_dir": {}}}, stuck, edited(on_claim("a")), *CLAIMS) == []
    let_go = config(storage=several, used=A, managementState="Unmanaged")
    said = question({"management_state": "Managed"}, let_go, edited(on_claim("a")), *CLAIMS)
    assert said.needed == "accept_data_loss: true to use the pods' own disks (emptyDir) or the claim b instead"


def test_each_backend_that_a_removed_registry_names_may_be_the_one_that_it_used() -> None:
    removed = config(storage={**A, "s3": MINIO["s3"]}, managementState="Removed")
    left = {
        entry.found for entry in findings({"management_state": "Managed", **to("b")}, removed, *CLAIMS) if entry.consent
    }
    assert left == {f"images in {medium.of(storage)}{UNSURE}" for storage in (A, MINIO)}
    assert question({"management_state": "Managed", **to("a")}, removed, *CLAIMS).found.startswith("images in the S3")


def test_what_pods_are_not_told_of_their_medium_is_as_the_config_says_also_beside_another_backend() -> None:
    cloud = {"azure": {**AZURE["azure"], "cloudName": "AzureUSGovernmentCloud"}, "managementState": "Unmanaged"}
    let_go = config(storage={**cloud, "emptyDir": {}}, used=cloud, managementState="Unmanaged")
    pods = edited(in_store("azure", ACCOUNTNAME="images", CONTAINER="images"))
    options = {"account_name": "images", "container": "images", "cloud_name": "AzureUSGovernmentCloud"}
    assert asked({"management_state": "Managed", "storage": {"azure": options}}, let_go, pods, KEYS) == []
    other = {**options, "cloud_name": "AzurePublicCloud"}
    assert asked({"management_state": "Managed", "storage": {"azure": other}}, let_go, pods, KEYS) == [
        ("storage", MOVED)
    ]
