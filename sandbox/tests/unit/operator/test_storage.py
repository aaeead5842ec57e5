# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage: what the operator decides about claims, credentials, buckets and backends that it cannot reach."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.operator.conditions import Condition
from sandbox.operator.errors import ApplyError
from sandbox.operator.spec import canonical_storage
from sandbox.operator.storage import cloud, pvc, s3, s3_pods
from sandbox.operator.storage.bucket import Bucket, S3Error, Unreachable
from sandbox.operator.storage.credentials import AccessKey, s3_access_key, user_values

USER = "openshift-image-registry/image-registry-private-configuration-user"


def claim(*modes: str, owned: bool = False) -> dict[str, Any]:
    annotations = {"imageregistry.openshift.io": "true"} if owned else None
    return {"metadata": {"annotations": annotations}, "spec": {"accessModes": list(modes)}}


RWX, RWO = claim("ReadWriteMany"), claim("ReadWriteOnce")
MANY_REPLICAS = "cannot use ReadWriteOnce access mode with more than one replica of the image registry"

CLAIM_CASES = [
    # wanted, claims, replicas, strategy, condition, managed, missing
    ("", {}, 2, "RollingUpdate", ("True", "PVC Created", ""), True, True),
    (
        "",
        {"image-registry-storage": claim("ReadWriteMany", owned=True)},
        2,
        "",
        ("True", "PVC Exists", ""),
        True,
        False,
    ),
    ("mine", {"mine": RWX}, 2, "RollingUpdate", ("True", "PVC Exists", ""), False, False),
    ("mine", {"mine": RWO}, 1, "Recreate", ("True", "PVC Exists", ""), False, False),
    ("mine", {"mine": RWO}, 0, "Recreate", ("True", "PVC Exists", ""), False, False),
    ("mine", {"mine": claim("ReadWriteOnce", "ReadWriteMany")}, 3, "", ("True", "PVC Exists", ""), False, False),
]

CLAIM_PROBLEMS = [
    # wanted, claims, replicas, strategy, reason, problem
    ("mine", {}, 1, "Recreate", "PVC Issues Found", 'persistentvolumeclaims "mine" not found'),
    ("mine", {"mine": RWO}, 2, "Recreate", "PVC Issues Found", MANY_REPLICAS),
    (
        "mine",
        {"mine": RWO},
        1,
        "RollingUpdate",
        "PVC Issues Found",
        "cannot use ReadWriteOnce access mode with RollingUpdate rollout strategy",
    ),
    (
        "mine",
        {"mine": RWO},
        1,
        "",
        "PVC Issues Found",
        "cannot use ReadWriteOnce access mode with  rollout strategy",
    ),
    (
        "mine",
        {"mine": claim("ReadOnlyMany")},
        1,
        "Recreate",
        "PVC Issues Found",
        "PVC mine does not contain the necessary access modes: ReadWriteMany or ReadWriteOnce",
    ),
    (
        "",
        {"image-registry-storage": RWX},
        1,
        "",
        "PVC Already Exists",
        "could not create default PVC, it already exists and is not owned by the operator",
    ),
]


@pytest.mark.parametrize(("wanted", "claims", "replicas", "strategy", "condition", "managed", "missing"), CLAIM_CASES)
def test_usable_claims(
    wanted: str,
    claims: dict[str, Any],
    replicas: int,
    strategy: str,
    condition: tuple[str, str, str],
    managed: bool,
    missing: bool,
) -> None:
    decision = pvc.decide(wanted, claims, replicas, strategy)
    assert decision.claim == (wanted or "image-registry-storage")
    assert decision.condition == Condition(*condition)
    assert (decision.managed, decision.missing, decision.problem) == (managed, missing, "")


@pytest.mark.parametrize(("wanted", "claims", "replicas", "strategy", "reason", "problem"), CLAIM_PROBLEMS)
def test_claims_that_cannot_be_used(
    wanted: str, claims: dict[str, Any], replicas: int, strategy: str, reason: str, problem: str
) -> None:
    decision = pvc.decide(wanted, claims, replicas, strategy)
    assert decision.problem == problem
    assert decision.condition == Condition("False", reason, problem)
    assert not decision.missing


def secret(**values: str) -> dict[str, Any]:
    return {"data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}}


S3_USER = {"REGISTRY_STORAGE_S3_ACCESSKEY": "AK", "REGISTRY_STORAGE_S3_SECRETKEY": "SK"}


@pytest.mark.parametrize(
    ("user", "minted"),
    [
        (secret(**S3_USER), None),
        (secret(**S3_USER), secret(aws_access_key_id="other", aws_secret_access_key="other")),
        (None, secret(aws_access_key_id="AK", aws_secret_access_key="SK")),
        (None, secret(credentials="[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n")),
    ],
)
def test_access_key(user: dict[str, Any] | None, minted: dict[str, Any] | None) -> None:
    assert s3_access_key(user, minted) == AccessKey("AK", "SK")


@pytest.mark.parametrize(
    ("user", "minted", "problem"),
    [
        (
            None,
            None,
            'unable to get cluster minted credentials "openshift-image-registry/installer-cloud-credentials": '
            'secret "installer-cloud-credentials" not found',
        ),
        (
            secret(REGISTRY_STORAGE_S3_ACCESSKEY="AK"),
            secret(aws_access_key_id="AK", aws_secret_access_key="SK"),
            f'secret "{USER}" does not contain required key "REGISTRY_STORAGE_S3_SECRETKEY"',
        ),
        ({}, None, f'secret "{USER}" does not contain required key "REGISTRY_STORAGE_S3_ACCESSKEY"'),
    ],
)
def test_access_key_that_cannot_be_had(
    user: dict[str, Any] | None, minted: dict[str, Any] | None, problem: str
) -> None:
    with pytest.raises(ApplyError) as caught:
        s3_access_key(user, minted)
    assert str(caught.value) == problem


def test_credentials_file() -> None:
    assert AccessKey("AK", "SK").as_ini() == "[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n"


@pytest.mark.parametrize(
    ("backend", "values", "missing"),
    [
        ("gcs", {}, "REGISTRY_STORAGE_GCS_KEYFILE"),
        ("azure", {"REGISTRY_STORAGE_S3_ACCESSKEY": "x"}, "REGISTRY_STORAGE_AZURE_ACCOUNTKEY"),
        ("swift", {"REGISTRY_STORAGE_SWIFT_USERNAME": "x"}, "REGISTRY_STORAGE_SWIFT_PASSWORD"),
        ("swift", {"REGISTRY_STORAGE_SWIFT_TOKENID": "x"}, None),
        ("ibmcos", {}, "REGISTRY_STORAGE_IBMCOS_IAMAPIKEY"),
    ],
)
def test_keys_of_other_backends(backend: str, values: dict[str, str], missing: str | None) -> None:
    if missing is None:
        assert user_values(backend, secret(**values)) == values
        return
    with pytest.raises(ApplyError, match=f'required key "{missing}"'):
        user_values(backend, secret(**values))


AWS = {
    "status": {
        "infrastructureName": "Cluster-abc12",
        "platformStatus": {
            "aws": {"region": "eu-west-1", "serviceEndpoints": [{"name": "s3", "url": "https://s3.example.com"}]}
        },
    }
}


def s3_config(**config: Any) -> dict[str, Any]:
    found: dict[str, Any] = canonical_storage({"s3": config})["s3"]
    return found


def test_platform_fills_region_endpoint_and_bucket() -> None:
    config = s3.effective(s3_config(), AWS)
    assert config["region"] == "eu-west-1"
    assert config["regionEndpoint"] == "https://s3.example.com"
    assert config["virtualHostedStyle"] is True
    assert config["bucket"] == "cluster-abc12-image-registry-eu-west-1"


@pytest.mark.parametrize("given", [{"region": "r1"}, {"regionEndpoint": "http://127.0.0.1:9"}])
def test_platform_does_not_mix_with_what_is_given(given: dict[str, str]) -> None:
    config = s3.effective(s3_config(bucket="b", **given), AWS)
    assert config == s3_config(bucket="b", **given)


def test_long_bucket_name_is_cut() -> None:
    infrastructure = {"status": {"infrastructureName": "x" * 60}}
    assert s3.effective(s3_config(region="r"), infrastructure)["bucket"] == "x" * 60 + "-i"


def environment(**config: Any) -> dict[str, str]:
    return {item["name"]: item["value"] for item in s3_pods.parts(s3_config(**config)).environment}


def test_pods_of_a_bucket() -> None:
    full = environment(
        bucket="b", region="r", regionEndpoint="http://e", keyID="k", chunkSizeMiB=10, virtualHostedStyle=True
    )
    assert full == {
        "REGISTRY_STORAGE_S3_REGIONENDPOINT": "http://e",
        "REGISTRY_STORAGE_S3_KEYID": "k",
        "REGISTRY_STORAGE_S3_CHUNKSIZE": "10485760",
        "REGISTRY_STORAGE": "s3",
        "REGISTRY_STORAGE_S3_BUCKET": "b",
        "REGISTRY_STORAGE_S3_REGION": "r",
        "REGISTRY_STORAGE_S3_ENCRYPT": "false",
        "REGISTRY_STORAGE_S3_FORCEPATHSTYLE": "false",
        "REGISTRY_STORAGE_S3_CREDENTIALSCONFIGPATH": "/var/run/secrets/cloud/credentials",
        "REGISTRY_STORAGE_S3_USEDUALSTACK": "true",
    }


def test_pods_with_cloud_front() -> None:
    cloud_front = {"baseURL": "https://c", "keypairID": "K1", "privateKey": {"name": "cf", "key": "pem"}}
    parts = s3_pods.parts(s3_config(bucket="b", region="r", cloudFront=cloud_front))
    middleware = next(item for item in parts.environment if item["name"] == "REGISTRY_MIDDLEWARE_STORAGE")["value"]
    assert "    baseurl: https://c\n" in middleware and "    duration: 1200s\n" in middleware
    volume = parts.volumes[1].volume
    assert volume["secret"] == {"secretName": "cf", "items": [{"key": "pem", "path": "private.pem"}]}


@pytest.mark.parametrize("endpoint", ["https://s3.us-east-1.amazonaws.com", "http://192.0.2.1:9000", "http://10.0.0.1"])
def test_only_the_loopback_interface_is_called(endpoint: str) -> None:
    bucket = Bucket("b", "us-east-1", endpoint, AccessKey("a", "s"))
    with pytest.raises(Unreachable, match="no such host"):
        bucket.head()


def test_nobody_answers() -> None:
    bucket = Bucket("b", "us-east-1", "http://127.0.0.1:1", AccessKey("a", "s"))
    with pytest.raises(Unreachable, match=r"^RequestError: send request failed"):
        bucket.head()


def test_refusal_on_demand_has_a_new_request_id_each_time() -> None:
    bucket = Bucket("b", "us-east-1", "http://127.0.0.1:1", AccessKey("a", "s"), refusal="AccessDenied")
    texts = set()
    for _ in range(2):
        with pytest.raises(S3Error, match=r"^AccessDenied: ") as caught:
            bucket.head()
        assert caught.value.code == "AccessDenied"
        texts.add(str(caught.value))
    assert len(texts) == 2


@pytest.mark.parametrize(
    ("config", "condition"),
    [
        (
            {},
            ("False", "StorageNotConfigured", "Storage account key is provided, but account name is not specified"),
        ),
        (
            {"accountName": "a"},
            ("False", "StorageNotConfigured", "Storage account is provided, but container is not specified"),
        ),
        ({"accountName": "a", "container": "c"}, ("True", "UserManaged", "Storage is managed by the user")),
    ],
)
def test_azure_account_of_the_user(config: dict[str, str], condition: tuple[str, str, str]) -> None:
    assert cloud._azure_condition(config) == Condition(*condition)


def test_pods_of_azure() -> None:
    parts = cloud.azure_parts({"accountName": "a", "container": "c", "cloudName": "AzureUSGovernmentCloud"})
    assert {item["name"]: item.get("value") for item in parts.environment} == {
        "REGISTRY_STORAGE_AZURE_ACCOUNTKEY": None,
        "REGISTRY_STORAGE": "azure",
        "REGISTRY_STORAGE_AZURE_CONTAINER": "c",
        "REGISTRY_STORAGE_AZURE_ACCOUNTNAME": "a",
        "REGISTRY_STORAGE_AZURE_REALM": "core.usgovcloudapi.net",
    }
