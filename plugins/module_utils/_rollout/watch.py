# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow objects as they change, each with a watch of its own, and put together what is seen of them."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster, Watch
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Forbidden,
    Gone,
    NotFound,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

# Where nobody may watch, or there is nothing to be watched yet.
_POLL_SECONDS = 10.0
# Between one watch and the next, should the API server end them as soon as they begin.
_PAUSE_SECONDS = 1.0


class Watches:
    """A context manager. Within it, every ref is listed and watched, or read from time to time if that is forbidden.

    needed: the refs without which there is no picture; others may be hidden or broken in it. seconds: how long a watch
    may last. unread: why a ref could not be read the last time that it was tried.
    """

    def __init__(self, cluster: Cluster, refs: set[Ref], needed: set[Ref], seconds: float):
        self._cluster, self._refs, self._needed, self._seconds = cluster, refs, needed, seconds
        self._changes: queue.SimpleQueue[tuple[Ref, Any]] = queue.SimpleQueue()
        self._picture: dict[Ref, Any] = {}
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._watches: set[Watch] = set()
        self.unread: dict[Ref, ApiError] = {}

    def __enter__(self) -> Watches:
        for ref in self._refs:
            # One that hangs in a read ends when the connection is closed; nobody waits for it.
            threading.Thread(target=self._follow, args=(ref,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._ended.set()
            for watch in self._watches:
                watch.close()

    def next_snapshot(self, seconds: float) -> Snapshot | None:
        """Return the picture after the next change or after some seconds; None while there are refs that are unread.

        Raises Unauthorized when the API server does not know the user any more.
        """
        try:
            self._apply(*self._changes.get(timeout=seconds))
            while True:
                self._apply(*self._changes.get_nowait())
        except queue.Empty:
            pass
        return Snapshot(dict(self._picture)) if self._refs <= self._picture.keys() else None

    def look_up(self, refs: Iterable[Ref]) -> None:
        """Have refs read once, besides what is watched; the next pictures hold what came of it."""
        for ref in refs:
            threading.Thread(target=self._look_up, args=(ref,), daemon=True).start()

    def _apply(self, ref: Ref, seen: Any) -> None:
        if isinstance(seen, Unauthorized):
            raise seen
        if isinstance(seen, ApiError) and not isinstance(seen, Forbidden) and ref in self._needed:
            self._picture.pop(ref, None)
            self.unread[ref] = seen
        else:
            self._picture[ref] = seen
            self.unread.pop(ref, None)

    def _follow(self, ref: Ref) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            least, began = _PAUSE_SECONDS, time.monotonic()
            try:
                self._list_and_watch(ref)
            except Forbidden:
                self._poll(ref)
            except Gone:
                pass  # The API server has forgotten our version: the next list tells where things stand.
            except NotFound:
                least = _POLL_SECONDS  # An API that does not exist has no objects; it may come.
            except ApiError as error:
                self._changes.put((ref, error))
            pause = max(0.0, began + least - time.monotonic())

    def _list_and_watch(self, ref: Ref) -> None:
        listed = self._cluster.listed(ref)
        objects = {name: entry for entry in listed.get("items") or [] if (name := _name(entry))}
        self._publish(ref, objects)
        version = listed.get("metadata", {}).get("resourceVersion", "")
        with self._open(self._cluster.watch(ref, version, self._seconds)) as watch:
            for event in watch:
                name = _name(event["object"])
                if event["type"] == "DELETED":
                    objects.pop(name, None)
                else:
                    objects[name] = event["object"]
                self._publish(ref, objects)

    @contextlib.contextmanager
    def _open(self, watch: Watch) -> Iterator[Watch]:
        """Have a watch closed when all ends."""
        with self._lock:
            if self._ended.is_set():
                watch.close()
            self._watches.add(watch)
        try:
            yield watch
        finally:
            with self._lock:
                self._watches.discard(watch)

    def _poll(self, ref: Ref) -> None:
        """Read again and again what may be read but is not watched; pass on that it may not even be read."""
        while not self._ended.is_set():
            try:
                seen: Any = self._cluster.get(ref)
            except ApiError as error:
                seen = error
            self._changes.put((ref, seen))
            self._ended.wait(_POLL_SECONDS)

    def _look_up(self, ref: Ref) -> None:
        try:
            seen: Any = self._cluster.get(ref)
        except ApiError as error:
            seen = error
        self._changes.put((ref, seen))

    def _publish(self, ref: Ref, objects: dict[str, Any]) -> None:
        seen = {"items": list(objects.values())} if ref.name is None else objects.get(ref.name)
        self._changes.put((ref, seen))


def _name(entry: dict[str, Any]) -> str:
    return (entry.get("metadata") or {}).get("name") or ""
