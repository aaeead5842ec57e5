# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a container in Azure Blob Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS

_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_CONTAINER = re.compile(r"(?=.{3,63}$)[0-9a-z]+(-[0-9a-z]+)*")
_INTERNAL = {
    "network_resource_group_name": "networkResourceGroupName",
    "vnet_name": "vnetName",
    "subnet_name": "subnetName",
    "private_endpoint_name": "privateEndpointName",
}


class Azure(Backend):
    """storage.azure."""

    option = key = "azure"
    fields: ClassVar[dict[str, str]] = {
        "account_name": "accountName",
        "container": "container",
        "cloud_name": "cloudName",
    }
    named_by = ("account_name", "container")

    def settings(self) -> dict[str, Any]:
        settings = super().settings()
        access = self.options.get("network_access")
        if access:
            settings["networkAccess"] = {"type": access["type"]}
            names = {field: (access.get("internal") or {}).get(name) for name, field in _INTERNAL.items()}
            declared = {field: value for field, value in names.items() if value is not None}
            if declared:
                settings["networkAccess"]["internal"] = declared
            elif access["type"] == "External":
                # The API refuses it with External, and the operator has filled it in if it was Internal.
                settings["networkAccess"]["internal"] = None
        return settings

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        for option, pattern, needed in (
            ("account_name", _ACCOUNT, "a storage account name: 3 to 24 of a-z and 0-9"),
            ("container", _CONTAINER, "a container name: 3 to 63 of a-z, 0-9 and single '-' between them"),
        ):
            value = self.options.get(option)
            if value and not pattern.fullmatch(value):
                yield self.finding(option, repr(value), needed, "Correct the name.")
        yield from self._named_findings(outlook)
        yield from self._network_findings(outlook)

    def _named_findings(self, outlook: Outlook) -> Iterator[Finding]:
        """Yield what the operator only notes in a condition while it rolls out a registry that cannot work."""
        if not outlook.will_exist(USER_CREDENTIALS):
            return
        after = outlook.storage.get("azure") or {}
        for option, field in (("account_name", "accountName"), ("container", "container")):
            if not after.get(field):
                yield self.finding(
                    option,
                    f"none, with an account key in {USER_CREDENTIALS}",
                    "the account and the container that the key is for",
                    "Give both, or remove the Secret (credentials.state absent) to use the cluster's own credentials.",
                )

    def _network_findings(self, outlook: Outlook) -> Iterator[Finding]:
        access = self.options.get("network_access") or {}
        before = ((outlook.before.get("spec", {}).get("storage") or {}).get("azure") or {}).get("networkAccess") or {}
        if access.get("internal") and access.get("type") != "Internal":
            yield self.finding(
                "network_access.internal",
                f"given with type {access.get('type')}",
                "type Internal",
                "Set the type to Internal, or leave internal out.",
            )
        if access.get("type") == "Internal" and before.get("type") != "Internal":
            yield self.finding(
                "network_access.type",
                "Internal",
                "External if that may have to be undone",
                "The operator creates a private endpoint and closes the public access; it does not undo either.",
                "warning",
            )
        if access.get("type") == "External" and before.get("type") == "Internal":
            yield self.finding(
                "network_access.type",
                "External, after Internal",
                "the account to be opened by hand",
                "The operator does not remove the private endpoint or open the public access again.",
                "warning",
            )
