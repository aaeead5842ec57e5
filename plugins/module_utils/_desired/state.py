# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the management state of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG


class StateSection(Section):
    """management_state."""

    def __init__(self, options: dict[str, Any]):
        self._state = options.get("management_state")

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        return {"spec": {"managementState": self._state}} if self._state else {}

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        before = outlook.before.get("spec", {}).get("managementState")
        if self._state != "Removed" or before == "Removed" or outlook.consent:
            return
        doomed = medium.in_use(outlook.before) or medium.of(outlook.storage)
        if doomed is None:
            return
        if doomed.backend == "emptyDir":
            yield _consent_finding(
                f"images in {doomed}",
                "because they go with the pods",
                "To keep them move them to other storage first; to lose them set accept_data_loss to true.",
            )
        elif _owner(outlook) == "Managed":
            yield _consent_finding(
                f"storage.management_state Managed, with images in {doomed}",
                "because removing a registry whose storage is Managed deletes its images",
                f"To keep them set storage.management_state to Unmanaged; to delete {doomed} and every image in it set "
                "accept_data_loss to true.",
            )


def _owner(outlook: Outlook) -> str:
    # Where nothing is said, the operator falls back on what it noted when it made the storage.
    noted = "Managed" if outlook.before.get("status", {}).get("storageManaged") else "Unmanaged"
    return outlook.storage.get("managementState") or noted


def _consent_finding(found: str, why: str, remedy: str) -> Finding:
    return Finding(str(CLUSTER_CONFIG), "management_state", found, f"accept_data_loss: true, {why}", remedy)
