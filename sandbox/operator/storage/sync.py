# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring spec.storage into use: exactly one backend, changed or missing media are taken into use anew."""

from __future__ import annotations

from typing import Any

from kubernetes.client import ApiException

from ...platforms import bootstrap
from .. import names
from ..cluster import refusal
from ..conditions import Condition
from ..errors import ApplyError, PermanentError
from ..spec import BACKENDS, backends, canonical_storage
from ..working import WorkingCopy
from ..world import World
from . import cloud, emptydir, pvc, s3, s3_pods
from .parts import StorageParts

Object = dict[str, Any]

_DRIVERS = {driver.KEY: driver for driver in (emptydir, pvc, s3)}
_PARTS = {
    "emptyDir": emptydir.parts,
    "pvc": pvc.parts,
    "s3": s3_pods.parts,
    "azure": cloud.azure_parts,
}


def sync_storage(copy: WorkingCopy, world: World) -> None:
    """Take the spec's backend into use; raises ApplyError, or PermanentError when there is none."""
    backend = _only_backend(copy, world)
    try:
        _use(backend, copy, world)
    except ApplyError as error:
        raise ApplyError(f"unable to sync storage configuration: {error}") from error
    except ApiException as error:
        raise ApplyError(f"unable to sync storage configuration: {refusal(error)}") from error
    copy.storage.setdefault("managementState", "Managed" if copy.storage_managed else "Unmanaged")
    copy.storage_managed = copy.storage["managementState"] == "Managed"
    if copy.storage_in_use:
        copy.storage_in_use["managementState"] = copy.storage["managementState"]


def _only_backend(copy: WorkingCopy, world: World) -> str:
    configured = backends(copy.storage)
    if not configured:
        copy.spec["storage"] = canonical_storage(platform_storage(world))
        configured = backends(copy.storage)
    if not configured:
        raise PermanentError("StorageNotConfigured", "storage backend not configured")
    if len(configured) > 1:
        found = " ".join(BACKENDS[key] for key in configured)
        raise ApplyError(
            "unable to sync storage configuration: exactly one storage type should be configured at the same time, "
            f"got {len(configured)}: [{found}]"
        )
    return configured[0]


def platform_storage(world: World) -> Object:
    """The backend that a cluster of this platform starts with; empty where there is none."""
    infrastructure = world.cache.get("Infrastructure", "", names.CLUSTER) or {}
    platform = ((infrastructure.get("status") or {}).get("platformStatus") or {}).get("type", "")
    return bootstrap(platform).storage


def _use(backend: str, copy: WorkingCopy, world: World) -> None:
    changed = copy.storage[backend] != copy.storage_in_use.get(backend)
    name = BACKENDS[backend]
    if changed:
        message = f"{name} storage is in an unknown state"
        copy.conditions["StorageExists"] = Condition("Unknown", f"{name} Configuration Changed", message)
    driver = _DRIVERS.get(backend)
    if driver is None:
        if not (backend == "azure" and cloud.azure_of_user(copy, world)):
            cloud.call(backend, world)
        return
    if changed or not driver.exists(copy, world):
        driver.create(copy, world)


def remove_storage(copy: WorkingCopy, world: World) -> None:
    """Delete the medium in use when it is managed; in every case none is in use afterwards. Raises ApplyError."""
    if copy.storage.get("managementState") == "Managed":
        for backend in backends(copy.storage_in_use):
            if backend in _DRIVERS:
                _DRIVERS[backend].remove(copy, world)
    copy.storage_in_use = {}


def storage_parts(copy: WorkingCopy) -> StorageParts:
    """What the spec's backend adds to the registry's pods."""
    (backend,) = backends(copy.storage)
    return _PARTS[backend](copy.storage[backend])
