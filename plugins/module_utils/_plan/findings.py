# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that can be known to be wrong before the first write, at once: pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import versions
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Finding, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    OPERATOR_DEPLOYMENT,
    REGISTRY_DEPLOYMENT,
    ROUTE,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan.change import Plan, Step
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal

# API servers since 1.25 name the field; older ones drop it, which shows in what they answer.
_UNKNOWN_FIELD = re.compile(r'unknown field "([^"]+)"')
# What the operator acts upon also in a state in which it applies no settings.
_STATE_FIELDS = frozenset({"spec.managementState", "spec.storage.managementState"})
# With any other, or none, the operator applies nothing and says nothing of it.
_STATES = ("Managed", "Unmanaged", "Removed")


def reads(plan: Plan) -> set[Ref]:
    """Return what only a plan with steps has to be checked with: without any, nobody has to act on them."""
    return {OPERATOR_DEPLOYMENT} if plan.steps else set()


def findings(desired: Desired, plan: Plan) -> list[Finding]:
    """Return every finding once: of the Config itself, of the objects to write, of each section."""
    found = [
        *_config_findings(plan),
        *_operator_findings(plan),
        *_decoding_findings(plan),
        *_backend_findings(plan),
        *_dormant_findings(plan),
        *_immutable_findings(plan),
        *desired.findings(plan.outlook),
    ]
    return list(dict.fromkeys(found))


def _config_findings(plan: Plan) -> Iterator[Finding]:
    config = plan.outlook.before
    if not config:
        yield Finding(
            str(CLUSTER_CONFIG),
            "metadata.name",
            "no such object",
            "the Config that the image registry operator creates",
            "Early in an installation it appears within minutes: wait and repeat. Otherwise the cluster's capability "
            "ImageRegistry is disabled, or this is not an OpenShift cluster.",
        )
        return
    if config["metadata"].get("deletionTimestamp"):
        yield Finding(
            str(CLUSTER_CONFIG),
            "metadata.deletionTimestamp",
            "a Config that is being deleted",
            "one that stays",
            "Wait until the operator has created a new one, or see in the operator's log what keeps it from finishing.",
        )


def _operator_findings(plan: Plan) -> Iterator[Finding]:
    snapshot = plan.outlook.snapshot
    # Where control planes are hosted it runs on another cluster.
    live = snapshot[OPERATOR_DEPLOYMENT] if snapshot.known(OPERATOR_DEPLOYMENT) else None
    if live is None or compare.lookup(live, ("status", "availableReplicas")):
        return
    stopped = live["spec"].get("replicas") == 0
    yield Finding(
        str(OPERATOR_DEPLOYMENT),
        "spec.replicas" if stopped else "status.availableReplicas",
        "0",
        "an operator that runs",
        "Nothing that is declared takes effect without it. "
        + ("Scale it up to 1." if stopped else "Find out why its pod does not run."),
        "error" if stopped else "warning",
    )


def _decoding_findings(plan: Plan) -> Iterator[Finding]:
    for culprit in compare.undecodable(plan.outlook.before.get("spec"), ("spec",)):
        field, _colon, value = culprit.partition(": ")
        if compare.lookup(plan.outlook.after, tuple(field.split("."))) == value:
            yield Finding(
                str(CLUSTER_CONFIG),
                field,
                repr(value),
                "a Go duration such as 30s or 1h30m",
                "The operator cannot decode it and does nothing any more, without a word. Declare a correct value.",
            )


def _backend_findings(plan: Plan) -> Iterator[Finding]:
    backends = medium.backends(plan.outlook.storage)
    if len(backends) > 1 and plan.outlook.state != "Unmanaged":
        yield Finding(
            str(CLUSTER_CONFIG),
            "spec.storage",
            f"{len(backends)} backends ({', '.join(backends)})",
            "exactly one storage type",
            "The operator applies nothing until one is left. Declare storage with the one that shall stay.",
        )


def _dormant_findings(plan: Plan) -> Iterator[Finding]:
    state = plan.outlook.state
    if plan.outlook.before and state not in _STATES:
        yield Finding(
            str(CLUSTER_CONFIG),
            "management_state",
            state or "none",
            f"one of {', '.join(_STATES)}",
            "The operator does nothing at all in this state. Set management_state with the module registry.",
        )
        return
    settings = [field for step in plan.steps for field in compare.fields(step.body or {}) if field not in _STATE_FIELDS]
    if plan.outlook.before and state != "Managed" and settings:
        yield Finding(
            str(CLUSTER_CONFIG),
            "management_state",
            str(state),
            "Managed for settings to take effect",
            "They are stored; set management_state to Managed to have them applied.",
            "warning",
        )


def _immutable_findings(plan: Plan) -> Iterator[Finding]:
    for step in plan.steps:
        if step.action == "patch" and (step.live or {}).get("immutable") is True:
            yield Finding(
                str(step.ref),
                "immutable",
                "true",
                "an object that can be changed",
                "Delete it first, so that it is created anew with what is declared.",
            )


def wait_findings(timeout: float, error_grace: float) -> Iterator[Finding]:
    """Yield limits of the wait, in seconds, that no wait can keep."""
    for option, value in (("wait_timeout", timeout), ("error_grace", error_grace)):
        if value < 1:
            yield Finding(str(CLUSTER_CONFIG), option, str(value), "1 second or more", "Give a longer time.")


def sight_findings(goal: Goal, snapshot: Snapshot) -> Iterator[Finding]:
    """Yield what a wait for goal has to see, and the user may not read."""
    refs = [REGISTRY_DEPLOYMENT]
    refs += [ROUTE.all()] if goal.routes or goal.absent_routes else []
    refs += [GENERATED_CREDENTIALS] if goal.credentials is not None else []
    for ref in refs:
        failure = snapshot.failure(ref) if ref in snapshot else None
        if isinstance(failure, Forbidden):
            yield Finding(
                str(ref),
                "permission",
                failure.message,
                f"the right to read {ref.resource.plural}, to see that what is declared is served",
                "Grant it to the user, connect as another one, or set wait to false.",
            )


def refusals(step: Step, answer: Any) -> Iterator[Finding]:
    """Yield why the API server would not do step, given its answer to the dry run: an object or an ApiError."""
    if isinstance(answer, Forbidden) and answer.lacks_right:
        yield Finding(
            str(step.ref),
            "permission",
            answer.message,
            f"the right to {step.action} {step.ref.resource.plural}",
            "Grant it to the user, or connect as another one.",
        )
    elif isinstance(answer, ApiError):
        unknown = _UNKNOWN_FIELD.findall(answer.message)
        yield from (_unknown_field(step, field) for field in unknown)
        if not unknown:
            yield from _invalid(step, answer)
    elif answer is not None:
        dropped = compare.merge_patch(step.managed, answer)
        yield from (_unknown_field(step, field) for field in compare.fields(dropped or {}))


def _invalid(step: Step, answer: ApiError) -> Iterator[Finding]:
    for cause in answer.causes or [{"field": "", "message": answer.message}]:
        yield Finding(
            str(step.ref),
            cause.get("field") or "the object",
            cause.get("message") or answer.message,
            "a value that the API server accepts",
            f"The API server answered {answer.status} {answer.reason} to a dry run.",
        )


def _unknown_field(step: Step, field: str) -> Finding:
    version = versions.since(field) if step.ref == CLUSTER_CONFIG else None
    return Finding(
        str(step.ref),
        field,
        "a field that this cluster does not know",
        f"OpenShift {version} or newer" if version else "a cluster whose version knows it",
        "Upgrade the cluster, or leave the option out.",
    )
