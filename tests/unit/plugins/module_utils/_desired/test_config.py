# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config: which OpenShift version brought a field."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import brought_by
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
)


@pytest.mark.parametrize(
    ("field", "version"),
    [
        ("spec.storage.s3.chunkSizeMiB", "4.17"),
        ("spec.storage.s3.trustedCA.name", "4.11"),
        ("spec.storage.azure.networkAccess.internal.vnetName", "4.15"),
        ("spec.storage.azure.accountName", "4.2"),
        ("spec.storage.managementState", "4.6"),
        ("spec.disableRedirect", "4.2"),
        ("spec.storage.gcs.projectID", "4.2"),
        ("spec.storage.swift.regionName", "4.2"),
        ("spec.rolloutStrategy", "4.4"),
        ("spec.affinity", "4.5"),
        ("spec.affinity.podAntiAffinity", ""),
        ("spec.storage.s3.virtualHostedStyle", "4.5"),
        ("spec.logLevel", "4.6"),
        ("spec.operatorLogLevel", "4.6"),
        ("spec.unsupportedConfigOverrides", "4.6"),
        ("spec.storage.azure.cloudName", "4.6"),
        ("spec.storage.ibmcos.bucket", "4.9"),
        ("spec.storage.oss.encryption.method", "4.10"),
        ("spec.topologySpreadConstraints", "4.11"),
        ("spec.storage.swift.container", ""),
        ("spec.replicas", ""),
        ("spec.storage", ""),
        ("spec.storage.s3", ""),
        ("", ""),
    ],
)
def test_since(field: str, version: str) -> None:
    assert brought_by(CLUSTER_CONFIG, tuple(field.split("."))) == version


def test_a_field_of_another_object_has_no_version_of_the_config() -> None:
    assert brought_by(REGISTRY_DEPLOYMENT, ("spec", "logLevel")) == ""
