# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the ReplicaSets of a Deployment: one for each pod template it had, numbered by revision."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from .objects import Object, owner_reference
from .rollout import fenceposts, spec_replicas

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"

# The alphabet of generated names in Kubernetes: no vowels, nothing that looks like another character.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_HASH_LENGTH = 10


@dataclass(frozen=True)
class Revisions:
    """`new` has the Deployment's current template, None if no ReplicaSet has it yet; `old` are all others."""

    new: Object | None
    old: list[Object]

    @property
    def all(self) -> list[Object]:
        return [*self.old, self.new] if self.new else self.old

    @property
    def next_revision(self) -> int:
        """The number that the new ReplicaSet has to carry."""
        return max(map(revision_of, self.old), default=0) + 1


def split(deployment: Object, replicasets: list[Object]) -> Revisions:
    """Tell the ReplicaSet of the current template from the older ones."""
    template = deployment["spec"]["template"]
    new = next((rs for rs in replicasets if _without_hash(rs["spec"]["template"]) == template), None)
    return Revisions(new, [rs for rs in replicasets if rs is not new])


def revision_of(replicaset: Object) -> int:
    """The revision that a ReplicaSet carries, 0 without one."""
    return int(replicaset["metadata"].get("annotations", {}).get(REVISION, 0))


def replicaset_for(deployment: Object, revisions: Revisions, replicas: int) -> Object:
    """The ReplicaSet to create for the Deployment's current template."""
    metadata, spec = deployment["metadata"], deployment["spec"]
    digest = template_hash(spec["template"])
    template = json.loads(json.dumps(spec["template"]))
    template["metadata"]["labels"][HASH_LABEL] = digest
    selector = json.loads(json.dumps(spec["selector"]))
    selector.setdefault("matchLabels", {})[HASH_LABEL] = digest
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{digest}",
            "namespace": metadata["namespace"],
            "labels": template["metadata"]["labels"],
            "annotations": {
                **annotations_for(deployment, revisions.next_revision),
                **replica_annotations(deployment),
            },
            "ownerReferences": [owner_reference(deployment, "apps/v1", "Deployment")],
        },
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    }


def annotations_for(deployment: Object, revision: int) -> dict[str, str]:
    """What a Deployment hands down to its new ReplicaSet: its own annotations and the revision."""
    return {**deployment["metadata"].get("annotations", {}), REVISION: str(revision)}


def replica_annotations(deployment: Object) -> dict[str, str]:
    """How a ReplicaSet remembers for which size of the Deployment it was scaled last."""
    surge, _unavailable = fenceposts(deployment)
    wanted = spec_replicas(deployment)
    return {DESIRED: str(wanted), MAXIMUM: str(wanted + surge)}


def template_hash(template: Object) -> str:
    """A short name for a pod template: the same for equal templates."""
    number = int.from_bytes(hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest(), "big")
    digits = []
    for _index in range(_HASH_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)


def _without_hash(template: Object) -> Object:
    labels = {key: value for key, value in template["metadata"].get("labels", {}).items() if key != HASH_LABEL}
    return {**template, "metadata": {**template["metadata"], "labels": labels}}
