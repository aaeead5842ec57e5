# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage in a bucket: credentials, the endpoint's answers, what is filled in."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import requests

from sandbox.tests.operator_cases.watching import (
    BASELINE,
    conditions,
    environment,
    exists,
    patch,
    reaches,
    reports,
    states,
    storage_problem,
    vanishes,
    version,
    volumes,
)
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.setups import BUCKET, add_bucket, add_credentials, add_secret, wait_served

USER = "openshift-image-registry/image-registry-private-configuration-user"
NO_CREDENTIALS = (
    'unable to get cluster minted credentials "openshift-image-registry/installer-cloud-credentials": '
    'secret "installer-cloud-credentials" not found'
)
UNKNOWN = ("Unknown", "S3 Configuration Changed", "S3 storage is in an unknown state")
CERTIFICATES_CONDITION = "ImageRegistryCertificatesControllerDegraded"


def switch(lab: Lab, **s3: Any) -> None:
    """Ask for the bucket in place of emptyDir, with nothing said about whose it is."""
    config = {"bucket": BUCKET, "region": "us-east-1", "regionEndpoint": lab.s3_endpoint} | s3
    patch(lab, storage={"emptyDir": None, "managementState": None, "s3": config})


def bucket_answers(lab: Lab, name: str) -> int:
    """HTTP status of the bucket."""
    return requests.head(f"{lab.s3_endpoint}/{name}", timeout=10).status_code


def generated_credentials(secret: dict[str, Any]) -> str:
    """The credentials file that the operator made for the registry."""
    return base64.b64decode((secret.get("data") or {}).get("credentials", "")).decode()


def template_annotation(lab: Lab) -> str:
    """Digest of what the registry's pods depend on."""
    annotations = exists(lab, paths.DEPLOYMENT)["spec"]["template"]["metadata"]["annotations"]
    digest: str = annotations["imageregistry.operator.openshift.io/dependencies-checksum"]
    return digest


def test_case_18_no_credentials(serving: Lab) -> None:
    switch(serving)
    reaches(serving, {"Progressing": storage_problem(NO_CREDENTIALS), "StorageExists": UNKNOWN})


def test_case_19_half_of_the_credentials(serving: Lab) -> None:
    add_secret(serving, "image-registry-private-configuration-user", {"REGISTRY_STORAGE_S3_ACCESSKEY": "AK"})
    switch(serving)
    problem = f'secret "{USER}" does not contain required key "REGISTRY_STORAGE_S3_SECRETKEY"'
    reaches(serving, {"Progressing": storage_problem(problem), "StorageExists": UNKNOWN})


def test_case_20_bucket_of_the_user(serving: Lab) -> None:
    add_bucket(serving)
    add_credentials(serving, "AK", "SK")
    since = version(serving)
    switch(serving)
    supplied = ("True", "S3 Bucket Exists", "User supplied S3 bucket exists and is accessible")
    states(serving, since, lambda config: conditions(config)["StorageExists"] == supplied)
    wait_served(serving)
    reaches(serving, BASELINE)
    storage = serving.spec()["storage"]
    assert storage["managementState"] == "Unmanaged"
    assert "encrypt" not in storage["s3"]
    expected = "[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n"
    assert generated_credentials(exists(serving, paths.GENERATED_SECRET)) == expected
    deployment = exists(serving, paths.DEPLOYMENT)
    variables = environment(deployment)
    assert variables["REGISTRY_STORAGE"] == "s3"
    assert variables["REGISTRY_STORAGE_S3_BUCKET"] == BUCKET
    assert variables["REGISTRY_STORAGE_S3_REGIONENDPOINT"] == serving.s3_endpoint
    private = volumes(deployment)["image-registry-private-configuration"]
    assert private["secret"]["secretName"] == "image-registry-private-configuration"


def test_missing_bucket_is_created_and_set_up(serving: Lab) -> None:
    """Case 2 with an endpoint within reach: what a cloud's bucket gets."""
    add_credentials(serving)
    switch(serving, bucket="made-by-operator")
    wait_served(serving)
    config = reaches(serving, BASELINE | {"StorageExists": ("True", "S3 Bucket Exists", "")})
    assert config["spec"]["storage"]["managementState"] == "Managed"
    assert config["spec"]["storage"]["s3"]["encrypt"] is True
    assert bucket_answers(serving, "made-by-operator") == 200
    found = {kind: (status, reason) for kind, (status, reason, _message) in conditions(config).items()}
    assert found["StoragePublicAccessBlocked"] == ("True", "Public Access Block Successful")
    assert found["StorageTagged"] == ("True", "Tagging Successful")
    assert found["StorageEncrypted"] == ("True", "Encryption Successful")
    assert found["StorageIncompleteUploadCleanupEnabled"] == ("True", "Enable Cleanup Successful")


def test_managed_bucket_is_deleted_on_removal(serving: Lab) -> None:
    add_credentials(serving)
    switch(serving, bucket="to-be-deleted")
    wait_served(serving)
    requests.put(f"{serving.s3_endpoint}/to-be-deleted/docker/blob", data=b"x", timeout=10)
    patch(serving, managementState="Removed")
    vanishes(serving, paths.DEPLOYMENT)
    config = reaches(serving, {"StorageExists": ("False", "S3 Bucket Deleted", "The S3 bucket has been removed.")})
    assert bucket_answers(serving, "to-be-deleted") == 404
    assert "bucket" not in config["spec"]["storage"]["s3"]


def test_bucket_that_cannot_be_deleted(serving: Lab, knobs: Callable[..., None]) -> None:
    add_credentials(serving)
    switch(serving, bucket="to-be-kept")
    wait_served(serving)
    knobs(storageCall="AccessDenied")
    patch(serving, managementState="Removed")
    vanishes(serving, paths.DEPLOYMENT)

    def refused(config: dict[str, Any]) -> bool:
        return conditions(config)["StorageExists"][:2] == ("Unknown", "AccessDenied")

    config = serving.api.wait_for(paths.CONFIG, lambda config: config if refused(config) else None)
    assert config["status"]["storage"]["s3"]["bucket"] == "to-be-kept"
    assert bucket_answers(serving, "to-be-kept") == 200
    knobs(storageCall=None)
    reaches(serving, {"StorageExists": ("False", "S3 Bucket Deleted", "The S3 bucket has been removed.")})
    assert bucket_answers(serving, "to-be-kept") == 404


def test_case_21_other_credentials(serving: Lab) -> None:
    add_bucket(serving)
    add_credentials(serving, "AK", "SK")
    switch(serving)
    wait_served(serving)
    before = reaches(serving, BASELINE | {"StorageExists": ("True", "S3 Bucket Exists", "")})
    digest, since = template_annotation(serving), version(serving)
    serving.api.patch(paths.USER_SECRET, {"stringData": {"REGISTRY_STORAGE_S3_SECRETKEY": "other"}})
    serving.api.wait_for(paths.GENERATED_SECRET, lambda secret: "= other\n" in generated_credentials(secret))
    seen = states(serving, since, lambda config: conditions(config)["Progressing"][1] == "DeploymentNotCompleted")
    wait_served(serving)
    assert template_annotation(serving) != digest
    assert {config["metadata"]["generation"] for config in seen} == {before["metadata"]["generation"]}


def test_case_22_unknown_authority(serving: Lab) -> None:
    add_credentials(serving)
    switch(serving, trustedCA={"name": "x"})
    problem = 'failed to get trusted CA "x": configmap "x" not found'
    reaches(serving, {"Progressing": storage_problem(f"unable to get S3 CA bundle: {problem}")})
    # The certificates' controller looks when a Secret changes, not when the Config does.
    serving.api.patch(paths.USER_SECRET, {"metadata": {"labels": {"changed": "yes"}}})
    failed = (
        "failed to update object *v1.ConfigMap, Namespace=openshift-image-registry, Name=image-registry-certificates: "
        f"image-registry-certificates: {problem}"
    )
    reports(serving, paths.CONFIG, {CERTIFICATES_CONDITION: ("True", "Error", failed)})
    patch(serving, storage={"s3": {"trustedCA": {"name": ""}}})
    reports(serving, paths.CONFIG, {CERTIFICATES_CONDITION: ("False", "AsExpected", "")})


def test_storage_that_refuses(serving: Lab, knobs: Callable[..., None]) -> None:
    add_credentials(serving)
    knobs(storageCall="InvalidAccessKeyId")
    switch(serving)

    def refused(config: dict[str, Any]) -> str | None:
        status, reason, message = conditions(config).get("StorageExists", ("", "", ""))
        return message if (status, reason) == ("False", "InvalidAccessKeyId") else None

    first = serving.api.wait_for(paths.CONFIG, refused)
    # Each retry brings another request id, so a message that changes is no progress.
    serving.api.wait_for(paths.CONFIG, lambda config: refused(config) not in (None, first))
    knobs(storageCall=None)
    wait_served(serving)


def test_credentials_that_go_away(serving: Lab) -> None:
    add_bucket(serving)
    add_credentials(serving)
    switch(serving)
    wait_served(serving)
    serving.api.delete(paths.USER_SECRET)
    lost = ("Unknown", "Unknown Error Occurred", NO_CREDENTIALS)
    expected = {"Progressing": storage_problem(NO_CREDENTIALS), "StorageExists": lost}
    reaches(serving, expected | {"Available": BASELINE["Available"]})
