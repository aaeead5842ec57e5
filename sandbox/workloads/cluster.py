# SPDX-License-Identifier: GPL-3.0-or-later
"""The workload stand-ins' only way to the API server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from kubernetes.client import ApiClient

from sandbox import rest

from .actions import Action, Create, Patch, Resource
from .moves import World
from .objects import Object

_GROUPS: dict[Resource, str] = {
    "deployments": "/apis/apps/v1",
    "replicasets": "/apis/apps/v1",
    "pods": "/api/v1",
    "persistentvolumeclaims": "/api/v1",
}

# The release's own workload: its manifest carries its pod and its final status.
_STANDS_STILL = ("openshift-image-registry", "cluster-image-registry-operator")


class Cluster:
    """Reads the world and carries out actions; raises kubernetes.client.ApiException when the API refuses."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._readers = ThreadPoolExecutor(len(_GROUPS), thread_name_prefix="workloads-read")

    def read(self) -> World:
        """The objects of all namespaces, as they are now."""
        # At the same time, so that an answer to a change does not come later than on a real cluster.
        world = World(**dict(zip(_GROUPS, self._readers.map(self._list, _GROUPS), strict=True)))
        moving = [item for item in world.deployments if _identity(item) != _STANDS_STILL]
        return World(moving, world.replicasets, world.pods, world.persistentvolumeclaims)

    def apply(self, action: Action) -> None:
        """Carry out one action."""
        if isinstance(action, Create):
            path = _path(action.resource, action.namespace, action.name, action.subresource)
            rest.send(self._api, "POST", path, action.body)
        elif isinstance(action, Patch):
            path = _path(action.resource, action.namespace, action.name, action.subresource)
            rest.send(self._api, "PATCH", path, action.body, rest.MERGE_PATCH)
        else:
            options: Object = {"propagationPolicy": action.propagation, "preconditions": {"uid": action.uid}}
            if action.grace_seconds is not None:
                options["gracePeriodSeconds"] = action.grace_seconds
            rest.send(self._api, "DELETE", _path(action.resource, action.namespace, action.name), options)

    def _list(self, resource: Resource) -> list[Object]:
        return list(rest.send(self._api, "GET", f"{_GROUPS[resource]}/{resource}")["items"])


def _path(resource: Resource, namespace: str, name: str = "", subresource: str = "") -> str:
    return "/".join(filter(None, (_GROUPS[resource], "namespaces", namespace, resource, name, subresource)))


def _identity(item: Object) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
