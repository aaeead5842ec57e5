# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in Google Cloud Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")


class Gcs(Backend):
    """storage.gcs."""

    option = key = "gcs"
    fields: ClassVar[dict[str, str]] = {
        "bucket": "bucket",
        "region": "region",
        "project_id": "projectID",
        "key_id": "keyID",
    }
    named_by = ("bucket",)

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        bucket = self.options.get("bucket")
        if bucket and not _BUCKET.fullmatch(bucket):
            yield self.finding(
                "bucket",
                repr(bucket),
                "a GCS bucket name: 3 to 222 of a-z, 0-9, '-', '_' and '.', beginning and ending with a-z or 0-9",
                "Correct the name.",
            )
