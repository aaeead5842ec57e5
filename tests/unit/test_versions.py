# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions: which OpenShift version brought a field."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils import versions


@pytest.mark.parametrize(
    ("field", "version"),
    [
        ("spec.storage.s3.chunkSizeMiB", "4.17"),
        ("spec.storage.s3.trustedCA.name", "4.11"),
        ("spec.storage.azure.networkAccess.internal.vnetName", "4.15"),
        ("spec.storage.azure.accountName", "4.2"),
        ("spec.storage.managementState", "4.6"),
        ("spec.rolloutStrategy", "4.4"),
        ("spec.replicas", None),
        ("spec.storage", None),
        ("spec.storage.s3", None),
        ("", None),
    ],
)
def test_since(field: str, version: str | None) -> None:
    assert versions.since(field) == version
