# SPDX-License-Identifier: GPL-3.0-or-later
"""The workload stand-ins' only way to the API server."""

from __future__ import annotations

import json

from kubernetes.client import ApiClient, ApiException

from .actions import Action, Create, Patch, Resource
from .moves import World
from .objects import Object

# Paths, and not the typed APIs of the client: importing their models takes longer than all the rest of the stand-ins.
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

    def read(self) -> World:
        """The objects of all namespaces, as they are now."""
        world = World(**{resource: self._list(resource) for resource in _GROUPS})
        moving = [item for item in world.deployments if _identity(item) != _STANDS_STILL]
        return World(moving, world.replicasets, world.pods, world.persistentvolumeclaims)

    def apply(self, action: Action) -> None:
        """Carry out one action."""
        if isinstance(action, Create):
            self._request(
                "POST", _path(action.resource, action.namespace, action.name, action.subresource), action.body
            )
        elif isinstance(action, Patch):
            path = _path(action.resource, action.namespace, action.name, action.subresource)
            self._request("PATCH", path, action.body, "application/merge-patch+json")
        else:
            options: Object = {"propagationPolicy": action.propagation, "preconditions": {"uid": action.uid}}
            if action.grace_seconds is not None:
                options["gracePeriodSeconds"] = action.grace_seconds
            self._request("DELETE", _path(action.resource, action.namespace, action.name), options)

    def _list(self, resource: Resource) -> list[Object]:
        return list(self._request("GET", f"{_GROUPS[resource]}/{resource}")["items"])

    def _request(self, method: str, path: str, body: Object | None = None, media: str = "application/json") -> Object:
        headers = {"Accept": "application/json", "Content-Type": media}
        request = self._api.param_serialize(
            method, path, header_params=headers, body=body, auth_settings=["BearerToken"]
        )
        response = self._api.call_api(*request)
        data = response.read()
        if not 200 <= response.status <= 299:
            raise ApiException.from_response(http_resp=response, body=data.decode(), data=None)
        return dict(json.loads(data))


def _path(resource: Resource, namespace: str, name: str = "", subresource: str = "") -> str:
    return "/".join(filter(None, (_GROUPS[resource], "namespaces", namespace, resource, name, subresource)))


def _identity(item: Object) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
