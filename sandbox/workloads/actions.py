# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the writes that a stand-in controller can decide on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .objects import Object

Resource = Literal["deployments", "replicasets", "pods", "persistentvolumeclaims"]


@dataclass(frozen=True)
class Create:
    """Create an object, or with `subresource` of the object `name` (a pod's binding)."""

    resource: Resource
    namespace: str
    body: Object
    name: str = ""
    subresource: str = ""


@dataclass(frozen=True)
class Patch:
    """JSON merge patch of an object or its subresource; a `resourceVersion` in the body guards against lost updates."""

    resource: Resource
    namespace: str
    name: str
    body: Object
    subresource: str = ""


@dataclass(frozen=True)
class Delete:
    """Delete exactly the object with this UID; `grace_seconds` None leaves the object's own grace period."""

    resource: Resource
    namespace: str
    name: str
    uid: str
    propagation: Literal["Background", "Foreground"] = "Background"
    grace_seconds: int | None = None


Action = Create | Patch | Delete


def patch(resource: Resource, item: Object, body: Object, subresource: str = "") -> Patch:
    """A patch that the API server refuses when the object changed since it was read."""
    metadata = item["metadata"]
    guarded = {**body, "metadata": {**body.get("metadata", {}), "resourceVersion": metadata["resourceVersion"]}}
    return Patch(resource, metadata["namespace"], metadata["name"], guarded, subresource)


def delete(
    resource: Resource,
    item: Object,
    propagation: Literal["Background", "Foreground"] = "Background",
    grace_seconds: int | None = None,
) -> Delete:
    """A deletion of exactly this object."""
    metadata = item["metadata"]
    return Delete(resource, metadata["namespace"], metadata["name"], metadata["uid"], propagation, grace_seconds)
