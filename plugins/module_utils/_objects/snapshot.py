# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of the cluster at one moment."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, NotFound
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref


class Snapshot:
    """Objects by Ref: an object, a list object for a ref to many, None, or the ApiError that says why there is none."""

    def __init__(self, objects: dict[Ref, Any]):
        self._objects = objects

    def __contains__(self, ref: Ref) -> bool:
        return ref in self._objects

    def __getitem__(self, ref: Ref) -> dict[str, Any] | None:
        """Return the object, None if it does not exist.

        Raise Forbidden if the user may not read it, another ApiError if it could not be read, KeyError if it was not
        asked for.
        """
        found: dict[str, Any] | ApiError | None = self._objects[ref]
        if isinstance(found, NotFound):
            return None
        if isinstance(found, ApiError):
            raise found
        return found

    def get(self, ref: Ref) -> dict[str, Any] | None:
        """Return the object, None also if it was not asked for; raise Forbidden if the user may not read it."""
        return None if ref not in self._objects else self[ref]

    def known(self, ref: Ref) -> bool:
        """Whether ref was asked for and is known: as it is, or not to exist."""
        return ref in self and (self.failure(ref) is None or isinstance(self.failure(ref), NotFound))

    def failure(self, ref: Ref) -> ApiError | None:
        """Return why there is no object, None if there is one or the API server's answer was not kept."""
        found = self._objects[ref]
        return found if isinstance(found, ApiError) else None

    def items(self, ref: Ref) -> list[dict[str, Any]]:
        """Return the objects that a ref to many selects, [] when the API for them does not exist."""
        return (self[ref] or {}).get("items") or []

    def joined(self, more: dict[Ref, Any]) -> Snapshot:
        """Return a snapshot that holds more objects."""
        return Snapshot({**self._objects, **more})
