# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: how many pods serve the registry, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import one_of
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import sharing
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

# 32 bits: some API servers accept more, which the operator cannot decode, so that it stops without any message.
_MOST = 2**31 - 1


class ReplicasSection(Section):
    """replicas, rollout_strategy."""

    fields = (
        Field(
            "replicas",
            "replicas",
            "int",
            replaces_pods=lambda before, after: (after or 0) < (before or 0),
            check=one_of("invalid-replicas", range(_MOST + 1), f"0 or more, up to {_MOST}", "Give the number of pods."),
        ),
        Field(
            "rollout_strategy",
            "rolloutStrategy",
            choices=("RollingUpdate", "Recreate"),
            since="4.4",
            operator_default="RollingUpdate",
            replaces_pods=never,
        ),
    )

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        return sharing.reads(change) if self.is_declared else set()

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if not self.is_declared:
            return
        if self.options.get("replicas") == 0 and change.state == "Managed":
            yield Finding(
                "no-replicas",
                str(CLUSTER_CONFIG),
                "replicas",
                "0",
                "1 or more for a registry that serves",
                "No pod will serve images; the operator reports the registry as not available.",
                "warning",
            )
        yield from sharing.findings(change, seen, self.options)


def is_spread_otherwise(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether another number of pods replaces them all: the operator has exactly two run on different nodes.

    before, after: spec. An affinity that is declared takes the place of that rule.
    """
    own = [spec.get("affinity") is None and spec.get("replicas") == 2 for spec in (before, after)]
    return own[0] is not own[1]


def is_stuck(spec: dict[str, Any]) -> bool:
    """Whether Kubernetes refuses the Deployment: without pods, -1 of them could be unavailable meanwhile."""
    return not spec.get("replicas") and spec.get("rolloutStrategy") != "Recreate"


def stuck_findings(change: Change) -> Iterator[Finding]:
    """Yield what keeps the operator from writing the Deployment."""
    spec = change.after.get("spec", {})
    if change.state != "Managed" or not is_stuck(spec):
        return
    written = lookup(change.config_step.body, ("spec",)) or {} if change.config_step else {}
    is_new = change.state_before != "Managed" or "replicas" in written or "rolloutStrategy" in written
    yield Finding(
        "no-replicas-without-recreate",
        str(CLUSTER_CONFIG),
        "rollout_strategy",
        f"{spec.get('rolloutStrategy') or 'RollingUpdate'} with 0 replicas",
        "Recreate, or 1 replica or more",
        "Kubernetes refuses the Deployment that the operator makes of it: the pods that there are stay, and the "
        "operator applies no other setting either. Set rollout_strategy to Recreate for a registry without pods.",
        "error" if is_new else "warning",
    )
