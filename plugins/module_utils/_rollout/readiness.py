# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the cluster serves what a task declared: a pure verdict over the objects as they were last seen.

The operator's conditions are not enough. They are computed from a cached Deployment, so right after a change they still
describe the rollout before it; a scale-up never shows in them; and a changed Secret moves no generation. The verdict
therefore joins what the operator says of its own work with the Deployment, the Routes and the generated credentials.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare, pods
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    DEPLOYMENT,
    REGISTRY_DEPLOYMENT,
    ROUTE_ANNOTATION,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal, RouteGoal

DEPENDENCIES_ANNOTATION = "imageregistry.operator.openshift.io/dependencies-checksum"
# With these reasons the operator does not try again until the Config changes.
_PERMANENT = frozenset({"VerificationFailed", "StorageNotConfigured"})


@dataclass(frozen=True)
class Observed:
    """The objects that decide, as they were last seen; None or empty where there is none."""

    config: dict[str, Any] | None
    deployment: dict[str, Any] | None = None
    routes: dict[str, dict[str, Any]] = field(default_factory=dict)
    credentials: dict[str, Any] | None = None
    pods: list[dict[str, Any]] = field(default_factory=list)
    secrets: dict[Ref, dict[str, Any] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """done, waiting, failed (it cannot get there) or lost (declared fields were overwritten), and why.

    troubled: somebody reports an error that may still go away; it is endured for a limited time only.
    """

    state: str
    why: str = ""
    troubled: bool = False


DONE = Verdict("done", "the registry serves what was declared")


def judge(goal: Goal, seen: Observed, checksum_before: str | None = None) -> Verdict:
    """Return the verdict.

    checksum_before: the Deployment's checksum of its dependencies before the task, when the task changed one of them.
    """
    config = seen.config
    if config is None:
        return Verdict("failed", "the Config does not exist any more")
    overwritten = list(_overwritten(goal, seen))
    if overwritten:
        return Verdict("lost", ", ".join(overwritten))
    generation = config["metadata"]["generation"]
    if (compare.lookup(config, ("status", "observedGeneration")) or 0) < generation:
        return _unobserved(config, generation)
    state = compare.lookup(config, ("spec", "managementState"))
    if state == "Unmanaged":
        settled = condition(config, "Available").get("reason") == "Unmanaged"
        return DONE if settled else Verdict("waiting", "the operator has not yet let go of the registry")
    steps = _removed(config, seen) if state == "Removed" else _serving(goal, config, seen, checksum_before)
    return next(steps, DONE)


def _overwritten(goal: Goal, seen: Observed) -> Iterator[str]:
    yield from compare.fields(compare.merge_patch(goal.config, seen.config))
    for ref, declared in goal.secrets.items():
        for name in compare.fields(compare.merge_patch(declared, seen.secrets.get(ref))):
            yield f"{name} of {ref}"


def condition(source: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the condition of that type, {} if the object has none."""
    conditions = compare.lookup(source, ("status", "conditions")) or []
    return next((entry for entry in conditions if entry["type"] == kind), {})


def passed_on(credentials: dict[str, str], generated: dict[str, Any] | None) -> bool:
    """Whether the Secret that the operator generates for the pods contains the credentials."""
    data = compare.lookup(generated, ("data",)) or {}
    found = {key: base64.b64decode(data.get(key) or "").decode("utf-8", "replace") for key in credentials}
    return found == credentials


def dependencies_checksum(deployment: dict[str, Any] | None) -> str | None:
    """Return what the operator noted about the Secrets and ConfigMaps that the pods were started with."""
    path = ("spec", "template", "metadata", "annotations", DEPENDENCIES_ANNOTATION)
    checksum: str | None = compare.lookup(deployment, path)
    return checksum


def _unobserved(config: dict[str, Any], generation: int) -> Verdict:
    culprits = compare.undecodable(config.get("spec"), ("spec",))
    why = f", because it cannot decode {' and '.join(culprits)} (no Go duration)" if culprits else ""
    # It observes a generation at the end of its work, and to delete a bucket takes as long as there are images in it.
    removes = compare.lookup(config, ("spec", "managementState")) == "Removed"
    words = f"the operator has not observed generation {generation} of the Config{why}"
    return Verdict("waiting", words, bool(culprits) or not removes)


def _removed(config: dict[str, Any], seen: Observed) -> Iterator[Verdict]:
    yield from _operator_errors(config)
    if condition(config, "Removed").get("status") != "True":
        yield Verdict("waiting", "the operator has not yet removed the registry")
    progressing = condition(config, "Progressing")
    if progressing.get("status") != "False":
        yield Verdict("waiting", progressing.get("message") or "the deployment still exists")
    if seen.deployment is not None:
        yield Verdict("waiting", "the deployment still exists")


def _serving(goal: Goal, config: dict[str, Any], seen: Observed, checksum_before: str | None) -> Iterator[Verdict]:
    yield from _operator_errors(config)
    if goal.credentials is not None and not passed_on(goal.credentials, seen.credentials):
        yield Verdict("waiting", "the operator has not yet passed the new credentials on to the pods")
    yield from _rollout(config, seen, checksum_before)
    for wanted in goal.routes:
        yield from _route(wanted, seen.routes.get(wanted.name))
    for name in goal.absent_routes:
        # A Route without the mark is somebody else's, and stays.
        if _is_marked(seen.routes.get(name)):
            yield Verdict("waiting", f"route {name} still exists")
    yield from _availability(config)


def _operator_errors(config: dict[str, Any]) -> Iterator[Verdict]:
    progressing, degraded = condition(config, "Progressing"), condition(config, "Degraded")
    if degraded.get("status") == "True" and degraded.get("reason") in _PERMANENT:
        yield Verdict("failed", f"the operator reports {_words(degraded)}")
    if progressing.get("reason") == "Error":
        yield Verdict("waiting", f"the operator reports {_words(progressing)}", True)


def _rollout(config: dict[str, Any], seen: Observed, checksum_before: str | None) -> Iterator[Verdict]:
    deployment = seen.deployment
    if deployment is None:
        yield Verdict("waiting", "the operator has not yet created the deployment")
        return
    if checksum_before is not None and dependencies_checksum(deployment) == checksum_before:
        yield Verdict("waiting", "the pods have not yet been given the new credentials or certificates")
    generation, status = deployment["metadata"]["generation"], deployment.get("status") or {}
    if generation < _written_generation(config):
        yield Verdict("waiting", "the operator's last change of the deployment has not been seen yet")
    if (status.get("observedGeneration") or 0) < generation:
        yield Verdict("waiting", "the last change of the deployment has not been taken up yet")
    wanted = config["spec"].get("replicas") or 0
    if (deployment["spec"].get("replicas") or 0) != wanted:
        yield Verdict("waiting", f"the deployment does not yet ask for {wanted} replicas")
    progressing = condition(deployment, "Progressing")
    new = pods.starting(seen.pods)
    trouble = pods.trouble(new)
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        # Not final: right after a change that mends the rollout the Deployment still says so for a moment.
        why = trouble or pods.trouble(seen.pods) or _words(progressing)
        yield Verdict("waiting", f"the rollout timed out: {why}", True)
    counts = {
        name: status.get(f"{name}Replicas" if name else "replicas") or 0
        for name in ("updated", "ready", "available", "")
    }
    if set(counts.values()) != {wanted} or (
        wanted and progressing.get("reason", "NewReplicaSetAvailable") != "NewReplicaSetAvailable"
    ):
        progress = (
            f"{counts['updated']} of {wanted} pods have the new configuration, {counts['available']} of "
            f"{counts['']} pods are available"
        )
        # With as many pods as nodes a new one finds a place only when an old one has gone.
        leaving = counts[""] > counts["updated"] or any(pods.is_leaving(pod) for pod in seen.pods)
        troubled = pods.trouble(pods.scheduled(new)) if leaving else trouble
        yield Verdict("waiting", f"{progress}; {trouble}" if trouble else progress, bool(troubled))


def _route(wanted: RouteGoal, route: dict[str, Any] | None) -> Iterator[Verdict]:
    name = wanted.name
    if route is None or not _is_marked(route):
        yield Verdict("waiting", f"the operator has not yet created route {name}")
        return
    host = route["spec"].get("host")
    if not host or (wanted.hostname and host != wanted.hostname):
        yield Verdict("waiting", f"route {name} has host {host or '(none)'}, not yet {wanted.hostname or 'one'}")
    texts = {"certificate": wanted.certificate, "caCertificate": wanted.ca_certificate}
    for key, declared in texts.items():
        carried = compare.lookup(route, ("spec", "tls", key)) or ""
        if declared is not None and carried.strip() != declared.strip():
            yield Verdict("waiting", f"route {name} does not yet carry the declared {key}")
    ingresses = [entry for entry in compare.lookup(route, ("status", "ingress")) or [] if entry.get("host") == host]
    if not ingresses:
        yield Verdict("waiting", f"no router has admitted route {name} (host {host}) yet")
    for ingress in ingresses:
        admitted = condition({"status": ingress}, "Admitted")
        if admitted.get("status") != "True":
            words = _words(admitted)
            router = ingress.get("routerName", "unknown")
            yield Verdict("waiting", f"router {router} does not admit route {name} (host {host}): {words}", True)


def _is_marked(route: dict[str, Any] | None) -> bool:
    return ROUTE_ANNOTATION in (compare.lookup(route, ("metadata", "annotations")) or {})


def _availability(config: dict[str, Any]) -> Iterator[Verdict]:
    available, progressing = condition(config, "Available"), condition(config, "Progressing")
    if progressing.get("status") == "True":
        yield Verdict("waiting", f"the operator reports {_words(progressing)}")
    if available.get("status") != "True" and config["spec"].get("replicas"):
        yield Verdict("waiting", f"the operator reports {_words(available)}")


def _written_generation(config: dict[str, Any]) -> int:
    """Return the generation that the Deployment had after the operator's last write, as the operator recorded it."""
    for entry in compare.lookup(config, ("status", "generations")) or []:
        if (entry.get("resource"), entry.get("name")) == (DEPLOYMENT.plural, REGISTRY_DEPLOYMENT.name):
            return entry.get("lastGeneration") or 0
    return 0


def _words(source: dict[str, Any]) -> str:
    return ": ".join(part for part in (source.get("reason"), source.get("message")) if part) or "no reason"
