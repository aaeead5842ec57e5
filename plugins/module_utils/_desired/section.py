# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every section of options has in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import RouteGoal


@dataclass(frozen=True)
class DesiredObject:
    """One object as it shall be.

    body: sparse manifest, None when the object shall not exist; create_with: what is added when it has to be created,
    for fields that cannot be changed later.
    """

    ref: Ref
    body: dict[str, Any] | None
    create_with: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """The cluster before the task and the Config as it will be after it.

    desired: the objects that this task declares; consent: whether the user accepted to lose stored images.
    """

    snapshot: Snapshot
    before: dict[str, Any]
    after: dict[str, Any]
    desired: dict[Ref, DesiredObject]
    consent: bool

    @property
    def state(self) -> str | None:
        """The managementState of the registry after the task."""
        state: str | None = self.after.get("spec", {}).get("managementState")
        return state

    @property
    def storage(self) -> dict[str, Any]:
        """spec.storage after the task."""
        return self.after.get("spec", {}).get("storage") or {}

    def will_exist(self, ref: Ref) -> bool:
        """Whether the object will be there after the task; False if the user may not see it."""
        declared = self.desired.get(ref)
        if declared:
            return declared.body is not None
        return self.snapshot.known(ref) and self.snapshot[ref] is not None


class Section:
    """A group of options that belong together, turned into desired objects and their preconditions.

    Everything here is pure: options and a snapshot in, plain data out.
    """

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        """Return the sparse Config that the options ask for, given the live one ({} if there is none)."""
        return {}

    def objects(self) -> list[DesiredObject]:
        """Return the other objects that the options ask for."""
        return []

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        """Return what has to be read, in view of what was read already."""
        return set()

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        """Yield every problem of the options, by themselves and against the cluster."""
        return iter(())

    def routes(self) -> tuple[RouteGoal, ...]:
        """Return the Routes that must be admitted."""
        return ()

    def credentials(self, outlook: Outlook) -> dict[str, str] | None:
        """Return what the Secret generated for the pods must contain, None when the options declare none."""
        return None

    def rolls_out(self, outlook: Outlook) -> bool:
        """Whether what the options declare is served by the registry's pods or routes."""
        return True
