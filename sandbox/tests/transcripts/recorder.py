# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch the objects that the recordings hold, and tell their changes in the recordings' form."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from kubernetes.dynamic import DynamicClient

from . import observe
from .transcript import Event, Fields

NAMESPACE = "openshift-image-registry"

_CLUSTER_SCOPED = (
    ("imageregistry.operator.openshift.io/v1", "Config"),
    ("imageregistry.operator.openshift.io/v1", "ImagePruner"),
    ("config.openshift.io/v1", "ClusterOperator"),
    ("config.openshift.io/v1", "Image"),
)
_NAMESPACED = (
    ("route.openshift.io/v1", "Route"),
    ("apps/v1", "Deployment"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
)
# Of these kinds the one object that recordings have.
_ONLY = {"Deployment": "image-registry", "ConfigMap": "image-registry-certificates"}


class Recorder:
    """Follows the objects from its creation on, in threads that end with the process."""

    def __init__(self, client: DynamicClient):
        self._news = threading.Condition()
        self._current: dict[str, Fields] = {}
        self._events: list[Event] = []
        for api_version, kind in _CLUSTER_SCOPED:
            self._follow(client, api_version, kind, None)
        for api_version, kind in _NAMESPACED:
            self._follow(client, api_version, kind, NAMESPACE)

    def snapshot(self) -> dict[str, Fields]:
        """All objects as they are now: name to fields."""
        with self._news:
            return {name: dict(fields) for name, fields in self._current.items()}

    def mark(self) -> int:
        """A place in the stream of events, for `since`."""
        return len(self._events)

    def since(self, mark: int) -> list[Event]:
        """All events after the mark."""
        return self._events[mark:]

    def wait(self, holds: Callable[[], bool], limit: float) -> bool:
        """Return True as soon as `holds`, which is asked again after every event; False after `limit` seconds."""
        with self._news:
            return self._news.wait_for(holds, limit)

    def wait_for_quiet(self, seconds: float, limit: float) -> bool:
        """Return True when nothing has happened for that long; False if that is not reached within `limit`."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if not self.wait(partial(self._has_passed, self.mark()), seconds):
                return True
        return False

    def _has_passed(self, mark: int) -> bool:
        return self.mark() > mark

    def _follow(self, client: DynamicClient, api_version: str, kind: str, namespace: str | None) -> None:
        resource = client.resources.get(api_version=api_version, kind=kind)
        listed = resource.get(namespace=namespace)
        for item in listed.to_dict()["items"]:
            self._take({"type": "ADDED", "raw_object": item | {"kind": kind}})
        version = listed.metadata.resourceVersion
        thread = threading.Thread(target=self._watch, args=(resource, namespace, version), daemon=True)
        thread.start()

    def _watch(self, resource: Any, namespace: str | None, version: str) -> None:
        for event in resource.watch(namespace=namespace, resource_version=version):
            self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        item, name = event["raw_object"], observe.identity(event["raw_object"])
        if item["metadata"]["name"] != _ONLY.get(item["kind"], item["metadata"]["name"]):
            return
        with self._news:
            if event["type"] == "DELETED":
                self._current.pop(name, None)
                changed = None
            else:
                fields = observe.fields(item)
                changed = observe.difference(self._current.get(name), fields)
                self._current[name] = fields
            if changed is None or changed:
                self._events.append(Event(time.monotonic(), name, changed))
            self._news.notify_all()
