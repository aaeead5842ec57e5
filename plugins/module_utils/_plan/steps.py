# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work out the steps from the present state to the desired state: minimal, ordered, pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change, Step
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import joined
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import handover, loss, medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged, without
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order, Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.observed import Observed


def work_out(desired: Desired, seen: Snapshot) -> Change:
    """Return the change from the state that was read to the desired state."""
    wanted = sorted(desired.wanted(seen), key=lambda entry: entry.ref)
    steps = [step for entry in wanted for step in [_step(entry, seen[entry.ref])] if step]
    before = seen[CLUSTER_CONFIG] or {} if CLUSTER_CONFIG in seen else {}
    patch = next((step.body for step in steps if step.ref == CLUSTER_CONFIG), None)
    after = merged(before, patch) if patch else before
    if medium.is_left_by_pods(before, after):
        steps = [_after_config(step) if step.wanted.opens_medium else step for step in steps]
    if handover.is_needed(before, after):
        steps = [part for step in steps for part in (_handed_over(step) if step.ref == CLUSTER_CONFIG else [step])]
    return Change(
        steps=tuple(sorted(steps, key=lambda step: step.order)),
        before=before,
        after=after,
        wanted={entry.ref: entry for entry in wanted},
    )


def _after_config(step: Step) -> Step:
    # The operator would hand keys of the new medium to pods that use the old one. In this order a task that stops
    # half-way leaves an operator that cannot take the new medium into use, and pods that go on serving.
    return step._replace(wanted=step.wanted._replace(order=Order.AFTER_CONFIG))


def _handed_over(step: Step) -> list[Step]:
    """Return the steps that make one of a removal whose storage stays: the operator has to know that first."""
    wanted = Wanted(step.ref, handover.HANDOVER, order=Order.HANDOVER, may_create=False, rules=step.wanted.rules)
    first = _step(wanted, step.live)
    live = merged(step.live, first.body) if first else step.live
    rest = step.wanted._replace(body=without(step.wanted.body or {}, handover.HANDOVER) if first else step.wanted.body)
    removal = step._replace(
        wanted=rest,
        body=rest.patch(live),
        live=live,
        follows=first,
        awaits=(Held(wanted), Observed(step.wanted.rules)),
    )
    return [first, removal] if first else [removal]


def still_fits(step: Step, found: dict[str, Any] | None) -> bool:
    """Whether a step that was worked out for one version of an object does the same to a newer version.

    It does if uid and generation are the same, because the generation counts the changes of the spec only, and what the
    status tells of images. Kinds that have no generation, such as Secrets, never fit again.
    """
    identity = [("metadata", "uid"), ("metadata", "generation")]
    planned_for = [lookup(step.live, path) for path in identity]
    if found is None or None in planned_for or planned_for != [lookup(found, path) for path in identity]:
        return False
    # Only the status: a step that follows another one was worked out for the spec that the other one leaves.
    before = {**found, "status": (step.live or {}).get("status", {})}
    return loss.decided_by(before) == loss.decided_by(found)


def _step(wanted: Wanted, live: dict[str, Any] | None) -> Step | None:
    if wanted.body is None:
        return Step("delete", wanted, None, live) if live else None
    if live is None:
        manifest = merged({}, joined(wanted.create_with or {}, wanted.body))
        return Step("create", wanted, manifest, None) if wanted.may_create else None
    patch = wanted.patch(live)
    return Step("patch", wanted, patch, live) if patch else None
