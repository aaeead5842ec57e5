# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in IBM Cloud Object Storage."""

from __future__ import annotations

import re

from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import BUCKET_NAME, WORD, form
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend

_CRN = "a CRN of cloud-object-storage"
_KEY_CRN = form(
    "invalid-crn",
    re.compile(r"crn:[^:]+:[^:]+:[^:]+:cloud-object-storage:[^:]+:[^:]+:[^:]+:resource-key:.+"),
    _CRN,
    "Copy it from IBM Cloud.",
)
_INSTANCE_CRN = form(
    "invalid-crn",
    re.compile(r"crn:[^:]+:[^:]+:[^:]+:cloud-object-storage:[^:]+:[^:]+:[^:]+::"),
    _CRN,
    "Copy it from IBM Cloud.",
)


class IbmCos(Backend):
    """storage.ibmcos."""

    field = Field(
        "ibmcos",
        "ibmcos",
        "dict",
        is_pointer=True,
        since="4.9",
        fields=(
            Field("bucket", "bucket", identity=Identity.NAME, check=BUCKET_NAME),
            Field("location", "location", identity=Identity.PLACE, check=WORD),
            Field("resource_group_name", "resourceGroupName"),
            Field("resource_key_crn", "resourceKeyCRN", check=_KEY_CRN),
            Field("service_instance_crn", "serviceInstanceCRN", identity=Identity.PLACE, check=_INSTANCE_CRN),
        ),
    )
    noun = "the IBM COS bucket"
    driver = "s3"
    keys = (Field("iam_api_key", "REGISTRY_STORAGE_IBMCOS_IAMAPIKEY", required=True, secret=True),)

    @classmethod
    def generated(cls, values: dict[str, str]) -> dict[str, str] | None:
        # The operator obtains other keys with the one that it is given.
        return None
