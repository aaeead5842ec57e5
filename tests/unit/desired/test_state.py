# SPDX-License-Identifier: GPL-3.0-or-later
"""Management state: to remove a registry must not remove images by accident."""

from __future__ import annotations

import pytest

from tests.unit.builders import claim, config, findings
from tests.unit.cases import CONFIG, Case, having

MANAGED_CLAIM = {"pvc": {"claim": "images"}, "managementState": "Managed"}
UNMANAGED_CLAIM = {"pvc": {"claim": "images"}, "managementState": "Unmanaged"}
REMOVED = {"management_state": "Removed"}


def losing(name: str, found: str, bad: object, good: object) -> Case:
    """Return a case about images that would be deleted."""
    return Case(name, CONFIG, "management_state", found, "accept_data_loss: true", bad, good)


CASES = [
    losing(
        "images in a claim",
        "Managed, with images in the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), **REMOVED),
        having(config(storage=UNMANAGED_CLAIM, used=UNMANAGED_CLAIM), **REMOVED),
    ),
    losing(
        "the loss is accepted",
        "the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), **REMOVED),
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), accept_data_loss=True, **REMOVED),
    ),
    losing(
        "images on the pods' disks",
        "the pods' own disks (emptyDir)",
        having(config(storage={"emptyDir": {}, "managementState": "Managed"}, used={"emptyDir": {}}), **REMOVED),
        having(config(storage={"managementState": "Managed"}), **REMOVED),
    ),
    losing(
        "images on the pods' disks, whoever owns them",
        "the pods' own disks (emptyDir)",
        having(config(storage={"emptyDir": {}, "managementState": "Unmanaged"}, used={"emptyDir": {}}), **REMOVED),
        having(
            config(storage={"emptyDir": {}, "managementState": "Unmanaged"}, used={"emptyDir": {}}),
            accept_data_loss=True,
            **REMOVED,
        ),
    ),
    losing(
        "images in a bucket of the operator",
        "the S3 bucket cluster-image-registry / eu-west-1",
        having(
            config(
                storage={
                    "s3": {"bucket": "cluster-image-registry", "region": "eu-west-1"},
                    "managementState": "Managed",
                }
            ),
            **REMOVED,
        ),
        having(
            config(
                managementState="Removed",
                storage={
                    "s3": {"bucket": "cluster-image-registry", "region": "eu-west-1"},
                    "managementState": "Managed",
                },
            ),
            **REMOVED,
        ),
    ),
    losing(
        "the medium that is really used counts",
        "the claim old",
        having(config(storage=MANAGED_CLAIM, used={"pvc": {"claim": "old"}}), **REMOVED),
        having(config(storage=UNMANAGED_CLAIM, used={"pvc": {"claim": "old"}}), **REMOVED),
    ),
    losing(
        "ownership that only the operator noted",
        "the claim images",
        having(config(storage={"pvc": {"claim": "images"}}, status={"storageManaged": True}), **REMOVED),
        having(config(storage={"pvc": {"claim": "images"}}, status={"storageManaged": False}), **REMOVED),
    ),
    losing(
        "the same task keeps them",
        "the claim images",
        having(config(storage=MANAGED_CLAIM, used=MANAGED_CLAIM), **REMOVED),
        having(config(storage=UNMANAGED_CLAIM), **REMOVED),
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
