# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find all problems that can be known before the first write, together: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Options
from ansible_collections.okd.image_registry.plugins.module_utils._desired.state import STATES
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import undecodable
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields, lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    CONFIG,
    OPERATOR_DEPLOYMENT,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan import ownership, route_objects
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected

# The system counts the time of a wait in nanoseconds, in 64 bits.
_LONGEST_SECONDS = 10**9
# What the operator acts upon also in a state in which it applies no settings.
_STATE_FIELDS = frozenset({"spec.managementState", "spec.storage.managementState"})


def reads(change: Change) -> set[Ref]:
    """Return the objects that only the checks of a change with steps need."""
    return {OPERATOR_DEPLOYMENT} if change.steps else set()


def obvious(desired: Desired, options: Options, change: Change) -> list[Finding]:
    """Return the findings after which no other check makes sense: mistakes in the options, no usable Config."""
    return [*desired.mistakes(), *_limit_findings(options), *_config_findings(change)]


def findings(
    desired: Desired, options: Options, change: Change, seen: Snapshot, check_mode: bool = False
) -> list[Finding]:
    """Return all other findings, each once: of the Config itself, of the objects to write, of each kind.

    A finding to which the user consents is left out. A task that has nothing left to write is not refused because of
    the state that it finds.
    In check mode what an earlier task would provide is not there yet, so that it cannot be said to be missing.
    """
    found = (
        finding._replace(severity="warning") if check_mode and finding.may_come else finding
        for finding in _of_change(change, _state_findings(desired, change, seen))
    )
    return [finding for finding in dict.fromkeys(found) if not options.get(finding.consent)]


def sight_findings(expected: Iterable[Expected], seen: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each object that the wait needs and that the user may not read."""
    for ref in sorted(set().union(*(entry.needed() for entry in expected))):
        failure = seen.failure(ref)
        if isinstance(failure, Forbidden):
            yield Finding(
                "cannot-see",
                str(ref),
                "permission",
                f"none ({failure.message})",
                f"the right to read {ref.resource.plural}, to check that the registry serves what is declared",
                "Grant the right to the user, connect as another user, or set wait to false.",
            )


def _of_change(change: Change, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings as they count for what the task changes: without any step, an error only tells of a problem."""
    for finding in found:
        if change.steps or finding.is_standing or finding.severity == "warning":
            yield finding
        elif not finding.consent:
            yield finding._replace(severity="warning")


def _state_findings(desired: Desired, change: Change, seen: Snapshot) -> Iterator[Finding]:
    if change.steps:
        yield from _operator_findings(seen)
    yield from _decoding_findings(change)
    yield from _backend_findings(change)
    yield from _dormant_findings(change)
    yield from _immutable_findings(change)
    yield from _terminating_findings(change)
    yield from ownership.findings(change)
    yield from route_objects.findings(change, seen)
    yield from desired.findings(change, seen)


def _limit_findings(options: Options) -> Iterator[Finding]:
    """Yield limits of the wait, in seconds, that no wait can keep."""
    for option in ("wait_timeout", "error_grace"):
        value = options[option]
        if not 1 <= value <= _LONGEST_SECONDS:
            yield Finding(
                "invalid-limit",
                str(CLUSTER_CONFIG),
                option,
                str(value),
                f"1 to {_LONGEST_SECONDS} seconds",
                "Give another time.",
            )


def _config_findings(change: Change) -> Iterator[Finding]:
    if not change.before:
        yield Finding(
            "no-config",
            str(CLUSTER_CONFIG),
            "metadata.name",
            "no such object",
            "the Config that the image registry operator creates",
            "Early in an installation it appears within minutes: wait and repeat. Otherwise the cluster's capability "
            "ImageRegistry is disabled, or this is not an OpenShift cluster.",
        )
    elif change.before["metadata"].get("deletionTimestamp"):
        yield Finding(
            "config-terminating",
            str(CLUSTER_CONFIG),
            "metadata.deletionTimestamp",
            "a Config that is being deleted",
            "one that stays",
            "Wait until the operator has created a new one, or find the cause in the operator's log.",
        )


def _terminating_findings(change: Change) -> Iterator[Finding]:
    """Yield what will vanish with all that the task would write to it. Config and claims have findings of their own."""
    for step in change.steps:
        metadata = lookup(step.live, ("metadata",)) or {}
        if step.ref.resource in (CONFIG, CLAIM) or not metadata.get("deletionTimestamp"):
            continue
        holding = ", ".join(metadata.get("finalizers") or [])
        yield Finding(
            "object-terminating",
            str(step.ref),
            step.wanted.option,
            "an object that is being deleted" + (f", held by {holding}" if holding else ""),
            "one that stays, or none",
            "What is written to it goes with it. Wait until it is gone, or find out why what holds it does not let go, "
            "and run the task again.",
        )


def _operator_findings(seen: Snapshot) -> Iterator[Finding]:
    # Where control planes are hosted it runs on another cluster.
    live = seen.visible(OPERATOR_DEPLOYMENT)
    if live is None or lookup(live, ("status", "availableReplicas")):
        return
    is_stopped = live["spec"].get("replicas") == 0
    yield Finding(
        "operator-stopped" if is_stopped else "operator-not-running",
        str(OPERATOR_DEPLOYMENT),
        "spec.replicas" if is_stopped else "status.availableReplicas",
        "0",
        "an operator that runs",
        "Without the operator nothing that is declared takes effect. "
        + ("Scale the Deployment up to 1." if is_stopped else "Find out why its pod does not run."),
        "error" if is_stopped else "warning",
    )


def _decoding_findings(change: Change) -> Iterator[Finding]:
    for path, value in undecodable(change.before, RULES):
        if lookup(change.after, path) == value:
            yield Finding(
                "undecodable-duration",
                str(CLUSTER_CONFIG),
                ".".join(path),
                repr(value),
                "a Go duration such as 30s or 1h30m",
                "The operator cannot decode it and stops working, without an error message. Declare a correct value.",
            )


def _backend_findings(change: Change) -> Iterator[Finding]:
    backends = medium.backends(change.storage)
    if len(backends) > 1 and change.state != "Unmanaged":
        yield Finding(
            "several-backends",
            str(CLUSTER_CONFIG),
            "spec.storage",
            f"{len(backends)} backends ({', '.join(backends)})",
            "exactly one storage type",
            "The operator applies nothing until only one backend is left. Declare storage with the backend to keep.",
        )


def _dormant_findings(change: Change) -> Iterator[Finding]:
    if not change.before:
        return
    if change.state not in STATES:
        yield Finding(
            "unknown-state",
            str(CLUSTER_CONFIG),
            "management_state",
            change.state or "none",
            f"one of {', '.join(STATES)}",
            "The operator does nothing at all in this state. Set management_state with the module registry.",
        )
        return
    # The state does not go away when they are written: declared is what counts.
    settings = {field for wanted in change.wanted.values() for field in fields(wanted.body or {})} - _STATE_FIELDS
    if change.state != "Managed" and settings:
        yield Finding(
            "settings-dormant",
            str(CLUSTER_CONFIG),
            "management_state",
            change.state,
            "Managed for settings to take effect",
            "The Config stores the settings. To have the operator apply them, set management_state to Managed.",
            "warning",
        )


def _immutable_findings(change: Change) -> Iterator[Finding]:
    for step in change.steps:
        if step.action == "patch" and (step.live or {}).get("immutable") is True:
            yield Finding(
                "object-immutable",
                str(step.ref),
                "immutable",
                "true",
                "an object that can be changed",
                "Delete the object first. The task then creates it as declared.",
            )
