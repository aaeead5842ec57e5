# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage in GCS, Azure, Swift, IBM COS and OSS: their fields, and what each store refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import Manifest, config, findings, on, planned, secret
from tests.unit.cases import CONFIG, Case, Situation, having

USER = "image-registry-private-configuration-user"
# The cluster's own credentials, so that no case is about them.
MINTED = secret("installer-cloud-credentials", {"any": "key"})
AZURE_KEY = secret(USER, {"REGISTRY_STORAGE_AZURE_ACCOUNTKEY": "a2V5"})
SWIFT_KEYS = secret(USER, {"REGISTRY_STORAGE_SWIFT_USERNAME": "u", "REGISTRY_STORAGE_SWIFT_PASSWORD": "p"})
INSTANCE = "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::"
RESOURCE_KEY = "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2:resource-key:3"
INTERNAL = {"type": "Internal"}
ACCOUNT = {"account_name": "images", "container": "registry"}


def using(*objects: Manifest, live: dict[str, Any] | None = None, **storage: Any) -> Situation:
    """Return a Managed registry, and what storage declares."""
    return having(config(storage=live or {}), MINTED, *objects, storage=storage)


def case(
    name: str, field: str, found: str, needed: str, bad: Situation, good: Situation, severity: str = "error"
) -> Case:
    """Return a case about an option of a backend."""
    return Case(name, CONFIG, f"storage.{field}", found, needed, bad, good, severity)


def misnamed(backend: str, option: str, value: str, near: str, needed: str) -> Case:
    """Return a case about a name that the store refuses, and one near it."""
    bad, good = using(**{backend: {option: value}}), using(**{backend: {option: near}})
    return case(f"{backend} {option} {value[:20]!r}", f"{backend}.{option}", repr(value), needed, bad, good)


GCS_NAME, AZURE_NAME, CRN = "a GCS bucket name", "a container name: 3 to 63", "a CRN of cloud-object-storage"
CASES = [
    *[misnamed("gcs", "bucket", name, "a_b.c-1", GCS_NAME) for name in ("ab", "Images", "-images", "a" * 223)],
    *[
        misnamed("azure", "container", name, "a-b-1", AZURE_NAME)
        for name in ("ab", "Registry", "a--b", "-ab", "ab-", "a" * 64, "a_b")
    ],
    *[
        misnamed("azure", "account_name", name, "images1", "a storage account name")
        for name in ("ab", "Images", "im-ages", "a" * 25)
    ],
    *[
        misnamed(
            "azure", "cloud_name", name, "azureusgovernmentcloud", "one of AzurePublicCloud, AzureUSGovernmentCloud"
        )
        for name in ("AzureUSGovermentCloud", "AzureCloud", "Azure")
    ],
    case(
        "a GCS bucket that the operator cannot choose",
        "gcs.bucket",
        "none, and no project_id",
        "the bucket, or the project",
        using(on("BareMetal"), gcs={"region": "europe-west1"}),
        using(on("BareMetal"), gcs={"project_id": "images"}),
    ),
    case(
        "no GCS bucket",
        "gcs.bucket",
        "none, and no project_id",
        "the bucket, or the project",
        using(on("AWS"), gcs={}),
        using(on("GCP"), gcs={}),
    ),
    *[misnamed("ibmcos", "bucket", name, "images", "an S3 bucket name") for name in ("ab", "Images", "10.0.0.1")],
    misnamed("ibmcos", "service_instance_crn", RESOURCE_KEY, INSTANCE, CRN),
    misnamed("ibmcos", "resource_key_crn", INSTANCE, RESOURCE_KEY, CRN),
    misnamed("swift", "auth_url", "keystone:5000", "https://keystone.example.com:5000/v3", "a URL such as"),
    misnamed("swift", "auth_url", "http://[::1", "http://[::1]:5000", "a URL such as"),
    case(
        "an account key without an account",
        "azure.account_name",
        f"none, with an account key in Secret openshift-image-registry/{USER}",
        "the account and the container",
        using(AZURE_KEY, azure={"container": "registry"}),
        using(AZURE_KEY, azure=ACCOUNT),
    ),
    case(
        "an account key without a container",
        "azure.container",
        "none, with an account key",
        "the account and the container",
        using(AZURE_KEY, azure={"account_name": "images"}),
        using(azure={"account_name": "images"}),
    ),
    case(
        "an account key and a container that is there already",
        "azure.account_name",
        "none, with an account key",
        "the account",
        using(AZURE_KEY, azure={"container": "registry"}),
        using(AZURE_KEY, live={"azure": {"accountName": "images"}}, azure={"container": "registry"}),
    ),
    case(
        "a network that is not Internal",
        "azure.network_access.internal",
        "a value with type External",
        "type Internal",
        using(azure=ACCOUNT | {"network_access": {"type": "External", "internal": {"vnet_name": "v1"}}}),
        using(
            live={"azure": {"networkAccess": INTERNAL}},
            azure=ACCOUNT | {"network_access": {"type": "Internal", "internal": {"vnet_name": "v1"}}},
        ),
    ),
    case(
        "a private endpoint is not removed",
        "azure.network_access.type",
        "Internal",
        "External if you may have to undo this",
        using(azure=ACCOUNT | {"network_access": INTERNAL}),
        using(live={"azure": {"networkAccess": INTERNAL}}, azure=ACCOUNT | {"network_access": INTERNAL}),
        "warning",
    ),
    case(
        "public access stays closed",
        "azure.network_access.type",
        "External, after Internal",
        "the account to be opened by hand",
        using(live={"azure": {"networkAccess": INTERNAL}}, azure=ACCOUNT | {"network_access": {"type": "External"}}),
        using(azure=ACCOUNT | {"network_access": {"type": "External"}}),
        "warning",
    ),
    case(
        "Swift credentials without Keystone",
        "swift.auth_url",
        f"none, with credentials in Secret openshift-image-registry/{USER}",
        "the URL of Keystone",
        using(SWIFT_KEYS, swift={"container": "images"}),
        using(swift={"container": "images"}),
    ),
    case(
        "Swift credentials and Keystone that is there already",
        "swift.auth_url",
        "none, with credentials",
        "the URL of Keystone",
        using(SWIFT_KEYS, swift={"container": "images"}),
        using(SWIFT_KEYS, live={"swift": {"authURL": "https://keystone.example.com"}}, swift={"container": "images"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("oss", "field", "found"),
    [
        ({"bucket": "Images"}, "storage.oss.bucket", "'Images'"),
        ({"encryption": {"method": "KMS"}}, "storage.oss.encryption.kms_key_id", "no key with method KMS"),
        ({"encryption": {"kms_key_id": "k"}}, "storage.oss.encryption.kms_key_id", "a key with method AES256"),
    ],
    ids=["bucket", "no key for KMS", "a key without KMS"],
)
def test_oss_is_checked_and_warned_of(oss: dict[str, Any], field: str, found: str) -> None:
    problem, warning = findings({"storage": {"oss": oss}}, config(), MINTED)
    assert (problem.severity, problem.field, problem.found) == ("error", field, found)
    assert (warning.severity, warning.needed) == ("warning", "OpenShift 4.10 to 4.16")


@pytest.mark.parametrize(
    "oss",
    [{"bucket": "images-1"}, {"encryption": {"method": "KMS", "kms_key_id": "k"}}, {"encryption": {}}],
    ids=["bucket", "KMS with a key", "AES256 without one"],
)
def test_right_settings_of_oss_are_only_warned_of(oss: dict[str, Any]) -> None:
    assert [problem.severity for problem in findings({"storage": {"oss": oss}}, config(), MINTED)] == ["warning"]


@pytest.mark.parametrize(
    ("storage", "field"),
    [
        (
            {"gcs": {"bucket": "b", "region": "r", "project_id": "p", "key_id": "k"}},
            {"gcs": {"bucket": "b", "region": "r", "projectID": "p", "keyID": "k"}, "managementState": "Unmanaged"},
        ),
        (
            {"azure": {"cloud_name": "c", "network_access": {"type": "Internal", "internal": {"vnet_name": "v1"}}}},
            {"azure": {"cloudName": "c", "networkAccess": {"type": "Internal", "internal": {"vnetName": "v1"}}}},
        ),
        (
            {"azure": ACCOUNT},
            {"azure": {"accountName": "images", "container": "registry"}, "managementState": "Unmanaged"},
        ),
        (
            {
                "swift": {
                    "auth_url": "u",
                    "auth_version": "3",
                    "container": "c",
                    "domain": "d",
                    "domain_id": "di",
                    "tenant": "t",
                    "tenant_id": "ti",
                    "region_name": "r",
                }
            },
            {
                "swift": {
                    "authURL": "u",
                    "authVersion": "3",
                    "container": "c",
                    "domain": "d",
                    "domainID": "di",
                    "tenant": "t",
                    "tenantID": "ti",
                    "regionName": "r",
                },
                "managementState": "Unmanaged",
            },
        ),
        (
            {
                "ibmcos": {
                    "bucket": "b",
                    "location": "l",
                    "resource_group_name": "g",
                    "resource_key_crn": RESOURCE_KEY,
                    "service_instance_crn": INSTANCE,
                }
            },
            {
                "ibmcos": {
                    "bucket": "b",
                    "location": "l",
                    "resourceGroupName": "g",
                    "resourceKeyCRN": RESOURCE_KEY,
                    "serviceInstanceCRN": INSTANCE,
                },
                "managementState": "Unmanaged",
            },
        ),
        (
            {"oss": {"endpoint_accessibility": "Public", "encryption": {"method": "KMS", "kms_key_id": "k"}}},
            {"oss": {"endpointAccessibility": "Public", "encryption": {"method": "KMS", "kms": {"keyID": "k"}}}},
        ),
    ],
    ids=["gcs", "azure network", "azure", "swift", "ibmcos", "oss"],
)
def test_every_option_becomes_its_field(storage: dict[str, Any], field: dict[str, Any]) -> None:
    assert planned({"storage": storage}, config(), MINTED).storage == field


@pytest.mark.parametrize(
    ("live", "storage", "patch"),
    [
        (
            {"azure": {"networkAccess": {"type": "External"}}},
            {"azure": {"network_access": {"type": "External"}}},
            None,
        ),
        (
            {"azure": {"networkAccess": {"type": "Internal", "internal": {"vnetName": "v"}}}},
            {"azure": {"network_access": {"type": "External"}}},
            {"azure": {"networkAccess": {"type": "External", "internal": None}}},
        ),
        (
            {"oss": {"encryption": {"method": "KMS", "kms": {"keyID": "k"}}}},
            {"oss": {"encryption": {"method": "AES256"}}},
            {"oss": {"encryption": {"method": "AES256", "kms": None}}},
        ),
        ({"gcs": {"bucket": "b", "region": "r"}}, {"gcs": {}}, None),
    ],
    ids=["what the API fills in", "internal goes with its type", "kms goes with its method", "what was generated"],
)
def test_what_belongs_to_the_old_value_goes_with_it(live: Any, storage: Any, patch: Any) -> None:
    steps = planned({"storage": storage}, config(storage=live), MINTED).steps
    assert [step.body for step in steps] == ([{"spec": {"storage": patch}}] if patch else [])


@pytest.mark.parametrize(
    ("live", "storage"),
    [
        ({"s3": {"bucket": "images", "region": "r"}}, {"s3": {"bucket": ""}}),
        ({"gcs": {"bucket": "images"}}, {"gcs": {"bucket": ""}}),
        ({"swift": {"container": "images"}}, {"swift": {"container": ""}}),
        ({"azure": {"accountName": "images", "container": "c"}}, {"azure": {"account_name": "", "container": ""}}),
        ({"ibmcos": {"bucket": "images"}}, {"ibmcos": {"bucket": ""}}),
        ({"oss": {"bucket": "images"}}, {"oss": {"bucket": ""}}),
        ({"pvc": {"claim": "images"}}, {"pvc": {"claim": ""}}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_an_empty_name_leaves_the_medium_as_it_is(live: Any, storage: Any) -> None:
    assert planned({"storage": storage}, config(storage=live), MINTED).steps == ()


@pytest.mark.parametrize(
    ("given", "live", "told"),
    [
        ({"default_route": True}, {}, True),
        ({"routes": [{"name": "a"}]}, {}, True),
        ({}, {"defaultRoute": True}, True),
        ({}, {}, False),
        ({"default_route": True, "disable_redirect": True}, {}, False),
    ],
)
def test_clients_of_a_route_are_not_sent_to_a_private_endpoint(
    given: dict[str, Any], live: dict[str, Any], told: bool
) -> None:
    azure = {"account_name": "images", "container": "registry", "network_access": {"type": "Internal"}}
    found = findings({"storage": {"azure": azure}, **given}, config(**live))
    assert ("redirect-out-of-reach" in {entry.code for entry in found}) is told
