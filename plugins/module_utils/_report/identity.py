# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster it is, by what the cluster says of itself: pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_INFRASTRUCTURE,
    REGISTRY_DEPLOYMENT,
    REGISTRY_OPERATOR,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report import describe

REFS: frozenset[Ref] = frozenset({CLUSTER_INFRASTRUCTURE})


def identity(seen: Snapshot) -> dict[str, Any]:
    """Return the name of the cluster if it was looked for, and the version; None if what tells it cannot be seen."""
    found: dict[str, Any] = {}
    if CLUSTER_INFRASTRUCTURE in seen:
        name = lookup(seen.visible(CLUSTER_INFRASTRUCTURE), ("status", "infrastructureName"))
        found["infrastructure_name"] = name or None
    return {**found, "version": _version(seen)}


def reads(seen: Snapshot) -> set[Ref]:
    """Return what tells the version where the registry's Deployment does not: while it is Removed there is none."""
    return set() if _version(seen) else {REGISTRY_OPERATOR}


def is_meant(wanted: str | None, found: dict[str, Any]) -> bool:
    """Whether a cluster is the one that a task is for, by its name or its URL.

    By either, because an account may see the name only later, for example while the cluster is installed.
    """
    return wanted is None or wanted in (found["infrastructure_name"], found["api_url"])


def _version(seen: Snapshot) -> str | None:
    """Return the version of the release, which the operator writes to its ClusterOperator and its Deployment."""
    operator = seen.visible(REGISTRY_OPERATOR) if REGISTRY_OPERATOR in seen else None
    if operator:
        versions: dict[str, str] = describe.cluster_operator(operator)["versions"]
        return versions.get("operator")
    deployment = seen.visible(REGISTRY_DEPLOYMENT)
    return describe.version(deployment) if deployment else None
