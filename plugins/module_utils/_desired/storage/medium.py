# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which medium holds the images: a claim, a bucket, the pods' own disks."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import (
    environment,
    volume,
    written_generation,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup


class Medium(NamedTuple):
    """One place for images: the backend's key in spec.storage, and the fields that say which one.

    What no Config can name, such as a volume of another kind, has the backend "", and its words in their place.
    """

    backend: str
    identity: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        if not self.backend:
            return f"{dict(self.identity)['words']}, which somebody gave to the pods"
        noun = BACKENDS[self.backend].noun
        if not noun:
            return "the pods' own disks (emptyDir)"
        return f"{noun} {' / '.join(value for _field, value in self.identity if value) or 'that the operator made'}"

    def field(self, name: str) -> str:
        """Return one of the identity fields, empty if it is not set."""
        return dict(self.identity).get(name, "")

    def place(self) -> dict[str, str]:
        """Return what tells it from other media of its backend."""
        return BACKENDS[self.backend].place(dict(self.identity)) if self.backend else dict(self.identity)

    def is_same(self, other: Medium) -> bool:
        """Whether another one is this one, maybe in another spelling."""
        return (self.backend, self.place()) == (other.backend, other.place())

    @property
    def outlives_pods(self) -> bool:
        """Whether it may hold images while no registry uses it: it has a name, and is not the pods' own disks."""
        names, place = BACKENDS[self.backend].name_fields(), self.place()
        return bool(names) and all(place[name] for name in names)


def backends(storage: dict[str, Any] | None) -> list[str]:
    """Return the backend keys that are set in a spec.storage or status.storage."""
    return [key for key in BACKENDS if (storage or {}).get(key) is not None]


def is_observed(config: dict[str, Any]) -> bool:
    """Whether the operator has looked at the Config since it was changed."""
    seen = lookup(config, ("status", "observedGeneration")) or 0
    return bool(seen >= (lookup(config, ("metadata", "generation")) or 0))


def is_noted(config: dict[str, Any]) -> bool:
    """Whether the operator has noted what the registry uses."""
    return bool(backends(lookup(config, ("status", "storage"))))


def is_taken_over(config: dict[str, Any]) -> bool:
    """Whether the operator takes the storage for its own where spec.storage.managementState is empty.

    It does so with what it made, as far as it noted that, and with the claim that it names itself.
    """
    settings = lookup(config, ("spec", "storage", "pvc"))
    return bool(lookup(config, ("status", "storageManaged"))) or (settings is not None and not settings.get("claim"))


def in_use(config: dict[str, Any]) -> list[Medium]:
    """Return the media that may hold images, as far as the Config tells.

    status.storage tells what the registry really uses. It is empty while the registry is removed, and later until the
    operator uses the storage again. In this time the storage that spec.storage names may still hold the old images, and
    where it names several of them, nothing tells which.
    """
    if is_noted(config):
        return named(config["status"]["storage"])
    spec = config.get("spec", {})
    # Where the operator never deployed a registry, no storage can hold its images.
    has_served = written_generation(config) is not None
    left = named(spec.get("storage")) if spec.get("managementState") == "Removed" or has_served else []
    return [found for found in left if found.outlives_pods]


def in_pods(deployment: dict[str, Any] | None, storage: dict[str, Any]) -> Medium | None:
    """Return the medium that the pods of a Deployment use, None if it does not tell.

    storage: spec.storage. What the Deployment does not say of a medium of the same backend is supposed to be so.
    """
    variables = environment(deployment)
    driver = variables.get("REGISTRY_STORAGE", "")
    if driver == "filesystem":
        source, directory = volume(deployment, variables.get("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", ""))
        return _of_volume(source, directory) if source else None
    alike = next(
        (found for found in named(storage) if (BACKENDS[found.backend].driver or found.backend) == driver), None
    )
    key = alike.backend if alike else driver
    if key not in BACKENDS:
        return _unnamed(f"storage of the kind {key}") if key else None
    supposed = dict(alike.identity) if alike and not BACKENDS[key].is_told_to_pods else {}
    said = {
        name: variables.get(f"REGISTRY_STORAGE_{driver}_{name}".upper()) for name in BACKENDS[key].identity_fields()
    }
    return of({key: {name: value or supposed.get(name, "") for name, value in said.items()}})


def _of_volume(source: dict[str, Any], directory: str) -> Medium | None:
    claim = (source.get("persistentVolumeClaim") or {}).get("claimName")
    if claim and directory:
        return _unnamed(f"the directory {directory} of PersistentVolumeClaim {claim}")
    if claim:
        return of({"pvc": {"claim": claim}})
    if "emptyDir" in source:
        return of({"emptyDir": {}})
    return _unnamed(f"a volume of the kind {' or '.join(sorted(source.keys() - {'name'}))}")


def _unnamed(words: str) -> Medium:
    return Medium("", (("words", words),))


def removable(config: dict[str, Any]) -> list[Medium]:
    """Return the media of which the operator would delete one if it were told to.

    It is the one that status.storage names. The operator may also be about to take into use what the spec names: it
    tries again at any time, also after it has observed the spec and reported an error.
    """
    noted, storage = of(lookup(config, ("status", "storage"))), lookup(config, ("spec", "storage")) or {}
    coming = of(storage) if lookup(config, ("spec", "managementState")) == "Managed" else None
    # What the spec lacks, the operator has completed in the status.
    is_another = coming is not None and coming.outlives_pods and (noted is None or is_left(noted, storage, storage))
    return [found for found in (noted, coming if is_another else None) if found]


def of(storage: dict[str, Any] | None) -> Medium | None:
    """Return the medium that a storage object names, None unless exactly one backend is set."""
    found = named(storage)
    return found[0] if len(found) == 1 else None


def named(storage: dict[str, Any] | None) -> list[Medium]:
    """Return the media that a storage object names, of which the operator uses none if there are several."""
    return [Medium(key, _identity(BACKENDS[key], (storage or {})[key])) for key in backends(storage)]


def is_left(used: Medium, storage: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Whether storage, which takes the place of stored as spec.storage, names other media than used, and not that one.

    Storage that names none changes nothing.
    """
    wanted = named(storage)
    return bool(wanted) and all(_is_other(used, found, stored) for found in wanted)


def _is_other(used: Medium, wanted: Medium, stored: dict[str, Any]) -> bool:
    if used.backend != wanted.backend:
        return True
    backend = BACKENDS[used.backend]
    here, there = used.place(), wanted.place()
    so_far = stored.get(used.backend)
    # What the spec lacked as well, the operator has completed and keeps.
    was = Medium(used.backend, _identity(backend, so_far)).place() if so_far is not None else None
    return any(
        here[name] != there[name] and (there[name] != "" or was is None or was[name] != "")
        for name in here
        if not _is_settled(backend.settled_by.get(name, ""), used, wanted)
    )


def is_left_by_pods(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether pods use a medium for which they need keys, while the operator takes another one into use."""
    used = of(before.get("status", {}).get("storage"))
    if used is None or not BACKENDS[used.backend].keys or before["spec"].get("managementState") != "Managed":
        return False
    return is_left(used, after["spec"].get("storage") or {}, before["spec"].get("storage") or {})


def _is_settled(decisive: str, used: Medium, wanted: Medium) -> bool:
    return used.field(decisive) == wanted.field(decisive) != ""


def _identity(backend: type[Backend], settings: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, settings.get(name) or "") for name in backend.identity_fields())
