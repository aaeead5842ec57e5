# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backends share that keep images in a directory."""

from __future__ import annotations

from ..environment import variable

VOLUME = "registry-storage"
MOUNT_PATH = "/registry"

ENVIRONMENT = [
    variable("REGISTRY_STORAGE", "filesystem"),
    variable("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", MOUNT_PATH),
]
