# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task does to the cluster: the steps, and what the checks and the wait have to know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import joined
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields, lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order, Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected


class Step(NamedTuple):
    """One write.

    action: create, patch or delete. body: the manifest, the merge patch, None. live: the object as it was read, or as
    it will be after the step that this one follows. follows: a step that writes other fields of the object before.
    awaits: what the cluster must show before.
    """

    action: str
    wanted: Wanted
    body: dict[str, Any] | None
    live: dict[str, Any] | None
    follows: Step | None = None
    awaits: tuple[Expected, ...] = ()

    @property
    def ref(self) -> Ref:
        """The object that is written."""
        return self.wanted.ref

    @property
    def order(self) -> Order:
        """Steps of a lower order are done first."""
        return Order.DELETIONS if self.action == "delete" else self.wanted.order

    @property
    def tried_body(self) -> dict[str, Any]:
        """What is sent for a dry run, which has to hold what the step before it would have written."""
        return joined(self.follows.tried_body if self.follows else {}, self.body or {})

    @property
    def managed(self) -> dict[str, Any]:
        """The sparse object that the task declares, {} for a deletion."""
        return (self.body if self.action == "create" else self.wanted.body) or {}

    def as_dict(self) -> dict[str, Any]:
        """Return the step as a task reports it, without values."""
        return {
            "action": self.action,
            "kind": self.ref.resource.kind,
            "name": self.ref.name,
            "namespace": self.ref.namespace,
            "fields": fields(self.body or {}),
        }


class Change(NamedTuple):
    """What a task does, as it was worked out from one look at the cluster.

    steps: in the order in which they are done. before, after: the Config. wanted: all objects that the task declares.
    """

    steps: tuple[Step, ...]
    before: dict[str, Any]
    after: dict[str, Any]
    wanted: dict[Ref, Wanted]

    def phases(self) -> Iterator[list[Step]]:
        """Yield groups of steps that may be done at the same time, in order."""
        for order in sorted({step.order for step in self.steps}):
            yield [step for step in self.steps if step.order == order]

    def step(self, ref: Ref) -> Step | None:
        """Return the step that writes an object, the last one if there are several, None if it stays as it is."""
        return next((step for step in reversed(self.steps) if step.ref == ref), None)

    def ended_by(self, steps: Collection[Step]) -> set[Ref]:
        """Return the objects of which nothing is left to write after some steps."""
        return {step.ref for step in steps if self.step(step.ref) is step}

    @property
    def state(self) -> str | None:
        """The managementState of the registry after the task."""
        state: str | None = lookup(self.after, ("spec", "managementState"))
        return state

    @property
    def state_before(self) -> str | None:
        """The managementState of the registry before the task."""
        state: str | None = lookup(self.before, ("spec", "managementState"))
        return state

    @property
    def is_rolled_out(self) -> bool:
        """Whether the operator does something because of what is declared, or has not ended doing it.

        In a state that stays other than Managed it applies no settings; to remove the registry may take it long.
        """
        config = self.wanted.get(CLUSTER_CONFIG)
        removes = lookup(config.body if config else None, ("spec", "managementState")) == "Removed"
        return self.state == "Managed" or self.state != self.state_before or removes

    @property
    def storage(self) -> dict[str, Any]:
        """spec.storage after the task."""
        return lookup(self.after, ("spec", "storage")) or {}

    @property
    def storage_before(self) -> dict[str, Any]:
        """spec.storage before the task."""
        return lookup(self.before, ("spec", "storage")) or {}

    def will_exist(self, ref: Ref, seen: Snapshot) -> bool:
        """Whether the object will be there after the task; False if the user may not see it."""
        declared = self.wanted.get(ref)
        return declared.body is not None if declared else seen.visible(ref) is not None

    @property
    def config_step(self) -> Step | None:
        """The step that writes the Config."""
        return self.step(CLUSTER_CONFIG)
