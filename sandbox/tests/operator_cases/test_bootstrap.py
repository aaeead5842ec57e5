# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is before anybody asks for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sandbox.tests.operator_cases.watching import (
    BASELINE,
    CLUSTER_OPERATOR,
    CRON_JOB,
    INFRASTRUCTURE_STATUS,
    PRUNER,
    REMOVED,
    conditions,
    exists,
    patch,
    reaches,
    reports,
    vanishes,
)
from tests.integration import api as paths
from tests.integration.lab import Lab


@pytest.fixture
def on_platform(clean_module: Lab, knobs: Callable[..., None]) -> Iterator[Callable[..., Lab]]:
    """Delete the Config on a cluster of another platform, so that the operator makes the one of that platform."""
    lab = clean_module
    original = lab.api.read(INFRASTRUCTURE_STATUS)

    def move(platform: str, topology: str = "HighlyAvailable") -> Lab:
        knobs(podReadyDelay=0.05)
        before = lab.config()["metadata"]["uid"]
        status = {"platformStatus": {"type": platform}, "infrastructureTopology": topology}
        lab.api.patch(INFRASTRUCTURE_STATUS, {"status": status})
        lab.api.delete(paths.CONFIG)
        lab.api.wait_for(paths.CONFIG, lambda config: config["metadata"]["uid"] != before)
        return lab

    yield move
    lab.api.patch(INFRASTRUCTURE_STATUS, {"status": original["status"]})
    patch(lab, managementState="Removed", storage={"managementState": None})
    vanishes(lab, paths.DEPLOYMENT)


@pytest.mark.parametrize("platform", ["BareMetal", "None", "VSphere"])
def test_case_1_no_storage_on_the_platform(on_platform: Callable[..., Lab], platform: str) -> None:
    lab = on_platform(platform)
    config = reaches(lab, REMOVED)
    spec = config["spec"]
    assert (spec["managementState"], spec["storage"], spec["replicas"]) == ("Removed", {}, 1)
    assert spec["rolloutStrategy"] == "RollingUpdate"
    assert config["metadata"]["finalizers"] == ["imageregistry.operator.openshift.io/finalizer"]
    assert lab.api.get(paths.DEPLOYMENT) is None
    reports(lab, CLUSTER_OPERATOR, {"Degraded": ("False", "Removed", "Degraded: The registry is removed")})


@pytest.mark.parametrize(("topology", "replicas"), [("HighlyAvailable", 2), ("SingleReplica", 1)])
def test_cases_2_and_3_cloud_without_credentials(on_platform: Callable[..., Lab], topology: str, replicas: int) -> None:
    """As far as it goes without a cloud: the operator asks for credentials that nobody has minted."""
    lab = on_platform("AWS", topology)
    problem = (
        'unable to sync storage configuration: unable to get cluster minted credentials "openshift-image-registry/'
        'installer-cloud-credentials": secret "installer-cloud-credentials" not found'
    )
    config = reaches(lab, {"Progressing": ("True", "Error", f"Unable to apply resources: {problem}")})
    assert (config["spec"]["managementState"], config["spec"]["replicas"]) == ("Managed", replicas)


def test_case_4_unknown_platform(on_platform: Callable[..., Lab]) -> None:
    config = reaches(on_platform("Libvirt"), BASELINE)
    assert config["spec"]["storage"] == {"emptyDir": {}, "managementState": "Managed"}
    assert config["spec"]["replicas"] == 1


def test_case_5_no_image_pruner(clean_module: Lab) -> None:
    lab = clean_module
    before = exists(lab, PRUNER)["metadata"]["uid"]
    lab.api.delete(PRUNER)
    lab.api.wait_for(PRUNER, lambda pruner: pruner["metadata"]["uid"] != before)
    pruner = reports(lab, PRUNER, {"Available": ("True", "AsExpected", "Pruner CronJob has been created")})
    assert pruner["spec"] == {
        "schedule": "",
        "suspend": False,
        "keepTagRevisions": 3,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "ignoreInvalidImageReferences": True,
        "logLevel": "Normal",
    }
    assert conditions(pruner) == {
        "Available": ("True", "AsExpected", "Pruner CronJob has been created"),
        "Scheduled": ("True", "Scheduled", "The pruner job has been scheduled"),
        "Failed": ("False", "Complete", "Pruner completed successfully"),
        "Degraded": ("False", "AsExpected", ""),
    }
    assert exists(lab, CRON_JOB)["spec"]["schedule"] == "0 0 * * *"
    for path in (
        "/api/v1/namespaces/openshift-image-registry/serviceaccounts/pruner",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/openshift-image-registry-pruner",
        "/api/v1/namespaces/openshift-image-registry/configmaps/serviceca",
    ):
        exists(lab, path)
