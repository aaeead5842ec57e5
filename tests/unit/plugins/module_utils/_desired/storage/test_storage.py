# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage, whatever the backend: moving, losing and owning images."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLAIM

from tests.unit.builders import Manifest, claim, config, deployment, findings, removed_config, secret, user_credentials
from tests.unit.cases import CONFIG, Case, Situation, having

EMPTY_DIR = {"emptyDir": {}, "managementState": "Managed"}
OLD = {"pvc": {"claim": "old"}, "managementState": "Unmanaged"}
BUCKET: dict[str, Any] = {"s3": {"bucket": "images", "region": "r"}, "managementState": "Unmanaged"}
DELETED_BUCKET = {"s3": {"bucket": "", "region": "r"}, "managementState": "Managed"}
SERVED = {"generations": [{"group": "apps", "resource": "deployments", "name": "image-registry", "lastGeneration": 3}]}
OWN_BUCKET = {"s3": BUCKET["s3"] | {"regionEndpoint": "https://s3.example.com"}, "managementState": "Unmanaged"}
SWIFT = {"swift": {"container": "images", "tenantID": "ours", "authURL": "https://keystone.example.com"}}
SWIFT_TOKEN = secret("image-registry-private-configuration-user", {"REGISTRY_STORAGE_SWIFT_TOKENID": "t"})
NEW = {"pvc": {"claim": "new"}}
CLAIMS = (claim("old"), claim("new"))


def using(storage: dict[str, Any]) -> Manifest:
    """Return a Config whose registry keeps its images there."""
    return config(storage=storage, used=storage)


def moving(name: str, found: str, needed: str, bad: Situation, good: Situation) -> Case:
    """Return a case about images that would be left behind."""
    return Case(name, CONFIG, "storage", found, needed, bad, good)


def owning(name: str, found: str, bad: Situation, good: Situation) -> Case:
    """Return a case about storage that the operator would delete one day though it is the user's."""
    return Case(name, CONFIG, "storage.management_state", found, "Unmanaged", bad, good, "warning")


CASES = [
    Case(
        "emptyDir has to be meant",
        CONFIG,
        "storage.empty_dir",
        "storage that is lost with the pod",
        "accept_data_loss: true",
        having(config(), storage={"empty_dir": {}}),
        having(config(), storage={"empty_dir": {}}, accept_data_loss=True),
    ),
    Case(
        "emptyDir again",
        CONFIG,
        "storage.empty_dir",
        "storage that is lost with the pod",
        "accept_data_loss: true",
        having(config(storage={"managementState": "Managed"}), storage={"empty_dir": {}}),
        having(using(EMPTY_DIR), storage={"empty_dir": {}}),
    ),
    moving(
        "from one claim to another",
        "images in the claim old",
        "accept_data_loss: true to use the claim new instead",
        having(using(OLD), *CLAIMS, storage=NEW),
        having(using(OLD), *CLAIMS, storage=NEW, accept_data_loss=True),
    ),
    moving(
        "to the claim that is used",
        "images in the claim old",
        "the claim new",
        having(using(OLD), *CLAIMS, storage=NEW),
        having(using(OLD), *CLAIMS, storage={"pvc": {"claim": "old"}}),
    ),
    moving(
        "from emptyDir that is used",
        "images in the pods' own disks (emptyDir)",
        "the claim new",
        having(using(EMPTY_DIR), deployment(1), *CLAIMS, storage=NEW),
        having(using(EMPTY_DIR), deployment(0), *CLAIMS, storage=NEW),
    ),
    moving(
        "from a bucket to the operator's own claim",
        "images in the S3 bucket images / r",
        "the claim that the operator made",
        having(using(BUCKET), storage={"pvc": {}}),
        having(using({"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}), storage={"pvc": {}}),
    ),
    moving(
        "from one bucket to another",
        "images in the S3 bucket images / r",
        "the S3 bucket other / r",
        having(using(BUCKET), user_credentials(), storage={"s3": {"bucket": "other"}}),
        having(using(BUCKET), user_credentials(), storage={"s3": {"bucket": "images", "encrypt": False}}),
    ),
    moving(
        "to another cloud of Amazon's",
        "the S3 bucket images / r",
        "the S3 bucket images / cn-north-1",
        having(using(BUCKET), user_credentials(), storage={"s3": {"region": "cn-north-1"}}),
        having(using(BUCKET), user_credentials(), storage={"s3": {"region": "other"}}),
    ),
    moving(
        "from a store of our own to Amazon's",
        "the S3 bucket images / r / https://s3.example.com",
        "the S3 bucket images / r",
        having(using(OWN_BUCKET), user_credentials(), storage={"s3": {"region_endpoint": ""}}),
        having(using(OWN_BUCKET), user_credentials(), storage={"s3": {}}),
    ),
    moving(
        "to another project of Swift",
        "the Swift container images / https://keystone.example.com / ours",
        "the Swift container images / https://keystone.example.com / theirs",
        having(using(SWIFT), SWIFT_TOKEN, storage={"swift": {"tenant_id": "theirs"}}),
        having(using(SWIFT), SWIFT_TOKEN, storage={"swift": {"tenant_id": "ours"}}),
    ),
    moving(
        "of a registry that is removed",
        "images in the claim old",
        "the claim new",
        having(removed_config(storage=OLD), *CLAIMS, storage=NEW, management_state="Managed"),
        having(removed_config(storage=EMPTY_DIR), *CLAIMS, storage=NEW, management_state="Managed"),
    ),
    moving(
        "from a bucket that a removed registry has left",
        "the S3 bucket images / r",
        "the claim new",
        having(removed_config(storage=BUCKET), *CLAIMS, storage=NEW, management_state="Managed"),
        having(removed_config(storage=DELETED_BUCKET), *CLAIMS, storage=NEW, management_state="Managed"),
    ),
    moving(
        "of a registry that does not come back with its old storage",
        "images in the claim old",
        "the claim new",
        having(config(storage=OLD, status=SERVED), *CLAIMS, storage=NEW),
        having(config(storage=OLD, status=SERVED), claim("new"), storage=NEW),
    ),
    moving(
        "of a registry that served before",
        "images in the claim old",
        "the claim new",
        having(config(storage=OLD, status=SERVED), *CLAIMS, storage=NEW),
        having(config(storage=OLD), *CLAIMS, storage=NEW),
    ),
    moving(
        "from a claim that is gone",
        "images in the claim old",
        "the claim new",
        having(using(OLD), *CLAIMS, storage=NEW),
        having(using(OLD), claim("new"), storage=NEW),
    ),
    moving(
        "from a claim that was never bound",
        "images in the claim old",
        "the claim new",
        having(using(OLD), *CLAIMS, storage=NEW),
        having(using(OLD), claim("old", phase="Pending"), claim("new"), storage=NEW),
    ),
    owning(
        "a claim of the user's given to the operator",
        "Managed for the claim new",
        having(config(), *CLAIMS, storage={**NEW, "management_state": "Managed"}),
        having(config(), *CLAIMS, storage={**NEW, "management_state": "Unmanaged"}),
    ),
    owning(
        "what is used is given to the operator",
        "Managed for the claim old",
        having(using(OLD), storage={"management_state": "Managed"}),
        having(using(EMPTY_DIR), storage={"management_state": "Managed"}),
    ),
    owning(
        "the operator's own claim is the operator's",
        "Managed for the claim new",
        having(config(), *CLAIMS, storage={**NEW, "management_state": "Managed"}),
        having(config(), storage={"pvc": {}, "management_state": "Managed"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_moving_to_emptydir_loses_twice() -> None:
    problems = findings({"storage": {"empty_dir": {}}}, using(OLD), *CLAIMS)
    assert [problem.field for problem in problems] == ["storage.empty_dir", "storage"]
    assert findings({"storage": {"empty_dir": {}}, "accept_data_loss": True}, using(OLD), *CLAIMS) == []


def test_images_of_a_claim_that_may_not_be_read_count_as_there() -> None:
    problems = findings({"storage": NEW}, using(OLD), *CLAIMS, forbidden=[CLAIM("old")])
    assert [problem.field for problem in problems] == ["storage"]


@pytest.mark.parametrize(
    ("used", "fate"),
    [(EMPTY_DIR, "They are lost with the pods"), (OLD, "They stay behind in the claim old")],
    ids=["emptyDir", "claim"],
)
def test_the_fate_of_the_images_is_told(used: dict[str, Any], fate: str) -> None:
    assert fate in findings({"storage": NEW}, using(used), deployment(1), *CLAIMS)[0].remedy


def test_ownership_without_storage_is_nobodys_loss() -> None:
    live = config(storage={"managementState": "Unmanaged"})
    assert findings({"storage": {"management_state": "Managed"}}, live) == []
