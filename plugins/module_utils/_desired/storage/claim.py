# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a PersistentVolumeClaim, used, created or grown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import OBJECT_NAME
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Form,
    Identity,
    Options,
    mistakes,
)
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import (
    is_written_by_us,
    owners,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.quantity import LARGEST, quantity
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    DEFAULT_CLAIM,
    OPERATOR_MARK,
    OTHER_PODS,
    STORAGE_CLASS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.grown import Grown

DEFAULT_ACCESS_MODE = "ReadWriteMany"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_REQUEST = ("spec", "resources", "requests", "storage")
_RULES = Rules(quantities=(_REQUEST,))
# No registry is that small: a unit is missing.
_LEAST_BYTES = 2**20
# Drivers whose file systems are for one node at a time; some can share with special set-ups.
_NOT_SHARED = frozenset(
    {
        "cinder.csi.openstack.org",
        "csi.vsphere.vmware.com",
        "disk.csi.azure.com",
        "ebs.csi.aws.com",
        "pd.csi.storage.gke.io",
        "topolvm.io",
    }
)
_UNITS = "Write it as Kubernetes does, with Mi, Gi or Ti; a number alone counts bytes."
_REPLACE = " This claim is Pending and holds nothing. If you delete it, the task creates it as declared."


class Claim(Backend):
    """storage.pvc: claim, size, access_mode, storage_class, volume_name, selector.

    Without a claim name the operator uses its own claim, image-registry-storage, and creates it.
    """

    field = Field(
        "pvc",
        "pvc",
        "dict",
        is_pointer=True,
        fields=(
            Field("claim", "claim", identity=Identity.NAME, check=OBJECT_NAME),
            Field("size", form=Form.QUANTITY),
            Field("access_mode", choices=("ReadWriteMany", "ReadWriteOnce")),
            Field("storage_class", says_by_empty=True, check=OBJECT_NAME),
            Field("volume_name", check=OBJECT_NAME),
            Field("selector", type="dict"),
        ),
    )
    noun = "the claim"

    def __init__(self, options: Options):
        super().__init__(options)
        self.name: str = options.get("claim") or ""
        self._size: str | None = options.get("size")
        self._access_mode: str | None = options.get("access_mode")
        self._storage_class: str | None = options.get("storage_class")
        # What binds the claim to one volume, or to one of a few.
        self._volume = {
            field: options[option]
            for option, field in (("volume_name", "volumeName"), ("selector", "selector"))
            if options.get(option)
        }
        self._ref = CLAIM(self.name)

    def wanted(self) -> Iterable[Wanted]:
        if not names.is_object_name(self.name) or _bytes(self._size) is None:
            return ()
        spec: dict[str, Any] = {"accessModes": [self._access_mode or DEFAULT_ACCESS_MODE]}
        if self._storage_class is not None:
            spec["storageClassName"] = self._storage_class
        spec.update(self._volume)
        body = {"spec": {"resources": {"requests": {"storage": self._size}}}}
        return (
            Wanted(
                self._ref,
                body,
                {"spec": spec},
                rules=_RULES,
                option="storage.pvc.size",
                elsewhere="Grow it where its owner declares it, and leave the size out here; or name another claim.",
            ),
        )

    @classmethod
    def place(cls, identity: Mapping[str, str]) -> dict[str, str]:
        return {"claim": identity["claim"] or DEFAULT_CLAIM}

    @classmethod
    def stored(cls, settings: dict[str, Any]) -> Claim:
        return cls({"claim": settings.get("claim")})

    def reads_first(self) -> set[Ref]:
        return {self._ref} if names.is_object_name(self.name) else set()

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        if not self.name:
            is_open = _is_left_to_operator(change.before)
            return Claim({"claim": DEFAULT_CLAIM}).reads(change, seen) if is_open else set()
        if not names.is_object_name(self.name):
            return set()
        if self._ref not in seen or seen.is_hidden(self._ref):
            return {self._ref}
        wanted, live = _bytes(self._size), seen[self._ref]
        grows = wanted is not None and (live is None or wanted > _requested(live))
        classes = {STORAGE_CLASS.all()} if grows or _is_pending(live) else set()
        return {self._ref, *classes, *({OTHER_PODS} if live and self._is_taken(change) else ())}

    def mistakes(self) -> Iterator[Finding]:
        yield from mistakes(self.field.fields or (), self.options, str(self._ref), "storage.pvc.")
        sizing = [("size", self._size), ("access_mode", self._access_mode), ("storage_class", self._storage_class)]
        sizing += [(name, self.options.get(name) or None) for name in ("volume_name", "selector")]
        given = [name for name, value in sizing if value is not None]
        if given and not self.name:
            yield self._finding(
                "claim-without-name",
                "claim",
                f"no name beside {' and '.join(given)}",
                "the name of the claim",
                "Without a name the operator makes its own claim, with 100Gi and ReadWriteMany. Name one of your own.",
            )
        size = _bytes(self._size)
        if self._size is not None and not size:
            yield self._finding("claim-size", "size", repr(self._size), "a quantity above zero such as 100Gi", _UNITS)
        elif size and not _LEAST_BYTES <= size <= LARGEST:
            needed = "a unit, such as in 100Gi" if size < _LEAST_BYTES else f"at most {LARGEST} bytes"
            yield self._finding("claim-size", "size", f"{self._size!r}, which is {size:f} bytes", needed, _UNITS)

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if not self.name:
            yield from _default_findings(change, seen)
            return
        if not names.is_object_name(self.name) or seen.is_hidden(self._ref):
            return
        live = seen[self._ref]
        if live is None:
            yield from self._creation_findings(change, seen)
        else:
            yield from self._existing_findings(live)
            yield from self._sharing_findings(change, seen, live)
            yield from self._taking_findings(change, live)
            yield from self._volume_findings(live)
            yield from self._growth_findings(seen, live)
            yield from self._binding_findings(change, seen, live)

    def expected(self) -> Iterator[Expected]:
        for wanted in self.wanted():
            yield Grown(wanted.ref, lookup(wanted.body, _REQUEST))

    def _creation_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if self._size is None:
            if change.state == "Managed":
                yield self._finding(
                    "claim-missing",
                    "claim",
                    "no such claim",
                    "an existing claim, or the size of a new one",
                    "Set storage.pvc.size to have it created, or create it first.",
                    may_come=True,
                )
            return
        is_removed = change.state_before == "Removed" and change.storage_before.get("managementState") == "Managed"
        # A claim that was deleted with the registry was meant to go.
        if not self._is_taken(change) and not self._volume and not is_removed:
            yield self._finding(
                "claim-gone",
                "claim",
                "no such claim, which the Config names already",
                "the claim with the images",
                "The task makes an empty one. If the volume of the old one was kept (reclaim policy Retain), set "
                "storage.pvc.volume_name to use that volume.",
                "warning",
            )
        classes = _classes(seen)
        if classes is None:
            return
        yield from _class_findings(self._ref, self._access_mode, self._storage_class, classes)
        if self._volume:
            # A volume that was made by hand may have a class that nothing provides.
            return
        if self._storage_class and self._storage_class not in classes:
            yield self._finding(
                "storage-class-unknown",
                "storage_class",
                repr(self._storage_class),
                f"one of the cluster's storage classes ({', '.join(sorted(classes)) or 'there are none'})",
                "Choose one of them or create it.",
                may_come=True,
            )
        elif self._storage_class is None and not any(_is_default(found) for found in classes.values()):
            yield self._finding(
                "storage-class-no-default",
                "storage_class",
                "none, and the cluster has no default storage class",
                "a storage class",
                "Set storage.pvc.storage_class. Otherwise the claim stays Pending until it gets a volume.",
                "warning",
            )

    def _existing_findings(self, live: dict[str, Any]) -> Iterator[Finding]:
        spec, modes = live["spec"], live["spec"].get("accessModes") or []
        if live["metadata"].get("deletionTimestamp"):
            yield self._finding(
                "claim-terminating",
                "claim",
                "a claim that is being deleted",
                "a claim that stays",
                "Wait until it is gone, or name another claim.",
            )
        if live.get("status", {}).get("phase") == "Lost":
            yield self._finding(
                "claim-lost",
                "claim",
                "a claim whose volume is lost",
                "a claim that is bound",
                "Restore the volume, or name another claim.",
            )
        if spec.get("volumeMode") == "Block":
            yield self._finding(
                "claim-of-blocks",
                "claim",
                "volumeMode Block",
                "a claim whose volumeMode is Filesystem",
                "The registry keeps files, so its pods never start. The mode cannot be changed: name another claim.",
            )
        if not {"ReadWriteMany", "ReadWriteOnce"} & set(modes):
            yield self._finding(
                "access-mode-unusable",
                "access_mode",
                f"{', '.join(modes) or 'none'}",
                "ReadWriteMany or ReadWriteOnce",
                "The operator refuses this claim. Name another claim.",
            )
        elif self._access_mode and self._access_mode not in modes:
            yield self._finding(
                "access-mode-fixed",
                "access_mode",
                f"{', '.join(modes)} on the existing claim",
                self._access_mode,
                "Access modes cannot be changed. Name another claim, or declare the mode of this claim."
                + (_REPLACE if _is_pending(live) else ""),
                is_standing=True,
            )
        if self._storage_class is not None and self._storage_class != (spec.get("storageClassName") or ""):
            yield self._finding(
                "storage-class-fixed",
                "storage_class",
                f"{spec.get('storageClassName') or 'none'} on the existing claim",
                self._storage_class or "none",
                "The class cannot be changed. Name another claim, or declare the class of this claim.",
                is_standing=True,
            )

    def _sharing_findings(self, change: Change, seen: Snapshot, live: dict[str, Any]) -> Iterator[Finding]:
        """Yield who else the claim is for."""
        is_used = lookup(change.before, ("status", "storage", "pvc", "claim")) == self.name
        whose, goes_along = owners(live), bool(live["metadata"].get("ownerReferences"))
        if whose and (goes_along or not is_used):
            yield self._finding(
                "claim-owned",
                "claim",
                f"a claim that belongs to {' and '.join(whose)}",
                "a claim that stays without it",
                "Kubernetes deletes the claim, with all images, when its owner is deleted. Name another claim, or take "
                "metadata.ownerReferences out of this one."
                if goes_along
                else "If that is taken away, so may be the claim, with all images. Make sure that it is made for the "
                "registry.",
                "error" if goes_along and not is_used else "warning",
            )
        pods = [pod for pod in seen.items(OTHER_PODS) if _mounts(pod, self.name)] if OTHER_PODS in seen else []
        if pods:
            yield self._finding(
                "claim-in-use",
                "claim",
                f"a claim that pods of something else mount ({', '.join(pod['metadata']['name'] for pod in pods)})",
                "a claim that only the registry uses",
                "The registry writes its images beside what they write. Name another claim, unless these pods copy "
                "images.",
                "warning",
            )

    def _taking_findings(self, change: Change, live: dict[str, Any]) -> Iterator[Finding]:
        """Yield that the task changes a claim that nothing says is the registry's."""
        grows = (_bytes(self._size) or 0) > _requested(live)
        if grows and self._is_taken(change) and is_written_by_us(live) is False:
            yield self._finding(
                "claim-taken-over",
                "size",
                f"{lookup(live, _REQUEST)} on a claim that neither the Config names nor this collection made",
                "a claim of the registry",
                f"The task grows it to {self._size}. If another application uses it, stop and name another claim.",
                "warning",
            )

    def _is_taken(self, change: Change) -> bool:
        """Whether a claim is taken into use that neither the Config names nor the operator has noted."""
        known = [lookup(change.before, (part, "storage", "pvc", "claim")) for part in ("spec", "status")]
        return self.name not in known

    def _volume_findings(self, live: dict[str, Any]) -> Iterator[Finding]:
        for option, field in (("volume_name", "volumeName"), ("selector", "selector")):
            have, want = live["spec"].get(field), self._volume.get(field)
            if want is not None and want != have:
                yield self._finding(
                    "claim-volume-fixed",
                    option,
                    f"{have or 'none'} on the existing claim",
                    str(want),
                    "It cannot be changed: name another claim, or declare what this one has."
                    + (_REPLACE if _is_pending(live) else ""),
                    is_standing=True,
                )

    def _growth_findings(self, seen: Snapshot, live: dict[str, Any]) -> Iterator[Finding]:
        wanted, requested = _bytes(self._size), _requested(live)
        if wanted is None or wanted == requested:
            return
        size = lookup(live, _REQUEST)
        if wanted < requested:
            yield self._finding(
                "claim-shrinks",
                "size",
                f"{size} on the existing claim",
                f"that size or more, not {self._size}",
                "A claim cannot be made smaller. Declare its size, or move to another claim.",
            )
            return
        phase = live.get("status", {}).get("phase")
        if phase != "Bound":
            yield self._finding(
                "claim-unbound",
                "size",
                f"{size} on a claim that is {phase}",
                "a claim that is Bound before it can grow",
                f"Declare {size} until it is bound. Or delete the claim, and the task creates it.",
            )
        classes, name = _classes(seen), live["spec"].get("storageClassName")
        if classes is not None and not classes.get(name, {}).get("allowVolumeExpansion"):
            yield self._finding(
                "claim-cannot-grow",
                "size",
                f"{size}, with the storage class {name or '(none)'}, which does not allow expansion",
                f"a class that allows expansion, to reach {self._size}",
                "Set allowVolumeExpansion on the class if its driver supports it, or move to another claim.",
            )

    def _binding_findings(self, change: Change, seen: Snapshot, live: dict[str, Any]) -> Iterator[Finding]:
        classes = _classes(seen) or {}
        binding = classes.get(live["spec"].get("storageClassName"), {}).get("volumeBindingMode")
        # Such a class provides a volume only when the first pod needs it.
        if _is_pending(live) and change.state == "Managed" and binding != "WaitForFirstConsumer":
            yield self._finding(
                "claim-pending",
                "claim",
                "a claim that is Pending",
                "a claim that is Bound",
                "The pods cannot start until the claim has a volume. The events of the claim show what is missing.",
                "warning",
            )

    def _finding(
        self, code: str, option: str, found: str, needed: str, remedy: str, severity: str = "error", **more: Any
    ) -> Finding:
        return Finding(code, str(self._ref), f"storage.pvc.{option}", found, needed, remedy, severity, **more)


def _class_findings(
    claim: Ref, access_mode: str | None, class_name: str | None, classes: dict[str, dict[str, Any]]
) -> Iterator[Finding]:
    """Yield that a claim for pods to share is asked of a driver whose file systems cannot be shared."""
    names_of_default = [name for name, found in classes.items() if _is_default(found)]
    name = class_name if class_name is not None else next(iter(names_of_default), "")
    provisioner = classes.get(name, {}).get("provisioner")
    if provisioner in _NOT_SHARED and (access_mode or DEFAULT_ACCESS_MODE) == "ReadWriteMany":
        yield Finding(
            "class-not-shared",
            str(claim),
            "storage.pvc.access_mode",
            f"ReadWriteMany of the storage class {name}, whose driver is {provisioner}",
            "ReadWriteOnce, or a class whose volumes can be shared",
            "This driver mostly provides file systems for one node at a time, so the claim may stay Pending. With "
            "ReadWriteOnce set replicas to 1 and rollout_strategy to Recreate.",
            "warning",
        )


def _is_left_to_operator(config: dict[str, Any]) -> bool:
    """Whether the Config is there and names no claim, so that the operator takes the default one into use."""
    return bool(config) and not lookup(config, ("spec", "storage", "pvc", "claim"))


def _default_findings(change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield what keeps the operator from taking a default claim into use that is there already."""
    ref = CLAIM(DEFAULT_CLAIM)
    live = seen.visible(ref) if _is_left_to_operator(change.before) else None
    if live is None:
        return
    if (live["metadata"].get("annotations") or {}).get(OPERATOR_MARK) != "true":
        yield Finding(
            "default-claim-foreign",
            str(ref),
            "storage.pvc.claim",
            f"no name, and a claim {DEFAULT_CLAIM} that the operator did not make",
            f"the name of a claim, or the annotation {OPERATOR_MARK}: 'true' on this claim",
            "Without a name the operator refuses this claim. Set its name to use it, or name another claim.",
        )
    yield from Claim({"claim": DEFAULT_CLAIM}).findings(change, seen)


def _bytes(size: str | None) -> Decimal | None:
    try:
        value = None if size is None else quantity(size)
    except ValueError:
        return None
    return value if value is not None and value > 0 else None


def _requested(live: dict[str, Any]) -> Decimal:
    return quantity(lookup(live, _REQUEST) or "0")


def _classes(seen: Snapshot) -> dict[str, dict[str, Any]] | None:
    everything = STORAGE_CLASS.all()
    if everything not in seen or seen.is_hidden(everything):
        return None
    return {found["metadata"]["name"]: found for found in seen.items(everything)}


def _mounts(pod: dict[str, Any], claim: str) -> bool:
    """Whether a pod that has not ended mounts a claim."""
    volumes = lookup(pod, ("spec", "volumes")) or []
    is_over = lookup(pod, ("status", "phase")) in ("Succeeded", "Failed")
    return not is_over and any(lookup(volume, ("persistentVolumeClaim", "claimName")) == claim for volume in volumes)


def _is_pending(live: dict[str, Any] | None) -> bool:
    return bool(lookup(live, ("status", "phase")) == "Pending")


def _is_default(storage_class: dict[str, Any]) -> bool:
    return (storage_class["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true"
