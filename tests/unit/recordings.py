# SPDX-License-Identifier: GPL-3.0-or-later
"""The recordings of the real operator, played back as the objects that a watching client sees, event by event.

The recorder kept no content of Secrets, no conditions of the Deployment and, in older recordings, no annotations of
Routes. What is filled in here for them is what the operator always writes: the annotation of its Routes, and, when the
credentials of the object store change, first the generated Secret and then the Deployment with another checksum.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

from tests.unit import builders
from tests.unit.builders import Manifest

DIRECTORY = Path(__file__).parents[2] / "sandbox/tests/recordings"
CONFIG, DEPLOYMENT = "Config/cluster", "Deployment/image-registry"
USER_SECRET = "Secret/image-registry-private-configuration-user"
GENERATED_SECRET = "Secret/image-registry-private-configuration"
CHECKSUM = "imageregistry.operator.openshift.io/checksum"
DEPENDENCIES_CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"


@dataclass(frozen=True)
class Moment:
    """What the cluster holds after one event.

    at: seconds since the start of the recording; changed: the object that the event is about, "" for a step;
    objects: by ``Kind/name``, as a client sees them.
    """

    at: float
    changed: str
    objects: dict[str, Manifest]

    def observed(self) -> Snapshot:
        """Return what the verdict is about."""
        routes = [entry for key, entry in self.objects.items() if key.startswith("Route/")]
        objects = self.objects.get
        declared = {USER_CREDENTIALS: objects(USER_SECRET)}
        return builders.observed(
            objects(CONFIG), objects(DEPLOYMENT), routes, objects(GENERATED_SECRET), others=declared
        )


def steps(recording: str) -> list[str]:
    """Return the changes that were made, in order."""
    made: list[str] = _load(recording)["steps"]
    return made


def before(recording: str, step: int) -> Moment:
    """Return the moment just before a step was made."""
    return [moment for number, moment in _played(recording) if number < step][-1]


def after(recording: str, step: int) -> list[Moment]:
    """Return the moments from the one at which the change of a step is stored until the next step is made."""
    made = [moment for number, moment in _played(recording) if number == step]
    if not steps(recording)[step].startswith("patch:"):
        return made
    return made[[moment.changed for moment in made].index(CONFIG) :]


def _load(recording: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DIRECTORY / f"{recording}.json").read_text())
    return content


def _played(recording: str) -> Iterator[tuple[int, Moment]]:
    """Yield every moment with the number of the last step before it, -1 before the first."""
    fields: dict[str, dict[str, Any]] = {}
    objects: dict[str, Manifest] = {}
    number, credentials = -1, None
    for event in _load(recording)["events"]:
        at, key, changed = event["t"], event.get("object", ""), event.get("changed")
        if "step" in event:
            number += 1
            made = _credentials_of(event["step"])
            if made:
                credentials, objects[USER_SECRET] = made, builders.user_credentials(**made)
        elif "rejected" in event:
            continue
        elif changed is None:
            fields.pop(key, None)
            objects.pop(key, None)
        else:
            seen = fields.setdefault(key, {})
            checksum = (seen.get("annotations") or {}).get(CHECKSUM)
            seen.update(changed)
            for gone in seen.pop("_gone", []):
                seen.pop(gone, None)
            renewed = key == DEPLOYMENT and (seen.get("annotations") or {}).get(CHECKSUM) != checksum
            if (renewed or key == GENERATED_SECRET) and credentials:
                objects[GENERATED_SECRET] = builders.generated_credentials(**credentials)
                yield number, Moment(at, GENERATED_SECRET, copy.deepcopy(objects))
            if key in _MADE:
                objects[key] = _MADE[key](seen)
            elif key.startswith("Route/"):
                objects[key] = _route(key, seen)
            if (
                key == CONFIG
                and number < 0
                and DEPLOYMENT not in fields
                and seen["spec"]["managementState"] != "Removed"
            ):
                fields[DEPLOYMENT] = _settled_deployment(seen)
                objects[DEPLOYMENT] = _deployment(fields[DEPLOYMENT])
        yield number, Moment(at, key, copy.deepcopy(objects))


def _credentials_of(step: str) -> dict[str, str] | None:
    kind, _colon, content = step.partition(":")
    made = json.loads(content) if kind == "kube" else {}
    if made.get("metadata", {}).get("name") != USER_SECRET.removeprefix("Secret/"):
        return None
    keys = made["stringData"]
    return {
        "access_key": keys.get("REGISTRY_STORAGE_S3_ACCESSKEY", ""),
        "secret_key": keys.get("REGISTRY_STORAGE_S3_SECRETKEY", ""),
    }


def _config(fields: dict[str, Any]) -> Manifest:
    status = {
        "observedGeneration": fields["observedGeneration"],
        "readyReplicas": fields["readyReplicas"],
        "generations": fields["generations"],
        "storage": fields["status.storage"],
        "conditions": [
            builders.condition(name.removeprefix("cond."), *values)
            for name, values in fields.items()
            if name.startswith("cond.")
        ],
    }
    metadata = {"generation": fields["generation"]}
    return builders.manifest("Config", "cluster", metadata=metadata, spec=fields["spec"], status=status)


def _deployment(fields: dict[str, Any]) -> Manifest:
    checksum = (fields.get("annotations") or {}).get(CHECKSUM)
    template = {"metadata": {"annotations": {DEPENDENCIES_CHECKSUM: checksum}}}
    return builders.manifest(
        "Deployment",
        "image-registry",
        metadata={"generation": fields["generation"]},
        spec={"replicas": fields["replicas"], "template": template},
        status={name: value for name, value in fields["status"].items() if value is not None},
    )


def _settled_deployment(config: dict[str, Any]) -> dict[str, Any]:
    """Return the recorded fields of the Deployment that a recording begins with: complete, as the Config tells."""
    written = {entry["name"]: entry["lastGeneration"] for entry in config["generations"]}
    replicas = config["spec"]["replicas"]
    status = {name: replicas for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")}
    generation = written["image-registry"]
    return {"generation": generation, "replicas": replicas, "status": status | {"observedGeneration": generation}}


def _route(key: str, fields: dict[str, Any]) -> Manifest:
    made = builders.route(key.removeprefix("Route/"), None, *(fields["ingress"] or []))
    if "annotations" in fields:
        made["metadata"] |= {name: fields[name] or {} for name in ("labels", "annotations")}
    return made | {"spec": fields["spec"]}


_MADE = {CONFIG: _config, DEPLOYMENT: _deployment}
