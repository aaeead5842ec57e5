# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until the cluster serves what was declared: watch, judge at every event, stop early when it cannot get there."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Forbidden,
    Gone,
    NotFound,
    RolloutFailed,
    RolloutTimeout,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, SECRET, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict, judge

_POLL_SECONDS = 1.0
# Jobs of pipelines are ended for saying nothing for long.
_SILENCE_SECONDS = 30.0
_NO_ANSWER_YET = "the API server has not answered yet"


class Wait:
    """One wait for all that is expected.

    also: what the result of the task shows besides. timeout: seconds in all; error_grace: seconds for which an error
    that may go away is endured without a break; tell: shows a line of progress,
    at every change and twice a minute; clock: seconds that never run back.
    """

    def __init__(
        self,
        cluster: Cluster,
        expected: Iterable[Expected],
        also: Iterable[Ref],
        timeout: float,
        error_grace: float,
        tell: Callable[[str], None] = lambda _line: None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._cluster, self._expected, self._also, self._tell = cluster, list(expected), set(also), tell
        self._timeout, self._error_grace, self._clock = timeout, error_grace, clock
        self._started = clock()
        self._seen: list[dict[str, Any]] = []
        self._told, self._told_at = _NO_ANSWER_YET, self._started
        self._troubled_since: float | None = None

    def until_done(self) -> tuple[Verdict, Snapshot]:
        """Return a verdict that is done or lost, with what it was based on; raise RolloutFailed or RolloutTimeout."""
        needed = set().union(*(entry.needed() for entry in self._expected))
        refs = self._also.union(*(entry.refs() for entry in self._expected))
        with _Watches(self._cluster, refs, needed, self._timeout) as watches:
            while True:
                snapshot = watches.next_snapshot(self._patience())
                verdict = self._verdict(snapshot) if snapshot else _unread(watches.unread)
                if snapshot and verdict == DONE:
                    # Watches bring their events in any order: the Config's may lag behind what the others showed.
                    snapshot = snapshot.joined(Snapshot({CLUSTER_CONFIG: self._cluster.get(CLUSTER_CONFIG)}))
                    verdict = self._verdict(snapshot)
                self._note(verdict)
                self._report_progress(verdict)
                if snapshot and verdict.state in ("done", "lost"):
                    return verdict, snapshot
                self._give_up_if_hopeless(verdict)

    def report(self) -> dict[str, Any]:
        """Return what the wait saw, for the result of the task; durations in seconds."""
        return {"waited": True, "duration": round(self._clock() - self._started, 2), "seen": self._seen}

    def _verdict(self, snapshot: Snapshot) -> Verdict:
        return judge(self._expected, snapshot)

    def _note(self, verdict: Verdict) -> None:
        if verdict.why != _NO_ANSWER_YET and (not self._seen or self._seen[-1]["state"] != verdict.why):
            self._seen.append({"after": round(self._clock() - self._started, 2), "state": verdict.why})
        if not verdict.is_troubled:
            self._troubled_since = None
        elif self._troubled_since is None:
            self._troubled_since = self._clock()

    def _report_progress(self, verdict: Verdict) -> None:
        now = self._clock()
        if verdict.why != self._told or now - self._told_at >= _SILENCE_SECONDS:
            self._tell(f"{now - self._started:.0f} s: {verdict.why}")
            self._told, self._told_at = verdict.why, now

    def _patience(self) -> float:
        """Return the seconds until the next limit, or until a line of progress is due."""
        limit = min(self._started + self._timeout, self._told_at + _SILENCE_SECONDS)
        if self._troubled_since is not None:
            limit = min(limit, self._troubled_since + self._error_grace)
        return max(0.0, limit - self._clock())

    def _give_up_if_hopeless(self, verdict: Verdict) -> None:
        now = self._clock()
        if verdict.state == "failed":
            raise RolloutFailed(f"The registry cannot get to the declared state: {verdict.why}.")
        if self._troubled_since is not None and now - self._troubled_since >= self._error_grace:
            raise RolloutFailed(
                f"The registry does not get to the declared state: {verdict.why}. This lasted for "
                f"{self._error_grace:g} seconds (error_grace).",
            )
        if now - self._started >= self._timeout:
            raise RolloutTimeout(
                f"The registry did not get to the declared state within {self._timeout:g} seconds (wait_timeout): "
                f"{verdict.why}.",
            )


def _unread(errors: dict[Ref, ApiError]) -> Verdict:
    # What keeps one from being read mostly keeps all from it: said once.
    words = {error.message: str(error) for error in sorted(errors.values(), key=str, reverse=True)}
    return Verdict("waiting", "; ".join(sorted(words.values())) or _NO_ANSWER_YET, bool(words))


class _Watches:
    """A watch or, where polled, repeated reads for each ref, in a thread of its own; all feed one picture.

    unread: why a ref could not be read the last time that it was tried.
    """

    def __init__(self, cluster: Cluster, refs: set[Ref], needed: set[Ref], seconds: float):
        self._cluster, self._seconds = cluster, seconds
        self._refs, self._needed = refs, needed
        self._changes: queue.SimpleQueue[tuple[Ref, Any]] = queue.SimpleQueue()
        self._picture: dict[Ref, Any] = {}
        self._ended = threading.Event()
        self.unread: dict[Ref, ApiError] = {}

    def __enter__(self) -> _Watches:
        for ref in self._refs:
            # To list Secrets, even one by its name, is a right that few have.
            work = self._poll if ref.resource == SECRET else self._follow
            # A watch may hang in a read when the task ends; the process does not wait for it.
            threading.Thread(target=work, args=(ref,), daemon=True).start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self._ended.set()

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
        while not self._ended.is_set():
            try:
                self._list_and_watch(ref)
            except Forbidden:
                self._poll(ref)
            except Gone:
                continue  # The API server has forgotten our version: the next list tells where things stand.
            except NotFound:
                self._ended.wait(_POLL_SECONDS)  # An API that does not exist has no objects; it may come.
            except ApiError as error:
                self._changes.put((ref, error))
                self._ended.wait(_POLL_SECONDS)

    def _list_and_watch(self, ref: Ref) -> None:
        listed = self._cluster.get_listed(ref)
        objects = {entry["metadata"]["name"]: entry for entry in listed.get("items") or []}
        self._publish(ref, objects)
        version = listed.get("metadata", {}).get("resourceVersion", "")
        for event in self._cluster.watch(ref, version, self._seconds):
            if self._ended.is_set():
                return
            name = event["object"]["metadata"]["name"]
            if event["type"] == "DELETED":
                objects.pop(name, None)
            else:
                objects[name] = event["object"]
            self._publish(ref, objects)

    def _poll(self, ref: Ref) -> None:
        """Read again and again what may be read but is not watched; pass on that it may not even be read."""
        while not self._ended.is_set():
            try:
                seen: Any = self._cluster.get(ref)
            except ApiError as error:
                seen = error
            self._changes.put((ref, seen))
            self._ended.wait(_POLL_SECONDS)

    def _publish(self, ref: Ref, objects: dict[str, Any]) -> None:
        seen = {"items": list(objects.values())} if ref.name is None else objects.get(ref.name)
        self._changes.put((ref, seen))
