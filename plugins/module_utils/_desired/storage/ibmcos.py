# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in IBM Cloud Object Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding

_CRN = {
    "resource_key_crn": re.compile(r"crn:.+:.+:.+:cloud-object-storage:.+:.+:.+:resource-key:.+"),
    "service_instance_crn": re.compile(r"crn:.+:.+:.+:cloud-object-storage:.+:.+:.+::"),
}


class IbmCos(Backend):
    """storage.ibmcos."""

    option = key = "ibmcos"
    fields: ClassVar[dict[str, str]] = {
        "bucket": "bucket",
        "location": "location",
        "resource_group_name": "resourceGroupName",
        "resource_key_crn": "resourceKeyCRN",
        "service_instance_crn": "serviceInstanceCRN",
    }
    named_by = ("bucket",)

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        bucket = self.options.get("bucket")
        if bucket and not names.is_bucket_name(bucket):
            yield self.finding("bucket", repr(bucket), names.BUCKET_NAME, "Correct the name.")
        for option, pattern in _CRN.items():
            value = self.options.get(option)
            if value and not pattern.fullmatch(value):
                yield self.finding(
                    option,
                    repr(value),
                    "a CRN of cloud-object-storage",
                    "Copy it from IBM Cloud.",
                )
