# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A claim has the size that was declared, not only asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import all_conditions, words
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.quantity import quantity
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict

# Some drivers grow a volume only while no pod uses it, and the registry serves with the old size meanwhile.
_RESIZE = frozenset({"ControllerResizeError", "FileSystemResizePending", "NodeResizeError", "Resizing"})


@dataclass(frozen=True)
class Grown(Expected):
    """The volume of a claim has at least a size, a quantity. A claim without a volume is the pods' matter."""

    ref: Ref
    size: str

    def refs(self) -> set[Ref]:
        return {self.ref}

    def needed(self) -> set[Ref]:
        return set()

    def verdict(self, seen: Snapshot) -> Verdict:
        live = seen.visible(self.ref)
        actual = lookup(live, ("status", "capacity", "storage"))
        if actual is None or quantity(actual) >= quantity(self.size):
            return DONE
        resizing = (entry for entry in all_conditions(live) if entry["type"] in _RESIZE)
        said = [words(entry, entry["type"]) for entry in resizing if entry["status"] == "True"]
        text = ": ".join([f"the volume of {self.ref} has {actual}, not yet {self.size}", *said[:1]])
        return Verdict(
            "waiting",
            text,
            doubt=f"The registry serves, but {text}. See what holds its growth up: oc describe pvc {self.ref.name} "
            f"-n {self.ref.namespace}. [claim-not-grown]",
        )
