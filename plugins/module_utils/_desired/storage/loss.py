# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images a change of the Config would cost: what becomes worse for them because of it, not what was so before.

As long as status.storage names a medium nothing of it is gone, whatever the spec says by now: the operator may be slow,
stopped or unable to do it. What the spec already gave up is not asked about again.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._desired.replicas import (
    is_spread_otherwise,
    is_stuck,
)
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.handover import HANDOVER
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.medium import Medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import condition
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import replicas
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import declared_by_others
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path, lookup, nested
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_APPLIED = ("Managed", "Removed")
"""The states in which the operator does what the Config says."""
_KEPT: dict[str, Any] = merged(HANDOVER, {"spec": {"managementState": "Removed"}})
"""What a removal that keeps the storage writes."""


class _Fate(IntEnum):
    """What a Config means for the images in a medium, whether or not the operator can do it yet."""

    KEPT = 0
    LEFT_LATER = 1
    LEFT = 2
    DELETED = 3


class _Held(NamedTuple):
    """A medium that may hold images.

    is_served: whether the registry uses it, or did so last. is_noted: whether the operator would delete it with the
    registry, if it owns it. is_certain: whether the cluster tells that the registry used it.
    """

    medium: Medium
    is_served: bool
    is_noted: bool
    is_certain: bool = True


class _End(NamedTuple):
    """How a change replaces pods, or takes some away: by which options, and how many pods it leaves as they are."""

    options: list[str]
    how: str = ""
    pods_left: int = 0


class _Loss(NamedTuple):
    """What a change would cost if the medium holds images. end: of pods, with which they would be lost."""

    medium: Medium
    finding: Finding
    end: _End | None = None


def decided_by(config: dict[str, Any]) -> tuple[Any, ...]:
    """Return what decides about images in a Config whose spec stays as it is."""
    return medium.named(lookup(config, ("status", "storage"))), _owner(config), _has_failed(config)


def reads(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> set[Ref]:
    """Return what tells whether the media that the change would cost can hold images; fields: see findings."""
    claims = {loss.medium.place().get("claim") for loss in _losses(change, seen, fields)}
    return {CLAIM(claim) for claim in claims if claim}


def findings(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> Iterator[Finding]:
    """Yield the images that the change would cost; fields: of spec, which tell whether pods are replaced."""
    for loss in _losses(change, seen, fields):
        claim = CLAIM(loss.medium.place().get("claim", ""))
        if claim.name and loss.end and not loss.end.pods_left and seen.is_hidden(claim):
            yield _blind(claim, loss.end)
        elif _may_hold_images(loss, seen):
            yield loss.finding


def _losses(change: Change, seen: Snapshot, fields: tuple[Field, ...]) -> Iterator[_Loss]:
    if change.config_step is None:
        return
    for held in _media(change, seen):
        before, after = (_fate(held, config, change.storage_before) for config in (change.before, change.after))
        if after > before:
            is_removed = _is_removed(held, change.after)
            yield _Loss(held.medium, _removal(change, held.medium) if is_removed else _move(change, held))
        elif before < _Fate.DELETED and (others := _undoing(held, change)):
            yield _Loss(held.medium, _undone(held.medium, others))
        elif before == _Fate.KEPT and held.is_served and held.medium.backend in ("emptyDir", "pvc"):
            end = _end_of_pods(change, fields)
            if end:
                yield _Loss(held.medium, _restart(held.medium, end), end)


def _media(change: Change, seen: Snapshot) -> Iterator[_Held]:
    """Yield the media that may hold images: what the registry uses, and what the operator noted. Mostly they are one.

    They are two where pods use another medium than the operator noted. People gave it to them while the registry was on
    its own, which stays until the operator does what the Config says; or it noted what it could not give them yet. One
    more is what the operator is about to take into use.
    """
    removable = medium.removable(change.before)
    in_pods = None
    if not _is_carried_out(change.before):
        # What pods were given while the registry was on its own, nothing but the Deployment tells: it has to be seen.
        ends_own = change.state_before not in _APPLIED and change.state in _APPLIED
        deployment = seen[REGISTRY_DEPLOYMENT] if ends_own else seen.visible(REGISTRY_DEPLOYMENT)
        in_pods = medium.in_pods(deployment, change.storage_before)
    served = [in_pods] if in_pods else medium.in_use(change.before)
    is_certain = in_pods is not None or medium.is_noted(change.before)
    for found in served:
        yield _Held(found, True, any(map(found.is_same, removable)), is_certain)
    for found in removable:
        if not any(map(found.is_same, served)):
            yield _Held(found, False, True)


def _is_carried_out(config: dict[str, Any]) -> bool:
    """Whether the operator has done what a Config says, so that the pods use what it noted."""
    is_applied = lookup(config, ("spec", "managementState")) in _APPLIED
    return is_applied and medium.is_observed(config) and not _is_held_up(config)


def _fate(held: _Held, config: dict[str, Any], stored: dict[str, Any]) -> _Fate:
    """Return what a Config means for a medium; stored: spec.storage before the change."""
    if _is_removed(held, config):
        return _Fate.DELETED
    spec = config.get("spec", {})
    if not held.is_served or not medium.is_left(held.medium, spec.get("storage") or {}, stored):
        return _Fate.KEPT
    if spec.get("managementState") not in _APPLIED:
        return _Fate.LEFT_LATER
    # Disks of pods go with the pods.
    return _Fate.DELETED if held.medium.backend == "emptyDir" else _Fate.LEFT


def _is_removed(held: _Held, config: dict[str, Any]) -> bool:
    """Whether the operator deletes a medium, with what it holds, when it removes the registry as a Config says."""
    is_deleted = held.is_served if held.medium.backend == "emptyDir" else held.is_noted and _owner(config) == "Managed"
    return is_deleted and lookup(config, ("spec", "managementState")) == "Removed"


def _undoing(held: _Held, change: Change) -> list[str]:
    """Return who may put back what makes the operator delete a medium with a removal that would keep it."""
    if change.state != "Removed":
        return []
    return [
        who
        for who, names in declared_by_others(change.before, _KEPT, doubtful=True).items()
        if _is_removed(held, _put_back(change, [tuple(name.split(".")) for name in names]))
    ]


def _put_back(change: Change, paths: list[Path]) -> dict[str, Any]:
    """Return the Config after a change as it is once somebody has put back fields of it."""
    config = change.after
    for path in paths:
        config = merged(config, nested(path, lookup(change.before, path)))
    return config


def _owner(config: dict[str, Any]) -> str:
    supposed = "Managed" if medium.is_taken_over(config) else "Unmanaged"
    return lookup(config, ("spec", "storage", "managementState")) or supposed


def _end_of_pods(change: Change, fields: tuple[Field, ...]) -> _End | None:
    """Return how the change replaces pods or takes some away, None if it does not."""
    if change.state == "Removed" != change.state_before:
        return _End(["management_state"])
    if change.state != "Managed":
        return None
    if change.state_before != "Managed":
        # All that was changed meanwhile, of the Config or of the Deployment, is applied then; nobody knows what it is.
        return _End(["management_state"])
    before, after = change.before["spec"], change.after["spec"]
    changed = [field for field in fields if field.path and before.get(field.path) != after.get(field.path)]
    if changed and _is_held_up(change.before) and not _holds_up(after):
        # What the operator could not apply so far is applied with it.
        return _End([field.option for field in changed], "lets the operator go on, which ")
    ending = [field.option for field in changed if field.replaces_pods(before.get(field.path), after.get(field.path))]
    if is_spread_otherwise(before, after):
        number = ["replicas"] if before.get("replicas") != after.get("replicas") else []
        return _End(list(dict.fromkeys([*ending, *number])))
    left = after.get("replicas") or 0 if ending == ["replicas"] else 0
    return _End(ending, pods_left=left) if ending else None


def _is_held_up(config: dict[str, Any]) -> bool:
    """Whether the operator could not apply all that a Config says."""
    return _has_failed(config) or _holds_up(config["spec"])


def _has_failed(config: dict[str, Any]) -> bool:
    return bool(condition(config, "Progressing").get("reason") == "Error")


def _holds_up(spec: dict[str, Any]) -> bool:
    """Whether the operator cannot apply a spec, as far as that shows in replicas, routes and backends."""
    names = [route["name"] for route in spec.get("routes") or []]
    return is_stuck(spec) or len(set(names)) < len(names) or len(medium.named(spec.get("storage"))) > 1


def _may_hold_images(loss: _Loss, seen: Snapshot) -> bool:
    if loss.medium.backend == "emptyDir":
        return replicas(seen[REGISTRY_DEPLOYMENT]).current > (loss.end.pods_left if loss.end else 0)
    claim = CLAIM(loss.medium.place().get("claim", ""))
    if loss.end:
        # Kubernetes keeps a claim that somebody has deleted for as long as pods use it.
        live = None if loss.end.pods_left else seen.visible(claim)
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


def _undone(doomed: Medium, others: list[str]) -> Finding:
    who = " and ".join(others)
    return _finding(
        "removal-deletes-images",
        "management_state",
        f"Removed, while {who} has set the storage to Managed, so that the operator deletes {doomed} with every image",
        f"accept_data_loss: true, because {who} may set storage.management_state back",
        "To keep the images, change or remove it there first, and set storage.management_state to Unmanaged in a task "
        f"of its own, to see that it stays. To delete {doomed} and every image in it, set accept_data_loss to true.",
    )


def _move(change: Change, held: _Held) -> Finding:
    used = held.medium
    fate = "are lost with the pods" if used.backend == "emptyDir" else f"stay behind in {used}"
    return _finding(
        "move-leaves-images",
        "storage",
        f"images in {used}"
        + ("" if held.is_certain else ", if the registry ever used it, which status.storage does not tell"),
        f"accept_data_loss: true to use {' or '.join(map(str, medium.named(change.storage)))} instead",
        f"Nothing copies images. They {fate}, and pulls of them fail. Set accept_data_loss to true if you want this.",
    )


def _restart(used: Medium, end: _End) -> Finding:
    found, needed = f"a change that {end.how}replaces or ends pods", f"images in {used} are lost with them"
    if used.backend == "pvc":
        found += f", while {used} is being deleted"
        needed = "it goes when no pod uses it any more, with every image in it"
    return _finding(
        "restart-loses-images",
        ", ".join(end.options),
        found,
        f"accept_data_loss: true, because {needed}",
        "To keep the images, move them to other storage first. To lose them, set accept_data_loss to true.",
    )


def _blind(claim: Ref, end: _End) -> Finding:
    return Finding(
        "cannot-see-claim",
        str(claim),
        ", ".join(end.options),
        "no permission to get the claim, and a change that replaces or ends pods",
        "a look at whether somebody has deleted the claim, which then goes with the pods",
        "Grant the right to get persistentvolumeclaims, or make sure that nobody has.",
        "warning",
    )


def _finding(code: str, field: str, found: str, needed: str, remedy: str) -> Finding:
    return Finding(code, str(CLUSTER_CONFIG), field, found, needed, remedy, consent="accept_data_loss")
