# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: where the images are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import credentials, keys
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium, sharing
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.azure import Azure
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.claim import Claim
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.empty_dir import EmptyDir
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.gcs import Gcs
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.ibmcos import IbmCos
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.oss import Oss
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.s3 import S3
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.swift import Swift
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLAIM, CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_BACKENDS: dict[str, type[Backend]] = {
    backend.option: backend for backend in (EmptyDir, Claim, S3, Gcs, Azure, Swift, IbmCos, Oss)
}


class _Stored(Backend):
    """An object store whose settings are not declared, but stay as they are."""

    def __init__(self, key: str):
        super().__init__({})
        self.option = self.key = key


class StorageSection(Section):
    """storage: one backend with its settings, and its management_state."""

    def __init__(self, options: dict[str, Any]):
        storage = options.get("storage") or {}
        self._management_state: str | None = storage.get("management_state")
        chosen = [name for name in _BACKENDS if storage.get(name) is not None]
        self._backend = _BACKENDS[chosen[0]](storage[chosen[0]]) if chosen else None
        self._state: str | None = options.get("management_state")
        # The operator deletes such storage, with what it holds: a claim that is made for it would be made in vain.
        self._is_doomed = self._state == "Removed" and self._management_state == "Managed"

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        storage: dict[str, Any] = {}
        if self._backend:
            storage = {key: None for key in medium.IDENTITY if key != self._backend.key}
            storage[self._backend.key] = self._backend.settings()
        if self._management_state:
            storage["managementState"] = self._management_state
        elif self._backend and self._backend.named_by_user:
            storage["managementState"] = "Unmanaged"
        elif self._backend and medium.backends(live.get("spec", {}).get("storage")) != [self._backend.key]:
            # The old backend's value must not decide over the new medium; the operator fills in what is right for it.
            storage["managementState"] = None
        return {"spec": {"storage": storage}} if storage else {}

    def objects(self) -> list[DesiredObject]:
        return self._backend.objects() if self._backend and not self._is_doomed else []

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        backend = self._backend or self._stored(snapshot.get(CLUSTER_CONFIG))
        if not backend:
            return set()
        wanted = sharing.reads(snapshot) | backend.reads(snapshot)
        if backend.key in keys.NAMES:
            wanted |= credentials.reads(snapshot)
        return wanted

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        yield from self._ownership_findings(outlook)
        backend = self._backend or self._stored(outlook.before)
        if backend:
            yield from backend.findings(outlook)
            yield from self._moving_findings(outlook)
            yield from sharing.findings(outlook)
            yield from credentials.missing(outlook)
        elif self._turns_on(outlook.before) and not medium.backends(outlook.storage):
            yield Finding(
                str(CLUSTER_CONFIG),
                "storage",
                "none",
                "a backend, where the platform has no default",
                "Declare storage: on bare metal, vSphere, Nutanix and the platform None no registry starts without it.",
                "warning",
            )

    def _turns_on(self, config: dict[str, Any] | None) -> bool:
        """Whether the operator takes the storage into use because of this task."""
        return bool(config) and self._state == "Managed" != compare.lookup(config, ("spec", "managementState"))

    def _stored(self, config: dict[str, Any] | None) -> Backend | None:
        """Return the backend of the Config if it is turned on with it, which nobody may have checked since."""
        stored = medium.of(compare.lookup(config, ("spec", "storage"))) if self._turns_on(config) else None
        if stored and stored.backend == Claim.key:
            return Claim({"claim": stored.field("claim")})
        return _Stored(stored.backend) if stored else None

    def _moving_findings(self, outlook: Outlook) -> Iterator[Finding]:
        used, wanted = medium.in_use(outlook.before), medium.of(outlook.storage)
        stored = outlook.before.get("spec", {}).get("storage")
        if outlook.consent or not used or not wanted or not medium.moves(used, wanted, stored):
            return
        if used.backend == "pvc" and _never_held_images(outlook.snapshot, CLAIM(used.field("claim"))):
            return
        fate = "are lost with the pods" if used.backend == "emptyDir" else f"stay behind in {used}"
        yield Finding(
            str(CLUSTER_CONFIG),
            "storage",
            f"images in {used}",
            f"accept_data_loss: true to use {wanted} instead",
            f"Nothing copies images: they {fate}, and pulls of them fail. Set accept_data_loss to true if you mean it.",
        )

    def _ownership_findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self._management_state != "Managed":
            return
        before = outlook.before.get("spec", {}).get("storage") or {}
        foreign = self._backend.named_by_user if self._backend else before.get("managementState") == "Unmanaged"
        given = medium.of(outlook.storage)
        if foreign and given:
            yield Finding(
                str(CLUSTER_CONFIG),
                "storage.management_state",
                f"Managed for {given}, which the operator did not make",
                "Unmanaged for a medium that is yours",
                "The operator will delete it with all images when the registry is set to Removed.",
                "warning",
            )


def _never_held_images(snapshot: Snapshot, claim: Ref) -> bool:
    if not snapshot.known(claim):
        return False
    live = snapshot[claim]
    # Once it was bound, a claim is never Pending again.
    return live is None or compare.lookup(live, ("status", "phase")) == "Pending"
