# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until the cluster serves what was declared: judge at every change, stop early when it cannot get there."""

from __future__ import annotations

import time
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    RolloutFailed,
    RolloutTimeout,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_PODS,
    ROUTE,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.readiness import (
    DONE,
    Observed,
    Verdict,
    judge,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.watch import Watches

ALL_ROUTES = ROUTE.all()
_NO_ANSWER_YET = "the API server has not answered yet"


def _watched(goal: Goal) -> set[Ref]:
    """Return what is watched for goal."""
    refs = {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, REGISTRY_PODS, ALL_ROUTES, *goal.secrets}
    return refs | {GENERATED_CREDENTIALS} if goal.credentials is not None else refs


def observed(snapshot: Snapshot, goal: Goal) -> Observed:
    """Return what a snapshot shows of the objects that decide; Forbidden if one that must be known is hidden."""

    def listed(ref: Ref) -> list[dict[str, Any]]:
        return snapshot.items(ref) if snapshot.known(ref) else []

    return Observed(
        config=snapshot.get(CLUSTER_CONFIG),
        deployment=snapshot.get(REGISTRY_DEPLOYMENT),
        routes={route["metadata"]["name"]: route for route in listed(ALL_ROUTES)},
        credentials=snapshot.get(GENERATED_CREDENTIALS),
        pods=listed(REGISTRY_PODS),
        secrets={ref: snapshot.get(ref) for ref in goal.secrets},
    )


class Wait:
    """One wait for one goal.

    timeout: seconds in all; error_grace: seconds for which an error that may go away is endured without a break;
    checksum_before: see judge; clock: seconds that never run backwards.
    """

    def __init__(
        self,
        cluster: Cluster,
        goal: Goal,
        timeout: float,
        error_grace: float,
        checksum_before: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._cluster, self._goal, self._checksum_before = cluster, goal, checksum_before
        self._timeout, self._error_grace, self._clock = timeout, error_grace, clock
        self._started = clock()
        self._seen: list[dict[str, Any]] = []
        self._troubled_since: float | None = None

    def until_done(self) -> tuple[Verdict, Snapshot]:
        """Return a verdict that is done or lost, with what it was based on; raise RolloutFailed or RolloutTimeout."""
        with Watches(self._cluster, _watched(self._goal), self._timeout) as watches:
            while True:
                snapshot = watches.next_snapshot(self._patience())
                verdict = self._verdict(snapshot) if snapshot else _unread(watches.unread)
                if snapshot and verdict == DONE:
                    # Watches bring their events in any order: the Config's may lag behind what the others showed.
                    snapshot = snapshot.joined({CLUSTER_CONFIG: self._cluster.get(CLUSTER_CONFIG)})
                    verdict = self._verdict(snapshot)
                self._note(verdict)
                if snapshot and verdict.state in ("done", "lost"):
                    return verdict, snapshot
                self._give_up_if_hopeless(verdict)

    def report(self) -> dict[str, Any]:
        """Return what the wait saw, for the result of the task; durations in seconds."""
        return {"waited": True, "duration": round(self._clock() - self._started, 2), "seen": self._seen}

    def _verdict(self, snapshot: Snapshot) -> Verdict:
        return judge(self._goal, observed(snapshot, self._goal), self._checksum_before)

    def _note(self, verdict: Verdict) -> None:
        if verdict.why != _NO_ANSWER_YET and (not self._seen or self._seen[-1]["state"] != verdict.why):
            self._seen.append({"after": round(self._clock() - self._started, 2), "state": verdict.why})
        if not verdict.troubled:
            self._troubled_since = None
        elif self._troubled_since is None:
            self._troubled_since = self._clock()

    def _patience(self) -> float:
        """Return the seconds until the next limit."""
        limit = self._started + self._timeout
        if self._troubled_since is not None:
            limit = min(limit, self._troubled_since + self._error_grace)
        return max(0.0, limit - self._clock())

    def _give_up_if_hopeless(self, verdict: Verdict) -> None:
        now = self._clock()
        if verdict.state == "failed":
            raise RolloutFailed(f"The registry cannot get to the declared state: {verdict.why}.", self.report())
        if self._troubled_since is not None and now - self._troubled_since >= self._error_grace:
            raise RolloutFailed(
                f"The registry does not get to the declared state: {verdict.why}. This lasted for "
                f"{self._error_grace:g} seconds (error_grace).",
                self.report(),
            )
        if now - self._started >= self._timeout:
            raise RolloutTimeout(
                f"The registry did not get to the declared state within {self._timeout:g} seconds (wait_timeout): "
                f"{verdict.why}.",
                self.report(),
            )


def _unread(errors: dict[Ref, ApiError]) -> Verdict:
    # What keeps one from being read mostly keeps all from it: said once.
    words = {error.message: str(error) for error in sorted(errors.values(), key=str, reverse=True)}
    return Verdict("waiting", "; ".join(sorted(words.values())) or _NO_ANSWER_YET, bool(words))
