# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is desired and what is there to the steps in between: minimal, ordered, pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.dict_transformations import dict_merge
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


@dataclass(frozen=True)
class Step:
    """One write.

    action: create, patch or delete. body: the manifest, the merge patch, None. live: the object as it was read.
    managed: the sparse object that the task declares, {} for a deletion.
    """

    action: str
    ref: Ref
    body: dict[str, Any] | None
    live: dict[str, Any] | None
    managed: dict[str, Any]

    @property
    def phase(self) -> int:
        """Steps of a lower phase are done first: what the Config refers to, the Config, what nothing refers to now."""
        if self.ref == CLUSTER_CONFIG:
            return 1
        return 2 if self.action == "delete" else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the step as a task reports it, without values."""
        return {
            "action": self.action,
            "kind": self.ref.resource.kind,
            "name": self.ref.name,
            "namespace": self.ref.resource.namespace,
            "fields": compare.fields(self.body or {}),
        }


@dataclass(frozen=True)
class Plan:
    """The steps of a task, and the Config before and after them."""

    steps: tuple[Step, ...]
    outlook: Outlook

    def phases(self) -> Iterator[list[Step]]:
        """Yield groups of steps that may be done at the same time, in order."""
        for phase in sorted({step.phase for step in self.steps}):
            yield [step for step in self.steps if step.phase == phase]


def make(desired: Desired, snapshot: Snapshot) -> Plan:
    """Return the plan that brings what was read to what is desired."""
    live = snapshot[CLUSTER_CONFIG] or {}
    config = DesiredObject(CLUSTER_CONFIG, desired.config(live))
    wanted = sorted([*desired.objects.values(), config], key=lambda entry: entry.ref)
    steps = [step for entry in wanted for step in [_step(entry, snapshot[entry.ref])] if step]
    patch = next((step.body for step in steps if step.ref == CLUSTER_CONFIG), None)
    after = compare.merged(live, patch) if patch and live else live
    outlook = Outlook(snapshot, live, after, desired.objects, desired.consent)
    return Plan(tuple(sorted(steps, key=lambda step: step.phase)), outlook)


def still_fits(step: Step, found: dict[str, Any] | None) -> bool:
    """Whether a step that was planned for one version of an object does the same to another one.

    The generation counts the changes of the spec only; kinds that have none, such as Secrets, never fit again.
    """
    identity = [("metadata", "uid"), ("metadata", "generation")]
    planned_for = [compare.lookup(step.live, path) for path in identity]
    return None not in planned_for and planned_for == [compare.lookup(found, path) for path in identity]


def _step(wanted: DesiredObject, live: dict[str, Any] | None) -> Step | None:
    if wanted.body is None:
        return Step("delete", wanted.ref, None, live, {}) if live else None
    if live is None:
        manifest = compare.merged({}, dict_merge(wanted.create_with, wanted.body))
        # Nobody but the operator may create the Config; preflight reports that it is missing.
        return Step("create", wanted.ref, manifest, None, manifest) if wanted.ref != CLUSTER_CONFIG else None
    patch = compare.merge_patch(wanted.body, live)
    return Step("patch", wanted.ref, patch, live, wanted.body) if patch else None
