# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage backends by their key in spec.storage."""

from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.azure import Azure
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.claim import Claim
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.empty_dir import EmptyDir
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.gcs import Gcs
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.ibmcos import IbmCos
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.oss import Oss
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.s3 import S3
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.swift import Swift

BACKENDS: dict[str, type[Backend]] = {
    backend.field.path: backend for backend in (EmptyDir, Claim, S3, Gcs, Azure, Swift, IbmCos, Oss)
}
