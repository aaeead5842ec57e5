# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the Config when there is none: what it says depends on the platform."""

from __future__ import annotations

from typing import Any

from ...platforms import bootstrap, bootstrap_config
from .. import names
from ..world import World

Object = dict[str, Any]


def create_config(world: World) -> None:
    """Create the Config, and the claim that it names on some platforms; raises kubernetes.client.ApiException."""
    infrastructure = (world.cache.get("Infrastructure", "", names.CLUSTER) or {}).get("status") or {}
    platform = (infrastructure.get("platformStatus") or {}).get("type", "")
    storage_class = bootstrap(platform).claim_class
    if storage_class and not world.cache.get("PersistentVolumeClaim", names.NAMESPACE, names.DEFAULT_CLAIM):
        world.create(_claim(storage_class))
    world.create(bootstrap_config(platform, infrastructure.get("infrastructureTopology", "")))


def _claim(storage_class: str) -> Object:
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": names.DEFAULT_CLAIM,
            "namespace": names.NAMESPACE,
            "annotations": {names.OWNED: "true"},
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "100Gi"}},
            "storageClassName": storage_class,
        },
    }
