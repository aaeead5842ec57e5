# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: how many pods serve the registry, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import sharing
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

# 32 bits: some API servers accept more, which the operator cannot decode, so that it stops without a word.
_MOST = 2**31 - 1


class ReplicasSection(Section):
    """replicas, rollout_strategy."""

    def __init__(self, options: dict[str, Any]):
        self._replicas = options.get("replicas")
        self._strategy = options.get("rollout_strategy")

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        spec = {"replicas": self._replicas, "rolloutStrategy": self._strategy}
        declared = {key: value for key, value in spec.items() if value is not None}
        return {"spec": declared} if declared else {}

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        return sharing.reads(snapshot) if self._declared() else set()

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        if not self._declared():
            return
        if self._replicas is not None and not 0 <= self._replicas <= _MOST:
            yield Finding(
                str(CLUSTER_CONFIG),
                "replicas",
                str(self._replicas),
                f"0 or more, up to {_MOST}",
                "Give the number of pods.",
            )
        elif self._replicas == 0 and outlook.state == "Managed":
            yield Finding(
                str(CLUSTER_CONFIG),
                "replicas",
                "0",
                "1 or more for a registry that serves",
                "No pod will serve images; the operator reports the registry as not available.",
                "warning",
            )
        yield from sharing.findings(outlook)

    def _declared(self) -> bool:
        return self._replicas is not None or self._strategy is not None
