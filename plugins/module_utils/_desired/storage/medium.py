# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which medium holds the images: a claim, a bucket, the pods' own disks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    DEFAULT_CLAIM,
    DEPLOYMENT,
    REGISTRY_DEPLOYMENT,
)

# The fields that say which medium a backend uses; a change of one of them leaves the images behind.
IDENTITY: dict[str, tuple[str, ...]] = {
    "emptyDir": (),
    "pvc": ("claim",),
    "s3": ("bucket", "region", "regionEndpoint"),
    # The names of GCS buckets are unique in the world, whatever the project.
    "gcs": ("bucket",),
    "swift": ("container", "authURL", "tenant", "tenantID", "domain", "domainID", "regionName"),
    "azure": ("accountName", "container", "cloudName"),
    "ibmcos": ("bucket", "location", "serviceInstanceCRN"),
    "oss": ("bucket", "region"),
}
# The fields without which a backend names no medium: the operator has yet to make one, or has deleted it and its name.
_NAMES: dict[str, tuple[str, ...]] = {
    "pvc": ("claim",),
    "s3": ("bucket",),
    "gcs": ("bucket",),
    "swift": ("container",),
    "azure": ("accountName", "container"),
    "ibmcos": ("bucket",),
    "oss": ("bucket",),
}
# A field that says nothing more where another one is set: an endpoint has one region, the ID of a project is unique.
_SETTLED_BY: dict[tuple[str, str], str] = {
    ("s3", "region"): "regionEndpoint",
    ("swift", "tenant"): "tenantID",
    ("swift", "domain"): "tenantID",
    ("swift", "domainID"): "tenantID",
}
_NOUN = {
    "pvc": "the claim",
    "s3": "the S3 bucket",
    "gcs": "the GCS bucket",
    "swift": "the Swift container",
    "azure": "the Azure container",
    "ibmcos": "the IBM COS bucket",
    "oss": "the OSS bucket",
}


@dataclass(frozen=True)
class Medium:
    """One place for images: the backend's key in spec.storage, and the fields that say which one."""

    backend: str
    identity: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        if self.backend == "emptyDir":
            return "the pods' own disks (emptyDir)"
        named = [value for _field, value in self.identity if value]
        return (
            f"{_NOUN[self.backend]} {' / '.join(named)}" if named else f"{_NOUN[self.backend]} that the operator made"
        )

    def field(self, name: str) -> str:
        """Return one of the identity fields, empty if it is not set."""
        return dict(self.identity).get(name, "")

    @property
    def outlives_pods(self) -> bool:
        """Whether it may hold images though no registry uses it: it is named, and not the pods' own disks."""
        names = _NAMES.get(self.backend)
        return names is not None and all(self.field(name) for name in names)


def backends(storage: dict[str, Any] | None) -> list[str]:
    """Return the backend keys that are set in a spec.storage or status.storage."""
    return [key for key in IDENTITY if (storage or {}).get(key) is not None]


def in_use(config: dict[str, Any]) -> Medium | None:
    """Return the medium that may hold images, None if there is none.

    status.storage tells what the registry really uses. It is empty when the registry is removed, and after that until
    the operator has the storage in use again, but what spec.storage names may still hold the images of before.
    """
    spec, status = config.get("spec", {}), config.get("status", {})
    used = status.get("storage")
    if backends(used):
        return of(used)
    left = of(spec.get("storage")) if spec.get("managementState") == "Removed" or _has_served(status) else None
    return left if left and left.outlives_pods else None


def _has_served(status: dict[str, Any]) -> bool:
    """Whether the operator ever deployed a registry, which it does not forget; else no storage can hold its images."""
    written = [(entry.get("resource"), entry.get("name")) for entry in status.get("generations") or []]
    return (DEPLOYMENT.plural, REGISTRY_DEPLOYMENT.name) in written


def of(storage: dict[str, Any] | None) -> Medium | None:
    """Return the medium that a storage object names, None unless exactly one backend is set."""
    keys = backends(storage)
    if storage is None or len(keys) != 1:
        return None
    settings = storage[keys[0]]
    return Medium(keys[0], tuple((name, settings.get(name) or "") for name in IDENTITY[keys[0]]))


def moves(used: Medium, wanted: Medium, stored: dict[str, Any] | None) -> bool:
    """Whether images in used would be left behind when wanted takes the place of stored, the spec.storage so far.

    A field that is not set yet is filled in, not moved. One that is taken away is: the operator fills in what it likes.
    """
    if used.backend != wanted.backend:
        return True
    before = (stored or {}).get(used.backend)
    return any(_differs(used, wanted, before, name) for name in IDENTITY[used.backend])


def _differs(used: Medium, wanted: Medium, before: dict[str, Any] | None, name: str) -> bool:
    decisive = _SETTLED_BY.get((used.backend, name), "")
    if used.field(decisive) and used.field(decisive) == wanted.field(decisive):
        return False
    have = used.field(name)
    want = wanted.field(name) or (DEFAULT_CLAIM if name == "claim" else "")
    # What the spec lacked as well, the operator has completed and keeps.
    is_taken_away = not want and (before is None or bool(before.get(name)))
    return bool(have) and have != want and (bool(want) or is_taken_away)
