# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a container in OpenStack Swift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS


class Swift(Backend):
    """storage.swift."""

    option = key = "swift"
    fields: ClassVar[dict[str, str]] = {
        "auth_url": "authURL",
        "auth_version": "authVersion",
        "container": "container",
        "domain": "domain",
        "domain_id": "domainID",
        "tenant": "tenant",
        "tenant_id": "tenantID",
        "region_name": "regionName",
    }
    named_by = ("container",)

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        url = self.options.get("auth_url")
        if url and not names.is_http_url(url):
            yield self.finding("auth_url", repr(url), "a URL such as https://keystone.example.com/v3", "Correct it.")
        if outlook.will_exist(USER_CREDENTIALS) and not (outlook.storage.get("swift") or {}).get("authURL"):
            yield self.finding(
                "auth_url",
                f"none, with credentials in {USER_CREDENTIALS}",
                "the URL of Keystone",
                "With credentials of your own nothing is taken from the cluster's clouds.yaml: give auth_url and what "
                "else the cloud needs.",
            )
