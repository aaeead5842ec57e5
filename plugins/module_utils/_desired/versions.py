# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which OpenShift version brought which field of the Config: pure."""

from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.module_utils._objects.compare import Path

# Fields that every supported version has are left out.
_SINCE: dict[Path, str] = {
    ("spec", "disableRedirect"): "4.2",
    ("spec", "storage", "gcs"): "4.2",
    ("spec", "storage", "azure"): "4.2",
    ("spec", "storage", "swift", "authVersion"): "4.2",
    ("spec", "storage", "swift", "regionName"): "4.2",
    ("spec", "rolloutStrategy"): "4.4",
    ("spec", "affinity"): "4.5",
    ("spec", "storage", "s3", "virtualHostedStyle"): "4.5",
    ("spec", "logLevel"): "4.6",
    ("spec", "operatorLogLevel"): "4.6",
    ("spec", "unsupportedConfigOverrides"): "4.6",
    ("spec", "storage", "managementState"): "4.6",
    ("spec", "storage", "azure", "cloudName"): "4.6",
    ("spec", "storage", "ibmcos"): "4.9",
    ("spec", "storage", "oss"): "4.10",
    ("spec", "topologySpreadConstraints"): "4.11",
    ("spec", "storage", "s3", "trustedCA"): "4.11",
    ("spec", "storage", "azure", "networkAccess"): "4.15",
    ("spec", "storage", "s3", "chunkSizeMiB"): "4.17",
}


def since(field: str) -> str | None:
    """Return the OpenShift version that brought a dotted field of the Config, None if every version has it."""
    path = tuple(field.split("."))
    known = [version for prefix, version in _SINCE.items() if path[: len(prefix)] == prefix]
    return known[-1] if known else None
