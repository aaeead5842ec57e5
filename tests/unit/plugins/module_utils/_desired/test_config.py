# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config: which OpenShift version brought a field, what of it has to hold while a task waits."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import brought_by
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held

from tests.unit.builders import Manifest, config, expected, observed


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


BUCKET: Manifest = {"s3": {"bucket": "images", "region": "r"}}
BLANKED: Manifest = {"s3": {"bucket": "", "region": "r"}, "managementState": "Managed"}
KEPT: Manifest = {**BUCKET, "managementState": "Unmanaged"}


@pytest.mark.parametrize(
    ("given", "stored", "lost"),
    [
        ({"storage": {"management_state": "Unmanaged"}}, KEPT, ""),
        (
            {"storage": {"management_state": "Unmanaged"}},
            {**BUCKET, "managementState": "Managed"},
            "spec.storage.managementState",
        ),
        (
            {"storage": {"s3": {"bucket": "images", "region": "r"}}},
            {**BUCKET, "managementState": "Managed"},
            "spec.storage.managementState",
        ),
        ({"storage": {"s3": {"bucket": "images", "region": "r"}, "management_state": "Managed"}}, BLANKED, ""),
        ({"storage": {"management_state": "Managed"}}, BLANKED, ""),
        ({}, BLANKED, ""),
    ],
    ids=[
        "kept",
        "given back to the operator",
        "a bucket of one's own, given to the operator",
        "a bucket that went with its name",
        "its owner",
        "nothing declared",
    ],
)
def test_whether_the_operator_deletes_storage_has_to_hold_while_it_removes_the_registry(
    given: dict[str, Any], stored: Manifest, lost: str
) -> None:
    before = config(storage={**BUCKET, "managementState": "Managed"}, used={**BUCKET, "managementState": "Managed"})
    entries = expected({"management_state": "Removed", **given}, before)
    (held,) = [entry for entry in entries if isinstance(entry, Held)]
    verdict = held.verdict(observed(config(managementState="Removed", storage=stored)))
    assert (verdict.state, verdict.why if lost else "") == ("lost" if lost else "done", lost)
