# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task reports: differences of managed fields, a summary of the registry. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.routes import admissions
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    ROUTE,
    ROUTE_ANNOTATION,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import mask as redact

_ALL_ROUTES = ROUTE.all()
SUMMARY_REFS: frozenset[Ref] = frozenset({CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, _ALL_ROUTES})
_CONDITIONS = ("Available", "Progressing", "Degraded")


def difference(step: Step, answer: dict[str, Any] | None) -> dict[str, Any]:
    """Return the managed fields of an object before and after a step, as Ansible shows differences.

    answer: the object as the API server would store it, None for a deletion.
    """
    kind = step.ref.resource.kind
    managed = (step.live or {}) if step.action == "delete" else step.managed
    if step.action == "delete":
        managed = {key: value for key, value in managed.items() if key not in ("metadata", "apiVersion", "kind")}
    before, after = redact.mask_pair(kind, compare.project(managed, step.live), compare.project(managed, answer))
    return {"before_header": str(step.ref), "after_header": str(step.ref), "before": before, "after": after}


def summary(snapshot: Snapshot, config_ref: Ref = CLUSTER_CONFIG) -> dict[str, Any]:
    """Return the state of the registry in short; None for what the user may not read."""
    config = (snapshot[config_ref] if snapshot.known(config_ref) else None) or {}
    spec, storage = config.get("spec", {}), compare.lookup(config, ("spec", "storage")) or {}
    used = medium.of(storage)
    return {
        "state": spec.get("managementState"),
        "backend": used.backend if used else None,
        "storage": {key: value for key, value in used.identity if value} if used else {},
        "storage_management_state": storage.get("managementState"),
        "replicas": {
            "wanted": spec.get("replicas"),
            "ready": _ready_replicas(snapshot[REGISTRY_DEPLOYMENT]) if snapshot.known(REGISTRY_DEPLOYMENT) else None,
        },
        "hosts": hosts(snapshot.items(_ALL_ROUTES)) if snapshot.known(_ALL_ROUTES) else [],
        "conditions": {
            entry["type"]: {key: entry.get(key, "") for key in ("status", "reason", "message")}
            for entry in compare.lookup(config, ("status", "conditions")) or []
            if entry["type"] in _CONDITIONS
        },
    }


def _ready_replicas(deployment: dict[str, Any] | None) -> int:
    return compare.lookup(deployment, ("status", "readyReplicas")) or 0


def hosts(routes: list[dict[str, Any]]) -> list[str]:
    """Return the hosts under which a router serves the registry, sorted."""
    marked = [route for route in routes if ROUTE_ANNOTATION in (route["metadata"].get("annotations") or {})]
    return sorted({host for route in marked for _router, host in admissions(route)})
