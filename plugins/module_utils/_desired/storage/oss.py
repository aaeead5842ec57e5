# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in Alibaba Cloud OSS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import WORD, form
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_BUCKET = form(
    "invalid-bucket-name",
    re.compile(r"(?=.{3,63}$)[0-9a-z]+(-[0-9a-z]+)*"),
    "a bucket name: 3 to 63 of a-z, 0-9 and single '-' between them",
)


class Oss(Backend):
    """storage.oss, which operators of OpenShift 4.10 to 4.16 can use."""

    field = Field(
        "oss",
        "oss",
        "dict",
        is_pointer=True,
        since="4.10",
        fields=(
            Field("bucket", "bucket", identity=Identity.NAME, check=_BUCKET),
            Field("region", "region", identity=Identity.PLACE, check=WORD),
            Field("endpoint_accessibility", "endpointAccessibility", choices=("Internal", "Public")),
            Field(
                "encryption",
                "encryption",
                "dict",
                fields=(
                    Field("method", "method", choices=("AES256", "KMS"), default="AES256"),
                    Field("kms_key_id", "kms.keyID", check=WORD),
                ),
            ),
        ),
    )
    noun = "the OSS bucket"
    keys = (
        Field("access_key_id", "REGISTRY_STORAGE_OSS_ACCESSKEYID", names_account=True, required=True),
        Field("access_key_secret", "REGISTRY_STORAGE_OSS_ACCESSKEYSECRET", required=True, secret=True),
    )

    def settings(self) -> dict[str, Any]:
        settings = super().settings()
        encryption = settings.get("encryption", {})
        if encryption.get("method") == "AES256" and not encryption.get("kms"):
            encryption["kms"] = None
        return settings

    def mistakes(self) -> Iterator[Finding]:
        yield from super().mistakes()
        encryption = self.options.get("encryption") or {}
        if encryption and (encryption["method"] == "KMS") != bool(encryption.get("kms_key_id")):
            yield self.finding(
                "encryption-key",
                "encryption.kms_key_id",
                f"{'a' if encryption.get('kms_key_id') else 'no'} key with method {encryption['method']}",
                "a key with method KMS, and no key with another method",
                "Give both or neither.",
            )

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        yield self.finding(
            "backend-without-driver",
            "bucket",
            "a backend without a driver in the operator since OpenShift 4.17",
            "OpenShift 4.10 to 4.16",
            "A newer operator does not recognize it as storage and overwrites it.",
            "warning",
        )
