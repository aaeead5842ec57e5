# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was declared still holds: nobody has overwritten it since it was written."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict


@dataclass(frozen=True, eq=False)
class Held(Expected):
    """One object holds what is wanted of it."""

    wanted: Wanted

    def refs(self) -> set[Ref]:
        return {self.wanted.ref}

    def verdict(self, seen: Snapshot) -> Verdict:
        ref = self.wanted.ref
        live = seen[ref]
        if live is None and not self.wanted.may_create:
            return Verdict("failed", f"the {ref.resource.kind} does not exist any more")
        lost = fields(self.wanted.patch(live))
        if not lost:
            return DONE
        # What a task declares is mostly of the Config, whose fields need no more words.
        return Verdict("lost", ", ".join(lost if ref == CLUSTER_CONFIG else [f"{name} of {ref}" for name in lost]))
