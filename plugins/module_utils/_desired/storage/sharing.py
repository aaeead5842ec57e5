# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the storage fits the number of pods and the rollout strategy of the Config.

The operator checks a claim only when it is first used: replicas raised later are accepted, and the new pods hang.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Options
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    DEFAULT_CLAIM,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


def reads(change: Change) -> set[Ref]:
    """Return the claim that the registry will use, whose access modes decide."""
    claim = _claim(change)
    return {claim} if claim else set()


def findings(change: Change, seen: Snapshot, options: Options) -> Iterator[Finding]:
    """Yield what does not fit together: backend, access mode, replicas, rollout strategy."""

    def finding(code: str, subject: str, option: str, found: str, needed: str, remedy: str) -> Finding:
        # What this module has no option for, a task before may declare.
        return Finding(code, subject, option, found, needed, remedy, may_come=option not in options)

    spec = change.after.get("spec", {})
    replicas, strategy = spec.get("replicas") or 0, spec.get("rolloutStrategy") or "RollingUpdate"
    if "emptyDir" in change.storage and replicas > 1:
        yield finding(
            "replicas-without-shared-storage",
            str(CLUSTER_CONFIG),
            "replicas",
            f"{replicas} with storage.empty_dir",
            "at most 1",
            "Each pod would keep its own images on its own disk. Set replicas to 1 or choose storage that pods share.",
        )
    claim = _claim(change)
    if claim is None or not _only_read_write_once(access_modes(change, seen, claim)):
        return
    remedy = "Set replicas to 1 and rollout_strategy to Recreate, or use a claim that is ReadWriteMany."
    if replicas > 1:
        found = f"{replicas} with a claim that is ReadWriteOnce"
        yield finding("replicas-without-shared-storage", str(claim), "replicas", found, "at most 1", remedy)
    if strategy != "Recreate":
        found = f"{strategy} with a claim that is ReadWriteOnce"
        yield finding("rollout-needs-recreate", str(claim), "rollout_strategy", found, "Recreate", remedy)


def access_modes(change: Change, seen: Snapshot, claim: Ref) -> list[str] | None:
    """Return the access modes that claim has or will be created with, None if that is not known."""
    wanted, live = change.wanted.get(claim), seen.visible(claim)
    source = live if live is not None or wanted is None else wanted.create_with
    modes: list[str] | None = lookup(source, ("spec", "accessModes"))
    return modes


def _claim(change: Change) -> Ref | None:
    pvc = change.storage.get("pvc")
    if pvc is None:
        return None
    # Without a name the operator takes its own claim, which it makes for pods to share unless it is there already.
    name = pvc.get("claim") or DEFAULT_CLAIM
    return CLAIM(name) if names.is_object_name(name) else None


def _only_read_write_once(modes: Any) -> bool:
    return bool(modes) and "ReadWriteOnce" in modes and "ReadWriteMany" not in modes
