# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the storage can serve as many pods, replaced in such a way, as the Config asks for.

The operator checks a claim only when it is first used: replicas raised later are accepted, and the new pods hang.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    DEFAULT_CLAIM,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


def reads(snapshot: Snapshot) -> set[Ref]:
    """Return the claim that the live Config names, whose access modes decide."""
    live = snapshot.get(CLUSTER_CONFIG)
    name = compare.lookup(live, ("spec", "storage", "pvc", "claim"))
    return {CLUSTER_CONFIG} | ({CLAIM(name)} if name else set())


def findings(outlook: Outlook) -> Iterator[Finding]:
    """Yield what does not fit together: backend, access mode, replicas, rollout strategy."""
    spec = outlook.after.get("spec", {})
    replicas, strategy = spec.get("replicas") or 0, spec.get("rolloutStrategy") or "RollingUpdate"
    if "emptyDir" in outlook.storage and replicas > 1:
        yield Finding(
            str(CLUSTER_CONFIG),
            "replicas",
            f"{replicas} with storage.empty_dir",
            "at most 1",
            "Each pod would keep its own images on its own disk. Set replicas to 1 or choose storage that pods share.",
        )
    pvc = outlook.storage.get("pvc")
    if pvc is None:
        return
    # Without a name the operator takes its own claim, which it makes for pods to share unless it is there already.
    name = pvc.get("claim") or DEFAULT_CLAIM
    if not _only_read_write_once(access_modes(outlook, CLAIM(name))):
        return
    remedy = "Set replicas to 1 and rollout_strategy to Recreate, or use a claim that is ReadWriteMany."
    if replicas > 1:
        yield Finding(
            str(CLAIM(name)), "replicas", f"{replicas} with a claim that is ReadWriteOnce", "at most 1", remedy
        )
    if strategy != "Recreate":
        yield Finding(
            str(CLAIM(name)), "rollout_strategy", f"{strategy} with a claim that is ReadWriteOnce", "Recreate", remedy
        )


def access_modes(outlook: Outlook, claim: Ref) -> list[str] | None:
    """Return the access modes that claim has or will be created with, None if that is not known."""
    source = outlook.snapshot[claim] if outlook.snapshot.known(claim) else None
    if source is None:
        source = outlook.desired.get(claim, DesiredObject(claim, None)).create_with
    modes: list[str] | None = compare.lookup(source, ("spec", "accessModes"))
    return modes


def _only_read_write_once(modes: Any) -> bool:
    return bool(modes) and "ReadWriteOnce" in modes and "ReadWriteMany" not in modes
