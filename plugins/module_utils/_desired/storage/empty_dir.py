# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: the pods' own disks, for tests and throw-away clusters."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


class EmptyDir(Backend):
    """storage.empty_dir, which has no settings."""

    field = Field("empty_dir", "emptyDir", "dict", fields=(), is_pointer=True)

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if "emptyDir" not in change.storage_before:
            yield Finding(
                "images-on-pods",
                str(CLUSTER_CONFIG),
                "storage.empty_dir",
                "storage that is lost with the pod",
                "accept_data_loss: true",
                "All images are lost when the pod is replaced. Choose a claim or an object store, or set "
                "accept_data_loss to true if you want this.",
                consent="accept_data_loss",
            )
