# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in Alibaba Cloud OSS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding

_BUCKET = re.compile(r"(?=.{3,63}$)[0-9a-z]+(-[0-9a-z]+)*")


class Oss(Backend):
    """storage.oss, which operators of OpenShift 4.10 to 4.16 can use."""

    option = key = "oss"
    fields: ClassVar[dict[str, str]] = {
        "bucket": "bucket",
        "region": "region",
        "endpoint_accessibility": "endpointAccessibility",
    }
    named_by = ("bucket",)

    def settings(self) -> dict[str, Any]:
        settings = super().settings()
        encryption = self.options.get("encryption")
        if encryption:
            settings["encryption"] = {"method": encryption["method"]}
            if encryption.get("kms_key_id"):
                settings["encryption"]["kms"] = {"keyID": encryption["kms_key_id"]}
            elif encryption["method"] == "AES256":
                settings["encryption"]["kms"] = None
        return settings

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        bucket, encryption = self.options.get("bucket"), self.options.get("encryption") or {}
        if bucket and not _BUCKET.fullmatch(bucket):
            yield self.finding(
                "bucket", repr(bucket), "a bucket name: 3 to 63 of a-z, 0-9 and single '-' between them", "Correct it."
            )
        if encryption and (encryption["method"] == "KMS") != bool(encryption.get("kms_key_id")):
            yield self.finding(
                "encryption.kms_key_id",
                f"{'a' if encryption.get('kms_key_id') else 'no'} key with method {encryption['method']}",
                "a key exactly with method KMS",
                "Give both or neither.",
            )
        yield self.finding(
            "bucket",
            "a backend that operators since OpenShift 4.17 have no driver for",
            "OpenShift 4.10 to 4.16",
            "A newer operator takes it for no storage at all and overwrites it.",
            "warning",
        )
