# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a container in OpenStack Swift."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import HTTP_URL, WORD
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Identity
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_VERSION = re.compile(r"/v[0-9.]+$")
_PREFIX = "REGISTRY_STORAGE_SWIFT_"


class Swift(Backend):
    """storage.swift."""

    field = Field(
        "swift",
        "swift",
        "dict",
        is_pointer=True,
        fields=(
            Field("container", "container", identity=Identity.NAME),
            Field("auth_url", "authURL", identity=Identity.PLACE, holds_password=True, check=HTTP_URL),
            Field("auth_version", "authVersion", since="4.2", check=WORD),
            Field("domain", "domain", identity=Identity.PLACE),
            Field("domain_id", "domainID", identity=Identity.PLACE, check=WORD),
            Field("tenant", "tenant", identity=Identity.PLACE),
            Field("tenant_id", "tenantID", identity=Identity.PLACE, check=WORD),
            Field("region_name", "regionName", identity=Identity.PLACE, since="4.2"),
        ),
    )
    noun = "the Swift container"
    project = ("tenant", "tenantID")
    # Keystone takes no project beside an application credential, which is of one.
    keys_of_project = ("application_credential_id", "application_credential_name")
    # The ID of a project is unique.
    settled_by: ClassVar[Mapping[str, str]] = {"tenant": "tenantID", "domain": "tenantID", "domainID": "tenantID"}
    keys = (
        Field("username", f"{_PREFIX}USERNAME", names_account=True, says_by_empty=False),
        Field("password", f"{_PREFIX}PASSWORD", secret=True),
        Field(
            "application_credential_id",
            f"{_PREFIX}APPLICATIONCREDENTIALID",
            names_account=True,
            says_by_empty=False,
            since="4.10",
        ),
        Field(
            "application_credential_name",
            f"{_PREFIX}APPLICATIONCREDENTIALNAME",
            names_account=True,
            says_by_empty=False,
            since="4.10",
        ),
        Field("application_credential_secret", f"{_PREFIX}APPLICATIONCREDENTIALSECRET", secret=True, since="4.10"),
        Field("token_id", f"{_PREFIX}TOKENID", secret=True, since="4.20"),
    )
    key_groups = (
        ("username", "password"),
        ("application_credential_id", "application_credential_name", "application_credential_secret"),
        ("token_id",),
    )

    @classmethod
    def place(cls, identity: Mapping[str, str]) -> dict[str, str]:
        # The operator adds the version of the API to a URL without one.
        return {**identity, "authURL": _VERSION.sub("", names.address(identity["authURL"]))}

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if change.will_exist(USER_CREDENTIALS, seen) and not (change.storage.get("swift") or {}).get("authURL"):
            yield self.finding(
                "swift-without-url",
                "auth_url",
                f"none, with credentials in {USER_CREDENTIALS}",
                "the URL of Keystone",
                "With credentials of your own the operator takes nothing from the cluster's clouds.yaml. Give auth_url "
                "and whatever else the cloud needs.",
            )
