# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of a sync reads from and writes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .cache import Cache
from .cluster import Cluster
from .names import NAMESPACE

Object = dict[str, Any]


@dataclass(frozen=True)
class World:
    """The cluster, and the cache that every write of ours enters at once."""

    cluster: Cluster
    cache: Cache

    def now(self) -> datetime:
        """The time, for conditions."""
        return datetime.now(UTC)

    def secret(self, name: str) -> Object | None:
        """A Secret of the registry's namespace, from the cache."""
        return self.cache.get("Secret", NAMESPACE, name)

    def create(self, obj: Object) -> Object:
        """Create an object; raises kubernetes.client.ApiException."""
        return self._known(obj, self.cluster.create(obj))

    def replace(self, obj: Object, subresource: str = "") -> Object:
        """Write an object or its status; raises kubernetes.client.ApiException."""
        return self._known(obj, self.cluster.replace(obj, subresource))

    def reread(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object as it is now, past the cache."""
        obj = self.cluster.read(kind, namespace, name)
        return obj and self._known(obj, obj)

    def delete(self, kind: str, namespace: str, name: str, propagation: str = "Background") -> None:
        """Delete an object if the cache has it; raises kubernetes.client.ApiException."""
        obj = self.cache.get(kind, namespace, name)
        if obj is not None:
            remaining = self.cluster.delete(kind, namespace, name, propagation)
            if remaining is not None:
                self._known(obj, remaining)

    def _known(self, sent: Object, answer: Object) -> Object:
        obj = answer | {"kind": sent["kind"]}
        self.cache.put(obj)
        return obj
