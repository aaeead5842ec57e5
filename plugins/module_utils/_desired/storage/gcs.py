# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in Google Cloud Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import WORD, form
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_INFRASTRUCTURE, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_BUCKET = form(
    "invalid-bucket-name",
    re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"),
    "a GCS bucket name: 3 to 222 of a-z, 0-9, '-', '_' and '.', beginning and ending with a-z or 0-9",
)


class Gcs(Backend):
    """storage.gcs."""

    field = Field(
        "gcs",
        "gcs",
        "dict",
        is_pointer=True,
        since="4.2",
        fields=(
            # The names of buckets are unique in the world, whatever the project.
            Field("bucket", "bucket", identity=Identity.NAME, check=_BUCKET),
            Field("region", "region", check=WORD),
            Field("project_id", "projectID", check=WORD),
            Field("key_id", "keyID", check=WORD),
        ),
    )
    noun = "the GCS bucket"
    # A file that Ansible read as JSON is text again.
    keys = (Field("keyfile", "REGISTRY_STORAGE_GCS_KEYFILE", "json", required=True, secret=True),)

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        return {CLUSTER_INFRASTRUCTURE} if _is_left_to_platform(change) else set()

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if _is_left_to_platform(change) and self.is_elsewhere("GCP", seen):
            yield self.finding(
                "bucket-without-project",
                "bucket",
                "none, and no project_id",
                "the bucket, or the project to make one in",
                "The operator takes the project from the cluster on Google Cloud only. Give one of the two.",
            )

    @classmethod
    def generated_from_minted(cls, minted: dict[str, str]) -> dict[str, str] | None:
        found = minted.get("service_account.json")
        return None if found is None else {field.path: found for field in cls.keys}


def _is_left_to_platform(change: Change) -> bool:
    after = change.storage.get("gcs") or {}
    return not after.get("bucket") and not after.get("projectID")
