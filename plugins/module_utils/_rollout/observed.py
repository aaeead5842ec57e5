# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator has looked at the Config as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects import operator
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules, undecodable
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    OPERATOR_LEASE,
    OPERATOR_PODS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected, Verdict

# After a crash the operator's lease has to run out: 137 seconds, and up to 26 more until somebody tries. A call to a
# cloud that does not answer blocks it for 40.
_SILENCE_SECONDS = 180.0
_OBSERVED = Verdict("done", "the operator has observed the Config")


@dataclass(frozen=True)
class Observed(Expected):
    """The operator has ended its work on the last generation of the Config; rules: how the Config's fields are written.

    From then on it has no older copy of the spec in hand that it could still write back.
    """

    rules: Rules

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG}

    def verdict(self, seen: Snapshot) -> Verdict:
        config = seen[CLUSTER_CONFIG]
        if config is None:
            return Verdict("failed", "the Config does not exist any more")
        generation = config["metadata"]["generation"]
        if (lookup(config, ("status", "observedGeneration")) or 0) < generation:
            return self._unobserved(config, generation, seen)
        return _OBSERVED

    def _unobserved(self, config: dict[str, Any], generation: int, seen: Snapshot) -> Verdict:
        culprits = [f"{'.'.join(path)}: {value}" for path, value in undecodable(config, self.rules)]
        why = f", because it cannot decode {' and '.join(culprits)} (no Go duration)" if culprits else ""
        # It observes a generation at the end of its work, and to delete a bucket takes long if there are images in it.
        removes = lookup(config, ("spec", "managementState")) == "Removed"
        text = f"the operator has not observed generation {generation} of the Config{why}"
        if culprits:
            return Verdict("waiting", text, True)
        if OPERATOR_LEASE in seen and OPERATOR_PODS in seen:
            text = "; ".join([text, *operator.silence(seen.visible(OPERATOR_LEASE), seen.items(OPERATOR_PODS))])
        return Verdict(
            "waiting",
            text,
            not removes,
            patience=_SILENCE_SECONDS,
            subject="operator",
            remedy="Look at the operator's log: oc logs -n openshift-image-registry "
            "deployment/cluster-image-registry-operator.",
            explained_by=frozenset({OPERATOR_LEASE, OPERATOR_PODS}),
        )
