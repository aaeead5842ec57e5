# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a container in Azure Blob Storage."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import Check, form
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


def _is_base64(value: str) -> bool:
    try:
        return bool(base64.b64decode(value, validate=True))
    except ValueError:
        return False


_ACCOUNT = form("invalid-account-name", re.compile(r"[a-z0-9]{3,24}"), "a storage account name: 3 to 24 of a-z and 0-9")
_CONTAINER = form(
    "invalid-container-name",
    re.compile(r"(?=.{3,63}$)[0-9a-z]+(-[0-9a-z]+)*"),
    "a container name: 3 to 63 of a-z, 0-9 and single '-' between them",
)
_ACCOUNT_KEY = Check("credentials-malformed", _is_base64, "base64", "Copy it from Azure.")
# What the operator knows, in whatever case.
_CLOUDS = tuple(f"Azure{name}Cloud" for name in ("Public", "USGovernment", "China", "German", "Stack"))
_CLOUD = Check(
    "unknown-cloud",
    lambda value: value.lower() in map(str.lower, _CLOUDS),
    f"one of {', '.join(_CLOUDS)}",
    "The operator knows no other cloud, and would apply no setting at all.",
)
# Where no cloud is named, both the operator and the registry take this one.
_DEFAULT_CLOUD = "AzurePublicCloud"


class Azure(Backend):
    """storage.azure."""

    field = Field(
        "azure",
        "azure",
        "dict",
        is_pointer=True,
        since="4.2",
        fields=(
            Field("account_name", "accountName", identity=Identity.NAME, check=_ACCOUNT),
            Field("container", "container", identity=Identity.NAME, check=_CONTAINER),
            Field("cloud_name", "cloudName", identity=Identity.PLACE, since="4.6", check=_CLOUD),
            Field(
                "network_access",
                "networkAccess",
                "dict",
                since="4.15",
                fields=(
                    Field("type", "type", choices=("External", "Internal"), default="External"),
                    Field(
                        "internal",
                        "internal",
                        "dict",
                        fields=(
                            Field("network_resource_group_name", "networkResourceGroupName"),
                            Field("vnet_name", "vnetName"),
                            Field("subnet_name", "subnetName"),
                            Field("private_endpoint_name", "privateEndpointName"),
                        ),
                    ),
                ),
            ),
        ),
    )
    noun = "the Azure container"
    keys = (Field("account_key", "REGISTRY_STORAGE_AZURE_ACCOUNTKEY", required=True, secret=True, check=_ACCOUNT_KEY),)

    @classmethod
    def place(cls, identity: Mapping[str, str]) -> dict[str, str]:
        return {**identity, "cloudName": (identity["cloudName"] or _DEFAULT_CLOUD).lower()}

    def settings(self) -> dict[str, Any]:
        settings = super().settings()
        access = settings.get("networkAccess", {})
        if access.get("type") == "External" and "internal" not in access:
            # The API refuses it with External, and the operator has filled it in if it was Internal.
            access["internal"] = None
        return settings

    def mistakes(self) -> Iterator[Finding]:
        yield from super().mistakes()
        access = self.options.get("network_access") or {}
        if access.get("internal") and access.get("type") != "Internal":
            yield self.finding(
                "network-type",
                "network_access.internal",
                f"a value with type {access.get('type')}",
                "type Internal",
                "Set the type to Internal, or leave internal out.",
            )

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        yield from self._name_findings(change, seen)
        yield from self._network_findings(change)

    def _name_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield what the operator only notes in a condition while it rolls out a registry that cannot work."""
        if not change.will_exist(USER_CREDENTIALS, seen):
            return
        after = change.storage.get("azure") or {}
        for field in self.field.fields or ():
            if field.identity is Identity.NAME and not after.get(field.path):
                yield self.finding(
                    "azure-without-name",
                    field.option,
                    f"none, with an account key in {USER_CREDENTIALS}",
                    "the account and the container that the key is for",
                    "Give both, or remove the Secret (credentials.state absent) to use the cluster's own credentials.",
                )

    def _network_findings(self, change: Change) -> Iterator[Finding]:
        access = self.options.get("network_access") or {}
        before = lookup(change.storage_before, ("azure", "networkAccess", "type"))
        if access.get("type") == "Internal" and before != "Internal":
            yield self.finding(
                "network-closes",
                "network_access.type",
                "Internal",
                "External if you may have to undo this",
                "The operator creates a private endpoint and closes the public access. It does not undo this.",
                "warning",
            )
        if access.get("type") == "External" and before == "Internal":
            yield self.finding(
                "network-stays-closed",
                "network_access.type",
                "External, after Internal",
                "the account to be opened by hand",
                "The operator does not remove the private endpoint. It does not open the public access again.",
                "warning",
            )
