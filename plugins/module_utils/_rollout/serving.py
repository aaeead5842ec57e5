# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry is in its declared state: its pods serve the Config, or it is removed or unmanaged.

The operator's conditions are not enough. They are computed from a cached Deployment, so right after a change they still
describe the rollout before it; a scale-up never shows in them; and a changed Secret moves no generation. The verdict
therefore joins what the operator says of its own work with the Deployment and its pods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects import pods
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import condition, words
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import replicas, written_generation
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    POD_EVENTS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_PODS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.observed import Observed

# With these reasons the operator does not try again until the Config changes.
_PERMANENT = frozenset({"VerificationFailed", "StorageNotConfigured"})

# A pod of the registry has 55 seconds to end.
_ENDING_SECONDS = 180.0
_REMOVED = Verdict("done", "the registry is removed")
_LET_GO = Verdict("done", "the operator does not manage the registry any more")


@dataclass(frozen=True)
class Serving(Expected):
    """The operator has done what the Config says; rules: how the Config's fields are written."""

    rules: Rules

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, REGISTRY_PODS}

    def needed(self) -> set[Ref]:
        # Pods only tell why it takes long.
        return self.refs() - {REGISTRY_PODS}

    def verdict(self, seen: Snapshot) -> Verdict:
        observed = Observed(self.rules).verdict(seen)
        config = seen[CLUSTER_CONFIG]
        if config is None or observed.state != "done":
            return observed
        state = lookup(config, ("spec", "managementState"))
        if state == "Unmanaged":
            settled = condition(config, "Available").get("reason") == "Unmanaged"
            return _LET_GO if settled else Verdict("waiting", "the operator has not yet stopped managing the registry")
        deployment = seen[REGISTRY_DEPLOYMENT]
        if state == "Removed":
            return next(_removed(config, deployment), _REMOVED)
        events = seen.items(POD_EVENTS) if POD_EVENTS in seen else []
        return next(_serving(config, deployment, seen.items(REGISTRY_PODS), events), DONE)


def _removed(config: dict[str, Any], deployment: dict[str, Any] | None) -> Iterator[Verdict]:
    yield from _operator_errors(config)
    if condition(config, "Removed").get("status") != "True":
        yield Verdict("waiting", "the operator has not yet removed the registry")
    progressing = condition(config, "Progressing")
    if progressing.get("status") != "False":
        yield Verdict("waiting", progressing.get("message") or "the deployment still exists")
    if deployment is not None:
        yield Verdict("waiting", "the deployment still exists")


def _serving(
    config: dict[str, Any],
    deployment: dict[str, Any] | None,
    its_pods: list[dict[str, Any]],
    events: list[dict[str, Any]],
) -> Iterator[Verdict]:
    yield from _operator_errors(config)
    if deployment is None:
        yield Verdict("waiting", "the operator has not yet created the deployment")
    else:
        yield from _rollout(config, deployment, its_pods, events)
    yield from _availability(config)


def _operator_errors(config: dict[str, Any]) -> Iterator[Verdict]:
    progressing, degraded = condition(config, "Progressing"), condition(config, "Degraded")
    if degraded.get("status") == "True" and degraded.get("reason") in _PERMANENT:
        yield Verdict("failed", f"the operator reports {words(degraded)}")
    if progressing.get("reason") == "Error":
        yield Verdict("waiting", f"the operator reports {words(progressing)}", True)


def _rollout(
    config: dict[str, Any], deployment: dict[str, Any], its_pods: list[dict[str, Any]], events: list[dict[str, Any]]
) -> Iterator[Verdict]:
    generation = deployment["metadata"]["generation"]
    if generation < (written_generation(config) or 0):
        yield Verdict("waiting", "the API server does not yet show the operator's last change of the deployment")
    if (lookup(deployment, ("status", "observedGeneration")) or 0) < generation:
        yield Verdict("waiting", "Kubernetes has not yet processed the last change of the deployment")
    counts, wanted = replicas(deployment), config["spec"].get("replicas") or 0
    if counts.wanted != wanted:
        yield Verdict("waiting", f"the deployment does not yet ask for {wanted} replicas")
    progressing = condition(deployment, "Progressing")
    new = pods.starting(its_pods)
    trouble = pods.trouble(new, events)
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        # Not final: right after a change that mends the rollout the Deployment still says so for a moment.
        why = trouble or pods.trouble(its_pods, events) or words(progressing)
        yield Verdict("waiting", f"the rollout timed out: {why}", True)
    if {counts.updated, counts.ready, counts.available, counts.current} != {wanted} or (
        wanted and progressing.get("reason", "NewReplicaSetAvailable") != "NewReplicaSetAvailable"
    ):
        progress = (
            f"{counts.updated} of {wanted} pods have the new configuration, {counts.available} of "
            f"{counts.current} pods are available"
        )
        # With as many pods as nodes a new one finds a place only when an old one has gone.
        leaving = counts.current > counts.updated or any(pods.is_leaving(pod) for pod in its_pods)
        troubled = pods.trouble(pods.scheduled(new), events) if leaving else trouble
        text = f"{progress}; {trouble}" if trouble else progress
        explained_by = frozenset({POD_EVENTS})
        blocking = [] if counts.updated else [pod for pod in its_pods if pods.is_leaving(pod)]
        if trouble or not blocking or lookup(deployment, ("spec", "strategy", "type")) != "Recreate":
            yield Verdict("waiting", text, bool(troubled), explained_by=explained_by)
            return
        # With Recreate a new pod begins when the old ones have ended, and on a lost node none ends by itself.
        yield Verdict(
            "waiting",
            f"{text}; {pods.ending(blocking[0])}",
            is_troubled=True,
            patience=_ENDING_SECONDS,
            subject=blocking[0]["metadata"]["name"],
            remedy="See whether its node answers (oc get nodes). If the node is lost for good, delete it or mark it "
            "with the taint node.kubernetes.io/out-of-service, so that its pods and volumes are given up.",
            explained_by=explained_by,
        )


def _availability(config: dict[str, Any]) -> Iterator[Verdict]:
    available, progressing = condition(config, "Available"), condition(config, "Progressing")
    if progressing.get("status") == "True":
        yield Verdict("waiting", f"the operator reports {words(progressing)}")
    if available.get("status") != "True" and config["spec"].get("replicas"):
        yield Verdict("waiting", f"the operator reports {words(available)}")
