# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: the pods' own disks, for tests and throw-away clusters."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG


class EmptyDir(Backend):
    """storage.empty_dir, which has no settings."""

    option = "empty_dir"
    key = "emptyDir"

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        before = outlook.before.get("spec", {}).get("storage") or {}
        if outlook.consent or "emptyDir" in before:
            return
        yield Finding(
            str(CLUSTER_CONFIG),
            "storage.empty_dir",
            "storage that vanishes",
            "accept_data_loss: true",
            "Every image is lost whenever the pod is replaced. Set accept_data_loss to true if that is meant, or "
            "choose a claim or an object store.",
        )
