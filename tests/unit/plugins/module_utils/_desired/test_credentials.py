# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the object store: complete, printable, and there when the registry needs them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    MINTED_CREDENTIALS,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import (
    CredentialsPassedOn,
    PodsRenewed,
)

from tests.unit.builders import (
    Manifest,
    carried_out,
    claim,
    config,
    credentials_file,
    deployment,
    expected,
    findings,
    planned,
    removed_config,
    secret,
    user_credentials,
)
from tests.unit.cases import Case, Situation, having

USER = "image-registry-private-configuration-user"
SUBJECT = f"Secret openshift-image-registry/{USER}"
KEYS = {"access_key": "AKIAEXAMPLE", "secret_key": "s3cr3t-example"}
S3_NAMES = "REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY"
BUCKET = {"s3": {"bucket": "images", "region": "r"}, "managementState": "Unmanaged"}
MINTED = secret("installer-cloud-credentials", {"aws_access_key_id": "AKIAMINTED", "aws_secret_access_key": "minted"})
DECLARED_BUCKET = {"s3": {"bucket": "images", "region": "r"}}
HALF = secret(USER, {"REGISTRY_STORAGE_S3_ACCESSKEY": "AKIAEXAMPLE"})


def declaring(*objects: Manifest, **credentials: Any) -> Situation:
    """Return a registry that needs no credentials, and what is declared of them."""
    return having(config(), *objects, credentials=credentials)


def on_s3(*objects: Manifest, **given: Any) -> Situation:
    """Return a registry on S3."""
    return having(config(storage=BUCKET, used=BUCKET), *objects, **given)


def case(name: str, found: str, needed: str, bad: Situation, good: Situation, field: str = "credentials") -> Case:
    """Return a case about the Secret that the user writes."""
    return Case(name, SUBJECT, field, found, needed, bad, good)


def unreadable(name: str, found: str, option: str, value: str) -> Case:
    """Return a case about a value that cannot be meant."""
    bad, good = declaring(s3=KEYS | {option: value}), declaring(s3=KEYS)
    return case(name, found, "the value as the object store issued it", bad, good, f"credentials.s3.{option}")


SPACED = "a value with white space around it or control characters in it"
CASES = [
    case(
        "nothing is declared",
        "none",
        "the keys of a backend",
        declaring(state="present"),
        declaring(s3=KEYS),
    ),
    case(
        "keys and their absence",
        "keys with state absent",
        "either keys or state absent",
        declaring(s3=KEYS, state="absent"),
        declaring(user_credentials(), state="absent"),
    ),
    unreadable("empty", "an empty value", "secret_key", ""),
    unreadable("white space", "an empty value", "access_key", "  "),
    unreadable("a line end", SPACED, "secret_key", "s3cr3t\n"),
    unreadable("a leading space", SPACED, "access_key", " AKIA"),
    unreadable("a control character", SPACED, "secret_key", "s3\x00cr3t"),
    unreadable("two lines", SPACED, "secret_key", "s3\ncr3t"),
    case(
        "an Azure key that is no base64",
        "a value that is not base64",
        "the value as the object store issued it",
        declaring(azure={"account_key": "a2V5!"}),
        declaring(azure={"account_key": "a2V5"}),
        "credentials.azure.account_key",
    ),
    case(
        "half of a Swift password",
        "username",
        "username and password, or application_credential_id and",
        declaring(swift={"username": "u"}),
        declaring(swift={"username": "u", "password": "p"}),
        "credentials.swift",
    ),
    case(
        "Swift without anything",
        "nothing",
        "or token_id",
        declaring(swift={}),
        declaring(swift={"token_id": "t"}),
        "credentials.swift",
    ),
    case(
        "a GCS key file that is a path",
        "a text that is no JSON object",
        "the value as the object store issued it",
        declaring(gcs={"keyfile": "/tmp/key.json"}),
        declaring(gcs={"keyfile": {"type": "service_account"}}),
        "credentials.gcs.keyfile",
    ),
    case(
        "a GCS key file that is a list",
        "a text that is no JSON object",
        "the value as the object store issued it",
        declaring(gcs={"keyfile": "[]"}),
        declaring(gcs={"keyfile": '{\n "type": "service_account"\n}'}),
        "credentials.gcs.keyfile",
    ),
    case(
        "a new bucket without credentials",
        "no credentials for storage.s3, neither here nor in Secret openshift-image-registry/installer-cloud",
        S3_NAMES,
        having(config(), storage=DECLARED_BUCKET),
        having(config(), storage=DECLARED_BUCKET, credentials={"s3": KEYS}),
    ),
    case(
        "a new bucket with the cluster's credentials",
        "no credentials for storage.s3",
        S3_NAMES,
        having(config(), storage=DECLARED_BUCKET),
        having(config(), MINTED, storage=DECLARED_BUCKET),
    ),
    case(
        "a Secret that lacks a key",
        "a Secret with REGISTRY_STORAGE_S3_ACCESSKEY",
        f"{S3_NAMES} for storage.s3",
        having(config(), HALF, MINTED, storage=DECLARED_BUCKET),
        having(config(), HALF, MINTED, storage=DECLARED_BUCKET, credentials={"s3": KEYS}),
    ),
    case(
        "a Secret without data",
        "a Secret with no keys",
        S3_NAMES,
        having(config(), secret(USER, {}), storage=DECLARED_BUCKET),
        having(config(), user_credentials(), storage=DECLARED_BUCKET),
    ),
    case(
        "a Secret that is left over from another backend",
        "a Secret with REGISTRY_STORAGE_GCS_KEYFILE",
        S3_NAMES,
        having(config(), secret(USER, {"REGISTRY_STORAGE_GCS_KEYFILE": "{}"}), MINTED, storage=DECLARED_BUCKET),
        having(
            config(),
            secret(USER, {"REGISTRY_STORAGE_GCS_KEYFILE": "{}"}),
            MINTED,
            storage=DECLARED_BUCKET,
            credentials={"state": "absent"},
        ),
    ),
    case(
        "credentials removed while nothing replaces them",
        "no credentials for storage.s3, neither here",
        S3_NAMES,
        on_s3(user_credentials(), credentials={"state": "absent"}),
        on_s3(user_credentials(), MINTED, credentials={"state": "absent"}),
    ),
    case(
        "credentials of another backend than the one in use",
        "a Secret with REGISTRY_STORAGE_AZURE_ACCOUNTKEY",
        S3_NAMES,
        on_s3(MINTED, credentials={"azure": {"account_key": "a2V5"}}),
        on_s3(MINTED, credentials={"s3": KEYS}),
    ),
]


def passed_on(given: dict[str, Any], *objects: Manifest, **cluster: Any) -> dict[str, str] | None:
    """Return what the pods must be given before the task is done, None where that is not waited for."""
    entries = [entry for entry in expected(given, *objects, **cluster) if isinstance(entry, CredentialsPassedOn)]
    assert len(entries) < 2
    return entries[0].credentials if entries else None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_a_key_that_documents_misspell_is_pointed_out() -> None:
    wrong = secret(USER, {"REGISTRY_STORAGE_SWIFT_USER": "u", "REGISTRY_STORAGE_SWIFT_PASSWORD": "p"})
    given = {"storage": {"swift": {"container": "c", "auth_url": "https://keystone.example.com/v3"}}}
    problem = next(problem for problem in findings(given, config(), wrong) if problem.field == "credentials")
    assert (
        "The operator does not read REGISTRY_STORAGE_SWIFT_USER. It reads REGISTRY_STORAGE_SWIFT_USERNAME."
        in problem.remedy
    )


@pytest.mark.parametrize("value", ["s3cr3t\n", " s3cr3t", "s3\x00cr3t"])
def test_no_value_is_repeated(value: str) -> None:
    problems = findings({"credentials": {"s3": KEYS | {"secret_key": value}}}, config())
    assert value.strip() not in repr([str(problem) for problem in problems])


@pytest.mark.parametrize("hidden", [USER_CREDENTIALS, MINTED_CREDENTIALS], ids=str)
def test_what_the_user_may_not_read_is_not_guessed(hidden: Any) -> None:
    assert findings({"storage": DECLARED_BUCKET}, config(), MINTED, forbidden=[hidden]) == []


def test_a_registry_that_is_not_managed_needs_no_credentials_yet() -> None:
    problems = findings({"storage": DECLARED_BUCKET}, removed_config())
    assert [problem.field for problem in problems] == ["management_state"]


@pytest.mark.parametrize("storage", [{"emptyDir": {}}, {"pvc": {"claim": "c"}}, {}], ids=str)
def test_other_storage_needs_no_credentials(storage: Any) -> None:
    assert findings({"credentials": {"state": "absent"}}, config(storage=storage), user_credentials()) == []


def test_keys_of_others_are_not_deleted() -> None:
    shared = user_credentials()
    # Documents of OpenShift have this one; it is for storage too.
    shared["data"]["REGISTRY_STORAGE_SWIFT_USER"] = "eA=="
    assert findings({"credentials": {"state": "absent"}}, config(storage={"pvc": {"claim": "c"}}), shared) == []
    shared["data"]["somebody-elses"] = "eA=="
    (told,) = findings({"credentials": {"state": "absent"}}, config(storage={"pvc": {"claim": "c"}}), shared)
    assert (told.code, told.severity, told.found) == ("object-of-others", "error", "further keys (somebody-elses)")


def test_the_pods_must_be_given_the_declared_credentials() -> None:
    live = config(storage=BUCKET)
    assert passed_on({"credentials": {"s3": KEYS}}, live) == {"credentials": credentials_file()}
    assert passed_on({"credentials": {"s3": KEYS}}, config(storage={"emptyDir": {}})) is None
    assert passed_on({"replicas": 1}, live) is None


def test_the_pods_must_be_given_what_replaces_removed_credentials() -> None:
    given = {"credentials": {"state": "absent"}}
    live = config(storage=BUCKET)
    minted = {"credentials": credentials_file("AKIAMINTED", "minted")}
    assert passed_on(given, live, user_credentials(), MINTED) == minted
    role = secret("installer-cloud-credentials", {"credentials": "[default]\nrole_arn = arn\n"})
    assert passed_on(given, live, user_credentials(), role) == {"credentials": "[default]\nrole_arn = arn\n"}


def test_declared_credentials_come_before_those_of_the_cluster() -> None:
    given = {"storage": DECLARED_BUCKET, "credentials": {"s3": KEYS}}
    assert passed_on(given, config(), MINTED) == {"credentials": credentials_file()}


def test_credentials_that_may_not_be_read_are_not_waited_for() -> None:
    given = {"credentials": {"state": "absent"}}
    assert passed_on(given, config(storage=BUCKET), user_credentials(), forbidden=[MINTED_CREDENTIALS]) is None


SWIFT = {"swift": {"container": "images", "authURL": "https://keystone.example.com"}, "managementState": "Unmanaged"}
SWIFT_KEYS = {"REGISTRY_STORAGE_SWIFT_USERNAME": "u", "REGISTRY_STORAGE_SWIFT_PASSWORD": "p"}


def test_keys_of_another_kind_do_not_outlive_a_rotation() -> None:
    live = secret(USER, {**SWIFT_KEYS, "REGISTRY_STORAGE_S3_ACCESSKEY": "old", "note": "of somebody"})
    new = {
        "application_credential_id": "i",
        "application_credential_name": "n",
        "application_credential_secret": "a-secret-word",
    }
    change = planned({"credentials": {"swift": new}}, config(storage=SWIFT, used=SWIFT), live)
    (after,) = [entry for entry in carried_out(change, [live]) if entry["kind"] == "Secret"]
    prefix = "REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIAL"
    assert after["data"].keys() == {f"{prefix}{part}" for part in ("ID", "NAME", "SECRET")} | {"note"}


def test_keys_of_two_backends_can_be_declared() -> None:
    change = planned({"credentials": {"s3": KEYS, "swift": {"username": "u", "password": "p"}}}, config())
    (step,) = change.steps
    assert step.body and step.body["data"].keys() == {
        *SWIFT_KEYS,
        "REGISTRY_STORAGE_S3_ACCESSKEY",
        "REGISTRY_STORAGE_S3_SECRETKEY",
    }


@pytest.mark.parametrize(
    ("given", "live", "severity"),
    [
        ({"storage": DECLARED_BUCKET}, config(), "error"),
        ({"storage": {}, "management_state": "Managed"}, removed_config(storage=BUCKET), "error"),
        ({"storage": DECLARED_BUCKET}, config(storage=BUCKET, used=BUCKET), "warning"),
        ({"storage": DECLARED_BUCKET, "replicas": 2}, config(storage=BUCKET, used=BUCKET), "warning"),
    ],
    ids=["new storage", "turned on", "nothing", "another option"],
)
def test_values_that_were_stored_by_hand_are_looked_at(given: dict[str, Any], live: Manifest, severity: str) -> None:
    (problem,) = findings(given, live, user_credentials(secret_key="s3cr3t-example\n"))
    assert (problem.code, problem.severity, problem.subject) == ("credentials-malformed", severity, SUBJECT)
    assert problem.found == f"{SPACED}, as REGISTRY_STORAGE_S3_SECRETKEY"


def test_values_that_are_replaced_are_not_looked_at() -> None:
    given = {"storage": DECLARED_BUCKET, "credentials": {"s3": KEYS}}
    assert findings(given, config(), user_credentials(secret_key="s3cr3t-example\n")) == []


@pytest.mark.parametrize(
    ("storage", "credentials", "told"),
    [
        ({"pvc": {"claim": "c"}}, {}, True),
        ({"empty_dir": {}}, {}, True),
        ({"pvc": {"claim": "c"}}, {"credentials": {"state": "absent"}}, False),
        (DECLARED_BUCKET, {}, False),
    ],
)
def test_credentials_that_are_left_over_are_told(
    storage: dict[str, Any], credentials: dict[str, Any], told: bool
) -> None:
    given = {"storage": storage, "accept_data_loss": True, **credentials}
    found = findings(given, config(storage=BUCKET, used=BUCKET), user_credentials(), claim("c"))
    left = [(entry.code, entry.subject, entry.severity) for entry in found]
    assert left == ([("credentials-left", SUBJECT, "warning")] if told else [])


def test_a_secret_without_keys_of_ours_is_not_left_over() -> None:
    given = {"storage": {"pvc": {"claim": "c"}}}
    assert findings(given, config(), secret(USER, {"note": "of somebody"}), claim("c")) == []


def with_pods(checksum: str = "1") -> Manifest:
    """Return a Deployment whose pods were started with something."""
    live = deployment()
    annotations = {"imageregistry.operator.openshift.io/dependencies-checksum": checksum}
    live["spec"]["template"] = {"metadata": {"annotations": annotations}}
    return live


@pytest.mark.parametrize(
    "backend", [backend for backend in BACKENDS.values() if backend.keys], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize("is_absent", [False, True], ids=["keys", "absent"])
def test_there_is_no_verdict_on_credentials_without_evidence(backend: type[Backend], is_absent: bool) -> None:
    """Of whatever backend, something has to be seen at the pods after the Secret has changed."""
    keys = {field.option: "{}" if field.type == "json" else "new" for field in backend.keys}
    given = {"credentials": {"state": "absent"} if is_absent else {backend.field.option: keys}}
    live = config(
        storage={backend.field.path: {field.path: "x" for field in backend.field.fields or () if field.identity}}
    )
    before = secret("image-registry-private-configuration-user", {field.path: "old" for field in backend.keys})
    awaited = expected(given, live, before, with_pods())
    assert any(isinstance(entry, (CredentialsPassedOn, PodsRenewed)) for entry in awaited)


def test_keys_of_google_are_known_from_what_the_cluster_mints() -> None:
    minted = secret("installer-cloud-credentials", {"service_account.json": '{"a": 1}'})
    live = config(storage={"gcs": {"bucket": "images"}})
    given = {"credentials": {"state": "absent"}}
    assert passed_on(given, live, minted) == {"REGISTRY_STORAGE_GCS_KEYFILE": '{"a": 1}'}


SWIFT = {"container": "images", "authURL": "https://keystone.example.com/v3", "regionName": "r"}
OF_THE_FIRST = secret(USER, {"REGISTRY_STORAGE_SWIFT_USERNAME": "first", "REGISTRY_STORAGE_SWIFT_PASSWORD": "p"})


@pytest.mark.parametrize(
    ("settings", "live", "given", "told"),
    [
        ({}, [OF_THE_FIRST], {"username": "second", "password": "p"}, True),
        ({}, [OF_THE_FIRST], {"token_id": "t"}, True),
        ({}, [OF_THE_FIRST], {"username": "first", "password": "q"}, False),
        ({}, [], {"username": "second", "password": "p"}, True),
        ({"tenantID": "0f"}, [], {"username": "second", "password": "p"}, False),
        ({"tenantID": "0f"}, [OF_THE_FIRST], {"application_credential_id": "second"}, True),
        ({"tenant": "images"}, [OF_THE_FIRST], {"username": "second", "password": "p"}, False),
        ({"tenantID": "0f"}, [OF_THE_FIRST], {"username": "second", "password": "p"}, False),
    ],
    ids=[
        *("another user", "a token", "a new password", "minted before", "minted, of a project", "an application"),
        *("of a project", "of a project by its ID"),
    ],
)
def test_another_account_may_be_of_another_project(
    settings: Manifest, live: list[Manifest], given: Manifest, told: bool
) -> None:
    storage = {"swift": {**SWIFT, **settings}, "managementState": "Unmanaged"}
    found = findings({"credentials": {"swift": given}}, config(storage=storage, used=storage), *live)
    assert [entry.code for entry in found if entry.code == "project-by-account"] == ["project-by-account"] * told
    assert "first" not in str(found) and "second" not in str(found)
