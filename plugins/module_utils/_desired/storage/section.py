# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: where the images are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import keys, medium, sharing
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected


class StorageSection(Section):
    """storage: one backend with its settings, and its management_state."""

    fields = (
        Field(
            "storage",
            "storage",
            "dict",
            replaces_pods=never,
            exclusive=(tuple(backend.field.option for backend in BACKENDS.values()),),
            fields=(
                *(backend.field for backend in BACKENDS.values()),
                Field("management_state", "managementState", choices=("Managed", "Unmanaged"), since="4.6"),
            ),
        ),
    )

    def __init__(self, options: Options):
        super().__init__(options)
        storage = options.get("storage") or {}
        self._management_state: str | None = storage.get("management_state")
        declared = [backend for backend in BACKENDS.values() if storage.get(backend.field.option) is not None]
        self._backend = declared[0](storage[declared[0].field.option]) if declared else None
        self._state: str | None = options.get("management_state")
        # The operator deletes such storage, with what it holds: a claim that is made for it would be made in vain.
        self._is_doomed = self._state == "Removed" and self._management_state == "Managed"

    def spec(self, live: dict[str, Any]) -> dict[str, Any]:
        storage: dict[str, Any] = {}
        if self._backend:
            storage = dict.fromkeys(BACKENDS)
            storage[self._backend.field.path] = self._backend.settings()
        if self._management_state:
            storage["managementState"] = self._management_state
        elif self._backend and self._backend.is_named:
            storage["managementState"] = "Unmanaged"
        elif self._backend and medium.backends(live.get("storage")) != [self._backend.field.path]:
            # The old backend's value must not decide over the new medium; the operator fills in what is right for it.
            storage["managementState"] = None
        return {"storage": storage} if storage else {}

    def wanted(self) -> Iterable[Wanted]:
        return self._backend.wanted() if self._backend and not self._is_doomed else ()

    def trust(self, seen: Snapshot) -> Trust:
        return self._backend.trust(seen) if self._backend else Trust()

    def reads_first(self) -> set[Ref]:
        return self._backend.reads_first() | _credentials_of(self._backend) if self._backend else set()

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        backend = self._used(change)
        if not backend:
            return set()
        return sharing.reads(change) | backend.reads(change, seen) | _credentials_of(backend)

    def mistakes(self) -> Iterator[Finding]:
        return self._backend.mistakes() if self._backend else iter(())

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        yield from self._ownership_findings(change)
        backend = self._used(change)
        if backend:
            yield from backend.findings(change, seen)
            yield from sharing.findings(change, seen, self.options)
            yield from keys.missing(change, seen)
            yield from keys.left_over(change, seen)
        elif self._turns_on(change) and not medium.backends(change.storage):
            yield Finding(
                "no-storage",
                str(CLUSTER_CONFIG),
                "storage",
                "none",
                "a backend, where the platform has no default",
                "Declare storage: on bare metal, vSphere, Nutanix and the platform None no registry starts without it.",
                "warning",
            )

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        return self._backend.expected() if self._backend and not self._is_doomed else iter(())

    def _used(self, change: Change) -> Backend | None:
        """Return the declared backend, else that of the Config if it is turned on: nobody may have checked it since."""
        if self._backend or not self._turns_on(change):
            return self._backend
        stored = medium.of(change.storage_before)
        return BACKENDS[stored.backend].stored(change.storage_before[stored.backend]) if stored else None

    def _turns_on(self, change: Change) -> bool:
        """Whether the operator takes the storage into use because of this task."""
        return bool(change.before) and self._state == "Managed" != change.state_before

    def _ownership_findings(self, change: Change) -> Iterator[Finding]:
        if self._management_state != "Managed":
            return
        is_foreign = (
            self._backend.is_named if self._backend else change.storage_before.get("managementState") == "Unmanaged"
        )
        given = medium.of(change.storage)
        if is_foreign and given:
            yield Finding(
                "operator-owns-storage",
                str(CLUSTER_CONFIG),
                "storage.management_state",
                f"Managed for {given}, which the operator did not make",
                "Unmanaged for storage of your own",
                "The operator will delete it with all images when the registry is set to Removed.",
                "warning",
            )


def _credentials_of(backend: Backend) -> set[Ref]:
    return keys.SOURCES if backend.keys else {USER_CREDENTIALS}
