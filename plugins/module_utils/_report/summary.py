# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry in short: pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import all_conditions
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import replicas
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.routes import hosts
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report.settings import settings

REFS: frozenset[Ref] = frozenset({CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, REGISTRY_ROUTES})
_CONDITIONS = ("Available", "Progressing", "Degraded")


def summary(seen: Snapshot, config_ref: Ref = CLUSTER_CONFIG, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the state of the registry in short; None for what could not be read. options: those of a task."""
    config = seen.visible(config_ref)
    spec = lookup(config, ("spec",)) or {}
    storage = spec.get("storage") or {}
    used = medium.of(storage)
    hidden = seen.is_hidden(REGISTRY_DEPLOYMENT)
    return {
        "state": spec.get("managementState"),
        "backend": used.backend if used else None,
        "storage": {key: value for key, value in used.identity if value} if used else {},
        "storage_management_state": storage.get("managementState"),
        "replicas": {
            "wanted": spec.get("replicas"),
            "ready": None if hidden else replicas(seen[REGISTRY_DEPLOYMENT]).ready,
        },
        "settings": settings(config, options) if config else None,
        "hosts": hosts(seen.items(REGISTRY_ROUTES)),
        "conditions": {
            entry["type"]: {key: entry.get(key, "") for key in ("status", "reason", "message")}
            for entry in all_conditions(config)
            if entry["type"] in _CONDITIONS
        },
    }
