# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config that a cluster of each platform starts with."""

from typing import Any

import pytest

from sandbox.platforms import PLATFORMS, bootstrap, bootstrap_config, platform_status

OBJECT_STORAGE = {"AWS": "s3", "Azure": "azure", "GCP": "gcs", "IBMCloud": "ibmcos", "PowerVS": "ibmcos"}
REMOVED = ["BareMetal", "VSphere", "None", "Nutanix", "KubeVirt", "EquinixMetal", "AlibabaCloud", "External"]
CLAIM_CLASSES = {"OpenStack": "standard-csi", "oVirt": "ovirt-csi-sc"}


def test_every_platform_is_covered_below() -> None:
    assert set(PLATFORMS) == {*OBJECT_STORAGE, *REMOVED, *CLAIM_CLASSES, "Libvirt"}


@pytest.mark.parametrize(("platform", "backend"), OBJECT_STORAGE.items())
def test_object_storage_is_managed_with_two_replicas(platform: str, backend: str) -> None:
    spec = bootstrap_config(platform)["spec"]
    assert spec["storage"] == {backend: {}}
    assert (spec["managementState"], spec["replicas"], spec["rolloutStrategy"]) == ("Managed", 2, "RollingUpdate")


@pytest.mark.parametrize("platform", REMOVED)
def test_platform_without_storage_starts_removed(platform: str) -> None:
    spec = bootstrap_config(platform)["spec"]
    assert spec["storage"] == {}
    assert (spec["managementState"], spec["replicas"], spec["rolloutStrategy"]) == ("Removed", 1, "RollingUpdate")


@pytest.mark.parametrize(("platform", "claim_class"), CLAIM_CLASSES.items())
def test_block_storage_gets_a_claim_and_recreate(platform: str, claim_class: str) -> None:
    spec = bootstrap_config(platform)["spec"]
    assert spec["storage"] == {"pvc": {"claim": "image-registry-storage"}}
    assert (spec["managementState"], spec["replicas"], spec["rolloutStrategy"]) == ("Managed", 1, "Recreate")
    assert bootstrap(platform).claim_class == claim_class


@pytest.mark.parametrize("platform", ["Libvirt", "SomethingNew"])
def test_libvirt_and_unknown_platforms_start_on_empty_dir(platform: str) -> None:
    spec = bootstrap_config(platform)["spec"]
    assert spec["storage"] == {"emptyDir": {}}
    assert (spec["managementState"], spec["replicas"]) == ("Managed", 1)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_single_replica_topology_caps_the_replicas(platform: str) -> None:
    assert bootstrap_config(platform, "SingleReplica")["spec"]["replicas"] == 1


def test_config_carries_finalizer_and_zero_values_but_no_http_secret() -> None:
    config = bootstrap_config("None")
    assert config["metadata"] == {"name": "cluster", "finalizers": ["imageregistry.operator.openshift.io/finalizer"]}
    assert config["spec"]["requests"] == {"read": {"maxWaitInQueue": "0s"}, "write": {"maxWaitInQueue": "0s"}}
    assert config["spec"]["proxy"] == {}
    assert "httpSecret" not in config["spec"]


def test_each_config_is_a_copy() -> None:
    bootstrap_config("AWS")["spec"]["storage"]["s3"]["bucket"] = "changed"
    assert bootstrap_config("AWS")["spec"]["storage"] == {"s3": {}}


@pytest.mark.parametrize(
    ("platform", "status"),
    [
        ("None", {"type": "None"}),
        ("AWS", {"type": "AWS", "aws": {"region": "us-east-1"}}),
        ("GCP", {"type": "GCP", "gcp": {"projectID": "sandbox", "region": "us-east1"}}),
    ],
)
def test_platform_status(platform: str, status: dict[str, Any]) -> None:
    assert platform_status(platform) == status
