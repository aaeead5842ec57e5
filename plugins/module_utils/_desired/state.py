# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the management state of the registry."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

STATES = ("Managed", "Unmanaged", "Removed")


class StateSection(Section):
    """management_state."""

    fields = (Field("management_state", "managementState", choices=STATES),)

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if self.options.get("management_state") != "Removed" or change.state_before == "Removed":
            return
        doomed = medium.in_use(change.before) or medium.of(change.storage)
        if doomed is None:
            return
        if doomed.backend == "emptyDir":
            yield _consent_finding(
                f"Removed, which deletes the images in {doomed}",
                "because they are deleted with the pods",
                "To keep the images, move them to other storage first. To delete them, set accept_data_loss to true.",
            )
        elif _owner(change) == "Managed":
            yield _consent_finding(
                f"Removed, which deletes {doomed} and every image in it",
                "because the operator deletes Managed storage, with its images, when it removes the registry",
                f"To keep the images, set storage.management_state to Unmanaged. To delete {doomed} and every image in "
                "it, set accept_data_loss to true.",
            )


def _owner(change: Change) -> str:
    # Where nothing is said, the operator falls back on what it noted when it made the storage.
    noted = "Managed" if lookup(change.before, ("status", "storageManaged")) else "Unmanaged"
    return change.storage.get("managementState") or noted


def _consent_finding(found: str, why: str, remedy: str) -> Finding:
    needed = f"accept_data_loss: true, {why}"
    return Finding(
        "removal-deletes-images",
        str(CLUSTER_CONFIG),
        "management_state",
        found,
        needed,
        remedy,
        consent="accept_data_loss",
    )
