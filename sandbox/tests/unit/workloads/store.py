# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of an API server that lets the controllers' decisions be carried out in memory."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from sandbox.knobs import Knobs
from sandbox.tests.unit.workloads.builders import NOW
from sandbox.workloads.actions import Action, Create, Delete, Patch
from sandbox.workloads.moves import Memory, World, next_move
from sandbox.workloads.objects import Object, timestamp

COUNTS = ("observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "unavailableReplicas")
MOVES_LIMIT = 200


class Store:
    """Carries out moves until nothing is left to do, and keeps every status of the Deployment on the way."""

    def __init__(self, knobs: Knobs | None = None):
        self.knobs = knobs or Knobs()
        self._objects: dict[str, dict[str, Object]] = {
            resource: {} for resource in ("deployments", "replicasets", "pods", "persistentvolumeclaims")
        }
        self._version = 0
        self._now = NOW
        self.statuses: list[tuple[int, ...]] = []
        self.reasons: list[str] = []

    def add(self, resource: str, item: Object) -> None:
        """Create an object as a user."""
        self._store(resource, copy.deepcopy(item))

    def change(self, **spec: Any) -> None:
        """Change the Deployment's spec as a user."""
        self._change("deployments", "image-registry", {"spec": spec}, "")

    def delete_in_foreground(self) -> None:
        """Delete the Deployment and have its dependents go first."""
        self._change(
            "deployments",
            "image-registry",
            {"metadata": {"deletionTimestamp": timestamp(self._now), "finalizers": ["foregroundDeletion"]}, "spec": {}},
            "",
        )

    def delete(self, resource: str, name: str) -> None:
        """Delete an object in the background."""
        del self._objects[resource][name]

    def phases(self) -> dict[str, str]:
        """Phase of each pod."""
        return {name: item["status"]["phase"] for name, item in self._objects["pods"].items()}

    def names(self, resource: str) -> list[str]:
        """Names of the objects that are there."""
        return sorted(self._objects[resource])

    def settle(self) -> None:
        """Make moves, time passing when only time is missing, until nothing calls for another."""
        memory = Memory()
        for _move in range(MOVES_LIMIT):
            world = World(**{resource: list(items.values()) for resource, items in self._objects.items()})
            move = next_move(copy.deepcopy(world), self.knobs, memory, self._now)
            memory = move.memory
            for action in move.actions:
                self._apply(action)
            if not move.actions:
                if memory.starting is None or move.wake is None:
                    return
                self._now = move.wake
            self._now += timedelta(milliseconds=20)
        raise AssertionError(f"no end after {MOVES_LIMIT} moves: {self.statuses}")

    def _apply(self, action: Action) -> None:
        if isinstance(action, Create) and action.subresource == "binding":
            self._objects["pods"][action.name]["spec"]["nodeName"] = action.body["target"]["name"]
        elif isinstance(action, Create):
            self._store(action.resource, copy.deepcopy(action.body))
        elif isinstance(action, Patch):
            self._change(action.resource, action.name, action.body, action.subresource)
        else:
            self._delete(action)

    def _store(self, resource: str, item: Object) -> None:
        self._version += 1
        meta = item["metadata"]
        meta.setdefault("name", f"{meta.get('generateName')}{self._version}")
        meta |= {"uid": f"uid-{self._version}", "resourceVersion": str(self._version), "generation": 1}
        meta["creationTimestamp"] = timestamp(self._now)
        item.setdefault("status", {})
        self._objects[resource][meta["name"]] = item

    def _change(self, resource: str, name: str, body: Object, subresource: str) -> None:
        item = self._objects[resource][name]
        body = copy.deepcopy(body)
        version = body.get("metadata", {}).pop("resourceVersion", item["metadata"]["resourceVersion"])
        assert version == item["metadata"]["resourceVersion"], f"{resource} {name} changed since it was read"
        self._version += 1
        _merge(item, body)
        item["metadata"]["resourceVersion"] = str(self._version)
        if "spec" in body and not subresource:
            item["metadata"]["generation"] += 1
        if resource == "deployments" and subresource == "status":
            self._record(item)
        if "deletionTimestamp" in item["metadata"] and item["metadata"].get("finalizers") == []:
            del self._objects[resource][name]

    def _record(self, item: Object) -> None:
        status = tuple(item["status"].get(key, 0) for key in COUNTS)
        if status[0] and status not in self.statuses[-1:]:
            self.statuses.append(status)
        for entry in item["status"].get("conditions", []):
            if entry["type"] == "Progressing" and entry["reason"] not in self.reasons[-1:]:
                self.reasons.append(entry["reason"])

    def _delete(self, action: Delete) -> None:
        item = self._objects[action.resource][action.name]
        scheduled = action.resource == "pods" and "nodeName" in item["spec"] and action.grace_seconds != 0
        if scheduled or action.propagation == "Foreground":
            item["metadata"]["deletionTimestamp"] = timestamp(self._now)
            if action.propagation == "Foreground":
                item["metadata"]["finalizers"] = ["foregroundDeletion"]
        else:
            del self._objects[action.resource][action.name]


def _merge(target: Object, patch: Object) -> None:
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value
