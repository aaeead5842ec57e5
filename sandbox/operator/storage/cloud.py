# SPDX-License-Identifier: GPL-3.0-or-later
"""Backends of clouds that the sandbox has no service for.

Everything that the operator does before it calls the cloud is done; the call itself finds no host. An Azure account
key from the user needs no call.
"""

from __future__ import annotations

from typing import Any

from .. import names
from ..conditions import Condition
from ..environment import variable
from ..errors import ApplyError
from ..working import WorkingCopy
from ..world import World
from .credentials import cloud_values, user_values
from .parts import StorageParts

Object = dict[str, Any]

HOSTS = {
    "gcs": "storage.googleapis.com",
    "azure": "management.azure.com",
    "swift": "keystone",
    "ibmcos": "resource-controller.cloud.ibm.com",
}
ACCOUNT_KEY = "REGISTRY_STORAGE_AZURE_ACCOUNTKEY"
_REALMS = {
    "AzurePublicCloud": "core.windows.net",
    "AzureUSGovernmentCloud": "core.usgovcloudapi.net",
    "AzureChinaCloud": "core.chinacloudapi.cn",
    "AzureGermanCloud": "core.cloudapi.de",
}


def call(backend: str, world: World) -> None:
    """Find the credentials and call the cloud; always raises ApplyError."""
    user = world.secret(names.USER_CONFIGURATION)
    if user is not None:
        user_values(backend, user)
    else:
        cloud_values(world.secret(names.CLOUD_CREDENTIALS))
    raise ApplyError(f"dial tcp: lookup {HOSTS[backend]}: no such host")


def azure_of_user(copy: WorkingCopy, world: World) -> bool:
    """Take into use an Azure account whose key the user gives; False when there is no such key.

    A missing account name or container is reported, but is no error: a registry that cannot work is rolled out.
    """
    user = world.secret(names.USER_CONFIGURATION)
    if user is None:
        return False
    if not user_values("azure", user)[ACCOUNT_KEY]:
        raise ApplyError(
            f"the secret {names.NAMESPACE}/{names.USER_CONFIGURATION} has an empty value for {ACCOUNT_KEY}; "
            "the secret should be removed or contain a non-empty value"
        )
    config = copy.storage["azure"]
    copy.conditions["StorageExists"] = _azure_condition(config)
    if copy.conditions["StorageExists"].status == "True":
        copy.storage.setdefault("managementState", "Unmanaged")
        copy.storage_in_use = {"azure": dict(config)}
    return True


def _azure_condition(config: Object) -> Condition:
    if not config.get("accountName"):
        message = "Storage account key is provided, but account name is not specified"
        return Condition("False", "StorageNotConfigured", message)
    if not config.get("container"):
        message = "Storage account is provided, but container is not specified"
        return Condition("False", "StorageNotConfigured", message)
    return Condition("True", "UserManaged", "Storage is managed by the user")


def azure_parts(config: Object) -> StorageParts:
    """What Azure with the user's account key adds to the registry's pods."""
    key_ref = {"secretKeyRef": {"name": names.PRIVATE_CONFIGURATION, "key": ACCOUNT_KEY}}
    environment = [
        {"name": ACCOUNT_KEY, "valueFrom": key_ref},
        variable("REGISTRY_STORAGE", "azure"),
        variable("REGISTRY_STORAGE_AZURE_CONTAINER", config.get("container", "")),
        variable("REGISTRY_STORAGE_AZURE_ACCOUNTNAME", config.get("accountName", "")),
    ]
    if config.get("cloudName"):
        environment.append(variable("REGISTRY_STORAGE_AZURE_REALM", _REALMS[config["cloudName"]]))
    return StorageParts(environment, [])
