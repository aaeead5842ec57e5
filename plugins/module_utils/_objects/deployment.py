# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registry's Deployment says of its rollout."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import REGISTRY_DEPLOYMENT

_CONTAINER = "registry"
_CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"


class Replicas(NamedTuple):
    """The counts of a Deployment: pods wanted, and of the pods there are, how many are how far."""

    wanted: int
    current: int
    updated: int
    ready: int
    available: int


def replicas(deployment: dict[str, Any] | None) -> Replicas:
    """Return the counts, all 0 if there is no Deployment."""
    status = lookup(deployment, ("status",)) or {}
    return Replicas(
        wanted=lookup(deployment, ("spec", "replicas")) or 0,
        current=status.get("replicas") or 0,
        updated=status.get("updatedReplicas") or 0,
        ready=status.get("readyReplicas") or 0,
        available=status.get("availableReplicas") or 0,
    )


def dependencies_checksum(deployment: dict[str, Any] | None) -> str | None:
    """Return what the operator noted about the Secrets and ConfigMaps that the pods were started with."""
    checksum: str | None = lookup(deployment, ("spec", "template", "metadata", "annotations", _CHECKSUM))
    return checksum


def environment(deployment: dict[str, Any] | None) -> dict[str, str]:
    """Return the variables that the registry is started with, as far as the Deployment has their values."""
    return {entry["name"]: entry.get("value") or "" for entry in _container(deployment).get("env") or []}


def volume(deployment: dict[str, Any] | None, path: str) -> tuple[dict[str, Any], str]:
    """Return the volume that the registry has at a path, and the directory in it; {} if there is none, "" if all."""
    mounts: list[dict[str, Any]] = _container(deployment).get("volumeMounts") or []
    around = [mount for mount in mounts if PurePosixPath(path).is_relative_to(mount["mountPath"])]
    there: list[dict[str, Any]] = lookup(deployment, ("spec", "template", "spec", "volumes")) or []
    if not path or not around:
        return {}, ""
    mount = max(around, key=lambda mount: len(PurePosixPath(mount["mountPath"]).parts))
    entry = next((entry for entry in there if entry["name"] == mount["name"]), {})
    below = PurePosixPath(path).relative_to(mount["mountPath"])
    directory = PurePosixPath(mount.get("subPath") or mount.get("subPathExpr") or "") / below
    return entry, "" if directory == PurePosixPath() else str(directory)


def _container(deployment: dict[str, Any] | None) -> dict[str, Any]:
    containers: list[dict[str, Any]] = lookup(deployment, ("spec", "template", "spec", "containers")) or []
    return next((entry for entry in containers if entry["name"] == _CONTAINER), {})


def written_generation(config: dict[str, Any]) -> int | None:
    """Return the generation that the registry's Deployment had after the operator's last write.

    The operator records it in the status of its Config and does not forget it. None if it never wrote the Deployment.
    """
    wanted = (REGISTRY_DEPLOYMENT.resource.plural, REGISTRY_DEPLOYMENT.name)
    recorded = lookup(config, ("status", "generations")) or []
    return next(
        (
            entry.get("lastGeneration") or 0
            for entry in recorded
            if (entry.get("resource"), entry.get("name")) == wanted
        ),
        None,
    )
