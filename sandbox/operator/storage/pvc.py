# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage on a claim.

The checks run only when the claim is taken into use: raising the replicas later is not checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..conditions import Condition
from ..errors import ApplyError
from ..names import DEFAULT_CLAIM, NAMESPACE, OWNED
from ..volumes import mounted
from ..working import WorkingCopy
from ..world import World
from .filesystem import ENVIRONMENT, MOUNT_PATH, VOLUME
from .parts import StorageParts

KEY = "pvc"
Object = dict[str, Any]

DEFAULT_CLAIM_OBJECT: Object = {
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": DEFAULT_CLAIM, "namespace": NAMESPACE, "annotations": {OWNED: "true"}},
    "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "100Gi"}}},
}


@dataclass(frozen=True)
class Decision:
    """What becomes of a wanted claim.

    `problem` is why it cannot be used; `managed` tells whose it is; `missing` that the operator has to create it.
    """

    claim: str
    condition: Condition
    managed: bool = False
    missing: bool = False
    problem: str = ""


def decide(wanted: str, claims: Mapping[str, Object], replicas: int, strategy: str) -> Decision:
    """What to do about the claim named in the spec (empty: the default one), given all claims by name."""
    claim = wanted or DEFAULT_CLAIM
    existing = claims.get(claim)
    if existing is None:
        if wanted:
            return _refused(claim, f'persistentvolumeclaims "{claim}" not found')
        return Decision(claim, Condition("True", "PVC Created"), managed=True, missing=True)
    if not wanted and (existing["metadata"].get("annotations") or {}).get(OWNED) != "true":
        problem = "could not create default PVC, it already exists and is not owned by the operator"
        return Decision(claim, Condition("False", "PVC Already Exists", problem), problem=problem)
    problem = _access_problem(claim, existing["spec"].get("accessModes", []), replicas, strategy)
    if problem:
        return _refused(claim, problem)
    return Decision(claim, Condition("True", "PVC Exists"), managed=not wanted)


def _refused(claim: str, problem: str) -> Decision:
    return Decision(claim, Condition("False", "PVC Issues Found", problem), problem=problem)


def _access_problem(claim: str, modes: list[str], replicas: int, strategy: str) -> str:
    if "ReadWriteMany" in modes:
        return ""
    if "ReadWriteOnce" not in modes:
        return f"PVC {claim} does not contain the necessary access modes: ReadWriteMany or ReadWriteOnce"
    if replicas > 1:
        return "cannot use ReadWriteOnce access mode with more than one replica of the image registry"
    if strategy != "Recreate":
        return f"cannot use ReadWriteOnce access mode with {strategy} rollout strategy"
    return ""


def exists(copy: WorkingCopy, world: World) -> bool:
    """Whether the claim of the spec is there; Bound or not makes no difference."""
    claim = copy.storage[KEY].get("claim")
    if not claim:
        return False
    if world.cache.get("PersistentVolumeClaim", NAMESPACE, claim) is None:
        copy.conditions["StorageExists"] = Condition("False", "PVC does not exist")
        return False
    copy.conditions["StorageExists"] = Condition("True", "PVC Exists")
    return True


def create(copy: WorkingCopy, world: World) -> None:
    """Take the claim into use, and create it when it is the default one; raises ApplyError when it cannot be used."""
    claims = {claim["metadata"]["name"]: claim for claim in world.cache.all("PersistentVolumeClaim", NAMESPACE)}
    wanted = copy.storage[KEY].get("claim", "")
    decision = decide(wanted, claims, copy.spec["replicas"], copy.spec.get("rolloutStrategy", ""))
    copy.storage[KEY]["claim"] = decision.claim
    copy.conditions["StorageExists"] = decision.condition
    if decision.problem:
        raise ApplyError(decision.problem)
    if decision.missing:
        world.create(DEFAULT_CLAIM_OBJECT)
    copy.storage.setdefault("managementState", "Managed" if decision.managed else "Unmanaged")
    copy.storage_in_use = {KEY: dict(copy.storage[KEY])}


def remove(copy: WorkingCopy, world: World) -> None:
    """Delete the claim that is in use."""
    world.delete("PersistentVolumeClaim", NAMESPACE, copy.storage_in_use[KEY]["claim"])


def parts(config: dict[str, str]) -> StorageParts:
    """What the backend adds to the registry's pods."""
    source = {"persistentVolumeClaim": {"claimName": config["claim"]}}
    return StorageParts(ENVIRONMENT, [mounted(VOLUME, source, MOUNT_PATH)])
