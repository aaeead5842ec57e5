# SPDX-License-Identifier: GPL-3.0-or-later
"""The workload stand-ins' only way to the API server."""

from __future__ import annotations

import json
from typing import Any

from kubernetes import client

from .actions import Action, Create, Patch
from .moves import World
from .objects import Object

# Resource -> the API class that serves it and the word for it in that class's method names.
_METHODS = {
    "deployments": (client.AppsV1Api, "deployment"),
    "replicasets": (client.AppsV1Api, "replica_set"),
    "pods": (client.CoreV1Api, "pod"),
    "persistentvolumeclaims": (client.CoreV1Api, "persistent_volume_claim"),
}

# The release's own workload: its manifest carries its pod and its final status.
_STANDS_STILL = ("openshift-image-registry", "cluster-image-registry-operator")


class Cluster:
    """Reads the world and carries out actions; raises kubernetes.client.ApiException when the API refuses."""

    def __init__(self, api: client.ApiClient) -> None:
        self._apis = {resource: kind(api) for resource, (kind, _word) in _METHODS.items()}

    def read(self) -> World:
        """The objects of all namespaces, as they are now."""
        world = World(**{resource: self._list(resource) for resource in _METHODS})
        moving = [item for item in world.deployments if _identity(item) != _STANDS_STILL]
        return World(moving, world.replicasets, world.pods, world.persistentvolumeclaims)

    def apply(self, action: Action) -> None:
        """Carry out one action."""
        if isinstance(action, Create):
            target = (action.name, action.namespace) if action.name else (action.namespace,)
            self._call("create", action.resource, action.subresource, *target, action.body)
        elif isinstance(action, Patch):
            merge = {"_content_type": "application/merge-patch+json"}
            target = (action.name, action.namespace)
            self._call("patch", action.resource, action.subresource, *target, action.body, **merge)
        else:
            options = client.V1DeleteOptions(
                propagation_policy=action.propagation,
                grace_period_seconds=action.grace_seconds,
                preconditions=client.V1Preconditions(uid=action.uid),
            )
            self._call("delete", action.resource, "", action.name, action.namespace, body=options)

    def _list(self, resource: str) -> list[Object]:
        _kind, word = _METHODS[resource]
        answer = getattr(self._apis[resource], f"list_{word}_for_all_namespaces")(_preload_content=False)
        return list(json.loads(answer.data)["items"])

    def _call(self, verb: str, resource: str, subresource: str, *arguments: Any, **options: Any) -> None:
        _kind, word = _METHODS[resource]
        method = "_".join(filter(None, (verb, "namespaced", word, subresource)))
        # The answer is not needed; decoding it into typed objects would only cost time.
        getattr(self._apis[resource], method)(*arguments, _preload_content=False, **options)


def _identity(item: Object) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
