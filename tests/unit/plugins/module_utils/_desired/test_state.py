# SPDX-License-Identifier: GPL-3.0-or-later
"""Management state: to remove a registry must not remove images by accident."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import Manifest, claim, config, deployment, findings, removed_config, user_credentials
from tests.unit.cases import CONFIG, Case, Situation, having

MANAGED_CLAIM = {"pvc": {"claim": "images"}, "managementState": "Managed"}
UNMANAGED_CLAIM = {"pvc": {"claim": "images"}, "managementState": "Unmanaged"}
CLAIM_ALONE = {"pvc": {"claim": "images"}}
MADE_BUCKET = {"s3": {"bucket": "cluster-image-registry", "region": "eu-west-1"}, "managementState": "Managed"}
DISKS: Manifest = {"emptyDir": {}, "managementState": "Managed"}
ON_DISKS = config(storage=DISKS, used=DISKS)
NOBODYS_DISKS = config(storage={"emptyDir": {}, "managementState": "Unmanaged"}, used=DISKS)
REMOVED = {"management_state": "Removed"}


def losing(name: str, found: str, bad: Situation, good: Situation) -> Case:
    """Return a case about images that would be deleted."""
    return Case(name, CONFIG, "management_state", found, "accept_data_loss: true", bad, good)


CLAIM_NAME = "PersistentVolumeClaim openshift-image-registry/images"
CREDENTIALS = "Secret openshift-image-registry/image-registry-private-configuration-user"
BUCKET = {"s3": {"bucket": "images", "region": "r"}, "managementState": "Unmanaged"}
RWO, RWX = claim("images", modes=["ReadWriteOnce"]), claim("images")


def off(*objects: Manifest, **spec: Any) -> Situation:
    """Return a registry that is removed, and the wish to have it back as it is stored."""
    return having(removed_config(**spec), *objects, management_state="Managed")


TURNED_ON = [
    Case(
        "several pods on a claim for one",
        CLAIM_NAME,
        "replicas",
        "2 with a claim that is ReadWriteOnce",
        "at most 1",
        off(RWO, storage=UNMANAGED_CLAIM, replicas=2, rolloutStrategy="Recreate"),
        off(RWX, storage=UNMANAGED_CLAIM, replicas=2, rolloutStrategy="Recreate"),
    ),
    Case(
        "two pods for a moment on a claim for one",
        CLAIM_NAME,
        "rollout_strategy",
        "RollingUpdate with a claim that is ReadWriteOnce",
        "Recreate",
        off(RWO, storage=UNMANAGED_CLAIM),
        off(RWO, storage=UNMANAGED_CLAIM, rolloutStrategy="Recreate"),
    ),
    Case(
        "several pods with a disk each",
        CONFIG,
        "replicas",
        "2 with storage.empty_dir",
        "at most 1",
        off(storage={"emptyDir": {}}, replicas=2),
        off(storage={"emptyDir": {}}),
    ),
    Case(
        "a claim that does not exist",
        CLAIM_NAME,
        "storage.pvc.claim",
        "no such claim",
        "an existing claim, or the size of a new one",
        off(storage=UNMANAGED_CLAIM),
        off(RWX, storage=UNMANAGED_CLAIM),
    ),
    Case(
        "a claim that the operator has to make and cannot",
        "PersistentVolumeClaim openshift-image-registry/image-registry-storage",
        "storage.pvc.claim",
        "that the operator did not make",
        "the name of a claim",
        off(claim("image-registry-storage"), storage={"pvc": {}}),
        off(storage={"pvc": {}}),
    ),
    Case(
        "a bucket without credentials",
        CREDENTIALS,
        "credentials",
        "no credentials for storage.s3",
        "REGISTRY_STORAGE_S3_ACCESSKEY",
        off(storage=BUCKET),
        off(user_credentials(), storage=BUCKET),
    ),
    Case(
        "no storage at all",
        CONFIG,
        "storage",
        "none",
        "a backend, where the platform has no default",
        off(),
        off(user_credentials(), storage={"s3": {}}),
        "warning",
    ),
]
CASES = [
    *TURNED_ON,
    losing(
        "images in a claim",
        "Removed, which deletes the claim images and every image in it",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), RWX, **REMOVED),
        having(config(storage=UNMANAGED_CLAIM, used=UNMANAGED_CLAIM), RWX, **REMOVED),
    ),
    losing(
        "the loss is accepted",
        "the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), RWX, **REMOVED),
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), RWX, accept_data_loss=True, **REMOVED),
    ),
    losing(
        "images on the pods' disks",
        "the pods' own disks (emptyDir)",
        having(ON_DISKS, deployment(1), **REMOVED),
        having(config(storage={"managementState": "Managed"}), deployment(1), **REMOVED),
    ),
    losing(
        "images on the pods' disks, whoever owns them",
        "the pods' own disks (emptyDir)",
        having(NOBODYS_DISKS, deployment(1), **REMOVED),
        having(NOBODYS_DISKS, deployment(1), accept_data_loss=True, **REMOVED),
    ),
    losing(
        "images on disks of pods that there are",
        "the pods' own disks (emptyDir)",
        having(ON_DISKS, deployment(1), **REMOVED),
        having(ON_DISKS, deployment(0), **REMOVED),
    ),
    losing(
        "images in a bucket of the operator",
        "the S3 bucket cluster-image-registry / eu-west-1",
        having(config(storage=MADE_BUCKET, used=MADE_BUCKET), **REMOVED),
        having(config(storage=MADE_BUCKET | {"managementState": "Unmanaged"}, used=MADE_BUCKET), **REMOVED),
    ),
    losing(
        "a bucket that the operator may just be about to take into use",
        "the S3 bucket cluster-image-registry / eu-west-1",
        having(config(storage=MADE_BUCKET), **REMOVED),
        having(config(storage=MADE_BUCKET | {"managementState": "Unmanaged"}), **REMOVED),
    ),
    losing(
        "the medium that is really used counts",
        "the claim old",
        having(config(storage=MANAGED_CLAIM, used={"pvc": {"claim": "old"}}), claim("old"), **REMOVED),
        having(config(storage=UNMANAGED_CLAIM, used={"pvc": {"claim": "old"}}), claim("old"), **REMOVED),
    ),
    losing(
        "ownership that only the operator noted",
        "the claim images",
        having(config(storage=CLAIM_ALONE, status={"storage": CLAIM_ALONE, "storageManaged": True}), RWX, **REMOVED),
        having(config(storage=CLAIM_ALONE, status={"storage": CLAIM_ALONE, "storageManaged": False}), RWX, **REMOVED),
    ),
    losing(
        "the same task keeps them",
        "the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), RWX, **REMOVED),
        having(config(storage=UNMANAGED_CLAIM), RWX, **REMOVED),
    ),
    losing(
        "a claim that may hold some",
        "the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), RWX, **REMOVED),
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), claim("images", phase="Pending"), **REMOVED),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_to_keep_the_images_ownership_can_be_given_up_in_the_same_task() -> None:
    live = config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM)
    given = {**REMOVED, "storage": {"management_state": "Unmanaged"}}
    assert [problem for problem in findings(given, live, claim("images")) if problem.severity == "error"] == []


@pytest.mark.parametrize("state", ["Managed", "Unmanaged"])
def test_other_states_lose_nothing(state: str) -> None:
    live = config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM)
    assert findings({"management_state": state}, live) == []


@pytest.mark.parametrize("case", TURNED_ON, ids=str)
def test_storage_is_checked_only_when_it_is_taken_into_use(case: Case) -> None:
    removed, *objects = case.bad.objects
    assert findings(REMOVED, removed, *objects) == []
    serving = config(**(removed["spec"] | {"managementState": "Managed"}))
    assert findings({"management_state": "Managed"}, serving, *objects) == []


@pytest.mark.parametrize("before", ["Unmanaged", "Force", ""])
def test_every_other_state_is_turned_on(before: str) -> None:
    live = config(managementState=before, storage=UNMANAGED_CLAIM)
    assert [problem.field for problem in findings({"management_state": "Managed"}, live)] == ["storage.pvc.claim"]


def test_what_the_same_task_mends_is_no_problem() -> None:
    live = removed_config(storage=UNMANAGED_CLAIM, replicas=2)
    given = {"management_state": "Managed", "replicas": 1, "rollout_strategy": "Recreate"}
    assert findings(given, live, RWO) == []
    keys = {"s3": {"access_key": "AKIAEXAMPLE", "secret_key": "s3cr3t-example"}}
    assert findings({"management_state": "Managed", "credentials": keys}, removed_config(storage=BUCKET)) == []


def test_to_turn_on_storage_that_was_changed_meanwhile_moves_the_images() -> None:
    live = config(managementState="Unmanaged", storage=UNMANAGED_CLAIM, used={"pvc": {"claim": "old"}})
    assert [problem.field for problem in findings({"management_state": "Managed"}, live, RWX, claim("old"))] == [
        "storage"
    ]
