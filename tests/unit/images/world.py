# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster in memory: what people and tasks write, what the operator makes of it, and where the images are meanwhile.

The operator does what the real one does, as far as images are concerned: in which state it takes which storage into
use, and whose claim or bucket it deletes. Nothing of the collection decides here: which settings lead to the same
bucket is said once more.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import decoded

from tests.unit import builders
from tests.unit.builders import Manifest

Place = tuple[str, ...]
"""Where images are: a backend, and what tells its media apart."""

BACKENDS = ("emptyDir", "pvc", "s3", "swift", "azure")
DEFAULT_CLAIM = "image-registry-storage"
KEPT, LEFT, GONE = 0, 1, 2
"""What becomes of an image: it can be pulled, at the latest when the registry is there again; it is somewhere, and the
registry looks elsewhere; it is deleted."""

_ENDPOINTS = {
    "https://minio.example.com": "minio",
    "https://MinIO.example.com:443/": "minio",
    "https://ceph.example.com:8443": "ceph",
    "https://s3.eu-west-1.amazonaws.com": "amazon",
}
_USER_KEYS = {
    "s3": ("REGISTRY_STORAGE_S3_ACCESSKEY", "REGISTRY_STORAGE_S3_SECRETKEY"),
    "swift": ("REGISTRY_STORAGE_SWIFT_USERNAME", "REGISTRY_STORAGE_SWIFT_PASSWORD"),
    "azure": ("REGISTRY_STORAGE_AZURE_ACCOUNTKEY",),
}
# What of spec the pods are started with.
_OF_PODS = ("httpSecret", "readOnly", "tolerations", "resources")


def place(storage: Manifest) -> Place | None:
    """Return where the operator keeps images with such a spec.storage, None if it takes nothing into use."""
    found = places(storage)
    return found[0] if len(found) == 1 else None


def places(storage: Manifest) -> list[Place]:
    """Return all places that a spec.storage names. If there are several, the operator takes none of them into use."""
    return [_place(key, storage[key]) for key in BACKENDS if storage.get(key) is not None]


def _place(backend: str, settings: Manifest) -> Place:
    parts: dict[str, Callable[[], tuple[str, ...]]] = {
        "emptyDir": lambda: (),
        "pvc": lambda: (settings.get("claim") or DEFAULT_CLAIM,),
        "s3": lambda: (_ENDPOINTS[settings["regionEndpoint"]] if settings.get("regionEndpoint") else "amazon",),
        "swift": lambda: tuple(settings.get(key) or "the cloud's" for key in ("authURL", "regionName", "tenant")),
        "azure": lambda: (settings.get("cloudName") or "AzurePublicCloud", settings["accountName"]),
    }
    name = settings.get("bucket") or settings.get("container") or ""
    return (backend, *parts[backend](), name)


@dataclass
class Pod:
    """A pod of the registry. template: what it was started with. disk: images on its own disk."""

    template: tuple[Any, ...]
    place: Place
    disk: set[str] = field(default_factory=set)
    is_ready: bool = True


@dataclass
class World:
    """The cluster.

    claims: by name. account: whose keys the user's Secret holds. stored: images by place, but those on disks of pods.
    accounts: whose each place outside of the cluster is. release: of the operator. written: whether it ever wrote the
    registry's Deployment. is_stuck: whether it could not do what the spec says. deployed: the storage
    that the Deployment has.
    """

    spec: Manifest = field(default_factory=lambda: {"managementState": "Removed", "storage": {}, "replicas": 1})
    used: Manifest = field(default_factory=dict)
    is_managed: bool = False
    generation: int = 1
    observed: int = 1
    written: bool = False
    is_stuck: bool = False
    release: int = 1
    claims: dict[str, Manifest] = field(default_factory=dict)
    account: str = ""
    pods: list[Pod] = field(default_factory=list)
    is_deployed: bool = False
    deployed: Manifest = field(default_factory=dict)
    stored: dict[Place, set[str]] = field(default_factory=dict)

    def fork(self) -> World:
        """Return a world that is the same, and from now on another one."""
        return copy.deepcopy(self)

    # What the collection sees, and what it does.

    def objects(self) -> Iterator[Manifest]:
        """Yield the objects as the API server has them."""
        recorded = [{"group": "apps", "resource": "deployments", "name": "image-registry", "lastGeneration": 1}]
        status: Manifest = {"observedGeneration": self.observed, "storageManaged": self.is_managed}
        if self.is_stuck:
            status["conditions"] = builders.healthy(Progressing=("True", "Error", "Unable to apply resources: it"))
        live = builders.config(
            used=copy.deepcopy(self.used), status=status | ({"generations": recorded} if self.written else {})
        )
        live["spec"] = copy.deepcopy(self.spec)
        live["metadata"]["generation"] = self.generation
        yield live
        if self.is_deployed:
            live = builders.deployment(len(self.pods))
            live["spec"]["template"] = builders.pod_template(self.deployed)
            yield live
        yield from copy.deepcopy(list(self.claims.values()))
        if self.account:
            keys = {key: self.account for names in _USER_KEYS.values() for key in names}
            yield builders.secret("image-registry-private-configuration-user", keys)

    def carry_out(self, change: Change, phases: int | None = None) -> None:
        """Do the steps of a task, or those of its first phases."""
        for steps in list(change.phases())[:phases]:
            for step in steps:
                kind, body = step.ref.resource.kind, step.body or {}
                if kind == "Config":
                    self.write(body.get("spec", {}))
                elif kind == "Secret":
                    data = (step.wanted.body or {})["data"]
                    self.account = decoded(next(iter(data.values())))
                elif step.action == "create":
                    self.add_claim(str(step.ref.name), body["spec"]["accessModes"])

    def write(self, patch: Manifest) -> None:
        """Patch spec, as a task or a person does."""
        spec = merged(self.spec, patch)
        self.generation += spec != self.spec
        self.spec = spec

    def add_claim(self, name: str, modes: list[str], phase: str = "Pending", mark: str = "false") -> None:
        """Create a claim."""
        marks = {"imageregistry.openshift.io": mark}
        self.claims[name] = builders.claim(name, modes=modes, phase=phase, annotations=marks)

    def edit_deployment(self, storage: Manifest) -> None:
        """Give the pods other storage, as a person does."""
        target = place(storage)
        assert target is not None
        self.deployed = storage
        self.pods = [Pod(("by hand", storage), target, is_ready=self._is_served(target)) for _pod in self.pods]
        if self.pods and target[0] == "pvc" and target[1] in self.claims:
            self.claims[target[1]]["status"]["phase"] = "Bound"

    # What the operator does.

    def settle(self) -> World:
        """Let the operator work until nothing changes any more."""
        for _pass in range(4):
            self.operate()
        return self

    def operate(self) -> None:
        """Let the operator work once."""
        state = self.spec.get("managementState")
        self.is_stuck = state == "Managed" and not (self._take_into_use() and self._deploy())
        if state == "Removed":
            self._remove()
        self.observed = self.generation

    def upgrade(self) -> None:
        """Upgrade the operator, which then starts pods of another image."""
        self.release += 1

    def admit(self) -> None:
        """Have the keys be those of the store that the spec names."""
        target = place(self.spec.get("storage") or {})
        if self.account and target and target[0] in _USER_KEYS:
            self.account = account_of(target)

    def renew(self) -> None:
        """Have the pods be those that the operator would start now."""
        for pod in self.pods:
            pod.template = self.template()

    def put_back_the_owner(self) -> None:
        """Have the operator write the owner that it noted where the spec names none."""
        if self.is_managed and not (self.spec.get("storage") or {}).get("managementState"):
            self.write({"storage": {"managementState": "Managed"}})

    def _take_into_use(self) -> bool:
        """Whether the operator can use the storage; if it can, it notes that in status and completes the spec."""
        storage = self.spec.get("storage") or {}
        target = place(storage)
        if target is None or not self._is_usable(storage, target):
            return False
        backend = target[0]
        completed = {backend: copy.deepcopy(storage[backend])}
        owner = storage.get("managementState")
        if backend == "pvc" and not storage["pvc"].get("claim"):
            if DEFAULT_CLAIM not in self.claims:
                self.add_claim(DEFAULT_CLAIM, ["ReadWriteMany"], mark="true")
            completed["pvc"] = {"claim": DEFAULT_CLAIM}
            owner = owner or "Managed"
        owner = owner or ("Managed" if backend == "emptyDir" or self.is_managed else "Unmanaged")
        self.is_managed = owner == "Managed"
        self.used = {**completed, "managementState": owner}
        self.write({"storage": {**completed, "managementState": owner}})
        return True

    def _is_usable(self, storage: Manifest, target: Place) -> bool:
        if place(self.used) == target and self.used.get(target[0]) == storage[target[0]]:
            return True
        if target[0] == "pvc" and storage["pvc"].get("claim"):
            claim = self.claims.get(target[1])
            modes = claim["spec"]["accessModes"] if claim else []
            is_exclusive = modes == ["ReadWriteOnce"]
            fits = self.spec.get("replicas", 0) <= 1 and self.spec.get("rolloutStrategy") == "Recreate"
            return bool(modes) and (fits or not is_exclusive)
        # With Azure's keys of the user's the operator looks at nothing.
        return target[0] in ("emptyDir", "pvc", "azure") or self.account == account_of(target)

    def _deploy(self) -> bool:
        """Bring the pods to what the spec says: new ones for a new template, at once. Return whether that works."""
        target = place(self.spec["storage"])
        assert target is not None
        if not self.spec.get("replicas") and self.spec.get("rolloutStrategy") != "Recreate":
            return False
        self.written = self.is_deployed = True
        self.deployed = {target[0]: copy.deepcopy(self.spec["storage"][target[0]])}
        if target[0] in _USER_KEYS and target[0] != "azure":
            # The keys are in a file, which changes in pods that run.
            for pod in self.pods:
                pod.is_ready = pod.place[0] not in _USER_KEYS or self._is_served(pod.place)
        template = self.template()
        count = self.spec.get("replicas") or 0
        outdated = [pod for pod in self.pods if pod.template != template]
        is_ready = self._is_served(target)
        if outdated or len(self.pods) < count:
            kept = [pod for pod in self.pods if pod.template == template]
            waiting = outdated[:1] if not is_ready and self.spec.get("rolloutStrategy") != "Recreate" else []
            fresh = [Pod(template, target, is_ready=is_ready) for _number in range(count - len(kept))]
            self.pods = [*waiting, *kept, *fresh] if count else []
        if len(self.pods) > count and not outdated:
            self.pods = self.pods[len(self.pods) - count :]
        if count and target[0] == "pvc" and target[1] in self.claims:
            self.claims[target[1]]["status"]["phase"] = "Bound"
        return True

    def template(self) -> tuple[Any, ...]:
        """Return what the operator starts pods with."""
        target = place(self.spec["storage"])
        level = self.spec.get("logLevel", "Normal") == "Normal"
        settings = [str(self.spec.get(key)) for key in _OF_PODS]
        key = self.account if target and target[0] == "azure" else ""
        are_apart = self.spec.get("replicas") == 2 and self.spec.get("affinity") is None
        return (target, level, key, self.release, are_apart, *settings)

    def _is_served(self, target: Place) -> bool:
        if target[0] == "pvc":
            return target[1] in self.claims
        return target[0] not in _USER_KEYS or self.account == account_of(target)

    def _remove(self) -> None:
        if len(places(self.spec.get("storage") or {})) > 1:
            # It does not know which of them to remove, and lets all be.
            return
        self.pods, self.is_deployed = [], False
        target = place(self.used)
        if target and (self.spec.get("storage") or {}).get("managementState") == "Managed":
            self.stored.pop(target, None)
            if target[0] == "pvc":
                self.claims.pop(target[1], None)
            elif target[0] in _USER_KEYS and self.spec["storage"].get(target[0]) is not None:
                name = "bucket" if target[0] == "s3" else "container"
                self.write({"storage": {target[0]: {name: ""}}})
        self.used = {}

    # What becomes of images.

    def in_use(self) -> list[Place]:
        """Return the medium in use, or those which a registry may have left that is removed or does not come back."""
        if self.is_deployed:
            return places(self.deployed)
        has_left = self.written or self.spec.get("managementState") == "Removed"
        return places(self.used) or (places(self.spec.get("storage") or {}) if has_left else [])

    def images_in(self, target: Place) -> set[str]:
        """Return what is in a medium, and what may be there though nobody pushed it."""
        on_disks = [image for pod in self.pods if target[0] == pod.place[0] == "emptyDir" for image in pod.disk]
        return {phantom(target), *self.stored.get(target, ()), *on_disks}

    def fill(self) -> None:
        """Put an image into each medium that may hold some, as far as anybody can see."""
        targets = [*self.in_use(), *places(self.used)]
        if self.observed < self.generation:
            targets += places(self.spec.get("storage") or {})
        for target in targets:
            phase = self.claims.get(target[1], {}).get("status", {}).get("phase")
            if target[0] != "emptyDir" and (target[0] != "pvc" or phase == "Bound"):
                self.stored.setdefault(target, set()).add(phantom(target))
        for pod in self.pods:
            if pod.place[0] == "emptyDir":
                pod.disk.add(phantom(pod.place))

    def intent(self) -> dict[str, int]:
        """Return what the spec means for the images in use, whether or not the operator can do it."""
        wanted, state = places(self.spec.get("storage") or {}), self.spec.get("managementState")
        if state not in ("Managed", "Removed"):
            return {}
        on_disks = {pod.place for pod in self.pods if pod.place[0] == "emptyDir"}
        meant: dict[str, int] = {}
        for target in {*self.in_use(), *on_disks}:
            meant |= self._intent(target, wanted, state)
        return meant

    def _intent(self, target: Place, wanted: list[Place], state: str) -> dict[str, int]:
        """Return the same for the images in one medium."""
        owner = (self.spec.get("storage") or {}).get("managementState")
        if state == "Removed" and (target[0] == "emptyDir" or (owner == "Managed" and target == place(self.used))):
            return dict.fromkeys(self.images_in(target), GONE)
        if not wanted or target in wanted:
            return {}
        return dict.fromkeys(self.images_in(target), GONE if target[0] == "emptyDir" else LEFT)

    def push(self, image: str) -> Place | None:
        """Push an image, if any pod can take it; return where it is."""
        pod = next((pod for pod in self.pods if pod.is_ready), None)
        if pod is None:
            return None
        (pod.disk if pod.place[0] == "emptyDir" else self.stored.setdefault(pod.place, set())).add(image)
        return pod.place

    def delete_claim(self, name: str) -> None:
        """Delete a claim with all that is on it."""
        self.claims.pop(name, None)
        self.stored.pop(("pvc", name, ""), None)

    def fates(self) -> dict[str, int]:
        """Return what has become of each image that is anywhere: KEPT or LEFT."""
        on_disks = {image: KEPT for pod in self.pods for image in pod.disk}
        looked_at = {pod.place for pod in self.pods}
        if not looked_at:
            looked_at = set(places(self.used) or places(self.spec.get("storage") or {}))
        elsewhere = {
            image: KEPT if target in looked_at else LEFT for target, images in self.stored.items() for image in images
        }
        return on_disks | elsewhere

    @property
    def serves(self) -> bool:
        """Whether images can be pulled."""
        return any(pod.is_ready for pod in self.pods)


def phantom(target: Place) -> str:
    """Return an image that a medium may hold, though nobody pushed it."""
    return f"phantom in {target}"


def account_of(target: Place) -> str:
    """Return whose a place outside of the cluster is, in base64, as Azure has its keys."""
    return base64.b64encode(f"owner-of-{target[0]}-{target[1]}".encode()).decode()
