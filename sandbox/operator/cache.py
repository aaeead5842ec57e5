# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator knows of the cluster: objects as last watched or written, never read on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str, str]


def key_of(obj: Object) -> Key:
    """Kind, namespace (empty when cluster-scoped) and name."""
    metadata = obj["metadata"]
    return obj["kind"], metadata.get("namespace", ""), metadata["name"]


class Cache:
    """Objects by kind, namespace and name; used by the watch and by the sync, which run in different threads.

    Objects are replaced, never changed in place. A write's own answer enters the cache at once, so the watch event
    for it is not news.
    """

    def __init__(self, remembered: Key, clock: Callable[[], float] = time.monotonic) -> None:
        """`remembered` is the one object whose earlier versions are kept for `as_of`."""
        self._lock = threading.Lock()
        self._objects: dict[Key, Object] = {}
        self._versions: dict[Key, int] = {}
        self._remembered = remembered
        self._clock = clock
        self._history: list[tuple[float, Object | None]] = [(float("-inf"), None)]

    def put(self, obj: Object) -> bool:
        """Take in an object that exists; False when this version, or a newer one, is known already."""
        return self._take(obj, obj)

    def drop(self, obj: Object) -> bool:
        """Take in the deletion of an object, given its last version; False when a newer version is known."""
        return self._take(obj, None)

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """The newest known version, or None when the object does not exist."""
        return self._objects.get((kind, namespace, name))

    def all(self, kind: str, namespace: str = "") -> list[Object]:
        """All known objects of a kind in a namespace, by name."""
        with self._lock:
            keys = sorted(key for key in self._objects if key[:2] == (kind, namespace))
            return [self._objects[key] for key in keys]

    def as_of(self, age: float) -> Object | None:
        """The remembered object as it was known `age` seconds ago."""
        with self._lock:
            limit = self._clock() - age
            older = [index for index, (moment, _) in enumerate(self._history) if moment <= limit]
            # None is old enough when the age has just been raised: the oldest that is left has to do.
            del self._history[: max(older, default=0)]
            return self._history[0][1]

    def settles_in(self, age: float) -> float | None:
        """Seconds until `as_of` answers differently from last time; None when it does not unless there is news."""
        with self._lock:
            if len(self._history) == 1:
                return None
            return max(0.0, self._history[1][0] + age - self._clock())

    def _take(self, obj: Object, stored: Object | None) -> bool:
        key = key_of(obj)
        version = int(obj["metadata"]["resourceVersion"])
        with self._lock:
            if version <= self._versions.get(key, 0):
                return False
            self._versions[key] = version
            if stored is None:
                self._objects.pop(key, None)
            else:
                self._objects[key] = stored
            if key == self._remembered:
                self._history.append((self._clock(), stored))
            return True
