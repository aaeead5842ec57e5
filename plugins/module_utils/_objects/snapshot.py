# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of the cluster at one moment."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, NotFound
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref


class Snapshot:
    """Objects by Ref: an object, a list object for a ref to many, None, or the ApiError that says why there is none.

    To ask for a ref that was not read is an error of the program: every method then raises KeyError.
    """

    def __init__(self, objects: dict[Ref, Any]):
        self._objects = objects

    def __contains__(self, ref: Ref) -> bool:
        """Whether ref was read, whatever came of it."""
        return ref in self._objects

    def __getitem__(self, ref: Ref) -> dict[str, Any] | None:
        """Return the object, None if it does not exist; raise the ApiError if it could not be read."""
        failure = self.failure(ref)
        if failure is None or isinstance(failure, NotFound):
            return self.visible(ref)
        raise failure

    def visible(self, ref: Ref) -> dict[str, Any] | None:
        """Return the object, None if it does not exist or could not be read."""
        found: dict[str, Any] | ApiError | None = self._objects[ref]
        return None if isinstance(found, ApiError) else found

    def is_hidden(self, ref: Ref) -> bool:
        """Whether it is not known if the object exists."""
        failure = self.failure(ref)
        return failure is not None and not isinstance(failure, NotFound)

    def is_absent(self, ref: Ref) -> bool:
        """Whether the object is known not to exist."""
        return not self.is_hidden(ref) and self.visible(ref) is None

    def failure(self, ref: Ref) -> ApiError | None:
        """Return why there is no object, None if there is one or the API server's answer was not kept."""
        found = self._objects[ref]
        return found if isinstance(found, ApiError) else None

    def items(self, ref: Ref) -> list[dict[str, Any]]:
        """Return the objects that a ref to many selects, [] where there are none to be seen."""
        return (self.visible(ref) or {}).get("items") or []

    def joined(self, more: Snapshot) -> Snapshot:
        """Return a snapshot that holds more objects, or newer ones."""
        return Snapshot({**self._objects, **more._objects})
