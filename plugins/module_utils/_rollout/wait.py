# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until the cluster serves what was declared: watch, judge at every event, stop early when it cannot get there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Forbidden,
    RolloutFailed,
    RolloutTimeout,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected, Verdict, judge
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.watch import Watches

# Jobs of pipelines are ended when they print nothing for long.
_SILENCE_SECONDS = 30.0
# Whatever the operator does by itself, it has done by then.
_DUE_SECONDS = 3.0
_CONFIRM_SECONDS = 1.0
# What is over by then needs no explanation.
_FIRST_LOOK_SECONDS = 5.0
_NO_ANSWER_YET = "the API server has not answered yet"


class Wait:
    """One wait for all that is expected.

    also: what the result of the task shows besides. timeout: seconds in all; error_grace: seconds for which an error
    that may go away may last without interruption; tell: shows a line of progress; clock: seconds that never run back.
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
        self._troubled_since: float | None = None
        self._due_since: float | None = None
        self._doubted_since: float | None = None
        self._trouble: tuple[float, str] = (0.0, "")
        self._limit = error_grace
        self._look_up_at, self._is_explained = self._started + _FIRST_LOOK_SECONDS, False
        self._told, self._told_at = _NO_ANSWER_YET, self._started

    def until_done(self) -> tuple[Verdict, Snapshot]:
        """Return a verdict that is done, lost or due, with what it was based on.

        Raises RolloutFailed or RolloutTimeout.
        """
        needed = set().union(*(entry.needed() for entry in self._expected))
        refs = self._also.union(*(entry.refs() for entry in self._expected))
        with Watches(self._cluster, refs, needed, self._timeout) as watches:
            is_confirmed = True
            while True:
                snapshot = watches.next_snapshot(self._patience() if is_confirmed else _CONFIRM_SECONDS)
                is_confirmed = True
                verdict = self._verdict(snapshot) if snapshot else _unread(watches.unread)
                if snapshot and verdict.state == "done":
                    # Watches bring their events in any order: the Config's may lag behind what the others showed.
                    verdict, snapshot, is_confirmed = self._confirmed(snapshot)
                self._note(verdict)
                self._report_progress(verdict)
                if snapshot and self._is_doubted_long_enough():
                    return Verdict("done", verdict.why, doubt=verdict.doubt), snapshot
                self._have_explained(verdict, watches)
                if snapshot and verdict.state in ("done", "lost"):
                    return verdict, snapshot
                self._give_up_if_hopeless(verdict)
                if snapshot and self._is_due():
                    return verdict, snapshot

    def _confirmed(self, snapshot: Snapshot) -> tuple[Verdict, Snapshot, bool]:
        """Return the verdict in view of the Config as it is now, and whether it could be read."""
        try:
            snapshot = snapshot.joined(Snapshot({CLUSTER_CONFIG: self._cluster.get(CLUSTER_CONFIG)}))
        except (Forbidden, Unauthorized):
            raise
        except ApiError as error:
            return _unread({CLUSTER_CONFIG: error}), snapshot, False
        return self._verdict(snapshot), snapshot, True

    def report(self) -> dict[str, Any]:
        """Return what the wait saw, for the result of the task; durations in seconds."""
        return {"waited": True, "duration": round(self._clock() - self._started, 2), "seen": self._seen}

    def _verdict(self, snapshot: Snapshot) -> Verdict:
        return judge(self._expected, snapshot)

    def _note(self, verdict: Verdict) -> None:
        if verdict.why != _NO_ANSWER_YET and (not self._seen or self._seen[-1]["state"] != verdict.why):
            self._seen.append({"after": round(self._clock() - self._started, 2), "state": verdict.why})
        now, trouble = self._clock(), (verdict.patience, verdict.subject)
        self._due_since = _since(self._due_since, now) if verdict.state == "due" else None
        self._doubted_since = _since(self._doubted_since, now) if verdict.doubt else None
        self._limit = max(self._error_grace, verdict.patience)
        if not verdict.is_troubled:
            self._troubled_since = None
        elif self._troubled_since is None or trouble != self._trouble:
            self._troubled_since, self._trouble = now, trouble

    def _is_due(self) -> bool:
        return self._due_since is not None and self._clock() - self._due_since >= _DUE_SECONDS

    def _is_doubted_long_enough(self) -> bool:
        return self._doubted_since is not None and self._clock() - self._doubted_since >= self._error_grace

    def _have_explained(self, verdict: Verdict, watches: Watches) -> None:
        """Have read what tells more of something that lasts."""
        self._is_explained = bool(verdict.explained_by)
        now = self._clock()
        if self._is_explained and now >= self._look_up_at:
            watches.look_up(verdict.explained_by)
            self._look_up_at = now + _SILENCE_SECONDS

    def _report_progress(self, verdict: Verdict) -> None:
        now = self._clock()
        if verdict.why != self._told or now - self._told_at >= _SILENCE_SECONDS:
            self._tell(f"{now - self._started:.0f} s: {verdict.why}")
            self._told, self._told_at = verdict.why, now

    def _patience(self) -> float:
        """Return the seconds until the next limit, or until something has to be said again."""
        limit = min(self._started + self._timeout, self._told_at + _SILENCE_SECONDS)
        if self._due_since is not None:
            limit = min(limit, self._due_since + _DUE_SECONDS)
        if self._troubled_since is not None:
            limit = min(limit, self._troubled_since + self._limit)
        if self._doubted_since is not None:
            limit = min(limit, self._doubted_since + self._error_grace)
        if self._is_explained:
            limit = min(limit, self._look_up_at)
        return max(0.0, limit - self._clock())

    def _give_up_if_hopeless(self, verdict: Verdict) -> None:
        now = self._clock()
        if verdict.state == "failed":
            raise RolloutFailed("The registry cannot get to the declared state", f"{_clause(verdict)}.")
        remedy = f" {verdict.remedy}" if verdict.remedy else ""
        if self._troubled_since is not None and now - self._troubled_since >= self._limit:
            option = " (error_grace)" if self._limit == self._error_grace else ""
            raise RolloutFailed(
                "The registry does not get to the declared state",
                f"{_clause(verdict)}. This lasted for {self._limit:g} seconds{option}.{remedy}",
            )
        if now - self._started >= self._timeout:
            raise RolloutTimeout(
                f"The registry did not get to the declared state within {self._timeout:g} seconds (wait_timeout)",
                f"{_clause(verdict)}.{remedy}",
            )


def _clause(verdict: Verdict) -> str:
    return verdict.why.rstrip(".")


def _since(begun: float | None, now: float) -> float:
    return now if begun is None else begun


def _unread(errors: dict[Ref, ApiError]) -> Verdict:
    # What keeps one from being read mostly keeps all from it: said once.
    words = {error.message: str(error) for error in sorted(errors.values(), key=str, reverse=True)}
    return Verdict("waiting", "; ".join(sorted(words.values())) or _NO_ANSWER_YET, bool(words))
