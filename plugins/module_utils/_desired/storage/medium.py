# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which medium holds the images: a claim, a bucket, the pods' own disks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import written_generation
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import DEFAULT_CLAIM


@dataclass(frozen=True)
class Medium:
    """One place for images: the backend's key in spec.storage, and the fields that say which one."""

    backend: str
    identity: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        noun = BACKENDS[self.backend].noun
        if not noun:
            return "the pods' own disks (emptyDir)"
        return f"{noun} {' / '.join(value for _field, value in self.identity if value) or 'that the operator made'}"

    def field(self, name: str) -> str:
        """Return one of the identity fields, empty if it is not set."""
        return dict(self.identity).get(name, "")

    @property
    def outlives_pods(self) -> bool:
        """Whether it may hold images while no registry uses it: it has a name, and is not the pods' own disks."""
        names = BACKENDS[self.backend].name_fields()
        return bool(names) and all(self.field(name) for name in names)


def backends(storage: dict[str, Any] | None) -> list[str]:
    """Return the backend keys that are set in a spec.storage or status.storage."""
    return [key for key in BACKENDS if (storage or {}).get(key) is not None]


def in_use(config: dict[str, Any]) -> Medium | None:
    """Return the medium that may hold images, None if there is none.

    status.storage tells what the registry really uses. It is empty while the registry is removed, and later until the
    operator uses the storage again. In this time the storage that spec.storage names may still hold the old images.
    """
    spec, used = config.get("spec", {}), config.get("status", {}).get("storage")
    if backends(used):
        return of(used)
    # Where the operator never deployed a registry, no storage can hold its images.
    has_served = written_generation(config) is not None
    left = of(spec.get("storage")) if spec.get("managementState") == "Removed" or has_served else None
    return left if left and left.outlives_pods else None


def of(storage: dict[str, Any] | None) -> Medium | None:
    """Return the medium that a storage object names, None unless exactly one backend is set."""
    keys = backends(storage)
    if storage is None or len(keys) != 1:
        return None
    settings = storage[keys[0]]
    return Medium(keys[0], tuple((name, settings.get(name) or "") for name in BACKENDS[keys[0]].identity_fields()))


def moves(used: Medium, wanted: Medium, stored: dict[str, Any] | None) -> bool:
    """Whether images in used stay behind when wanted replaces stored, the present spec.storage.

    To set a field that is not set is no move. To remove a field is a move: the operator then chooses another value.
    """
    if used.backend != wanted.backend:
        return True
    before = (stored or {}).get(used.backend)
    return any(_differs(used, wanted, before, name) for name in BACKENDS[used.backend].identity_fields())


def _differs(used: Medium, wanted: Medium, before: dict[str, Any] | None, name: str) -> bool:
    decisive = BACKENDS[used.backend].settled_by.get(name, "")
    if used.field(decisive) and used.field(decisive) == wanted.field(decisive):
        return False
    have = used.field(name)
    want = wanted.field(name) or (DEFAULT_CLAIM if name == "claim" else "")
    # What the spec lacked as well, the operator has completed and keeps.
    is_taken_away = not want and (before is None or bool(before.get(name)))
    return bool(have) and have != want and (bool(want) or is_taken_away)
