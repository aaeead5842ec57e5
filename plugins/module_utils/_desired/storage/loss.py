# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images a change of the Config would cost: what becomes worse for them because of it, not what was so before.

As long as status.storage names a medium nothing of it is gone, whatever the spec says by now: the operator may be slow,
stopped or unable to do it. What the spec already gave up is not asked about again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._desired.replicas import is_stuck
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.medium import Medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import condition
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import replicas
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


@dataclass(frozen=True)
class _Loss:
    """What a change would cost if the medium holds images.

    pods_left: with emptyDir, how many pods keep their disk. is_by_deletion: whether it costs nothing unless somebody
    has deleted the claim, which Kubernetes keeps for as long as pods use it.
    """

    medium: Medium
    finding: Finding
    pods_left: int = 0
    is_by_deletion: bool = False


def reads(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> set[Ref]:
    """Return what tells whether a medium that the change would cost can hold images; fields: see findings."""
    loss = _loss(change, seen, fields)
    claim = loss.medium.place().get("claim") if loss else None
    return {CLAIM(claim)} if claim else set()


def findings(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> Iterator[Finding]:
    """Yield the images that the change would cost; fields: of spec, which tell whether pods are replaced."""
    loss = _loss(change, seen, fields)
    if loss and _may_hold_images(loss, seen):
        yield loss.finding


def _loss(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> _Loss | None:
    if change.config_step is None:
        return None
    in_pods, removable = _in_pods(change, seen), medium.removable(change.before)
    used = in_pods or medium.in_use(change.before)
    if in_pods and removable and removable.backend == "emptyDir":
        # Disks are deleted with the pods, and those may not use them any more.
        removable = None
    if removable and _is_lost(removable, change.before, change):
        return None
    if removable and _is_removed(removable, change.after):
        return _Loss(removable, _removal(change, removable))
    if used is None:
        return None
    ends_pods = change.state == "Removed" and in_pods is not None and in_pods.backend == "emptyDir"
    if in_pods and ends_pods and not _is_lost(in_pods, change.before, change):
        return _Loss(in_pods, _removal(change, in_pods))
    before, after = (_abandoned(used, config, change) for config in (change.before, change.after))
    if after > before:
        return _Loss(used, _move(change, used, is_certain=used == in_pods or medium.is_noted(change.before)))
    if before or used.backend not in ("emptyDir", "pvc"):
        return None
    if used.backend == "pvc" and change.state == "Removed" != change.state_before:
        return _by_deletion(used, ["management_state"])
    restart = _restart_loss(used, change, fields)
    if restart and used.backend == "pvc":
        return None if restart.pods_left else _by_deletion(used, restart.finding.field.split(", "))
    return restart


def _in_pods(change: Change, seen: Snapshot) -> Medium | None:
    """Return the medium of the pods where it need not be the one that the operator noted.

    People may have given them another one while the registry is on its own, which stays until the operator observes
    that it is not; and an operator that is held up may have noted what it could not give them yet.
    """
    is_carried_out = medium.is_observed(change.before) and not _is_held_up(change.before)
    if change.state_before in ("Managed", "Removed") and is_carried_out:
        return None
    return medium.in_pods(seen.visible(REGISTRY_DEPLOYMENT), medium.of(change.storage_before))


def _is_removed(found: Medium, config: dict[str, Any]) -> bool:
    """Whether the operator deletes a medium, with what it holds, once it does what a Config says."""
    return lookup(config, ("spec", "managementState")) == "Removed" and (
        found.backend == "emptyDir" or _owner(config) == "Managed"
    )


def _is_lost(found: Medium, config: dict[str, Any], change: Change) -> bool:
    # Disks of pods go with a move as well.
    is_moved = found.backend == "emptyDir" and _abandoned(found, config, change) == 2
    return is_moved or _is_removed(found, config)


def _owner(config: dict[str, Any]) -> str:
    # Where nothing is said, the operator falls back on what it noted when it made the storage.
    noted = "Managed" if lookup(config, ("status", "storageManaged")) else "Unmanaged"
    return lookup(config, ("spec", "storage", "managementState")) or noted


def _abandoned(used: Medium, config: dict[str, Any], change: Change) -> int:
    """Return 0 if a Config names the medium in use, 1 if another one that is not taken into use so far, 2 if it is."""
    spec = config.get("spec", {})
    if not medium.is_left(used, spec.get("storage") or {}, change.storage_before):
        return 0
    return 2 if spec.get("managementState") in ("Managed", "Removed") else 1


def _restart_loss(used: Medium, change: Change, fields: tuple[Field, ...]) -> _Loss | None:
    """Return what it costs that the change replaces pods or takes some away, None if it does not."""
    if change.state != "Managed":
        return None
    if change.state_before != "Managed":
        # All that was changed meanwhile, of the Config or of the Deployment, is applied then; nobody knows what it is.
        return _Loss(used, _restart(used, ["management_state"]))
    before, after = change.before["spec"], change.after["spec"]
    changed = [field for field in fields if field.path and before.get(field.path) != after.get(field.path)]
    if changed and _is_held_up(change.before) and not _holds_up(after):
        # What the operator could not apply so far is applied with it.
        return _Loss(used, _restart(used, [field.option for field in changed], "lets the operator go on, which"))
    ending = [field.option for field in changed if field.replaces_pods(before.get(field.path), after.get(field.path))]
    left = after.get("replicas") or 0 if ending == ["replicas"] else 0
    return _Loss(used, _restart(used, ending), left) if ending else None


def _is_held_up(config: dict[str, Any]) -> bool:
    """Whether the operator could not apply all that a Config says."""
    return condition(config, "Progressing").get("reason") == "Error" or _holds_up(config["spec"])


def _holds_up(spec: dict[str, Any]) -> bool:
    """Whether the operator cannot apply a spec, as far as that shows in replicas and routes."""
    names = [route["name"] for route in spec.get("routes") or []]
    return is_stuck(spec) or len(set(names)) < len(names)


def _may_hold_images(loss: _Loss, seen: Snapshot) -> bool:
    if loss.medium.backend == "emptyDir":
        return replicas(seen[REGISTRY_DEPLOYMENT]).current > loss.pods_left
    claim = CLAIM(loss.medium.place().get("claim", ""))
    if loss.is_by_deletion:
        live = seen.visible(claim) if claim.name else None
        return lookup(live, ("metadata", "deletionTimestamp")) is not None
    if not claim.name or seen.is_hidden(claim):
        return True
    # Once it was bound, a claim is never Pending again.
    return not seen.is_absent(claim) and lookup(seen[claim], ("status", "phase")) != "Pending"


def _removal(change: Change, doomed: Medium) -> Finding:
    if doomed.backend == "emptyDir":
        return _finding(
            "removal-deletes-images",
            "management_state",
            f"Removed, which deletes the images in {doomed}",
            "accept_data_loss: true, because they are deleted with the pods",
            "To keep the images, move them to other storage first. To delete them, set accept_data_loss to true.",
        )
    is_declared = change.state_before != "Removed"
    return _finding(
        "removal-deletes-images",
        "management_state" if is_declared else "storage.management_state",
        f"{'Removed' if is_declared else 'Managed for a registry that is Removed'}, which deletes {doomed} and every "
        "image in it",
        "accept_data_loss: true, because the operator deletes Managed storage, with its images, when it removes the "
        "registry",
        f"To keep the images, set storage.management_state to Unmanaged. To delete {doomed} and every image in it, set "
        "accept_data_loss to true.",
    )


def _move(change: Change, used: Medium, is_certain: bool) -> Finding:
    fate = "are lost with the pods" if used.backend == "emptyDir" else f"stay behind in {used}"
    return _finding(
        "move-leaves-images",
        "storage",
        f"images in {used}"
        + ("" if is_certain else ", if the registry ever used it, which status.storage does not tell"),
        f"accept_data_loss: true to use {medium.of(change.storage)} instead",
        f"Nothing copies images. They {fate}, and pulls of them fail. Set accept_data_loss to true if you want this.",
    )


def _restart(used: Medium, ending: list[str], how: str = "") -> Finding:
    return _finding(
        "restart-loses-images",
        ", ".join(ending),
        f"a change that {f'{how} ' if how else ''}replaces or ends pods",
        f"accept_data_loss: true, because images in {used} are lost with them",
        "To keep the images, move them to other storage first. To lose them, set accept_data_loss to true.",
    )


def _by_deletion(used: Medium, ending: list[str]) -> _Loss:
    finding = _finding(
        "restart-loses-images",
        ", ".join(ending),
        f"a change that replaces or ends pods, while {used} is being deleted",
        "accept_data_loss: true, because it goes when no pod uses it any more, with every image in it",
        "To keep the images, move them to other storage first. To lose them, set accept_data_loss to true.",
    )
    return _Loss(used, finding, is_by_deletion=True)


def _finding(code: str, field: str, found: str, needed: str, remedy: str) -> Finding:
    return Finding(code, str(CLUSTER_CONFIG), field, found, needed, remedy, consent="accept_data_loss")
