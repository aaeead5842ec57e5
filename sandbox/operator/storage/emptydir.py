# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage in the pod itself: needs nothing, keeps nothing."""

from __future__ import annotations

from ..conditions import Condition
from ..volumes import mounted
from ..working import WorkingCopy
from ..world import World
from .filesystem import ENVIRONMENT, MOUNT_PATH, VOLUME
from .parts import StorageParts

KEY = "emptyDir"


def exists(copy: WorkingCopy, world: World) -> bool:
    """Whether the backend is in use."""
    return KEY in copy.storage_in_use


def create(copy: WorkingCopy, world: World) -> None:
    """Take the backend into use."""
    copy.conditions["StorageExists"] = Condition("True", "Creation Successful", "EmptyDir storage successfully created")
    copy.storage.setdefault("managementState", "Managed")
    copy.storage_in_use = {KEY: {}}


def remove(copy: WorkingCopy, world: World) -> None:
    """Nothing outlives the pods."""


def parts(config: dict[str, str]) -> StorageParts:
    """What the backend adds to the registry's pods."""
    return StorageParts(ENVIRONMENT, [mounted(VOLUME, {"emptyDir": {}}, MOUNT_PATH)])
