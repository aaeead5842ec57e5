# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config has another httpSecret than before."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict


@dataclass(frozen=True)
class Rotated(Expected):
    """The secret of before, which whoever writes an older copy of the Config puts back."""

    before: str = field(repr=False)

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG}

    def verdict(self, seen: Snapshot) -> Verdict:
        if lookup(seen[CLUSTER_CONFIG], ("spec", "httpSecret")) != self.before:
            return DONE
        return Verdict(
            "failed",
            "the operator with an older copy of the Config, or something else, has put the httpSecret of before back. "
            "Run the task again",
        )
